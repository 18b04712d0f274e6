"""A second, naive evaluator of AWS policies, written from the rules (ids in comments), not from the engine."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from ipaddress import IPv4Network, IPv6Network, ip_network
from operator import eq, ge, gt, le, lt
from typing import Any, NamedTuple

from dateutil.parser import isoparse
from dateutil.relativedelta import relativedelta

Document = dict[str, Any]
Levels = Sequence[Sequence[Document]]
Tokens = list[str]  # one character each, or one of the wildcards below
Values = list[str] | None  # of a context key: [] it is absent, None it is unknown
Test = tuple[str, str, list[Any]]  # of a condition: its operator, its key, its values
Vote = tuple[str, int, int]  # of a name in a statement: its effect, its strength, whether it applies (F, U, T)

F, U, T = 0, 1, 2  # false, unknown, true: "and" is min, "or" is max, "not x" is T - x
NONE, ACCOUNT, ROLE, DIRECT = 0, 1, 2, 3  # EVL-4: how strongly a resource policy grants
ANY_RUN, ANY_ONE, SEGMENT_RUN, SEGMENT_ONE = "*any", "?any", "*segment", "?segment"
UNKNOWN = "*unknown"  # stands where a variable has a value that is not known
MISPLACED = "*misplaced"  # stands where a variable is before the fifth colon
TEMPORARY = {"role_session", "role", "federated_user"}
WITH_ACCOUNT = {"user", "root", *TEMPORARY}
ENDPOINT_KEYS = {"aws:sourcevpce", "aws:sourcevpc", "aws:vpcsourceip"}
OTHER_ENDPOINT_KEYS = {"aws:sourcevpcarn", "aws:vpceaccount", "aws:vpceorgid", "aws:vpceorgpaths"}
CHAIN_KEYS = {"aws:calledvia", "aws:calledviafirst", "aws:calledvialast"}
SOURCE_KEYS = {"aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths"}
SAML_LATER = {"saml:namequalifier", "saml:sub", "saml:sub_type"}
OF_SESSIONS = ("aws:tokenissuetime", "aws:multifactorauthpresent", "aws:multifactorauthage")
OF_PRINCIPALS = (*OF_SESSIONS, "aws:username", "aws:userid", *("aws:principal" + end for end in ("a", "o", "ta", "ty")))
NEVER_AT_EXECUTE_API = (
    *("aws:sourcevpcarn", "aws:vpceaccount", "aws:vpceorgid", "aws:vpceorgpaths", "aws:resourcetag/"),
    *("aws:requesttag/", "aws:tagkeys", "aws:ismcpserviceaction"),
)
MULTIVALUED = {"aws:principalorgpaths", "aws:tagkeys", "aws:calledvia", "aws:principalservicenameslist"}
MULTIVALUED |= {"aws:vpceorgpaths", "aws:sourceorgpaths", "aws:resourceorgpaths"}
#: The keys that API Gateway lists for the resource policy of an API (GW-22).
LISTED = (
    *("aws:currenttime", "aws:epochtime", "aws:securetransport", "aws:sourcearn", "aws:sourceip", "aws:referer"),
    *("aws:useragent", "aws:sourcevpc", "aws:sourcevpce", "aws:vpcsourceip", "aws:principaltag/", "aws:principaltype"),
    *("aws:principalaccount", "aws:principalarn", "aws:principalorg", "aws:userid", "aws:username", *OF_SESSIONS),
)
#: The other readings of which requests have a key, and what stands for no other values by one.
OF_KEYS = ("GW-22 anonymous", "GW-22 list", "KEY-1", "KEY-6", "KEY-9")
NOT_OTHERWISE = ["not otherwise"]
VARIABLE = re.compile(r"\$\{(?:(?P<literal>[*?$])|(?P<key>[^{}$,']+)(?:,\s*'(?P<default>[^']*)')?)\}")
NUMBER = r"[+-]?(0|[1-9][0-9]*)([.][0-9]+)?([eE][+-]?[0-9]+)?"
W3C = r"[0-9]{4}(-[0-9]{2}(-[0-9]{2}(T(?!24)[0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?(Z|[+-][0-9]{2}:[0-9]{2})?)?)?)?"
SECONDS = r"(?![0-9]{4}$)[0-9]+([.][0-9]+)?"  # four digits are a year
DAY_OR_LONGER = r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?"
EPOCH, SOME = datetime(1970, 1, 1, tzinfo=UTC), ["some value that was not given"]


class Principal(NamedTuple):
    kind: str  # user root role_session role federated_user service anonymous
    partition: str | None = "aws"
    account: str | None = None
    name: str | None = None
    path: str | None = None  # "/", "/team/"; None: not given
    session: str | None = None  # None: not given (a bare role ARN)
    federated_by: str | None = None  # the ARN of the user or root user who federated
    unique_id: str | None = None
    tags: dict[str, str] | None = None  # None: not given; else all of them
    org_id: str | None = None
    org_paths: list[str] | None = None
    service: str | None = None
    management_account: bool = False

    def arns(self) -> tuple[str, str, str]:
        """PRN-3: account; user or role (path "/" if it was not given); session (its beginning if the name was not)."""
        iam, sts = f"arn:{self.partition}:iam::{self.account}:", f"arn:{self.partition}:sts::{self.account}:"
        if self.kind == "federated_user":
            return iam + "root", "", f"{sts}federated-user/{self.name}"
        entity = f"{iam}{'user' if self.kind == 'user' else 'role'}{self.path or '/'}{self.name}"
        return iam + "root", entity, f"{sts}assumed-role/{self.name}/{self.session or ''}"

    def is_of_identity_center(self) -> bool:  # PRN-7
        return self.kind in ("role", "role_session") and str(self.name).startswith("AWSReservedSSO_")

    def acts_as_root(self) -> bool:  # EVL-8: a root user, or a federated session that one made
        return self.kind == "root" or (self.federated_by or "").endswith(":root")

    def only_name(self) -> tuple[str, str | None]:
        """The name of a service; an anonymous caller has none."""
        return "Service", self.service

    def names_caller(self, key: str, name: str, *, denies: bool) -> tuple[int, int]:
        """EVL-4, PRN-2, PRN-4, PRN-5: the strength, and whether it is the caller."""
        account, entity, _ = self.arns()
        if name == "*":
            no_service = key == "AWS" and self.kind == "service" and not denies  # PRN-1
            return ROLE if self.kind == "federated_user" else DIRECT, F if no_service else T  # EVL-9
        if self.kind not in WITH_ACCOUNT:
            return DIRECT, T if (key, name) == self.only_name() else F
        if key != "AWS":
            return ACCOUNT, U if key == "CanonicalUser" else F
        if name in (self.account, account):
            return ACCOUNT, T
        if name.startswith(("AIDA", "AROA")):
            return self.names_by_id(*name.partition(":")[::2])
        if self.kind == "federated_user" and name == self.federated_by:
            return ROLE, T  # a root user's name, that of the account, is above
        if self.kind in ("role", "role_session") and name.startswith(account.removesuffix("root") + "role/"):
            return ROLE, T if name.rsplit("/", 1)[1] == self.name else F  # PRN-4: the path does not matter
        return DIRECT, max(self.names_session(name), T if self.kind == "user" and name == entity else F)

    def by_other_reading(self, rule: str, key: str, name: str, *, denies: bool) -> tuple[int, int]:
        """As names_caller, by the other reading of what is assumed."""
        strength, truth = self.names_caller(key, name, denies=denies)
        if rule == "PRN-1" and name == "*" and self.kind == "service":
            return DIRECT, truth if denies and key == "*" else T - truth  # that a Deny for "*" does is documented
        if rule == "PRN-5" and name.startswith(("AIDA", "AROA")):
            return DIRECT, F
        if rule == "EVL-9" and name == "*":
            return DIRECT, truth
        if rule == "PRN-4" and self.kind in TEMPORARY and key == "AWS":
            account, _, session = self.arns()
            if name.lower() == session.lower() and self.kind != "role":
                return DIRECT, T
            if self.kind != "federated_user" and name.startswith(account.removesuffix("root") + "role/"):
                return ROLE, T if name.rsplit("/", 1)[1].lower() == str(self.name).lower() else F
        return strength, truth

    def names_by_id(self, unique_id: str, session: str) -> tuple[int, int]:  # PRN-5
        """As the ARN of the user, the role or its session would; an id that was not given may be this one."""
        kinds = ("user", "federated_user") if unique_id.startswith("AIDA") else ("role", "role_session")
        same = U if self.unique_id is None else T if self.unique_id == unique_id else F
        same = F if self.kind not in kinds or self.acts_as_root() else same
        if not session:
            return DIRECT if self.kind == "user" else ROLE, same
        return DIRECT, min(same, U if self.session is None else T if self.session == session else F)

    def names_session(self, name: str) -> int:
        session = self.arns()[2]
        if self.kind in ("role", "role_session") and self.session is None:
            return U if name.startswith(session) else F
        return T if self.kind in TEMPORARY and name == session else F


class Way(NamedTuple):
    strict: bool  # whether the entry grants
    reach: str  # of a wildcard in one of the first five fields: "segment" or "any"
    padded: bool  # whether an ARN with fewer than six fields is completed


class Reading(NamedTuple):
    typed: bool  # whether the key is of the catalogue, so that its values are of its type
    strict: bool  # CND-16: whether a value matches only if it does by both readings
    of_empty: list[bool]  # VAR-3: by which readings the empty text is a value


class World(NamedTuple):
    principal: Principal
    action: str
    resource: str
    resource_account: str | None = None
    context: Mapping[str, str | list[str]] = {}
    complete: bool = True
    identity: Sequence[Document] = ()
    boundary: Document | None = None
    session: Sequence[Document] = ()
    scps: Levels = ()
    resource_policy: Document | None = None
    rcps: Levels = ()
    vpc_endpoint: Document | None = None
    otherwise: str = ""  # the rule of status A whose other reading is used, and which one if there are several
    is_public: bool = False  # GW-22: a call to an API that is not private, which no key of an endpoint comes with

    def by_other_path(self) -> World:
        """PRN-7: by the other reading, the role of a session whose path was not given has another one."""
        who = self.principal
        if self.otherwise != "PRN-7" or who.kind != "role_session" or who.path is not None:
            return self
        return self._replace(principal=who._replace(path="/another/"))

    def layer_votes(self) -> dict[str, list[list[Vote]]]:
        """What the statements of each level of each layer say; where there is no level, nothing stands in the way."""
        who = self.principal
        has_policies = who.kind in WITH_ACCOUNT and not who.acts_as_root()  # EVL-8
        service_linked = (who.path or "").startswith("/aws-service-role/")
        scps_bind = who.kind in WITH_ACCOUNT and not who.management_account and not service_linked  # EVL-2
        layers: dict[str, Levels] = {
            "identity": [self.identity] if has_policies else [],
            "boundary": [[self.boundary]] if has_policies and self.boundary is not None else [],
            "session": [self.session] if self.session or who.kind == "federated_user" else [],  # EVL-9
            "scp": self.scps if scps_bind else [],
            "resource": [[] if self.resource_policy is None else [self.resource_policy]],
            "rcp": [] if self.is_execute_api() or service_linked else self.rcps,  # EVL-3
            "vpc_endpoint": [] if self.vpc_endpoint is None else [[self.vpc_endpoint]],  # EVL-7
        }
        return {kind: [self.votes(kind, level) for level in levels] for kind, levels in layers.items()}

    def outcome(self, votes: Mapping[str, list[list[Vote]]], no_denies: bool, allows: bool) -> str:
        """The outcome if what is unknown of the Denies does not apply, and if what is unknown of the Allows does."""
        who = self.principal
        fires, counts = T if no_denies else U, U if allows else T  # the truth that is enough for a Deny, for an Allow
        strengths = {kind: [strongest("Allow", counts, level) for level in levels] for kind, levels in votes.items()}
        grants = {kind: min(levels, default=DIRECT) for kind, levels in strengths.items()}
        if self.otherwise == "EVL-8" and who.acts_as_root() and self.owner() != who.account:
            grants["identity"] = NONE
        for kinds in ({"vpc_endpoint"}, votes.keys() - {"vpc_endpoint"}):  # EVL-7: first, and by itself
            if any(strongest("Deny", fires, level) for kind in kinds for level in votes[kind]):
                return "explicit_deny"  # EVL-1
            if not grants["vpc_endpoint"]:
                return "implicit_deny"
        named, identity, limits = grants["resource"], grants["identity"], min(grants["boundary"], grants["session"])
        owner = self.owner()
        cross_account = owner != who.account if owner else not allows
        partition = who.partition if self.resource == "*" else arn_field(self.resource, 1)  # RES-6
        other_partition = who.kind in WITH_ACCOUNT and who.partition != partition
        within = named == DIRECT or (limits > NONE and (named == ROLE or identity > NONE))  # EVL-4, EVL-6
        allowed = min(named, identity, limits) > NONE if cross_account else within  # EVL-5
        allowed = allowed if who.kind in WITH_ACCOUNT else named > NONE  # EVL-8
        filtered = not grants["scp"] or other_partition  # EVL-2, PRN-8
        return "allow" if allowed and not filtered else "implicit_deny"

    def owner(self) -> str | None:
        return (
            self.resource_account
            or arn_field(self.resource, 4)
            or (self.principal.account if self.resource == "*" else "")
        )

    def votes(self, kind: str, documents: Sequence[Document]) -> list[Vote]:
        votes = []
        if self.otherwise == "GW-22 list" and kind != "resource":  # the list is that of an API's resource policy
            return self._replace(otherwise="").votes(kind, documents)
        for document in documents:
            version = document.get("Version", "2008-10-17")  # POL-4
            version = "" if self.otherwise == "VAR-1" and kind == "rcp" else version
            for each in as_list(document["Statement"]):
                applies = min(self.action_clause(each), self.resource_clause(kind, version, each))
                applies = min(applies, self.condition_clause(version, each))
                least = ROLE if self.otherwise == "EVL-4" and self.names_role_in_condition(version, each) else NONE
                names = [(max(strength, least), truth) for strength, truth in self.named(each)]
                votes += [(each["Effect"], strength, min(truth, applies)) for strength, truth in names]
        return votes

    def names_role_in_condition(self, version: str, statement: Document) -> bool:
        if self.principal.kind not in ("role", "role_session") or statement["Effect"] != "Allow":
            return False
        positive = ("ArnEquals", "ArnLike", "StringEquals", "StringEqualsIgnoreCase", "StringLike")
        return any(
            key.lower() == "aws:principalarn" and self.condition("Allow", version, (op, key, as_list(wanted))) == T
            for op, block in statement.get("Condition", {}).items()
            for key, wanted in block.items()
            if op.removesuffix("IfExists") in positive
        )

    def is_execute_api(self) -> bool:
        return self.action.lower().startswith("execute-api:")

    def action_clause(self, statement: Document) -> int:  # ACT-1, ACT-3, POL-13
        listed = as_list(statement["NotAction" if "NotAction" in statement else "Action"])
        if "NotAction" in statement and not listed:
            return self.of_nothing(statement)
        matches = max([F, *(glob(wild(pattern.lower()), self.action.lower()) for pattern in listed)])
        return T - matches if "NotAction" in statement else matches

    def of_nothing(self, statement: Document) -> int:
        """POL-13: an empty NotAction, NotResource or Condition, or an operator without keys."""
        return F if (statement["Effect"] == "Allow") != (self.otherwise == "POL-13") else T

    def resource_clause(self, kind: str, version: str, statement: Document) -> int:  # ACT-3, POL-13, VAR-3
        negated = "NotResource" in statement
        listed = as_list(statement["NotResource" if negated else "Resource"])
        if negated and not listed:
            return self.of_nothing(statement)
        strict = (statement["Effect"] == "Allow") != negated  # RES-2: what is in doubt never opens
        either, match, values = min if strict else max, F, []
        for each in listed:
            ways, by_empty = self.ways_to_match(kind, version, each, strict), []
            for empty in self.readings_of_empty():
                found = [self.resource_matches(kind, version, each, how, empty) for how in ways]
                by_empty.append(max(match for match, _ in found))
                values += [valued for _, valued in found]
            match = max(match, either(by_empty))
        if negated and self.otherwise == "VAR-5":
            if statement["Effect"] == "Deny":
                return T - max([match, *(T for valued in values if valued == F)])
            values = [valued for valued in values if valued != F]
        if negated and statement["Effect"] == "Allow":
            return min([T - match, *values])  # VAR-5: not at all where one has no value
        return T - match if negated else match

    def readings_of_empty(self) -> list[bool]:
        """VAR-3: whether the empty text is a value; if it is both, what grants must match by both."""
        if self.otherwise.startswith("VAR-3"):
            return [self.otherwise == "VAR-3 value"]
        return [False, True]

    def ways_to_match(self, kind: str, version: str, pattern: str, strict: bool) -> list[Way]:
        """RES-2: what grants is matched in one way, what denies in any."""
        misplaced = any(MISPLACED in early_tokens(version, each, "any") for each in split_fields(version, pattern)[:5])
        strict = strict != (misplaced and self.otherwise == "POL-14")
        of_caller = kind in ("identity", "boundary", "session", "scp")
        if self.otherwise == "RES-2 written":
            return [Way(strict, "segment", kind == "identity")]
        if self.otherwise == "RES-2 completed":
            return [Way(strict, "segment", True)]
        if not strict or self.otherwise == "RES-2 wide":
            return [Way(strict, "any", padded) for padded in (True, False)]
        return [Way(strict, "segment", of_caller)]

    def resource_matches(self, kind: str, version: str, pattern: str, how: Way, empty: bool) -> tuple[int, int]:
        """Whether an entry matches, and whether its variables have values (``expand``)."""
        strict, reach, padded = how
        segments = split_fields(version, pattern)
        cased = lowered if self.otherwise == "RES-7" else str  # RES-7
        if padded and cased(pattern).startswith("arn:"):
            segments += ["*"] * (6 - len(segments))  # RES-2
        if kind == "resource" and cased(pattern).startswith("execute-api:/"):  # GW-7
            expanded, valued = self.expand(version, pattern[len("execute-api:") :], strict=strict, empty=empty)  # VAR-1
            expanded = bounded(expanded) if self.otherwise == "RES-1" else expanded
            _, slash, path = arn_field(self.resource, 5).partition("/")
            match, valued = filled_matches([*map(cased, expanded)], valued, cased(slash + path))
            return match if arn_field(self.resource, 2) == "execute-api" else F, valued
        tokens: Tokens = []
        for segment in segments[:5]:  # RES-1, RES-2: here only a `*` that ends its segment crosses a colon
            tokens += early_tokens(version, segment, reach)
            tokens += [tokens.pop().replace(SEGMENT_RUN, ANY_RUN), ":"] if segment else [":"]
        if MISPLACED in tokens and strict:
            return F, T  # POL-14
        for place in [place for place, token in enumerate(tokens) if token == MISPLACED]:
            in_any_field = not pattern.startswith("arn:") or {ANY_RUN, ANY_ONE} & set(tokens[:place])
            tokens[place] = ANY_RUN if in_any_field else SEGMENT_RUN
        expanded, valued = self.expand(version, "".join(segments[5:]), strict=strict, empty=empty)
        expanded = bounded(expanded) if self.otherwise == "RES-1" else expanded
        tokens = tokens + expanded if len(segments) == 6 else tokens[:-1]
        return filled_matches([*map(cased, tokens)], valued, cased(self.resource))

    def expand(self, version: str, text: str, *, strict: bool, empty: bool) -> tuple[Tokens, int]:
        """VAR-2: the tokens, and whether every variable has a value (VAR-3), known or not (KEY-4)."""
        if version != "2012-10-17":
            return wild(text), T  # POL-4
        tokens, done, resolved = Tokens(), 0, T
        for variable in VARIABLE.finditer(text):
            literal, key, default = variable.group("literal", "key", "default")
            values = [literal] if literal else None if self.may_be_false(key.lower()) else self.key_values(key)
            several = is_multivalued(key or "") or len(values or []) > 1
            if self.otherwise == "VAR-2":
                default = default if variable[0] == f"${{{key}, '{default}'}}" else None
                values, several = (None, False) if len(values or []) > 1 else (values, False)
            if several or values == [] or (values == [""] and not empty):
                values = [] if default is None else [default]
            unknown = values is None or values is SOME
            resolved = min(resolved, U if values is None and default is None else T if unknown or values else F)
            filled = "".join([] if unknown else values or [])
            as_text = strict != (self.otherwise == "VAR-4") or literal  # VAR-4: or as a wildcard, to deny
            tokens += wild(text[done : variable.start()])
            tokens += [UNKNOWN] if unknown else filled if as_text else wild(filled)
            done = variable.end()
        return tokens + wild(text[done:]), resolved

    def named(self, statement: Document) -> list[tuple[int, int]]:
        """Each name's strength, and whether it means the caller."""
        element = statement.get("NotPrincipal", statement.get("Principal", "*"))
        by_key = element if isinstance(element, dict) else {"*": element}  # PRN-1
        listed = [(key, name) for key, names in by_key.items() for name in as_list(names)]
        if "NotPrincipal" in statement:
            return [(DIRECT, T - self.exempt(listed))]
        denies = statement["Effect"] == "Deny"
        return [self.principal.by_other_reading(self.otherwise, key, name, denies=denies) for key, name in listed]

    def exempt(self, listed: list[tuple[str, str]]) -> int:  # PRN-6: when all that stands for the caller is
        who, names = self.principal, [name for key, name in listed if key == "AWS"]
        account, entity, _ = who.arns()
        if self.boundary is not None and who.kind in WITH_ACCOUNT - {"root"}:
            return F
        everybody = "*" in dict(listed) or "*" in names
        if everybody and who.kind == "service":  # PRN-1: not under AWS, where it would exempt
            everybody = ("*" in names) is (self.otherwise == "PRN-1")
        if everybody or who.kind not in WITH_ACCOUNT:
            return T if everybody or who.only_name() in listed else F
        by_account = T if {who.account, account} & set(names) else U if "CanonicalUser" in dict(listed) else F
        by_entity = T if entity in names or who.kind in ("root", "federated_user") else F
        if who.path is None and who.is_of_identity_center():  # PRN-7
            roles = account.removesuffix("root") + "role/"
            paths = [name for name in names if name.startswith(roles) and name.rsplit("/", 1)[1] == who.name]
            by_entity = U if paths else F
        ids = [name.partition(":")[::2] for name in names if name.startswith(("AIDA", "AROA"))]
        by_id = [(bool(session), who.names_by_id(unique_id, session)[1]) for unique_id, session in ids]
        by_entity = max([by_entity, *(truth for of_session, truth in by_id if not of_session)])
        by_session = max([F, *(who.names_session(name) for name in names)]) if who.kind in TEMPORARY else T
        by_session = max([by_session, *(truth for of_session, truth in by_id if of_session)])
        if self.otherwise == "PRN-6":  # one of them is enough
            has_entity, has_session = who.kind not in ("root", "federated_user"), who.kind in TEMPORARY
            return max(by_account, by_entity if has_entity else F, by_session if has_session else F)
        return min(by_account, by_entity, by_session)

    def key_values(self, name: str) -> Values:  # KEY-4: given, else derived, else unknown if always there
        key, who = name.lower(), self.principal  # CND-2
        if self.otherwise in OF_KEYS:
            found = self.key_values_otherwise(key)
            if found != NOT_OTHERWISE:
                return found
        given = {each.lower(): as_list(value) for each, value in self.context.items()}
        derived = {**clock_keys(given), **self.derived_keys(), **chain_keys(given), **given, **given_times(given)}
        hidden = OF_PRINCIPALS if self.is_execute_api() else () if key in given else OF_SESSIONS  # KEY-3
        if who.kind == "anonymous" and key.startswith(hidden):
            return []  # GW-22, KEY-4
        if self.is_public and key in ENDPOINT_KEYS:
            return []  # GW-22
        if key in derived:
            return SOME if derived[key] is None else derived[key]  # every request has it
        tags = {} if who.kind in ("anonymous", "service") else who.tags
        if key.startswith("aws:principaltag/") and tags is not None:
            return [value for tag, value in tags.items() if f"aws:principaltag/{tag}".lower() == key]
        there = self.is_there(key, given)
        return [] if there == F or (self.complete and there is None) else SOME if there == T else None

    def key_values_otherwise(self, key: str) -> Values:
        """The values by the other reading of which requests have a key."""
        actual = self._replace(otherwise="").key_values(key)
        if not self.is_execute_api() and self.otherwise not in ("KEY-6", "KEY-9"):
            return NOT_OTHERWISE
        if self.otherwise == "GW-22 list":
            return NOT_OTHERWISE if key.startswith(LISTED) else []
        if self.otherwise == "GW-22 anonymous" and self.principal.kind == "anonymous":
            return {"aws:userid": ["anonymous"], "aws:principalaccount": ["anonymous"]}.get(
                key, ["Anonymous"] if key == "aws:principaltype" else NOT_OTHERWISE
            )
        if self.otherwise == "KEY-1" and key == "aws:sourcearn" and self.principal.kind != "service":
            return []
        if self.otherwise == "KEY-6" and key == "aws:useragent" and actual == []:
            return SOME
        given = {name.lower(): as_list(value) for name, value in self.context.items()}
        direct = not self.complete and not given.get("aws:viaawsservice") and not is_forwarded(given)
        direct = direct and self.principal.kind in WITH_ACCOUNT  # for others no service calls
        return SOME if self.otherwise == "KEY-9" and key == "aws:viaawsservice" and direct else NOT_OTHERWISE

    def is_there(self, key: str, given: Mapping[str, list[str]]) -> int | None:  # KEY-4
        """Whether the request has a key: surely, never, perhaps (U); None: perhaps, but not in a complete context."""
        who, through_endpoint = self.principal, any(given.get(each) for each in ENDPOINT_KEYS)
        forwarded = is_forwarded(given)
        if self.is_execute_api() and key.startswith(NEVER_AT_EXECUTE_API):
            return F  # GW-23
        if key == "aws:sourceip":
            return F if through_endpoint else U if forwarded else None if who.kind == "service" else T
        if key in ENDPOINT_KEYS | OTHER_ENDPOINT_KEYS:
            if forwarded or given.get("aws:sourceip"):
                return F  # GW-19
            return None if not through_endpoint else T if key in ENDPOINT_KEYS else U
        surely = (key == "aws:tokenissuetime" and who.kind in TEMPORARY) or (forwarded and key in CHAIN_KEYS)
        return F if self.never_of_caller(key) else T if surely else None

    def never_of_caller(self, key: str) -> bool:  # KEY-4
        """Whether this caller never has a key, for this action."""
        kind, service = self.principal.kind, key.partition(":")[0]
        if key in SOURCE_KEYS or (key == "aws:sourcearn" and not self.is_execute_api()):
            return kind != "service"
        if service == "saml" or "." in service:  # of an identity provider
            later = service != "saml" or key in SAML_LATER or self.action.lower().startswith("sts:")
            return kind not in ("role_session", "role") or not later
        of_caller = CHAIN_KEYS | {"aws:calledviaawsmcp", "aws:principalorgid", "aws:principalorgpaths"}
        return key in of_caller and kind in ("service", "anonymous")

    def derived_keys(self) -> dict[str, Values]:  # KEY-2, KEY-3
        who, (account, entity, session) = self.principal, self.principal.arns()
        by_service, unsigned = who.kind == "service", who.kind == "anonymous"
        role = None if who.path is None and (not self.complete or who.is_of_identity_center()) else [entity]  # PRN-7
        session_id = [f"{who.unique_id}:{who.session}"] if who.unique_id and who.session else None
        kinds: dict[str, tuple[Values, Values, Values]] = {
            "root": (["Account"], [account], [str(who.account)]),
            "user": (["User"], [entity], None if who.unique_id is None else [who.unique_id]),
            "role": (["AssumedRole"], role, None),
            "role_session": (["AssumedRole"], role, session_id),
            "federated_user": (["FederatedUser"], [session], [f"{who.account}:{who.name}"]),
            "anonymous": (["Anonymous"], [], ["anonymous"]),
            "service": (None, None, None),  # KEY-4: every request has them, and nothing tells them
        }
        keys: dict[str, Values] = {
            "aws:principalaccount": [str(who.account)] if who.account else ["anonymous"] if unsigned else None,
            "aws:username": [str(who.name)] if who.kind == "user" else [],
            "aws:principalisawsservice": [str(by_service).lower()] if by_service or who.kind in WITH_ACCOUNT else [],
            "aws:principalservicename": [str(who.service)] if by_service else [],
            "aws:principalservicenameslist": None if by_service else [],
            "aws:securetransport": ["true"] if self.is_execute_api() else None,
        }
        keys["aws:principaltype"], keys["aws:principalarn"], keys["aws:userid"] = kinds.get(who.kind, (None, [], None))
        owner = self.resource_account or (who.account if self.resource == "*" else arn_field(self.resource, 4))
        keys.update(self.organization_keys("principal", at_home=bool(owner) and owner == who.account))
        keys.update(self.organization_keys("resource", at_home=bool(owner) and owner == who.account))
        perhaps: dict[str, Any] = {"aws:resourceaccount": owner or None}
        perhaps["aws:requestedregion"] = arn_field(self.resource, 3) or None
        return {**keys, **{key: as_list(value) for key, value in perhaps.items() if value is not None}}

    def organization_keys(self, side: str, *, at_home: bool) -> dict[str, Values]:  # KEY-3
        """An account is in one organization, whose id its paths begin with; at home the resource is in the caller's."""
        given = {name.lower(): as_list(value) for name, value in self.context.items()}
        who, known = self.principal, [(given.get(f"aws:{side}orgid"), given.get(f"aws:{side}orgpaths"))]
        if side == "principal" or at_home:
            known.insert(0, (given.get("aws:principalorgid"), given.get("aws:principalorgpaths")))
            known.insert(0, (None if who.org_id is None else [who.org_id], who.org_paths))
        paths = [values for _, values in known if values is not None]
        ids = [values for values, _ in known if values is not None] + [
            [values[0].split("/")[0]] for values in paths if values
        ]
        return {f"aws:{side}org{end}": found[0] for end, found in (("id", ids), ("paths", paths)) if found}

    def condition_clause(self, version: str, statement: Document) -> int:  # CND-1, POL-13: all must hold
        element = statement.get("Condition", {})
        is_empty = ("Condition" in statement and not element) or {} in element.values()
        whole = self.of_nothing(statement) if is_empty else T
        blocks = element.items()
        tests = [(op, key, as_list(wanted)) for op, block in blocks for key, wanted in block.items()]
        return min([whole, *(self.condition(statement["Effect"], version, test) for test in tests)])

    def condition(self, effect: str, version: str, test: Test) -> int:
        key = test[1]
        if self.may_be_false(key.lower()):  # KEY-7: read both ways
            both: dict[str, list[Values]] = {"KEY-7 absent": [[]], "KEY-7 false": [["false"]]}
            ways = both.get(self.otherwise, [[], ["false"]])
            readings = [self.holds(effect, version, test, values) for values in ways]
            return min(readings) if effect == "Allow" else max(readings)
        return self.holds(effect, version, test, self.key_values(key))

    def may_be_false(self, key: str) -> bool:
        """KEY-7: whether the key is absent or false."""
        given, kind = {name.lower() for name, value in self.context.items() if as_list(value)}, self.principal.kind
        lists = {name.lower(): as_list(value) for name, value in self.context.items()}
        if not self.complete or self.key_values(key) != [] or key in lists:
            return False
        if key == "aws:viaawsmcpservice":
            return self.otherwise != "GW-22 list"
        hidden = kind == "anonymous" or any(name.startswith("saml:") or "." in name.split(":")[0] for name in given)
        if key != "aws:multifactorauthpresent" or hidden or "aws:federatedprovider" in given:
            return False
        temporary = "aws:tokenissuetime" in given or is_forwarded(lists)
        return kind in ("role_session", "role") or (kind == "user" and temporary)

    def holds(self, effect: str, version: str, test: Test, actual: Values) -> int:
        op, key, wanted = test
        quantifier, _, name = op.removesuffix("IfExists").rpartition(":")
        shortest = self.otherwise == "POL-9" and name.startswith("String")
        texts = [text_of(value, shortest=shortest) for value in wanted]
        several, never = len(actual or []) > 1 or is_multivalued(key), self.otherwise == "CND-13 never"
        if quantifier and name == "Null":
            holds = quantifier == "ForAllValues"  # CND-12
        elif not texts and name == "Null":
            holds = self.otherwise == "CND-14"  # CND-14
        elif not texts and (actual is None or actual is SOME):  # CND-14, KEY-4
            hangs = name != op or quantifier == "ForAllValues" or ("Not" in name and is_multivalued(key))
            hangs = hangs or self.otherwise == "CND-14"
            return U if hangs and quantifier != "ForAnyValue" else T if "Not" in name and not quantifier else F
        elif actual is None or (actual is SOME and name != "Null"):
            return U  # KEY-4
        elif name == "Null":
            lowered = texts if self.otherwise == "CND-10" else [text.lower() for text in texts]
            holds = str(actual in ([], [""])).lower() in lowered  # CND-4
            holds = holds or (self.otherwise == "CND-15" and not {"true", "false"} >= {*lowered})
        elif not actual or (quantifier and actual == [""]):  # CND-3, CND-11, CND-12
            holds = quantifier == "ForAllValues" if quantifier else "Not" in name or name != op
        elif not quantifier and several and ((effect == "Allow" and "CND-13" not in self.otherwise) or never):
            holds = False  # CND-13
        elif not texts:
            holds = ("Not" in name and name == op) != (self.otherwise == "CND-14" and op == name)  # CND-14
        else:
            typed = key.lower().startswith(("aws:", "execute-api:"))  # of the catalogue, so of its type
            strict = (effect == "Allow") != ("Not" in name)
            how = Reading(typed, strict, self.readings_of_empty())
            matches = [max(self.value_matches(version, name, text, value, how) for text in texts) for value in actual]
            matches = [T - match for match in matches] if "Not" in name else matches  # CND-1, CND-11
            by_any = quantifier == "ForAnyValue" or (several and not quantifier and self.otherwise != "CND-13 all")
            return max(matches) if by_any else min(matches)
        return T if holds else F

    def value_matches(self, version: str, name: str, text: str, value: str, how: Reading) -> int:
        either = min if how.strict else max
        return either(self.value_matches_by(version, name, text, value, how, empty=empty) for empty in how.of_empty)

    def value_matches_by(self, version: str, name: str, text: str, value: str, how: Reading, *, empty: bool) -> int:
        version = version if name.startswith(("String", "Arn")) else ""  # VAR-1
        pattern, valued = self.expand(version, text, strict=how.strict, empty=empty)
        if valued == F:
            return F  # VAR-3: no value matches nothing
        if UNKNOWN in pattern:  # KEY-4: does any text in place of the variable match?
            if "Like" not in name and "Arn" not in name:
                pattern = [token if token == UNKNOWN else token[0] for token in pattern]
            if name.endswith("IgnoreCase"):
                fold = self.letters_of(how)
                pattern, value = [token if token == UNKNOWN else fold(token) for token in pattern], fold(value)
            return min(U, glob(pattern, value))
        if name in ("StringLike", "StringNotLike"):
            return glob(pattern, value)
        if name.startswith("Arn"):
            return arn_matches(pattern, value, short=self.otherwise == "CND-6")
        return self.typed_value_matches(name, "".join(token[0] for token in pattern), value, how)

    def letters_of(self, how: Reading) -> Callable[[str], str]:  # CND-18
        narrow = how.strict if not self.otherwise.startswith("CND-18") else self.otherwise == "CND-18 ASCII"
        return narrow_case if narrow else wide_case

    def typed_value_matches(self, name: str, text: str, value: str, how: Reading) -> int:
        read, relation = READ_AND_RELATE[name.replace("Not", "")]
        read = OTHERWISE_READ.get((read, self.otherwise), read)
        read = self.letters_of(how) if name.endswith("IgnoreCase") else read
        wanted, found = readable(read, text), readable(read, value)
        if wanted is None or (found is None and how.typed):
            return T if self.otherwise == "CND-15" else F  # CND-15
        if found is None:
            return U
        readings = [relation(found, wanted)]
        if self.otherwise != "CND-7" or len(text) != 4:
            readings += other_readings(name, text, found)
        if self.otherwise == "CND-9 mapped" and name.endswith("IpAddress"):
            readings = [each or relation(mapped(found), mapped(wanted)) for each in readings]
        of_type = "CND-9" if name.endswith("IpAddress") else "CND-17"
        if self.otherwise in (f"{of_type} one address", f"{of_type} first instant"):
            readings = readings[:1]
        if self.otherwise in (f"{of_type} /32", f"{of_type} all of it"):
            readings = readings[-1:]
        return T if (all(readings) if how.strict else any(readings)) else F  # CND-16


