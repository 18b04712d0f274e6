"""The naive model for policies with values that are not known, written from the text of SRC-10.

``<<name>>`` in a text stands for an unknown value. What it can decide is unknown (U) in the model's logic.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tests.model.evaluator import (
    ANY_RUN,
    DIRECT,
    MISPLACED,
    READ_AND_RELATE,
    SEGMENT_RUN,
    UNKNOWN,
    VARIABLE,
    WITH_ACCOUNT,
    Document,
    F,
    Principal,
    Reading,
    T,
    Test,
    Tokens,
    U,
    Values,
    Vote,
    Way,
    World,
    as_list,
    glob,
    readable,
    wild,
)

MARK = re.compile("<<[^<>]*>>")
SHORT_FORM = "execute-api:/"
#: Kinds of documents that read an ARN cut short where they grant (RES-2).
COMPLETING = ("identity", "boundary", "session", "scp")
_MARK_OR_VARIABLE = re.compile(r"<<[^<>]*>>|" + VARIABLE.pattern)


def marked(text: object) -> bool:
    return MARK.search(str(text)) is not None


def is_mark(value: object) -> bool:
    """Whether nothing of a value is known."""
    return isinstance(value, str) and MARK.fullmatch(value) is not None


def tokens_with_unknown(text: str) -> Tokens:
    tokens, done = Tokens(), 0
    for mark in MARK.finditer(text):
        tokens += [*wild(text[done : mark.start()]), UNKNOWN]
        done = mark.end()
    return tokens + wild(text[done:])


def plain_tokens(text: str) -> Tokens:
    """The tokens of a text without wildcards."""
    return [token if token == UNKNOWN else token[0] for token in tokens_with_unknown(text)]


def meet(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether two patterns of characters and UNKNOWN have a text in common."""
    reached = {(0, 0)}
    for at in range(len(one) + 1):
        for there in range(len(other) + 1):
            if (at, there) not in reached:
                continue
            mine, theirs = one[at : at + 1], other[there : there + 1]
            if UNKNOWN in mine or UNKNOWN in theirs:
                reached |= {(at + len(mine), there), (at, there + len(theirs))}
                if mine and theirs and UNKNOWN not in (*mine, *theirs):
                    reached.add((at + 1, there + 1))
            elif mine and mine == theirs:
                reached.add((at + 1, there + 1))
    return (len(one), len(other)) in reached


def names_of(who: Principal) -> Iterator[tuple[str, str, Tokens]]:
    """The names that a caller can have: the key, one such name, and the pattern of all of them."""
    yield "*", "*", ["*"]
    yield "AWS", "*", ["*"]
    if who.kind == "service":
        yield "Service", str(who.service), list(str(who.service))
    if who.kind not in WITH_ACCOUNT:
        return
    account, entity, session = who.arns()
    yield "AWS", str(who.account), list(str(who.account))
    yield "AWS", account, list(account)
    yield "CanonicalUser", "a" * 64, [UNKNOWN]
    if who.kind == "user":
        yield "AWS", entity, list(entity)
    if who.kind == "federated_user":
        yield "AWS", session, list(session)
        if who.federated_by is not None:
            yield "AWS", who.federated_by, list(who.federated_by)
    if who.kind in ("role", "role_session"):
        roles = account.removesuffix("root") + "role/"
        yield "AWS", entity, list(entity)
        yield "AWS", f"{roles}{who.name}", list(f"{roles}{who.name}")
        yield "AWS", f"{roles}another/{who.name}", [*roles, UNKNOWN, *f"/{who.name}"]
        yield "AWS", session + ("" if who.session else "any"), [*session, *([] if who.session else [UNKNOWN])]
    of_user = who.kind in ("user", "federated_user")
    prefix = "AIDA" if of_user else "AROA"
    pattern = [*prefix, UNKNOWN] if who.unique_id is None else [*who.unique_id]
    one = who.unique_id or prefix
    yield "AWS", one, pattern
    if not of_user:
        yield "AWS", f"{one}:{who.session or 'any'}", [*pattern, ":", *([*who.session] if who.session else [UNKNOWN])]


