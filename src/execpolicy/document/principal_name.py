"""The names of principals (PRN-1, PRN-2, PRN-3, PRN-5), as policies and requests have them."""

from __future__ import annotations

import re
from collections.abc import Callable

from execpolicy._base.bounded_cache import MAX_KEY_LENGTH, store
from execpolicy._base.records import TYPE_CHECKING, NamedTuple
from execpolicy.document.syntax.wording import did_you_mean, listed, quoted

if TYPE_CHECKING:
    from typing import TypeAlias


#: The keys that a Principal object may have.
PRINCIPAL_TYPES = ("AWS", "Service", "Federated", "CanonicalUser")

EVERYBODY = "*"
#: The kinds of the two names of everybody: ``"*"`` alone, and ``{"AWS": "*"}`` (PRN-1).
ANYONE, ANYONE_UNDER_AWS = "any", "any-under-aws"

# Compiled by ``re`` when first used.
_ACCOUNT = r"[0-9]{12}"
_PARTITION = r"aws(?:-[a-z0-9]+)*"
_NAME = r"[A-Za-z0-9_+=,.@-]+"
_PATH = r"/(?:[!-\x7f]+/)?"
_PROVIDER = r"[A-Za-z0-9._-]+"
_HOST = r"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+(?::[0-9]+)?(?:/[A-Za-z0-9._~/+=@-]*)?"
#: The unique id of a user, or of a role, which the name of a session may follow.
_UNIQUE_ID = rf"(AIDA[A-Z0-9]{{12,124}}(?!:)|AROA[A-Z0-9]{{12,124}})(?::({_NAME}))?"
_CANONICAL = r"[0-9a-f]{64}"
_SERVICE = (
    r"[a-z0-9-]+(?:\.[a-z0-9-]+)*"
    r"\.(?:amazonaws\.com(?:\.cn)?|amazonaws\.eu|amazon\.com|c2s\.ic\.gov|sc2s\.sgov\.gov"
    r"|cloud\.adc-e\.uk|csp\.hci\.ic\.gov)"
)

_ACCOUNT_ADVICE = "write the account as 12 digits, leading zeros included"
_NAME_ADVICE = "a name holds letters, digits and _+=,.@-"


class PrincipalName(NamedTuple):
    """A principal, read from its name.

    ``kind`` is any, any-under-aws, account, user, role, session, federated-user, saml-provider, oidc-provider,
    service, canonical or unique-id. ``name`` is that of the user, role (of a session too), provider or service, or the
    id; ``path`` is that of a user or role; ``session`` is the name of a role session, by its ARN or after the role's
    unique id. ``partition`` is empty where the name has none.
    """

    kind: str
    partition: str = ""
    account: str = ""
    name: str = ""
    path: str = "/"
    session: str = ""


class PrincipalNameError(ValueError):
    """A text that is not the name of a principal; ``start`` and ``end`` are the offsets of the wrong part.

    ``issue_code`` is that of IAM Access Analyzer, where it has one; ``meant`` is what is meant by the part, if that is
    clear.
    """

    def __init__(
        self,
        message: str,
        start: int,
        end: int,
        advice: str,
        rule: str = "PRN-3",
        *,
        issue_code: str = "",
        meant: str | None = None,
    ) -> None:
        super().__init__(message)
        self.meant = meant
        self.issue_code = issue_code
        self.rule = rule
        self.message = message
        self.start = start
        self.end = end
        self.advice = advice


class _NamePart(NamedTuple):
    """A part of a name, with its place."""

    text: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)

    def require(self, pattern: str, expected: str, advice: str) -> str:
        """The text, if it matches a pattern; otherwise raise."""
        if re.fullmatch(pattern, self.text):
            return self.text
        raise self.error(f"found {quoted(self.text)}, expected {expected}", advice)

    def error(self, message: str, advice: str) -> PrincipalNameError:
        return PrincipalNameError(message, self.start, self.end, advice)

    def split(self, separator: str, limit: int = -1) -> list[_NamePart]:
        parts = []
        start = self.start
        for text in self.text.split(separator, limit):
            parts.append(_NamePart(text, start))
            start += len(text) + len(separator)
        return parts


_ReadForm: TypeAlias = Callable[[PrincipalName, _NamePart], PrincipalName]