def decide(world: World) -> str:
    """KEY-4: the outcome when what is unknown of the Denies, and of the Allows, goes against the caller or for him."""
    found = possible_outcomes(world)
    return found.pop() if len(found) == 1 else "indeterminate"


def possible_outcomes(world: World) -> set[str]:
    world = world.by_other_path()
    votes = world.layer_votes()
    return {world.outcome(votes, no_denies, allows) for no_denies in (True, False) for allows in (True, False)}


def strongest(effect: str, enough: int, votes: list[Vote]) -> int:
    return max([NONE, *(strength for its_effect, strength, truth in votes if its_effect == effect and truth >= enough)])


def text_of(value: Any, *, shortest: bool) -> str:  # POL-9
    if isinstance(value, bool):
        return str(value).lower()
    return str(int(value)) if shortest and isinstance(value, float) and value.is_integer() else str(value)


def as_list(value: Any) -> list[Any]:  # POL-2
    return value if isinstance(value, list) else [value]


def arn_field(arn: str, index: int) -> str:
    return (arn.split(":", 5) + [""] * 6)[index]


def split_fields(version: str, pattern: str) -> list[str]:
    """At most six; a colon in a variable parts none."""
    if version == "2012-10-17":
        pattern = VARIABLE.sub(lambda variable: variable[0].replace(":", "\0"), pattern)
    return [field.replace("\0", ":") for field in pattern.split(":", 5)]


