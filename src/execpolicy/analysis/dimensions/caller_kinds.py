"""The kinds of callers that a request can have, the fields of their names, and the context keys that these give."""

from __future__ import annotations

from collections.abc import Mapping

from execpolicy._base.records import TYPE_CHECKING, NamedTuple
from execpolicy.language import principal as kinds

if TYPE_CHECKING:
    from execpolicy.literals import PrincipalKindName

PARTITION, ACCOUNT, PATH, NAME = "partition", "account", "path", "name"
UNIQUE_ID, SESSION_NAME, CREATOR_PATH, CREATOR_NAME = "unique id", "session name", "creator's path", "creator's name"
CANONICAL_USER = "canonical user"
#: Fields with one text: the parts of an ARN between the others, and the colon of aws:userid.
_ARN, BEFORE_ACCOUNT, AFTER_ACCOUNT, _COLON = "arn", "before the account", "after the account", "colon"
#: The fields of an ARN, for the kinds that have them.
ARN_FIELDS = frozenset({_ARN, PARTITION, BEFORE_ACCOUNT, ACCOUNT, AFTER_ACCOUNT, PATH, NAME})


class CallerKind(NamedTuple):
    """A kind of callers.

    Attributes:
        name: as people call it.
        kind: the kind of Principal.
        groups: the fields of its names; fields of different groups do not depend on each other.
        keys: the fields whose texts make up the value of a context key, by its lower-case name. The values of the other
            keys of callers are the same for all callers of the kind.
        texts: the texts of the fields that have one text.
    """

    name: str
    kind: PrincipalKindName
    groups: tuple[tuple[str, ...], ...]
    keys: Mapping[str, frozenset[str]]
    texts: Mapping[str, str] = {}

    @property
    def is_iam(self) -> bool:
        """Whether its callers belong to an account."""
        return self.kind in kinds.IAM_KINDS


def _arn_texts(service: str, type_: str) -> dict[str, str]:
    return {_ARN: "arn:", BEFORE_ACCOUNT: f":{service}::", AFTER_ACCOUNT: type_, _COLON: ":"}


_ACCOUNT_OF_ARN = (_ARN, PARTITION, BEFORE_ACCOUNT, ACCOUNT)
_ARN_KEYS = {"aws:principalarn": ARN_FIELDS, "aws:principalaccount": frozenset({ACCOUNT})}
_FEDERATED_KEYS = {**_ARN_KEYS, "aws:userid": frozenset({ACCOUNT, _COLON, NAME})}
_FEDERATED_FIELDS = (*_ACCOUNT_OF_ARN, _COLON, AFTER_ACCOUNT, NAME)
_FEDERATED_TEXTS = _arn_texts("sts", ":federated-user/")

ANONYMOUS = CallerKind("anonymous callers", kinds.ANONYMOUS, (), {})
SESSION = CallerKind(
    "role sessions",
    kinds.SESSION,
    ((*_ACCOUNT_OF_ARN, AFTER_ACCOUNT, PATH, NAME), (UNIQUE_ID, _COLON, SESSION_NAME)),
    {**_ARN_KEYS, "aws:userid": frozenset({UNIQUE_ID, _COLON, SESSION_NAME})},
    _arn_texts("iam", ":role"),
)
USER = CallerKind(
    "users",
    kinds.USER,
    ((*_ACCOUNT_OF_ARN, AFTER_ACCOUNT, PATH, NAME), (UNIQUE_ID,)),
    {**_ARN_KEYS, "aws:userid": frozenset({UNIQUE_ID}), "aws:username": frozenset({NAME})},
    _arn_texts("iam", ":user"),
)
ROOT = CallerKind(
    "root users",
    kinds.ROOT,
    ((*_ACCOUNT_OF_ARN, AFTER_ACCOUNT),),
    {**_ARN_KEYS, "aws:userid": frozenset({ACCOUNT})},
    _arn_texts("iam", ":root"),
)
FEDERATED_BY_USER = CallerKind(
    "federated users",
    kinds.FEDERATED_USER,
    (_FEDERATED_FIELDS, (CREATOR_PATH, CREATOR_NAME), (UNIQUE_ID,)),
    _FEDERATED_KEYS,
    _FEDERATED_TEXTS,
)
FEDERATED_BY_ROOT = CallerKind(
    "federated users of a root user", kinds.FEDERATED_USER, (_FEDERATED_FIELDS,), _FEDERATED_KEYS, _FEDERATED_TEXTS
)
#: The keys of which requests of services have some value: nothing is known of it but its type, and that the account of
#: the ARN is the account.
KEYS_OF_SERVICES = ("aws:principalarn", "aws:principalaccount", "aws:principaltype", "aws:userid")
ARN_START, ARN_END, TYPE_TEXT, ID_TEXT = "start of an ARN", "end of an ARN", "text of a type", "text of an id"
SERVICE = CallerKind(
    "services",
    kinds.SERVICE,
    ((NAME,), (ARN_START, ACCOUNT, ARN_END), (TYPE_TEXT,), (ID_TEXT,)),
    {
        "aws:principalservicename": frozenset({NAME}),
        "aws:principalarn": frozenset({ARN_START, ACCOUNT, ARN_END}),
        "aws:principalaccount": frozenset({ACCOUNT}),
        "aws:principaltype": frozenset({TYPE_TEXT}),
        "aws:userid": frozenset({ID_TEXT}),
    },
)

#: All kinds. Examples prefer the first: requests of anonymous callers have the fewest context keys.
CALLER_KINDS = (ANONYMOUS, SESSION, USER, ROOT, FEDERATED_BY_USER, FEDERATED_BY_ROOT, SERVICE)