def read_principal_name(type: str, text: str) -> PrincipalName:
    """Read one name of a principal.

    Args:
        type: its key in a Principal element: AWS, Service, Federated or CanonicalUser; AWS for the ARN of a caller, and
            ``*`` for ``"*"`` alone, without a key.
        text: the name.

    Returns:
        The parts of the name.

    Raises:
        PrincipalNameError: no principal has this name.

    >>> from execpolicy.document.principal_name import read_principal_name
    >>> read_principal_name("AWS", "arn:aws:iam::111122223333:user/pets/Ann").path
    '/pets/'

    See https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
    """
    found = _names.get((type, text))
    if found is None:
        found = _read(type, text)
        if len(text) <= MAX_KEY_LENGTH:
            store(_names, (type, text), found)
    return found


#: A cache: the names of a policy are read with the document and again with its clauses, and callers occur repeatedly.
_names: dict[tuple[str, str], PrincipalName] = {}


def _read(type: str, text: str) -> PrincipalName:
    whole = _NamePart(text, 0)
    if type == EVERYBODY == text:
        return PrincipalName(ANYONE)
    reader = _READERS.get(type)
    if reader is None:
        raise whole.error(f"found the principal type {quoted(type)}", did_you_mean(type, PRINCIPAL_TYPES))
    if not text:
        raise whole.error("found an empty principal", "name a principal, or remove it")
    if ("*" in text or "?" in text) and not (text == EVERYBODY and type == "AWS"):
        raise wildcard_error(text)
    return reader(whole)


def wildcard_error(text: str) -> PrincipalNameError:
    """The error for a name with a wildcard."""
    start = min(index for index in (text.find("*"), text.find("?")) if index >= 0)
    advice = 'use "*" with a Condition of ArnLike on aws:PrincipalArn'
    if text == EVERYBODY:
        advice = '"*" means everyone only under AWS'
    message = 'found a wildcard in a principal, where only "*" alone is allowed'
    return PrincipalNameError(
        message, start, start + 1, advice, "PRN-1", issue_code="UNSUPPORTED_WILDCARD_IN_PRINCIPAL"
    )


def _aws(whole: _NamePart) -> PrincipalName:
    text = whole.text
    if text == EVERYBODY:
        return PrincipalName(ANYONE_UNDER_AWS)
    if text.startswith("arn:"):
        return _arn(whole, "AWS")
    if re.fullmatch(_ACCOUNT, text):
        return PrincipalName("account", account=text)
    unique = re.fullmatch(_UNIQUE_ID, text)
    if unique is not None:
        return PrincipalName("unique-id", name=unique[1], session=unique[2] or "")
    if text.isascii() and text.isdigit():
        raise whole.error(f"found an account of {len(text)} digits, expected 12", _ACCOUNT_ADVICE)
    if re.fullmatch(_SERVICE, text):
        raise whole.error("found a service under AWS", f'write {{"Service": {quoted(text)}}}')
    advice = "write the ARN of a user, role, session or account, or an account's 12 digits"
    raise whole.error(f"found {quoted(text)}, expected an AWS principal", advice)


def _federated(whole: _NamePart) -> PrincipalName:
    text = whole.text
    if text.startswith("arn:"):
        return _arn(whole, "Federated")
    if re.fullmatch(_HOST, text):
        return PrincipalName("oidc-provider", name=text)
    advice = "write the ARN of a SAML or OIDC provider, or an OIDC host such as accounts.google.com"
    if "://" in text:
        advice = "leave out the scheme: write the host alone"
    raise whole.error(f"found {quoted(text)}, expected an identity provider", advice)


def _service_name(whole: _NamePart) -> PrincipalName:
    advice = "write the service's name in lower case, as in states.amazonaws.com"
    if re.fullmatch(_SERVICE, whole.text):
        return PrincipalName("service", name=whole.text)
    message = f"found {quoted(whole.text)}, expected a service principal"
    lower = whole.text.lower()
    raise PrincipalNameError(
        message,
        whole.start,
        whole.end,
        advice,
        issue_code="INVALID_SERVICE_PRINCIPAL_FORMAT",
        meant=lower if re.fullmatch(_SERVICE, lower) else None,
    )


def _canonical_user(whole: _NamePart) -> PrincipalName:
    advice = "write the 64 hexadecimal digits that the account's S3 settings show"
    return PrincipalName("canonical", name=whole.require(_CANONICAL, "a canonical user id", advice))


_READERS = {"AWS": _aws, "Service": _service_name, "Federated": _federated, "CanonicalUser": _canonical_user}


