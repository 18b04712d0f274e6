"""The texts that the fields of a caller's name may have, those that examples prefer, and the caller with such texts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.analysis.dimensions.caller_kinds import (
    ACCOUNT,
    ARN_END,
    ARN_START,
    CALLER_KINDS,
    CANONICAL_USER,
    CREATOR_NAME,
    CREATOR_PATH,
    FEDERATED_BY_ROOT,
    FEDERATED_BY_USER,
    ID_TEXT,
    KEYS_OF_SERVICES,
    NAME,
    PARTITION,
    PATH,
    SERVICE,
    SESSION,
    SESSION_NAME,
    TYPE_TEXT,
    UNIQUE_ID,
    USER,
    CallerKind,
)
from execpolicy.analysis.values.field_sequence import FieldGrammar, TextField, repeated
from execpolicy.document.principal_name import PrincipalName
from execpolicy.language import principal as kinds
from execpolicy.language.principal import Principal

if TYPE_CHECKING:
    from execpolicy.analysis.values.field_sequence import Edges

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_DIGITS = "1234567890"
_NAME_CHARS = f"{_LETTERS}{_LETTERS.upper()}{_DIGITS}_+=,.@-"
#: Printable ASCII, a slash after the others.
_PATH_CHARS = _NAME_CHARS + "".join(chr(code) for code in range(33, 128) if chr(code) not in f"{_NAME_CHARS}/") + "/"
_ID_CHARS = _LETTERS.upper() + _DIGITS
_LABEL_CHARS = f"{_LETTERS}{_DIGITS}-"
_SERVICE_SUFFIXES = (
    *("amazonaws.com", "amazonaws.com.cn", "amazonaws.eu", "amazon.com", "c2s.ic.gov", "sc2s.sgov.gov"),
    *("cloud.adc-e.uk", "csp.hci.ic.gov"),
)


def _unique_id(prefix: str) -> FieldGrammar:
    """A prefix, and twelve characters or more."""
    chars = [*prefix, *[_ID_CHARS] * 12]
    edges = [((each, state + 1),) for state, each in enumerate(chars)]
    return FieldGrammar((*edges, ((_ID_CHARS, len(chars)),)), frozenset({len(chars)}))


def _service_name() -> FieldGrammar:
    """Labels, and the end of the name of a service."""
    edges = [[(_LABEL_CHARS, 1)], [(_LABEL_CHARS, 1), (".", 0)]]
    ends = set()
    for suffix in _SERVICE_SUFFIXES:
        first = len(edges)
        edges[1].append((".", first))
        edges.extend([[(char, first + place + 1)] for place, char in enumerate(suffix)])
        ends.add(len(edges))
        edges.append([])
    return FieldGrammar(tuple(map(tuple, edges)), frozenset(ends))


def _start_of_arn() -> FieldGrammar:
    """The fields of an ARN before the account."""
    edges: list[Edges] = [((char, place + 1),) for place, char in enumerate("arn:")]
    edges += [((_PATH_CHARS.replace(":", ""), state), (":", state + 1)) for state in range(4, 7)]
    return FieldGrammar((*edges, ()), frozenset({7}))


#: A letter, and any characters: no number, date or address.
_ANY_TEXT = FieldGrammar((((_LETTERS.upper(), 1), (_LETTERS, 1)), ((_PATH_CHARS, 1),)), frozenset({1}))
_ANY_NAME = repeated(_NAME_CHARS)
_ANY_PATH = FieldGrammar(((("/", 1),), ((_PATH_CHARS, 2),), ((_PATH_CHARS, 2), ("/", 3)), ()), frozenset({1, 3}))
_GRAMMARS = {
    ACCOUNT: repeated(_DIGITS, 12, 12),
    PATH: _ANY_PATH,
    NAME: _ANY_NAME,
    SESSION_NAME: _ANY_NAME,
    CREATOR_PATH: _ANY_PATH,
    CREATOR_NAME: _ANY_NAME,
    UNIQUE_ID: _unique_id("AIDA"),
    ARN_START: _start_of_arn(),
    ARN_END: FieldGrammar((((":", 1),), ((_PATH_CHARS, 2),), ((_PATH_CHARS, 2),)), frozenset({2})),
    TYPE_TEXT: _ANY_TEXT,
    ID_TEXT: _ANY_TEXT,
}
_GRAMMARS_OF_KINDS = {(SESSION.name, UNIQUE_ID): _unique_id("AROA"), (SERVICE.name, NAME): _service_name()}

#: The texts that examples have where no policy names another.
_USUAL_WORDS: dict[str, tuple[str, ...]] = {
    PARTITION: ("aws",),
    ACCOUNT: ("111122223333", "444455556666", "777788889999"),
    PATH: ("/", "/staff/"),
    CREATOR_PATH: ("/", "/staff/"),
    CREATOR_NAME: ("Ann", "Bob"),
    SESSION_NAME: ("ann", "bob"),
    UNIQUE_ID: ("AIDAEXAMPLEAIDAEXAMPL", "AIDAEXAMPLEUSEREXAMPL"),
    CANONICAL_USER: ("0" * 64, "1" * 64),
    ARN_START: ("arn:aws:iam::",),
    ARN_END: (":role/service-role/Service",),
    TYPE_TEXT: ("AssumedRole",),
    ID_TEXT: ("AROAEXAMPLEAROAEXAMPL:service",),
}
_USUAL_WORDS_OF_KINDS: dict[tuple[str, str], tuple[str, ...]] = {
    (SESSION.name, NAME): ("Clerk", "Admin"),
    (SESSION.name, UNIQUE_ID): ("AROAEXAMPLEAROAEXAMPL", "AROAEXAMPLEROLEEXAMPL"),
    (USER.name, NAME): ("Ann", "Bob"),
    (FEDERATED_BY_USER.name, NAME): ("Fay", "Finn"),
    (FEDERATED_BY_ROOT.name, NAME): ("Fay", "Finn"),
    (SERVICE.name, ACCOUNT): ("777788889999", "888899990000", "999900001111"),
    (SERVICE.name, NAME): ("states.amazonaws.com", "events.amazonaws.com", "lambda.amazonaws.com"),
}


#: The kinds of callers with an account, and those with a unique id.
WITH_ACCOUNT = tuple(kind for kind in CALLER_KINDS if kind.is_iam)
_WITH_UNIQUE_ID = tuple(kind for kind in CALLER_KINDS if any(UNIQUE_ID in group for group in kind.groups))
#: By the kind of the name of a principal, the kinds of callers whose name and path it may have.
_KINDS_NAMED_BY: dict[str, tuple[CallerKind, ...]] = {
    kinds.USER: (USER,),
    kinds.ROLE: (SESSION,),
    kinds.SESSION: (SESSION,),
    kinds.FEDERATED_USER: (FEDERATED_BY_USER, FEDERATED_BY_ROOT),
    kinds.SERVICE: (SERVICE,),
}


class CallerWords:
    """The texts that policies name, by kind of callers and field: examples prefer them."""

    def __init__(self) -> None:
        self._words: dict[tuple[str, str], dict[str, None]] = {}

    def add(self, field: str, word: str, *of: CallerKind) -> None:
        """Note a text of a field, for callers of some kinds."""
        for kind in of:
            self._words.setdefault((kind.name, field), {})[word] = None

    def add_name(self, name: PrincipalName) -> None:
        """Note the name of a principal."""
        if name.partition:
            self.add(PARTITION, name.partition, *WITH_ACCOUNT)
        if name.account:
            self.add(ACCOUNT, name.account, *WITH_ACCOUNT)
        for field, word, of in (
            (NAME, name.name, _KINDS_NAMED_BY.get(name.kind, ())),
            (PATH, name.path, _KINDS_NAMED_BY.get(name.kind, ())),
            (CREATOR_NAME, name.name, (FEDERATED_BY_USER,) if name.kind == kinds.USER else ()),
            (CREATOR_PATH, name.path, (FEDERATED_BY_USER,) if name.kind == kinds.USER else ()),
            (UNIQUE_ID, name.name, _WITH_UNIQUE_ID if name.kind == "unique-id" else ()),
            (CANONICAL_USER, name.name, WITH_ACCOUNT if name.kind == "canonical" else ()),
        ):
            self.add(field, word, *of)
        if name.session:
            self.add(SESSION_NAME, name.session, SESSION)

    def fields(self, kind: CallerKind, names: Iterable[str]) -> tuple[TextField, ...]:
        """Fields of a kind, each with the texts that examples prefer and its grammar."""
        return tuple(self._field(kind, name) for name in names)

    def _field(self, kind: CallerKind, name: str) -> TextField:
        fixed = kind.texts.get(name)
        if fixed is not None:
            return TextField(name, (fixed,))
        grammar = _GRAMMARS_OF_KINDS.get((kind.name, name)) or _GRAMMARS.get(name)
        named = [word for word in self._words.get((kind.name, name), ()) if grammar is None or grammar.has(word)]
        return TextField(name, tuple(dict.fromkeys((*named, *_usual_words(kind, name)))), grammar)


def caller_with(kind: CallerKind, words: Mapping[str, str]) -> Principal:
    """The caller of a kind with these texts of its fields."""
    if kind is SERVICE:
        return Principal.service(words[NAME])
    if not kind.is_iam:
        return Principal.anonymous()
    partition, account = words[PARTITION], words[ACCOUNT]
    creator = None
    if kind is FEDERATED_BY_USER:
        creator = PrincipalName(kinds.USER, partition, account, words[CREATOR_NAME], words[CREATOR_PATH])
    elif kind is FEDERATED_BY_ROOT:
        creator = PrincipalName("account", partition, account)
    return Principal(
        kind.kind,
        partition=partition,
        account=account,
        name=words.get(NAME, ""),
        path=words.get(PATH),
        session_name=words.get(SESSION_NAME),
        federated_by=creator,
        unique_id=words.get(UNIQUE_ID),
        canonical_user=words.get(CANONICAL_USER),
    )


_usual: list[Principal] = []


def usual_callers() -> tuple[Principal, ...]:
    """A caller of each kind, in the order of the kinds."""
    if not _usual:
        words = CallerWords()
        for kind in CALLER_KINDS:
            fields = [field for group in kind.groups for field in words.fields(kind, group)]
            _usual.append(caller_with(kind, {field.name: field.words[0] for field in fields}))
    return tuple(_usual)


def kind_of(caller: Principal) -> CallerKind | None:
    """The kind of a caller; None for a role without the name of a session."""
    if caller.kind == kinds.FEDERATED_USER:
        return FEDERATED_BY_ROOT if caller.acts_as_root else FEDERATED_BY_USER
    return next((kind for kind in CALLER_KINDS if kind.kind == caller.kind), None)


def words_of(kind: CallerKind, caller: Principal, keys: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """The texts of the fields of a caller; the usual ones for details that are not known.

    ``keys`` has values of context keys that do not follow from the caller.
    """
    creator = caller.federated_by
    known: dict[str, str | None] = {
        PARTITION: caller.partition,
        ACCOUNT: caller.account,
        PATH: caller.path,
        NAME: caller.name,
        SESSION_NAME: caller.session_name,
        UNIQUE_ID: caller.unique_id,
        CANONICAL_USER: caller.canonical_user,
        CREATOR_PATH: None if creator is None else creator.path,
        CREATOR_NAME: None if creator is None else creator.name,
        **({} if caller.kind != kinds.SERVICE else _words_of_keys(keys)),
    }
    names = (name for group in kind.groups for name in group)
    usual = {name: _usual_words(kind, name)[0] for name in names if name not in kind.texts}
    given = {name: word for name, word in known.items() if word is not None}
    return {CANONICAL_USER: _USUAL_WORDS[CANONICAL_USER][0], **kind.texts, **usual, **given}


def _words_of_keys(keys: Mapping[str, tuple[str, ...]]) -> dict[str, str | None]:
    """The texts of the fields that are in the values of keys."""
    arn, account, type_text, id_text = (keys[key][0] if keys.get(key) else None for key in KEYS_OF_SERVICES)
    words = {ACCOUNT: account, TYPE_TEXT: type_text, ID_TEXT: id_text}
    if arn is not None:
        *start, words[ACCOUNT], end = arn.split(":", 5)
        words[ARN_START], words[ARN_END] = ":".join((*start, "")), f":{end}"
    return words


def _usual_words(kind: CallerKind, field: str) -> tuple[str, ...]:
    return _USUAL_WORDS_OF_KINDS.get((kind.name, field)) or _USUAL_WORDS[field]
