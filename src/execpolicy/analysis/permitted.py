"""A caller whose own policies allow everything: taken for granted of callers whose policies are not given (ANA-3)."""

from __future__ import annotations

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.document.policy import Policy
from execpolicy.engine.caller import Caller
from execpolicy.language.principal import FEDERATED_USER

if TYPE_CHECKING:
    from execpolicy.language.principal import Principal
    from execpolicy.literals import PolicyKindName


def _everything(kind: PolicyKindName) -> Policy:
    statement = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    return Policy.parse({"Version": "2012-10-17", "Statement": statement}, kind=kind, name=f"<any {kind} policy>")


_IDENTITY, _SESSION = _everything("identity"), _everything("session")
#: The names of these policies.
NAMES_OF_PERMITTED = (_IDENTITY.name, _SESSION.name)


def permitted(principal: Principal) -> Caller:
    """The caller with policies that allow everything, where it can have policies (EVL-8, EVL-9).

    >>> from execpolicy.language.principal import Principal
    >>> len(permitted(Principal.parse("arn:aws:iam::111122223333:user/Ann")).identity)
    1
    """
    if not principal.is_iam:
        return Caller(principal)
    identity = () if principal.acts_as_root else (_IDENTITY,)
    session = (_SESSION,) if principal.kind == FEDERATED_USER else ()
    return Caller(principal, identity=identity, session=session)