def narrow_case(text: str) -> str:
    """CND-18: the letters A to Z in lower case."""
    return "".join(char.lower() if "A" <= char <= "Z" else char for char in text)


def wide_case(text: str) -> str:
    """CND-18: letters of one upper or lower case as one letter."""
    return lowered("".join(char.upper() if len(char.upper()) == 1 else char for char in text)).replace("İ", "i")


def lowered(text: str) -> str:
    """In lower case, letter by letter."""
    return "".join(char.lower() if len(char.lower()) == 1 else char for char in text)


def filled_matches(tokens: Tokens, valued: int, text: str) -> tuple[int, int]:
    return F if valued == F else min(U if UNKNOWN in tokens else T, glob(tokens, text)), valued


def early_tokens(version: str, segment: str, reach: str) -> Tokens:
    """The tokens of a field before the last, where variables do not work (VAR-1, POL-14)."""
    tokens, done = Tokens(), 0
    for variable in VARIABLE.finditer(segment if version == "2012-10-17" else ""):
        tokens += [*wild(segment[done : variable.start()], reach), variable["literal"] or MISPLACED]
        done = variable.end()
    return tokens + wild(segment[done:], reach)


def bounded(tokens: Tokens) -> Tokens:
    """RES-1: by the other reading, wildcards of the last field stop at colons, but not a ``*`` that ends its part."""
    following = [*tokens, ":"][1:]
    return [
        token.replace("any", "segment") if token in (ANY_RUN, ANY_ONE) and (token == ANY_ONE or after != ":") else token
        for token, after in zip(tokens, following, strict=True)
    ]