def _arn(whole: _NamePart, key: str) -> PrincipalName:
    fields = whole.split(":", 5)
    if len(fields) < 6:
        advice = "an ARN has six fields, as in arn:aws:iam::111122223333:role/Name"
        raise whole.error(f"found an ARN of {len(fields)} fields, expected 6", advice)
    _, partition, service, region, account, resource = fields
    partition.require(_PARTITION, "a partition", "write aws, aws-cn or aws-us-gov")
    what, slash, _ = resource.text.partition("/")
    form = _FORMS[key].get((service.text, what))
    if form is None or (slash == "") != (what == "root"):
        raise _no_form(service, resource, key)
    if region.text:
        raise region.error(f"found the region {quoted(region.text)}, expected none", "a principal's ARN has no region")
    account.require(_ACCOUNT, "an account", _ACCOUNT_ADVICE)
    name = _NamePart(resource.text[len(what) + 1 :], resource.start + len(what) + 1)
    return form(PrincipalName("", partition.text, account.text), name)


def _no_form(service: _NamePart, resource: _NamePart, key: str) -> PrincipalNameError:
    """The error for an ARN that does not belong under ``key``."""
    what = resource.text.split("/", 1)[0]
    form = (service.text, what)
    forms = _FORMS[key]
    if form == ("iam", "group"):
        advice = "name its users, or attach the policy to the group"
        return resource.error("found a group, which is not a principal", advice)
    if form in forms:
        expected, advice = (
            ('"root" alone', "remove what follows") if what == "root" else (f'"{what}/" and a name', "add it")
        )
        return resource.error(f"found {quoted(resource.text)}, expected {expected}", advice)
    for other, theirs in _FORMS.items():
        if form in theirs:
            return resource.error(f"found {quoted(what)} under {key}", f"put it under {other}")
    for right, known in (*_IAM_FORMS, *_PROVIDER_FORMS):
        if what == known:
            message = f"found {quoted(service.text)} as the service of {quoted(what)}, expected {quoted(right)}"
            return service.error(message, f"write arn:aws:{right}::111122223333:{what}")
    message = f"found {quoted(f'{service.text}::…:{what}')}, expected {listed(f'{s}::…:{w}' for s, w in forms)}"
    return resource.error(message, "write the ARN that IAM shows for it")


def _root(found: PrincipalName, _: _NamePart) -> PrincipalName:
    return found._replace(kind="account")


def _with_path(kind: str) -> _ReadForm:
    def read(found: PrincipalName, part: _NamePart) -> PrincipalName:
        path, _, name = part.text.rpartition("/")
        path = f"/{path}/" if path else "/"
        _NamePart(path, part.start - 1).require(_PATH, "a path", "a path holds printable ASCII characters")
        last = _NamePart(name, part.end - len(name))
        last.require(_NAME, f"the name of a {kind}", _NAME_ADVICE)
        return found._replace(kind=kind, name=name, path=path)

    return read


def _plain(kind: str, pattern: str, expected: str, advice: str) -> _ReadForm:
    def read(found: PrincipalName, part: _NamePart) -> PrincipalName:
        return found._replace(kind=kind, name=part.require(pattern, expected, advice))

    return read


def _session(found: PrincipalName, part: _NamePart) -> PrincipalName:
    parts = part.split("/")
    if len(parts) != 2:
        advice = "write assumed-role/RoleName/SessionName, without the role's path"
        raise part.error(f"found {quoted(part.text)}, expected a role's name and a session's", advice)
    role, session = parts
    return found._replace(
        kind="session",
        name=role.require(_NAME, "the name of a role", _NAME_ADVICE),
        session=session.require(_NAME, "the name of a session", _NAME_ADVICE),
    )


_IAM_FORMS: dict[tuple[str, str], _ReadForm] = {
    ("iam", "root"): _root,
    ("iam", "user"): _with_path("user"),
    ("iam", "role"): _with_path("role"),
    ("sts", "assumed-role"): _session,
    ("sts", "federated-user"): _plain("federated-user", _NAME, "the name of a federated user", _NAME_ADVICE),
}
_PROVIDER_FORMS: dict[tuple[str, str], _ReadForm] = {
    ("iam", "saml-provider"): _plain(
        "saml-provider", _PROVIDER, "the name of a SAML provider", "a name holds letters, digits and ._-"
    ),
    ("iam", "oidc-provider"): _plain(
        "oidc-provider", _HOST, "the URL of an OIDC provider without https://", "write it as IAM shows it"
    ),
}
_FORMS = {"AWS": _IAM_FORMS, "Federated": _PROVIDER_FORMS}
