"""Hypothesis strategies for whole cases: a caller, policies of every kind, and a request that nearly meets them.

To make and check a strategy takes longer than to draw from it. So what does not depend on the case is made once, and
the parts of a statement are functions that draw, not strategies of their own.

A case is a ``World`` of the naive model; ``decided`` puts the same case to the engine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache, lru_cache
from typing import Any, NamedTuple

from hypothesis import strategies as st

from execpolicy import Caller, Context, Decision, Policy, Principal, Request, RequestError, Target, authorize
from execpolicy.literals import PolicyKindName
from tests.model.evaluator import Document, World
from tests.model.evaluator import Principal as ModelPrincipal

HERE, THERE = "111122223333", "444455556666"
NAMING_KINDS = ("resource", "vpc_endpoint", "rcp")
IAM_KINDS = ("user", "root", "role_session", "role", "federated_user")
USER_ID, ROLE_ID = "AIDAEXAMPLEAIDAEXAMPL", "AROAEXAMPLEROLEEXAMPL"
TAGS = st.none() | st.fixed_dictionaries({}, optional={"team": st.sampled_from(["red", "blue", "r*d", ""])})
TIMES = ("2026-01-01T00:00:00Z", "2026-06-30T12:00:00+02:00", "2026", "1767225600")
ADDRESSES = ("203.0.113.9", "203.0.113.10", "2001:db8::1", "::ffff:203.0.113.9")

#: The values that requests and policies have, by context key: they differ little from one another.
ASKED: dict[str, tuple[str, ...]] = {
    "aws:SourceIp": (*ADDRESSES, "203.0.113.0/24", "203.0.113.8/31", "::/0", "nowhere"),
    "aws:VpcSourceIp": (*ADDRESSES, "203.0.113.0/24"),
    "aws:SourceVpce": ("vpce-1", "vpce-10", "vpce-?", "vpce-*"),
    "aws:SourceVpc": ("vpc-1", "VPC-1"),
    "aws:UserAgent": ("curl", "Curl", "cur*", "c?rl", "${aws:UserAgent}", "${aws:referer, 'curl'}", "${*}"),
    "aws:CurrentTime": (*TIMES, "2026-13-01", "yesterday"),
    "aws:EpochTime": ("1767225600", "1767225600.5", *TIMES),
    "aws:MultiFactorAuthPresent": ("true", "False", "1"),
    "aws:TokenIssueTime": TIMES,
    "aws:SecureTransport": ("true", "false"),
    "aws:ViaAWSService": ("true", "false"),
    "aws:CalledVia": ("athena.amazonaws.com", "cloudformation.amazonaws.com", "*"),
    "aws:CalledViaFirst": ("athena.amazonaws.com", "cloudformation.amazonaws.com"),
    "aws:CalledViaLast": ("athena.amazonaws.com", "cloudformation.amazonaws.com"),
    "aws:ViaAWSMCPService": ("true", "false"),
    "aws:SourceAccount": (HERE,),
    "aws:SourceArn": ("arn:aws:events:eu-west-1:111122223333:rule/x",),
    "aws:VpceAccount": (HERE,),
    "saml:sub": ("ann", "a*"),
    "accounts.google.com:amr": ("authenticated", "a*"),
    "aws:ResourceTag/team": ("red",),
    "aws:PrincipalTag/team": ("red", "RED", "r*d", "${aws:PrincipalTag/team}", "", "b*"),
    "aws:PrincipalArn": (
        f"arn:aws:iam::{HERE}:role/Clerk",
        f"arn:aws:iam::{HERE}:role/staff/Clerk",
        f"arn:aws:iam::{HERE}:*/Clerk",
        f"arn:aws:iam::*:user/{'${aws:username}'}",
        f"arn:aws:iam::{HERE}:root",
        "arn:aws:iam:*",
        "*",
    ),
    "aws:PrincipalAccount": (HERE, THERE, "1111*", "anonymous"),
    "aws:PrincipalType": ("User", "AssumedRole", "Account", "Anonymous"),
    "aws:username": ("Ann", "ann", "Ann*"),
    "aws:userid": (USER_ID, f"{ROLE_ID}:ann", f"{ROLE_ID}:*", HERE),
    "aws:PrincipalOrgID": ("o-1", "o-2"),
    "aws:PrincipalOrgPaths": ("o-1/r-1/ou-1/", "o-1/r-1/ou-*"),
    "aws:ResourceOrgID": ("o-1", "o-2"),
    "aws:ResourceOrgPaths": ("o-1/r-1/ou-1/", "o-1/r-1/ou-*"),
    "aws:PrincipalIsAWSService": ("true", "false"),
    "aws:PrincipalServiceName": ("states.amazonaws.com",),
    "aws:ResourceAccount": (HERE, THERE),
    "aws:RequestedRegion": ("eu-west-1", "eu-*"),
    "aws:TagKeys": ("a", "b", "c*"),
    "app:level": ("5", "5.0", "05", "-0.1", "6", "high"),
    "app:seal": ("AQID", "AQI=", "#"),
    "app:names": ("red", "blue", "Red", "r?d", ""),
}
#: Keys of no service, which requests give whether or not a policy names them.
OF_THE_APP = ("app:level", "app:seal", "app:names")
#: The keys that a request gives: the others follow from the caller and the resource.
GIVEN = (
    *("aws:SourceIp", "aws:VpcSourceIp", "aws:SourceVpce", "aws:SourceVpc", "aws:UserAgent", "aws:CurrentTime"),
    *("aws:MultiFactorAuthPresent", "aws:TokenIssueTime", "aws:SecureTransport", "aws:ViaAWSService"),
    "aws:CalledVia",
    *("aws:TagKeys", *OF_THE_APP, "aws:PrincipalOrgID", "aws:PrincipalOrgPaths"),
    *("aws:ResourceOrgID", "aws:ResourceOrgPaths"),
)
_REQUEST_VALUES: dict[str, Sequence[str]] = {
    "aws:SourceIp": ADDRESSES,
    "aws:VpcSourceIp": ADDRESSES,
    "aws:CurrentTime": TIMES,
    "aws:MultiFactorAuthPresent": ("true", "false"),
    "aws:CalledVia": ("athena.amazonaws.com", "cloudformation.amazonaws.com"),
    # The only organization, in which a caller is: no request says two of it.
    **dict.fromkeys(("aws:PrincipalOrgID", "aws:ResourceOrgID"), ("o-1",)),
    **dict.fromkeys(("aws:PrincipalOrgPaths", "aws:ResourceOrgPaths"), ("o-1/r-1/ou-1/",)),
}

OPERATORS = (
    *("StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"),
    *("StringLike", "StringNotLike", "NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals"),
    *("NumericGreaterThan", "NumericGreaterThanEquals", "DateEquals", "DateNotEquals", "DateLessThan"),
    *("DateLessThanEquals", "DateGreaterThan", "DateGreaterThanEquals", "Bool", "BinaryEquals", "IpAddress"),
    *("NotIpAddress", "ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike", "Null"),
)
#: The operators that people write for a key, so that most conditions mean something.
_USUAL: dict[str, tuple[str, ...]] = {
    "aws:SourceIp": ("IpAddress", "NotIpAddress"),
    "aws:VpcSourceIp": ("IpAddress", "NotIpAddress"),
    "aws:CurrentTime": ("DateLessThan", "DateGreaterThanEquals", "DateEquals"),
    "aws:EpochTime": ("NumericLessThan", "DateGreaterThan", "NumericEquals"),
    "aws:PrincipalArn": ("ArnLike", "ArnNotLike", "ArnEquals", "StringLike"),
    "app:level": ("NumericEquals", "NumericNotEquals", "NumericLessThan", "StringEquals", "StringNotLike"),
    "app:seal": ("BinaryEquals",),
}
_VARIABLES = ("${aws:username}", "${aws:PrincipalTag/team}", "${aws:PrincipalTag/team, 'pets'}", "${aws:SourceIp}")

ACTIONS = ("execute-api:Invoke", "execute-api:ManageConnections", "s3:GetObject")
ACTION_PATTERNS = (
    *("execute-api:Invoke", "Execute-API:invoke", "execute-api:*", "*", "execute-api:Inv?ke", "execute-api:Invok"),
    *("execute-api:ManageConnections", "s3:*"),
)


@lru_cache(4096)
def among(*values: Any) -> st.SearchStrategy[Any]:
    """One of the values; the same strategy each time."""
    return st.sampled_from(values)


@cache
def up_to(most: int) -> st.SearchStrategy[int]:
    return st.integers(0, most)


@lru_cache(4096)
def one_or_many(values: st.SearchStrategy[Any], *, least: int = 1, most: int = 3) -> st.SearchStrategy[Any]:
    return values | st.lists(values, min_size=least, max_size=most)


BOOLEANS = st.booleans()
_ONE_OR_TWO = st.integers(1, 2)


@st.composite
def principals(draw: st.DrawFn) -> ModelPrincipal:
    kind = draw(among(*IAM_KINDS, *IAM_KINDS, "anonymous", "service"))
    if kind == "anonymous":
        return ModelPrincipal(kind, None)
    if kind == "service":
        return ModelPrincipal(kind, None, service="states.amazonaws.com")
    name = {"user": "Ann", "federated_user": "Fay", "root": None}.get(kind, "Clerk")
    if kind == "role_session" and draw(up_to(9)) == 0:
        name = "AWSReservedSSO_Clerk"
    paths = among("/", "/staff/")
    if kind == "role_session":
        paths = among(None, "/", "/staff/", "/aws-service-role/x/")
    partition = draw(among("aws", "aws", "aws", "aws-cn"))
    account = draw(among(HERE, HERE, THERE))
    return ModelPrincipal(
        kind,
        partition,
        account,
        name,
        path=draw(paths) if kind in ("user", "role", "role_session") else None,
        session="ann" if kind == "role_session" else None,
        federated_by=draw(among(None, *(f"arn:{partition}:iam::{account}:{by}" for by in ("user/Ann", "root"))))
        if kind == "federated_user"
        else None,
        unique_id=draw(among(None, USER_ID if kind in ("user", "federated_user") else ROLE_ID))
        if kind in ("user", "role", "role_session", "federated_user")
        else None,
        tags=draw(TAGS),
        org_id=draw(among(None, "o-1")),
        org_paths=["o-1/r-1/ou-1/"] if draw(BOOLEANS) else None,
        management_account=draw(BOOLEANS) and draw(BOOLEANS),
    )


SEGMENTS = ("pets", "Pets", "pet", "{id}", "", "7", "a:b", "Ann", "red", "$", "*", "Clerk")
_PATHS = st.lists(st.sampled_from(SEGMENTS), max_size=3)


@st.composite
def resources(draw: st.DrawFn) -> str:
    account, api = draw(among(HERE, HERE, THERE)), draw(among("a1b2c3", "z9y8x7"))
    stage, method = draw(among("prod", "dev", "$default")), draw(among("GET", "POST"))
    path = "/".join(draw(_PATHS))
    return f"arn:aws:execute-api:eu-west-1:{account}:{api}/{stage}/{method}/{path}"


def head_pattern(draw: st.DrawFn, resource: str) -> str:
    """The resource with wildcards in or between its first five fields, or with fewer fields than an ARN has: RES-2."""
    fields = resource.split(":", 5)
    first = draw(up_to(4))
    change = draw(among("inside", "inside", "between", "over", "over", "short", "front"))
    if change == "inside":  # arn:aws:execute-api:eu-*-1:…
        start = draw(up_to(len(fields[first])))
        before, after = fields[first][:start], fields[first][start + draw(up_to(2)) :]
        fields[first] = before + draw(among("*", "?", "**")) + after
    elif change == "between":  # arn:aws:execute-api*eu-west-1:…
        fields[first : first + 2] = [draw(among("*", "?", "*:", ":*")).join(fields[first : first + 2])]
    elif change == "over":  # arn:aws:execute-api:*:a1b2c3/prod/GET/pets
        fields[first : draw(st.integers(first + 1, 5))] = [draw(among("*", "*", "?*", "*?"))]
    elif change == "short":  # arn:aws:execute-api:*
        fields[first + 1 :] = [text for text in [draw(among(None, "", "*", "?*"))] if text is not None]
    else:  # */prod/GET/pets
        return "*" + resource[draw(up_to(len(resource))) :]
    return ":".join(fields)


@st.composite
def resource_patterns(draw: st.DrawFn, resource: str) -> str:
    """A pattern that comes from the resource by a few changes, so that it matches or nearly does."""
    head, _, part = resource.rpartition("a1b2c3/")
    usual = among(resource, resource, f"execute-api:/{part}" if head else "execute-api:/*", "*")
    text = draw(usual) if draw(up_to(2)) < 2 else head_pattern(draw, resource)
    for _ in range(draw(among(0, 0, 1, 2, 3))):
        start = draw(up_to(len(text)))
        end = min(len(text), start + draw(up_to(12)))
        change = draw(among("*", "?", "", "/*", "x", "{id}", ":", "**"))
        text = text[:start] + change + text[end:]
    text = text.replace("${", "{")  # a change may have made half a variable
    if draw(BOOLEANS):
        fifth = len(":".join(text.split(":", 5)[:5])) + 1 if text.count(":") >= 5 else 0
        place = draw(st.integers(draw(among(fifth, fifth, fifth, 0)), len(text)))
        text = text[:place] + draw(among(*_VARIABLES)) + text[place + draw(up_to(4)) :]
    return text


def name_texts(who: ModelPrincipal) -> list[str]:
    texts = ["*", HERE, THERE, f"arn:aws:iam::{HERE}:root", "AROAEXAMPLEAROAEXAMPL"]
    texts += [USER_ID, ROLE_ID, f"{ROLE_ID}:ann", f"{ROLE_ID}:bob"]
    for account in (HERE, THERE):
        texts += [f"arn:aws:iam::{account}:user/Ann", f"arn:aws:iam::{account}:user/staff/Ann"]
        texts += [f"arn:aws:iam::{account}:role/Clerk", f"arn:aws:iam::{account}:role/staff/Clerk"]
        texts += [f"arn:aws:sts::{account}:assumed-role/Clerk/ann", f"arn:aws:sts::{account}:assumed-role/Clerk/bob"]
        texts += [f"arn:aws:sts::{account}:federated-user/Fay", f"arn:aws:iam::{account}:role/clerk"]
    if who.kind == "service":
        texts += ["*"] * len(texts)
    if who.account:
        texts += [text for text in who.arns() if text and not text.endswith("/")] * 4
    return texts


class Scene(NamedTuple):
    """What the policies of a case are written against."""

    who: ModelPrincipal
    action: str
    resource: str
    keys: Sequence[str]


def principal_element(draw: st.DrawFn, scene: Scene, *, negated: bool) -> Any:
    who = scene.who
    if (not negated or who.kind == "service") and draw(up_to(2)) == 0:
        return "*"
    element: dict[str, Any] = {"AWS": draw(one_or_many(among(*name_texts(who)), least=0, most=5))}
    if negated and who.account and draw(BOOLEANS):
        element["AWS"] = draw(st.permutations([text for text in who.arns() if text and not text.endswith("/")]))
    if who.kind == "service" or draw(up_to(5)) == 0:
        element["Service"] = draw(among("states.amazonaws.com", "events.amazonaws.com"))
    if draw(up_to(9)) == 0:
        element["CanonicalUser"] = "a" * 64
    return element


@cache
def operators_for(key: str) -> st.SearchStrategy[str]:
    return st.sampled_from([*_USUAL.get(key, ("StringEquals", "StringLike", "StringNotLike")), "Null"])


@cache
def wanted_values(key: str, *, null: bool) -> st.SearchStrategy[Any]:
    values: Any = st.sampled_from(("true", "false") if null else ASKED[key])
    if key == "app:level" and not null:
        values |= st.sampled_from([5, 5.0])
    return one_or_many(values, least=0)


def condition(draw: st.DrawFn, keys: Sequence[str]) -> dict[str, Any]:
    block: dict[str, dict[str, Any]] = {}
    for _ in range(draw(_ONE_OR_TWO)):
        key = keys[draw(up_to(len(keys) - 1))]
        base = draw(operators_for(key))
        if draw(up_to(3)) == 0:
            base = draw(among(*OPERATORS))
        operator = draw(among("", "", "", "ForAllValues:", "ForAnyValue:")) + base
        if base != "Null" and draw(up_to(3)) == 0:
            operator += "IfExists"
        spelled = draw(among(key, key.upper(), key.lower()))
        others = block.setdefault(operator, {})
        if spelled.lower() not in {other.lower() for other in others}:
            others[spelled] = draw(wanted_values(key, null=base == "Null"))
    return block


def friendly(kind: str, scene: Scene) -> Document:
    """A statement that lets the request through, so that the hostile ones have something to spoil."""
    named = {"Principal": "*"} if kind in NAMING_KINDS else {}
    return {"Effect": "Allow", **named, "Action": "execute-api:*", "Resource": "*"}


@st.composite
def statements(draw: st.DrawFn, kind: str, scene: Scene) -> Document:
    is_friendly = kind != "rcp" and draw(up_to(2)) == 0
    statement = friendly(kind, scene) if is_friendly else near_statement(draw, kind, scene)
    block = condition(draw, scene.keys) if draw(BOOLEANS) else {}
    if draw(up_to(19)) == 0:  # POL-13
        return {**statement, "Condition": ({}, {"NumericEquals": {}}, {**block, "Bool": {}})[draw(up_to(2))]}
    return {**statement, "Condition": block} if block else statement


@cache
def action_lists(action: str) -> st.SearchStrategy[Any]:
    return one_or_many(among(action, "execute-api:*") | among(*ACTION_PATTERNS), least=0)


@lru_cache(4096)
def resource_lists(resource: str) -> st.SearchStrategy[Any]:
    return one_or_many(resource_patterns(resource), least=0, most=2)


def near_statement(draw: st.DrawFn, kind: str, scene: Scene) -> Document:
    """A statement that the request meets or nearly meets."""
    effect = "Deny" if kind == "rcp" else draw(among("Allow", "Allow", "Deny"))
    statement: Document = {"Effect": effect}
    if kind == "rcp":
        statement |= {"Principal": "*", "Action": draw(one_or_many(among("execute-api:*", "s3:*")))}
    else:
        negated = effect == "Deny" and draw(up_to(2)) == 0
        if kind in NAMING_KINDS:
            statement["NotPrincipal" if negated else "Principal"] = principal_element(draw, scene, negated=negated)
        if draw(up_to(7)) == 0:
            statement["NotAction"] = draw(one_or_many(among(*ACTION_PATTERNS), least=0))
        else:
            statement["Action"] = draw(action_lists(scene.action))
    element = "NotResource" if draw(up_to(7)) == 0 else "Resource"
    statement[element] = draw(resource_lists(scene.resource))
    return statement


def documents(kind: str, scene: Scene) -> st.SearchStrategy[Document]:
    return _documents(kind, st.lists(statements(kind, scene), min_size=1, max_size=3))


@st.composite
def _documents(draw: st.DrawFn, kind: str, listed: st.SearchStrategy[list[Document]]) -> Document:
    document: Document = {"Statement": draw(listed)}
    if kind in ("scp", "rcp"):
        document["Version"] = "2012-10-17"  # POL-8
    elif draw(up_to(4)):
        document["Version"] = draw(among("2012-10-17", "2012-10-17", "2008-10-17"))
    return document


@cache
def given_keys(action: str) -> st.SearchStrategy[list[str]]:
    possible = [key for key in GIVEN if key != "aws:TagKeys" or action == "s3:GetObject"]  # GW-23
    return st.lists(st.sampled_from(possible), unique=True, max_size=4)


@cache
def given_values(key: str) -> st.SearchStrategy[str | list[str]]:
    values = st.sampled_from([value for value in _REQUEST_VALUES.get(key, ASKED[key]) if "$" not in value])
    several = key.startswith("app:") or key in ("aws:TagKeys", "aws:CalledVia")
    return one_or_many(values, least=0) if several else values


@st.composite
def contexts(draw: st.DrawFn, action: str = "execute-api:Invoke") -> dict[str, str | list[str]]:
    context = {key: draw(given_values(key)) for key in draw(given_keys(action))}
    if any(key in context for key in ("aws:VpcSourceIp", "aws:SourceVpce", "aws:SourceVpc")):
        context.pop("aws:SourceIp", None)  # no call has both
    if context.get("aws:CalledVia"):
        context.pop("aws:ViaAWSService", None)  # it follows
    if context.get("aws:CalledVia") or context.get("aws:ViaAWSService") == "true":
        for key in ("aws:VpcSourceIp", "aws:SourceVpce", "aws:SourceVpc"):
            context.pop(key, None)  # nothing is kept of the first call's endpoint
    return context


def direct(context: Mapping[str, Any]) -> dict[str, Any]:
    """The context of a call that no service makes for its caller: only such calls come through endpoints (KEY-4)."""
    return {key: value for key, value in context.items() if key not in ("aws:CalledVia", "aws:ViaAWSService")}


_PRINCIPALS, _RESOURCES = principals(), resources()
_CONTEXTS = {action: contexts(action) for action in ACTIONS}
_OTHER_KEYS = st.lists(st.sampled_from(sorted(ASKED)), min_size=1, max_size=3)


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """A case of the naive model in which every layer may be there."""
    who = draw(_PRINCIPALS)
    action, resource = draw(among(*ACTIONS[:1] * 4, *ACTIONS)), draw(_RESOURCES)
    context = draw(_CONTEXTS[action])
    if who.kind in ("anonymous", "service"):
        context = direct(context)  # no service makes a call for them
    scene = Scene(who, action, resource, [*context, *context, *draw(_OTHER_KEYS)])

    def some(kind: str, most: int = 2) -> list[Document]:
        return draw(st.lists(documents(kind, scene), min_size=draw(among(0, 1, 1, 1)), max_size=most))

    def maybe(kind: str) -> Document | None:
        return draw(documents(kind, scene)) if draw(up_to(3)) == 0 else None

    has_policies = who.kind in IAM_KINDS and not who.acts_as_root()
    may_have_session = who.kind in ("role_session", "role", "federated_user") and draw(BOOLEANS)
    levels = draw(up_to(2)) if draw(up_to(2)) == 0 else 0
    return World(
        who,
        action,
        resource,
        context=context,
        complete=draw(BOOLEANS),
        identity=some("identity") if has_policies else [],
        boundary=maybe("boundary") if has_policies else None,
        session=some("session", 1) if may_have_session else [],
        scps=[some("scp", 1) for _ in range(levels)],
        resource_policy=draw(documents("resource", scene)) if draw(up_to(2)) else None,
        rcps=[some("rcp", 1)] if draw(up_to(5)) == 0 else [],
        vpc_endpoint=maybe("vpc_endpoint"),
    )


def principal_of(who: ModelPrincipal) -> Principal:
    """The same caller, for the engine."""
    if who.kind == "anonymous":
        return Principal.anonymous()
    if who.kind == "service":
        return Principal.service(str(who.service))
    account, entity, session = who.arns()
    arn = {"root": account, "user": entity, "role": entity}.get(who.kind, session)
    return Principal.parse(
        arn,
        role_path=who.path if who.kind == "role_session" else None,
        unique_id=who.unique_id,
        tags=who.tags,
        org_id=who.org_id,
        org_paths=who.org_paths,
        federated_by=who.federated_by,
        management_account=who.management_account,
    )


def _parse(document: Document, kind: PolicyKindName, name: str) -> Policy:
    return Policy.parse(document, kind=kind, name=name)


def request_of(
    world: World, parse: Callable[[Document, PolicyKindName, str], Policy] = _parse
) -> tuple[Request, Target]:
    """The same case, for the engine; ``parse`` makes a policy of a document, its kind and its name."""

    def parsed(kind: PolicyKindName, found: Sequence[Document]) -> list[Policy]:
        return [parse(document, kind, f"{kind} {number}") for number, document in enumerate(found)]

    def single(kind: PolicyKindName, document: Document | None) -> Policy | None:
        return None if document is None else parsed(kind, [document])[0]

    caller = Caller(
        principal_of(world.principal),
        identity=parsed("identity", world.identity),
        boundary=single("boundary", world.boundary),
        session=parsed("session", world.session),
        scps=[parsed("scp", level) for level in world.scps],
    )
    target = Target(
        resource=single("resource", world.resource_policy),
        rcps=[parsed("rcp", level) for level in world.rcps],
        vpc_endpoint=single("vpc_endpoint", world.vpc_endpoint),
    )
    context = Context(world.context, complete=world.complete, allow_unknown=OF_THE_APP)
    return Request(caller=caller, action=world.action, resource=world.resource, context=context), target


def decided(world: World) -> Decision | None:
    """The engine's decision; None where it refuses a value of the context that it cannot compare (CND-15)."""
    request, target = request_of(world)
    try:
        return authorize(request, target)
    except RequestError as error:
        if error.rule != "CND-15":
            raise
        return None


def outcome(world: World) -> str:
    """The engine's outcome, a refused value counting as indeterminate."""
    decision = decided(world)
    return "indeterminate" if decision is None else str(decision.outcome.value)