def wild(text: str, reach: str = "any") -> Tokens:
    return [char + reach if char in "*?" else char for char in text]


def glob(tokens: Tokens, text: str) -> int:  # RES-1: anchored at both ends
    places = {0}  # of the text, that the tokens so far can reach
    for token in tokens:
        if token in (ANY_RUN, SEGMENT_RUN, UNKNOWN):
            for place, char in enumerate(text):
                if place in places and not (token == SEGMENT_RUN and char == ":"):
                    places.add(place + 1)
        else:
            places = {place + 1 for place in places if fits(token, text[place : place + 1])}
    return T if len(text) in places else F


def fits(token: str, char: str) -> bool:
    """Whether a token that stands for one character stands for this one; there is none at the end of the text."""
    if token in (ANY_ONE, SEGMENT_ONE):
        return char != "" and not (token == SEGMENT_ONE and char == ":")
    return char == token


def is_multivalued(key: str) -> bool:  # KEY-1
    service, _, name = key.lower().partition(":")
    return key.lower() in MULTIVALUED or (name == "amr" and (service == "saml" or "." in service))


def other_readings(name: str, text: str, found: Any) -> list[bool]:
    """How a value of the request relates to one of the policy by the other reading of it, where there is one."""
    if name.endswith("IpAddress") and ":" in text and "/" not in text:  # CND-9
        return [found.num_addresses == 1 and found.network_address in network(text + "/32")]
    if name.startswith("Date") and re.fullmatch(DAY_OR_LONGER, text):
        return [in_period(name.replace("Not", "").removeprefix("Date"), found, text)]
    return []


