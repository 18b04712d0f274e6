"""The details of one request that condition keys depend on: caller, action, resource, context."""

from __future__ import annotations

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.document.principal_name import PrincipalNameError, read_principal_name
from execpolicy.language import principal as kinds
from execpolicy.language.arn import Arn, read_resource
from execpolicy.language.context_keys import CALLED_VIA_KEYS, ENDPOINT_KEYS, VIA_FLAG, VIA_KEYS, needs_check

if TYPE_CHECKING:
    from execpolicy.language.context import Context
    from execpolicy.language.principal import Principal

#: The values of a key: none when it is absent, None when they are not known.
ContextValues = tuple[str, ...] | None

ABSENT: tuple[str, ...] = ()


class _NoValues(tuple[str, ...]):
    """An empty tuple of its own: recognised by identity, and equal to ``()``."""

    __slots__ = ()


#: Stands for no values where the key is either absent or ``false`` (KEY-7).
FALSE_OR_ABSENT: tuple[str, ...] = _NoValues()


class RequestDetails:
    """One request, as one principal makes it.

    Attributes:
        principal: who makes it.
        action: as it was given.
        resource: the text of the resource's ARN.
        account: the account that owns the resource.
        context: the context as it was given.
        authenticated: whether the service authenticates the caller. Where it does not, no key describes the principal
            (GW-22).
        private: whether the API is reached through VPC endpoints only, or through none; None: the context says it.
        known: the values that were found so far, by key. Requests that differ only in the resource may share them.
    """

    __slots__ = ("_arn", "account", "action", "authenticated", "context", "known", "principal", "private", "resource")

    def __init__(
        self,
        principal: Principal,
        action: str,
        arn: Arn | str,
        account: str,
        context: Context,
        *,
        authenticated: bool = True,
        private: bool | None = None,
        known: dict[str, ContextValues] | None = None,
    ) -> None:
        # A context that needs no check has no aws:PrincipalArn.
        self.principal = _with_role_path(principal, context) if needs_check(context.key_flags) else principal
        self.action = action
        self._arn: Arn | None
        # The text of an ARN was checked before: its fields are read again when they are needed.
        self.resource, self._arn = (arn, None) if isinstance(arn, str) else (arn.text, arn)
        self.account = account
        self.context = context
        self.authenticated = authenticated
        self.private = private
        self.known: dict[str, ContextValues] = {} if known is None else known

    @property
    def arn(self) -> Arn:
        """The ARN of the resource, field by field."""
        arn = self._arn
        if arn is None:
            self._arn = arn = read_resource(self.resource)
        return arn

    @property
    def is_execute_api(self) -> bool:
        """Whether the action is one of execute-api."""
        return self.action.lower().startswith("execute-api:")

    @property
    def through_endpoint(self) -> bool:
        """Whether the request came through a VPC endpoint, as far as that is known."""
        if self.private is not None:
            return self.private and not self.is_forwarded
        return any(self.context.given(key) for key in ENDPOINT_KEYS)

    @property
    def has_source_ip(self) -> bool:
        """Whether the context has a source address, as no request through a VPC endpoint has (GW-19)."""
        return bool(self.context.given("aws:sourceip"))

    @property
    def is_taken_as_direct(self) -> bool:
        """Whether the context does not say that the call is a direct one, though it is taken as one (KEY-9)."""
        if self.context.complete or self.context.given("aws:viaawsservice") or self.is_forwarded:
            return False
        # A service makes no call for a caller without credentials; the caller of a signed call may be seen as one.
        return not self.authenticated or self.principal.kind not in (kinds.ANONYMOUS, kinds.SERVICE)

    @property
    def is_forwarded(self) -> bool:
        """Whether a service makes the request with the credentials of a user or role (KEY-3)."""
        if not self.context.key_flags & VIA_FLAG:
            return False
        given = self.context.given
        return any(map(given, CALLED_VIA_KEYS)) or any(given(key) == ("true",) for key in VIA_KEYS)


def _with_role_path(caller: Principal, context: Context) -> Principal:
    """The caller; a session with the path of its role, where ``aws:PrincipalArn`` has it (PRN-7)."""
    given = context.get("aws:principalarn")
    if caller.kind != kinds.SESSION or caller.path is not None or given is None or len(given) != 1:
        return caller
    try:
        named = read_principal_name("AWS", given[0])
    except PrincipalNameError:
        return caller
    role = (kinds.ROLE, caller.partition, caller.account, caller.name)
    return (
        caller.with_role_path(named.path)
        if (named.kind, named.partition, named.account, named.name) == role
        else caller
    )
