"""The principal of a request: its ARN, and its details such as tags and organization (PRN)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from execpolicy._base.characters import with_unknown_in_words
from execpolicy._base.frozen import Frozen
from execpolicy._base.records import TYPE_CHECKING
from execpolicy.arguments import (
    as_builtin,
    encodable,
    encodable_or_none,
    flag,
    instance_or_none,
    one_among,
    text_or_none,
    texts_or_none,
)
from execpolicy.arguments import text as checked_text
from execpolicy.document.principal_name import ANYONE_UNDER_AWS, PrincipalName, PrincipalNameError, read_principal_name
from execpolicy.document.syntax.wording import listed
from execpolicy.errors import RequestError, Source, UsageError
from execpolicy.language.principal_details import NameInTemplate, check_organization, checked_tags

if TYPE_CHECKING:
    from execpolicy.literals import PrincipalKindName

#: Kinds of callers. A ``role`` is a session of that role, without the name of the session.
PRINCIPAL_KINDS: tuple[PrincipalKindName, ...] = (
    *("user", "root", "session", "role", "federated-user", "service", "anonymous"),
)
USER, ROOT, SESSION, ROLE, FEDERATED_USER, SERVICE, ANONYMOUS = PRINCIPAL_KINDS

#: Kinds that belong to an account, and so can have policies.
IAM_KINDS = frozenset({USER, ROOT, SESSION, ROLE, FEDERATED_USER})
#: Kinds with temporary credentials.
TEMPORARY_KINDS = frozenset({SESSION, ROLE, FEDERATED_USER})

_SERVICE_LINKED = "/aws-service-role/"
_CALLERS = (
    "a caller is the ARN of a user (arn:aws:iam::111122223333:user/Ann), of a role session "
    "(arn:aws:sts::111122223333:assumed-role/Role/session), of a role, root user or federated user, a service "
    "(states.amazonaws.com), or anonymous"
)
#: An identity provider with a name like that of a service.
_COGNITO_IDENTITY = "cognito-identity.amazonaws.com"
_PROVIDER = (
    "an identity provider makes no calls: give the session of the role that its token was exchanged for "
    "(arn:aws:sts::111122223333:assumed-role/Role/session)"
)
_NAMES_NO_CALLER = {
    "account": "an account is not a caller: name its root user (arn:aws:iam::111122223333:root), a user or a session",
    "unique-id": "a unique id does not name a caller: give the ARN, and the id as unique_id",
    "canonical": "a canonical user id does not name a caller: give the ARN of the user or session",
    "saml-provider": _PROVIDER,
    "oidc-provider": _PROVIDER,
}


class Principal(Frozen):
    """Who makes a request.

    Make one with ``Principal.parse``, ``Principal.anonymous`` or ``Principal.service``.

    >>> Principal.parse("arn:aws:sts::111122223333:assumed-role/Clerk/ann", role_path="/staff/").role_arn
    'arn:aws:iam::111122223333:role/staff/Clerk'
    """

    __slots__ = (
        "_name_in_template",
        "_tags",
        "account",
        "canonical_user",
        "federated_by",
        "kind",
        "management_account",
        "name",
        "org_id",
        "org_paths",
        "partition",
        "path",
        "session_name",
        "unique_id",
    )
    kind: PrincipalKindName
    partition: str
    account: str
    name: str
    path: str | None
    session_name: str | None
    federated_by: PrincipalName | None
    unique_id: str | None
    org_id: str | None
    org_paths: tuple[str, ...] | None
    management_account: bool
    canonical_user: str | None
    _name_in_template: NameInTemplate | None
    _tags: tuple[tuple[str, str | None], ...] | None

    def __init__(
        self,
        kind: PrincipalKindName,
        *,
        partition: str = "",
        account: str = "",
        name: str = "",
        path: str | None = None,
        session_name: str | None = None,
        federated_by: PrincipalName | None = None,
        unique_id: str | None = None,
        tags: Mapping[str, str | None] | None = None,
        org_id: str | None = None,
        org_paths: str | Iterable[str] | None = None,
        management_account: bool = False,
        canonical_user: str | None = None,
    ) -> None:
        paths = texts_or_none(org_paths, "org_paths")
        if paths:
            encodable("".join(paths), "org_paths")
            check_organization(text_or_none(org_id, "org_id"), paths)
        self._set(
            kind=_checked_kind(kind),
            partition=checked_text(partition, "partition"),
            account=checked_text(account, "account"),
            name=checked_text(name, "a principal's name"),
            path=encodable_or_none(path, "path"),
            session_name=encodable_or_none(session_name, "session_name"),
            federated_by=instance_or_none(federated_by, PrincipalName, "federated_by"),
            unique_id=encodable_or_none(unique_id, "unique_id"),
            _tags=checked_tags(tags),
            org_id=encodable_or_none(org_id, "org_id"),
            org_paths=paths,
            management_account=flag(management_account, "management_account"),
            canonical_user=encodable_or_none(canonical_user, "canonical_user"),
            _name_in_template=None,
        )

    @property
    def tags(self) -> Mapping[str, str | None] | None:
        """All principal tags, None as the value of one that is not known; None if they are not given."""
        return None if self._tags is None else MappingProxyType(dict(self._tags))

    @property
    def name_in_template(self) -> NameInTemplate | None:
        """Where a template says the name of a caller whose name or path holds unknown values; else None (SRC-10)."""
        return self._name_in_template

    def _identity(self) -> tuple[object, ...]:
        return tuple(getattr(self, name) for name in self.__slots__)

    @classmethod
    def parse(
        cls,
        text: str,
        *,
        role_path: str | None = None,
        unique_id: str | None = None,
        tags: Mapping[str, str | None] | None = None,
        org_id: str | None = None,
        org_paths: str | Iterable[str] | None = None,
        federated_by: str | None = None,
        management_account: bool = False,
        canonical_user: str | None = None,
    ) -> Principal:
        """Read a caller's ARN, a service's name, or ``anonymous``.

        Args:
            text: the ARN of a user, root user, role, role session or federated user; the name of a service
                (``states.amazonaws.com``); or ``anonymous``. An identity provider is refused (EVL-8).
            role_path: the path of a session's role (``/staff/``), which the session's ARN does not contain (PRN-7).
            unique_id: ``AIDA…`` of a user or ``AROA…`` of a role; for a federated user that of the user who created the
                session. Without it, ``aws:userid`` and whether a unique id in a policy names the caller are unknown.
            tags: all principal tags; unknown if not given. The value of a tag is None if it is not known.
            org_id: the organization of the caller's account, ``o-…``.
            org_paths: its paths in the organization, each of which begins with the organization's id.
            federated_by: the ARN of the user or root user who created a federated session (PRN-4, EVL-8).
            management_account: whether the account is the management account of its organization, to which no SCP
                applies (EVL-2).
            canonical_user: the account's canonical user id, which S3 uses.

        Raises:
            RequestError: the text does not name a caller; the error has the place of the wrong part.

        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html

        >>> Principal.parse("arn:aws:iam::111122223333:user/staff/Ann").path
        '/staff/'
        """
        text = as_builtin(text)
        if text == ANONYMOUS:
            return cls._anonymous_without(
                role_path=role_path,
                unique_id=unique_id,
                tags=tags,
                org_id=org_id,
                org_paths=org_paths,
                federated_by=federated_by,
                management_account=management_account,
                canonical_user=canonical_user,
            )
        named = _read(text, "principal")
        found = ROOT if named.kind == "account" and text.endswith(":root") else named.kind
        if found in _NAMES_NO_CALLER or found == ANYONE_UNDER_AWS:
            advice = _NAMES_NO_CALLER.get(found, "write anonymous for a caller without credentials")
            raise _not_a_caller(text, advice, "EVL-8" if advice is _PROVIDER else "PRN-3")
        kind = _checked_kind(found)
        if federated_by is not None and kind != FEDERATED_USER:
            raise _not_a_caller(text, "federated_by goes with the ARN of a federated user")
        return cls(
            kind,
            partition=named.partition,
            account=named.account,
            name=named.name,
            path=_path(kind, named.path, role_path, text),
            session_name=named.session or None,
            federated_by=None if federated_by is None else _creator(federated_by, named),
            unique_id=unique_id,
            tags=tags,
            org_id=org_id,
            org_paths=org_paths,
            management_account=management_account,
            canonical_user=canonical_user,
        )

    @classmethod
    def anonymous(cls) -> Principal:
        """The caller without credentials.

        >>> Principal.anonymous().arn
        'anonymous'
        """
        return cls(ANONYMOUS)

    @classmethod
    def service(cls, name: str) -> Principal:
        """An AWS service that calls as itself, such as Step Functions with ``RESOURCE_POLICY`` (GW-29).

        >>> Principal.service("states.amazonaws.com").kind
        'service'
        """
        name = checked_text(name, "the name of a service")
        try:
            return cls(SERVICE, name=read_principal_name("Service", name).name)
        except PrincipalNameError as error:
            raise _at(error, name, "service") from error

    @property
    def arn(self) -> str:
        """The name of the caller in messages: its ARN, the name of a service, or ``anonymous``.

        An unknown value in it is in angle brackets (SRC-10).
        """
        if self.kind == SESSION:
            return f"arn:{self.partition}:sts::{self.account}:assumed-role/{self.name}/{self.session_name}"
        if self.kind == FEDERATED_USER:
            return f"arn:{self.partition}:sts::{self.account}:federated-user/{self.name}"
        if self.kind == ROOT:
            return f"arn:{self.partition}:iam::{self.account}:root"
        if self.kind == USER:
            return with_unknown_in_words(f"arn:{self.partition}:iam::{self.account}:user{self.path}{self.name}")
        if self.kind == ROLE:
            return self.role_arn
        return self.name or ANONYMOUS

    @property
    def role_arn(self) -> str:
        """The ARN of the role of a session; an unknown path is ``/`` (PRN-7)."""
        return with_unknown_in_words(f"arn:{self.partition}:iam::{self.account}:role{self.path or '/'}{self.name}")

    def with_role_path(self, path: str) -> Principal:
        """The same session, with the path of its role."""
        return self._with(path=path)

    def with_unknown_name(self, name: str, path: str | None, at: NameInTemplate) -> Principal:
        """The same user or role, with a name and a path of a template that hold unknown values (SRC-10)."""
        return self._with(name=name, path=path, _name_in_template=at)

    def with_unknown_tags(self, names: Iterable[str]) -> Principal:
        """The same caller, with tags whose names hold unknown values (SRC-10)."""
        return self._with(_tags=tuple(sorted([*(self._tags or ()), *((name, None) for name in names)])))

    def with_details(
        self, *, unique_id: str | None, tags: Mapping[str, str | None] | None, org_id: str | None, managing: bool
    ) -> Principal:
        """The same caller, with those details that are given; ``managing``: in the management account."""
        given = Principal(self.kind, unique_id=unique_id, tags=tags, org_id=org_id, org_paths=self.org_paths)
        details = {name: getattr(given, name) for name in ("unique_id", "_tags", "org_id")}
        found = {name: value for name, value in details.items() if value is not None}
        return self._with(**found, management_account=managing or self.management_account)

    def _with(self, **details: object) -> Principal:
        other = object.__new__(Principal)
        other._set(**{**self.__getstate__(), **details})
        return other

    @property
    def is_iam(self) -> bool:
        """Whether the caller belongs to an account."""
        return self.kind in IAM_KINDS

    @property
    def acts_as_root(self) -> bool:
        """Whether it is a root user, or a federated session that a root user created: without identity policies."""
        by = self.federated_by
        return self.kind == ROOT or (by is not None and by.kind == "account")

    @property
    def is_service_linked(self) -> bool:
        """Whether the caller is a session of a service-linked role, by the path of the role (EVL-2)."""
        return self.kind in (SESSION, ROLE) and (self.path or "").startswith(_SERVICE_LINKED)

    @classmethod
    def _anonymous_without(cls, **details: object) -> Principal:
        given = sorted(name for name, value in details.items() if value not in (None, False))
        if given:
            raise _not_a_caller(ANONYMOUS, f"an anonymous caller has no {' and no '.join(given)}")
        return cls(ANONYMOUS)


def _checked_kind(kind: object) -> PrincipalKindName:
    found = one_among(kind, PRINCIPAL_KINDS)
    if found is not None:
        return found
    raise UsageError(
        f"the kind of a principal is {listed(PRINCIPAL_KINDS)}, found {kind!r}",
        advice="Principal.parse derives it from an ARN; that of arn:…:assumed-role/Role/name is session",
        rule="PRN-3",
    )


def _read(text: str, label: str) -> PrincipalName:
    """Read the name of a principal, by each form that it may have."""
    if not isinstance(text, str):
        raise RequestError(f"a principal is a text, found {type(text).__name__}", rule="PRN-3")
    text = encodable(as_builtin(text), label)
    is_host = not text.startswith("arn:") and "." in text
    types = ("Service", "Federated") if is_host else ("Federated",) if "-provider/" in text else ("AWS",)
    if text == _COGNITO_IDENTITY:
        types = ("Federated",)
    failure: PrincipalNameError | None = None
    for type_ in types:
        try:
            return read_principal_name(type_, text)
        except PrincipalNameError as error:
            failure = failure or error
    assert failure is not None
    raise _at(failure, text, label) from failure


def _at(error: PrincipalNameError, text: str, label: str) -> RequestError:
    source = Source(f"<{label}>", text)
    whole = label == "principal" and (error.start, error.end) == (0, len(text))
    advice = _CALLERS if whole else error.advice
    return RequestError(
        error.message, source=source, span=source.span(error.start, error.end), advice=advice, rule="PRN-3"
    )


def _not_a_caller(text: str, advice: str, rule: str = "PRN-3") -> RequestError:
    source = Source("<principal>", text)
    return RequestError(
        f"{text!r} does not describe a caller",
        source=source,
        span=source.span(0, len(text)),
        advice=advice,
        rule=rule,
    )


def _path(kind: str, path: str, role_path: str | None, text: str) -> str | None:
    role_path = text_or_none(role_path, "role_path")
    if role_path is None:
        return path if kind in (USER, ROLE) else None
    if kind not in (SESSION, ROLE):
        raise _not_a_caller(text, "role_path goes with the ARN of a role session")
    if not (role_path.startswith("/") and role_path.endswith("/")):
        raise _not_a_caller(text, f"role_path begins and ends with a slash, such as /staff/: found {role_path!r}")
    if kind == ROLE and path not in ("/", role_path):
        raise _not_a_caller(text, f"the ARN has the path {path}, role_path says {role_path}")
    return role_path


def _creator(text: str, session: PrincipalName) -> PrincipalName:
    """Read the user or root user who created a federated session."""
    named = _read(text, "federated_by")
    if named.kind != USER and not (named.kind == "account" and text.endswith(":root")):
        raise _not_a_caller(
            text,
            "federated_by is the ARN of an IAM user or a root user: arn:aws:iam::111122223333:user/Ann",
        )
    if (named.partition, named.account) != (session.partition, session.account):
        raise _not_a_caller(
            text, f"a federated user has the account of the user who created the session: {session.account}"
        )
    return named