def in_period(relation: str, found: Decimal, text: str) -> bool:
    """CND-17: how an instant relates to all of a day, month or year."""
    start = isoparse(text).replace(tzinfo=UTC)
    length = {4: relativedelta(years=1), 7: relativedelta(months=1), 10: relativedelta(days=1)}[len(text)]
    first, end = instant(text), Decimal((start + length - EPOCH) // timedelta(seconds=1))
    return {
        "Equals": first <= found < end,
        "LessThan": found < first,
        "LessThanEquals": found < end,
        "GreaterThan": found >= end,
        "GreaterThanEquals": found >= first,
    }[relation]


def chain_keys(given: Mapping[str, list[str]]) -> dict[str, Values]:  # KEY-3
    chain = given.get("aws:calledvia")
    keys: dict[str, Values] = {"aws:viaawsservice": [str(is_forwarded(given)).lower()]}
    if chain:
        keys |= {"aws:calledviafirst": chain[:1], "aws:calledvialast": chain[-1:]}
    return {**keys, **({"aws:viaawsmcpservice": ["true"]} if given.get("aws:calledviaawsmcp") else {})}


def is_forwarded(given: Mapping[str, list[str]]) -> bool:  # KEY-3
    """Whether a service calls with the caller's credentials."""
    true = any("true" in map(str.lower, given.get(each, [])) for each in ("aws:viaawsservice", "aws:viaawsmcpservice"))
    return true or any(given.get(each) for each in CHAIN_KEYS | {"aws:calledviaawsmcp"})


def clock_keys(given: dict[str, list[str]]) -> dict[str, Values]:  # KEY-3: each of the two keys determines the other.
    clock = given.get("aws:currenttime") or given.get("aws:epochtime") or [""]
    try:
        seconds = instant(clock[0])
        moment = EPOCH + timedelta(microseconds=int(seconds * 1_000_000))
    except (ValueError, ArithmeticError):
        return {"aws:currenttime": None, "aws:epochtime": None}
    return {"aws:currenttime": [moment.isoformat().replace("+00:00", "Z")], "aws:epochtime": [f"{seconds:f}"]}


def given_times(given: dict[str, list[str]]) -> dict[str, Values]:
    """KEY-3: in whatever form a time is given, aws:CurrentTime has a date, and aws:EpochTime seconds."""
    clock = clock_keys(given)
    written = {key: bool(re.fullmatch(SECONDS, text)) for key in clock for text in given.get(key, [])}
    return {key: clock[key] for key, is_seconds in written.items() if is_seconds is (key == "aws:currenttime")}


def arn_matches(pattern: Tokens, value: str, *, short: bool = False) -> int:
    """CND-6: component by component; the last one holds any further colons. ``short``: of fewer than six too."""
    colons = [place for place, token in enumerate(pattern) if token == ":"][:5]
    components = [pattern[start + 1 : end] for start, end in zip([-1, *colons], [*colons, len(pattern)], strict=True)]
    fields = value.split(":", 5)
    if short and min(len(components), len(fields)) < 6:
        return glob(pattern, value)
    return min(map(glob, components, fields)) if len(components) == len(fields) == 6 else F


def readable(read: Callable[[str], Any], text: str) -> Any:
    try:
        return read(text)
    except (ValueError, ArithmeticError):
        return None


def fitting(grammar: str, text: str) -> str:
    if not re.fullmatch(grammar, text):
        raise ValueError(text)
    return text


def network(text: str) -> IPv4Network | IPv6Network:  # CND-9
    return ip_network(fitting(r"[0-9A-Fa-f.:]+(/[0-9]{1,3})?", text), strict=False)


def instant(text: str) -> Decimal:
    """CND-7: seconds since 1970, from a date of the W3C profile (no zone: UTC; to the microsecond) or epoch seconds."""
    if not re.fullmatch(W3C, text):
        return Decimal(fitting(r"[0-9]+([.][0-9]+)?", text))
    moment = isoparse(text)
    since = moment.replace(tzinfo=moment.tzinfo or UTC) - EPOCH
    return Decimal(since // timedelta(microseconds=1)) / 1_000_000


def mapped(found: IPv4Network | IPv6Network) -> IPv4Network | IPv6Network:
    """An IPv4 address or range that is written as IPv6, as IPv4."""
    if isinstance(found, IPv6Network) and found.prefixlen >= 96 and found.network_address.ipv4_mapped is not None:
        return IPv4Network((found.network_address.ipv4_mapped, found.prefixlen - 96))
    return found


def boolean(text: str) -> str:  # CND-10
    return fitting("true|false", text.lower())


def number(text: str) -> Decimal:  # CND-8
    return Decimal(fitting(NUMBER, text))


READ_AND_RELATE: dict[str, tuple[Callable[[str], Any], Callable[[Any, Any], bool]]] = {
    "StringEquals": (str, eq),
    "StringEqualsIgnoreCase": (str, eq),  # CND-18 reads both sides
    "Bool": (boolean, eq),
    "BinaryEquals": (lambda text: base64.b64decode(text, validate=True), eq),  # CND-10
    "IpAddress": (network, lambda ip, within: ip.num_addresses == 1 and ip.network_address in within),
}
ORDER = {"Equals": eq, "LessThan": lt, "LessThanEquals": le, "GreaterThan": gt, "GreaterThanEquals": ge}
for end, relate in ORDER.items():
    READ_AND_RELATE[f"Date{end}"] = (instant, relate)  # CND-7
    READ_AND_RELATE[f"Numeric{end}"] = (number, relate)
#: How values are read by another reading of their spelling.
OTHERWISE_READ: dict[tuple[Callable[[str], Any], str], Callable[[str], Any]] = {
    (instant, "CND-7"): lambda text: Decimal(text) if re.fullmatch("[0-9]{4}", text) else instant(text),
    (number, "CND-8 digits only"): lambda text: Decimal(fitting("(0|[1-9][0-9]*)([.][0-9]+)?", text)),
    (number, "CND-8 leading zeros"): lambda text: number(re.sub("^([+-]?)0+(?=[0-9])", r"\1", text)),
    (boolean, "CND-10"): lambda text: fitting("true|false", text),
}