class PartlyKnown(World):
    """A case in whose documents some values are not known."""

    __slots__ = ()

    def votes(self, kind: str, documents: Sequence[Document]) -> list[Vote]:
        votes: list[Vote] = []
        for document in documents:
            for statement in as_list(document["Statement"]):
                for effect in ("Allow", "Deny"):
                    for known, most in self.statements(kind, statement, effect):
                        found = World.votes(self, kind, [{**document, "Statement": known}])
                        votes += [(effect, strength, min(truth, most)) for _, strength, truth in found]
        return votes

    def statements(self, kind: str, statement: Document | str, effect: str) -> Iterator[tuple[Document, int]]:
        """A statement with this effect, if it may have it, and how true it can be."""
        if kind == "rcp" and effect == "Allow":
            return
        if isinstance(statement, str):  # any number of statements of each effect
            named = {"Principal": "*" if kind == "rcp" else statement}
            named = named if kind in ("resource", "vpc_endpoint", "rcp") else {}
            yield {"Effect": effect, **named, "Action": "*", "Resource": "*"}, U
        elif statement["Effect"] == effect:
            yield statement, T
        elif marked(statement["Effect"]) and not ("NotPrincipal" in statement and effect == "Allow"):
            yield {**statement, "Effect": effect}, U

    def action_clause(self, statement: Document) -> int:
        element = "NotAction" if "NotAction" in statement else "Action"
        listed = as_list(statement[element])
        known = [text for text in listed if not marked(text)]
        if known == listed:
            return World.action_clause(self, statement)
        matches = World.action_clause(self, {"Effect": "Deny", "Action": known})
        may_match = any(glob(tokens_with_unknown(text.lower()), self.action.lower()) for text in listed if marked(text))
        matches = max(matches, U if may_match else F)
        return T - matches if element == "NotAction" else matches

    def resource_matches(self, kind: str, version: str, pattern: str, how: Way, empty: bool) -> tuple[int, int]:
        strict, _, padded = how
        if not marked(pattern):
            return World.resource_matches(self, kind, version, pattern, how, empty)
        negated_allow = U if version == "2012-10-17" else T  # VAR-5: the value may hold a variable without a value
        subject = self.resource
        if kind == "resource" and pattern.startswith(SHORT_FORM):
            _, slash, path = subject.split(":", 5)[5].partition("/") if subject.count(":") >= 5 else ("", "", "")
            subject = slash + path
            if not self.resource.startswith("arn:") or self.resource.split(":")[2] != "execute-api":
                return F, negated_allow
            pattern = pattern[len(SHORT_FORM) - 1 :]
            padded = False
        else:
            pattern = self.with_early_variables(version, pattern, strict=strict)
            if pattern == MISPLACED:
                return F, T
            begun = MARK.split(pattern)[0]
            if kind == "resource" and SHORT_FORM.startswith(begun):
                pattern = pattern[len(begun) :]
        tokens, valued = self.expand(version, pattern, strict=strict, empty=empty)
        tokens = [ANY_RUN if token == SEGMENT_RUN else token for token in tokens]
        if valued == F:
            return F, F
        colons = VARIABLE.sub("", pattern).count(":")
        ways = [tokens, [*tokens, ":", ANY_RUN]] if padded and colons < 5 else [tokens]
        return (U if any(glob(way, subject) for way in ways) else F), min(valued, negated_allow)

    def with_early_variables(self, version: str, pattern: str, *, strict: bool) -> str:
        """The text with ``*`` for variables before the fifth colon (POL-14), or one mark, or MISPLACED."""
        out, done, colons, after_mark = "", 0, 0, False
        for found in _MARK_OR_VARIABLE.finditer(pattern if version == "2012-10-17" else ""):
            colons += pattern[done : found.start()].count(":")
            out += pattern[done : found.start()]
            done = found.end()
            is_variable = found[0].startswith("${")
            if is_variable and found["key"] and colons < 5:
                if after_mark:
                    return "<<all>>"
                if strict:
                    return MISPLACED
                out += "*"
                continue
            after_mark = after_mark or not is_variable
            out += found[0]
        return out + pattern[done:]

    def expand(self, version: str, text: str, *, strict: bool, empty: bool) -> tuple[Tokens, int]:
        tokens, valued, done = Tokens(), T, 0
        for mark in MARK.finditer(text):
            before, truth = World.expand(self, version, text[done : mark.start()], strict=strict, empty=empty)
            tokens, valued, done = [*tokens, *before, UNKNOWN], min(valued, truth), mark.end()
        after, truth = World.expand(self, version, text[done:], strict=strict, empty=empty)
        return tokens + after, min(valued, truth)

    def named(self, statement: Document) -> list[tuple[int, int]]:
        element = statement.get("NotPrincipal", statement.get("Principal", "*"))
        by_key = element if isinstance(element, dict) else {"*": element}
        listed = [(key, name) for key, names in by_key.items() for name in as_list(names)]
        known = [(key, name) for key, name in listed if not marked(name)]
        if known == listed:
            return World.named(self, statement)
        possible = [
            (key, name)
            for entry_key, text in listed
            if marked(text)
            for key, name, pattern in names_of(self.principal)
            if entry_key in (key, "*") and meet(plain_tokens(text), pattern)
        ]
        if "NotPrincipal" in statement:
            surely = self.exempt(known)
            may_be = surely == T or self.exempt([*known, *possible]) != F
            return [(DIRECT, T - surely if surely == T or not may_be else U)]
        denies = statement["Effect"] == "Deny"
        names_caller = self.principal.names_caller
        votes = [names_caller(key, name, denies=denies) for key, name in known]
        return votes + [
            (strength, min(U, truth))
            for strength, truth in (names_caller(key, name, denies=denies) for key, name in possible)
        ]

    def condition_clause(self, version: str, statement: Document) -> int:
        block = statement.get("Condition", {})
        if is_mark(block):
            return U
        known = {operator: keys for operator, keys in block.items() if not is_mark(keys)}
        most = T if known == block else U
        if known == {} and block != {}:
            return most
        return min(
            most, World.condition_clause(self, version, {**statement, "Condition": known} if block else statement)
        )

    def holds(self, effect: str, version: str, test: Test, actual: Values) -> int:
        operator, key, wanted = test
        if marked(key):
            return U
        known = [text for text in wanted if not marked(text)]
        name = operator.removesuffix("IfExists").rpartition(":")[2]
        if name != "Null" or known == wanted or ":" in operator:
            return World.holds(self, effect, version, test, actual)
        holds = World.holds(self, effect, version, (operator, key, known), actual) if known else F
        return T if holds == T else U

    def value_matches_by(self, version: str, name: str, text: str, value: str, how: Reading, *, empty: bool) -> int:
        if not marked(text) or name.startswith(("String", "Arn")):
            return World.value_matches_by(self, version, name, text, value, how, empty=empty)
        read = READ_AND_RELATE[name.replace("Not", "")][0]
        return U if readable(read, value) is not None or not how.typed else F
