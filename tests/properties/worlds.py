"""Hypothesis strategies for whole cases: a caller, policies of every kind, and a request that nearly meets them.

The parts of a case are made by choices of bytes (``choices.py``).

A case is a ``World`` of the naive model; ``decided`` puts the same case to the engine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from hypothesis import strategies as st

from execpolicy import Caller, Context, Decision, Policy, Principal, Request, RequestError, Target, authorize
from execpolicy.literals import PolicyKindName
from tests.model.evaluator import Document, World
from tests.model.evaluator import Principal as ModelPrincipal
from tests.properties.choices import BYTES, Choices, chosen

HERE, THERE = "111122223333", "444455556666"
NAMING_KINDS = ("resource", "vpc_endpoint", "rcp")
IAM_KINDS = ("user", "root", "role_session", "role", "federated_user")
USER_ID, ROLE_ID = "AIDAEXAMPLEAIDAEXAMPL", "AROAEXAMPLEROLEEXAMPL"
#: A caller has tags or it is not known which; a tag is there as often as not.
TAGS: tuple[dict[str, str] | None, ...] = (
    *(None, None, None, None, None, None, None, None, {}, {}, {}, {}),
    *({"team": "red"}, {"team": "blue"}, {"team": "r*d"}, {"team": ""}),
)
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


def a_principal(choices: Choices) -> ModelPrincipal:
    kind = choices.among((*IAM_KINDS, *IAM_KINDS, "anonymous", "service"))
    if kind == "anonymous":
        return ModelPrincipal(kind, None)
    if kind == "service":
        return ModelPrincipal(kind, None, service="states.amazonaws.com")
    name = {"user": "Ann", "federated_user": "Fay", "root": None}.get(kind, "Clerk")
    paths: tuple[str | None, ...] = ("/", "/staff/")
    if kind == "role_session":
        name = "AWSReservedSSO_Clerk" if choices.one_in(10) else name
        paths = (None, "/", "/staff/", "/aws-service-role/x/")
    partition = choices.among(("aws", "aws", "aws", "aws-cn"))
    account = choices.among((HERE, HERE, THERE))
    makers = (None, f"arn:{partition}:iam::{account}:user/Ann", f"arn:{partition}:iam::{account}:root")
    unique_id = USER_ID if kind in ("user", "federated_user") else ROLE_ID
    return ModelPrincipal(
        kind,
        partition,
        account,
        name,
        path=choices.among(paths) if kind in ("user", "role", "role_session") else None,
        session="ann" if kind == "role_session" else None,
        federated_by=choices.among(makers) if kind == "federated_user" else None,
        unique_id=choices.among((None, unique_id)) if kind != "root" else None,
        tags=choices.among(TAGS),
        org_id=choices.among((None, "o-1")),
        org_paths=["o-1/r-1/ou-1/"] if choices.either() else None,
        management_account=choices.one_in(4),
    )


def principals() -> st.SearchStrategy[ModelPrincipal]:
    return _PRINCIPALS


SEGMENTS = ("pets", "Pets", "pet", "{id}", "", "7", "a:b", "Ann", "red", "$", "*", "Clerk")


def a_resource(choices: Choices) -> str:
    account, api = choices.among((HERE, HERE, THERE)), choices.among(("a1b2c3", "z9y8x7"))
    stage, method = choices.among(("prod", "dev", "$default")), choices.among(("GET", "POST"))
    path = "/".join(choices.listed(lambda: choices.among(SEGMENTS), 0, 3))
    return f"arn:aws:execute-api:eu-west-1:{account}:{api}/{stage}/{method}/{path}"


def resources() -> st.SearchStrategy[str]:
    return _RESOURCES


def head_pattern(choices: Choices, resource: str) -> str:
    """The resource with wildcards in or between its first five fields, or with fewer fields than an ARN has: RES-2."""
    fields = resource.split(":", 5)
    first = choices.up_to(4)
    change = choices.among(("inside", "inside", "between", "over", "over", "short", "front"))
    if change == "inside":  # arn:aws:execute-api:eu-*-1:…
        start = choices.up_to(len(fields[first]))
        before, after = fields[first][:start], fields[first][start + choices.up_to(2) :]
        fields[first] = before + choices.among(("*", "?", "**")) + after
    elif change == "between":  # arn:aws:execute-api*eu-west-1:…
        fields[first : first + 2] = [choices.among(("*", "?", "*:", ":*")).join(fields[first : first + 2])]
    elif change == "over":  # arn:aws:execute-api:*:a1b2c3/prod/GET/pets
        fields[first : choices.between(first + 1, 5)] = [choices.among(("*", "*", "?*", "*?"))]
    elif change == "short":  # arn:aws:execute-api:*
        fields[first + 1 :] = [text for text in [choices.among((None, "", "*", "?*"))] if text is not None]
    else:  # */prod/GET/pets
        return "*" + resource[choices.up_to(len(resource)) :]
    return ":".join(fields)


def resource_pattern(choices: Choices, resource: str) -> str:
    """A pattern that comes from the resource by a few changes, so that it matches or nearly does."""
    head, _, part = resource.rpartition("a1b2c3/")
    usual = (resource, resource, f"execute-api:/{part}" if head else "execute-api:/*", "*")
    text = head_pattern(choices, resource) if choices.one_in(3) else choices.among(usual)
    for _ in range(choices.among((0, 0, 1, 2, 3))):
        start = choices.up_to(len(text))
        end = min(len(text), start + choices.up_to(12))
        change = choices.among(("*", "?", "", "/*", "x", "{id}", ":", "**"))
        text = text[:start] + change + text[end:]
    text = text.replace("${", "{")  # a change may have made half a variable
    if choices.either():
        fifth = len(":".join(text.split(":", 5)[:5])) + 1 if text.count(":") >= 5 else 0
        place = choices.between(choices.among((fifth, fifth, fifth, 0)), len(text))
        text = text[:place] + choices.among(_VARIABLES) + text[place + choices.up_to(4) :]
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


def principal_element(choices: Choices, scene: Scene, *, negated: bool) -> Any:
    who = scene.who
    if (not negated or who.kind == "service") and choices.one_in(3):
        return "*"
    texts = name_texts(who)
    element: dict[str, Any] = {"AWS": choices.one_or_many(lambda: choices.among(texts), least=0, most=5)}
    if negated and who.account and choices.either():
        element["AWS"] = choices.in_any_order([text for text in who.arns() if text and not text.endswith("/")])
    if who.kind == "service" or choices.one_in(6):
        element["Service"] = choices.among(("states.amazonaws.com", "events.amazonaws.com"))
    if choices.one_in(10):
        element["CanonicalUser"] = "a" * 64
    return element


def wanted_values(choices: Choices, key: str, *, null: bool) -> Any:
    """The values of a condition; of a number sometimes one that is not written as a text."""
    values: tuple[Any, ...] = ("true", "false") if null else ASKED[key]
    if key == "app:level" and not null and choices.one_in(3):
        return choices.among((5, 5.0))
    return choices.one_or_many(lambda: choices.among(values), least=0)


def condition(choices: Choices, keys: Sequence[str]) -> dict[str, Any]:
    block: dict[str, dict[str, Any]] = {}
    for _ in range(choices.between(1, 2)):
        key = choices.among(keys)
        base = choices.among((*_USUAL.get(key, ("StringEquals", "StringLike", "StringNotLike")), "Null"))
        if choices.one_in(4):
            base = choices.among(OPERATORS)
        operator = choices.among(("", "", "", "ForAllValues:", "ForAnyValue:")) + base
        if base != "Null" and choices.one_in(4):
            operator += "IfExists"
        spelled = choices.among((key, key.upper(), key.lower()))
        others = block.setdefault(operator, {})
        if spelled.lower() not in {other.lower() for other in others}:
            others[spelled] = wanted_values(choices, key, null=base == "Null")
    return block


def friendly(kind: str) -> Document:
    """A statement that lets the request through, so that the hostile ones have something to spoil."""
    named = {"Principal": "*"} if kind in NAMING_KINDS else {}
    return {"Effect": "Allow", **named, "Action": "execute-api:*", "Resource": "*"}


def a_statement(choices: Choices, kind: str, scene: Scene) -> Document:
    is_near = choices.up_to(2) > 0 or kind == "rcp"
    statement = near_statement(choices, kind, scene) if is_near else friendly(kind)
    block = condition(choices, scene.keys) if choices.either() else {}
    if choices.one_in(20):  # POL-13
        empty: tuple[Document, ...] = ({}, {"NumericEquals": {}}, {**block, "Bool": {}})
        return {**statement, "Condition": choices.among(empty)}
    return {**statement, "Condition": block} if block else statement


def near_statement(choices: Choices, kind: str, scene: Scene) -> Document:
    """A statement that the request meets or nearly meets."""
    effect = "Deny" if kind == "rcp" else choices.among(("Allow", "Allow", "Deny"))
    statement: Document = {"Effect": effect}
    if kind == "rcp":
        of_rcps = ("execute-api:*", "s3:*")
        statement |= {"Principal": "*", "Action": choices.one_or_many(lambda: choices.among(of_rcps))}
    else:
        negated = effect == "Deny" and choices.one_in(3)
        if kind in NAMING_KINDS:
            statement["NotPrincipal" if negated else "Principal"] = principal_element(choices, scene, negated=negated)
        if choices.one_in(8):
            statement["NotAction"] = choices.one_or_many(lambda: choices.among(ACTION_PATTERNS), least=0)
        else:
            usual = (scene.action, "execute-api:*") * 4
            near = (*usual, *ACTION_PATTERNS)
            statement["Action"] = choices.one_or_many(lambda: choices.among(near), least=0)
    element = "NotResource" if choices.one_in(8) else "Resource"
    statement[element] = choices.one_or_many(lambda: resource_pattern(choices, scene.resource), least=0, most=2)
    return statement


def a_document(choices: Choices, kind: str, scene: Scene) -> Document:
    document: Document = {}
    if kind in ("scp", "rcp"):
        document["Version"] = "2012-10-17"  # POL-8
    elif choices.up_to(4):
        document["Version"] = choices.among(("2012-10-17", "2012-10-17", "2008-10-17"))
    return {"Statement": choices.listed(lambda: a_statement(choices, kind, scene), 1, 3), **document}


def documents(kind: str, scene: Scene) -> st.SearchStrategy[Document]:
    return chosen(lambda choices: a_document(choices, kind, scene))


def draw_document(draw: st.DrawFn, kind: str, scene: Scene) -> Document:
    """One of ``documents``, without a strategy for it."""
    return a_document(Choices(draw(BYTES)), kind, scene)


_GIVEN_TO_EXECUTE_API = tuple(key for key in GIVEN if key != "aws:TagKeys")  # GW-23


def given_value(choices: Choices, key: str) -> str | list[str]:
    values = [value for value in _REQUEST_VALUES.get(key, ASKED[key]) if "$" not in value]
    several = key.startswith("app:") or key in ("aws:TagKeys", "aws:CalledVia")
    return choices.one_or_many(lambda: choices.among(values), least=0) if several else choices.among(values)


def a_context(choices: Choices, action: str) -> dict[str, str | list[str]]:
    keys = choices.some_of(GIVEN if action == "s3:GetObject" else _GIVEN_TO_EXECUTE_API, 4)
    context = {key: given_value(choices, key) for key in keys}
    if any(key in context for key in ("aws:VpcSourceIp", "aws:SourceVpce", "aws:SourceVpc")):
        context.pop("aws:SourceIp", None)  # no call has both
    if context.get("aws:CalledVia"):
        context.pop("aws:ViaAWSService", None)  # it follows
    if context.get("aws:CalledVia") or context.get("aws:ViaAWSService") == "true":
        for key in ("aws:VpcSourceIp", "aws:SourceVpce", "aws:SourceVpc"):
            context.pop(key, None)  # nothing is kept of the first call's endpoint
    return context


def contexts(action: str = "execute-api:Invoke") -> st.SearchStrategy[dict[str, str | list[str]]]:
    return _CONTEXTS[action]


def direct(context: Mapping[str, Any]) -> dict[str, Any]:
    """The context of a call that no service makes for its caller: only such calls come through endpoints (KEY-4)."""
    return {key: value for key, value in context.items() if key not in ("aws:CalledVia", "aws:ViaAWSService")}


_PRINCIPALS, _RESOURCES = chosen(a_principal), chosen(a_resource)
_CONTEXTS = {action: chosen(partial(a_context, action=action)) for action in ACTIONS}
_ASKED_KEYS = sorted(ASKED)


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """A case of the naive model in which every layer may be there."""
    who = draw(_PRINCIPALS)
    choices = Choices(draw(BYTES))
    action, resource = choices.among((*ACTIONS[:1] * 4, *ACTIONS)), draw(_RESOURCES)
    context = draw(_CONTEXTS[action])
    if who.kind in ("anonymous", "service"):
        context = direct(context)  # no service makes a call for them
    keys = [*context, *context, *choices.listed(lambda: choices.among(_ASKED_KEYS), 1, 3)]
    scene = Scene(who, action, resource, keys)

    def one(kind: str) -> Document:
        return draw_document(draw, kind, scene)

    def some(kind: str, most: int = 2) -> list[Document]:
        return choices.listed(lambda: one(kind), choices.among((1, 1, 1, 0)), most)

    def maybe(kind: str) -> Document | None:
        return one(kind) if choices.one_in(4) else None

    has_policies = who.kind in IAM_KINDS and not who.acts_as_root()
    may_have_session = who.kind in ("role_session", "role", "federated_user") and choices.either()
    levels = choices.up_to(2) if choices.one_in(3) else 0
    return World(
        who,
        action,
        resource,
        context=context,
        complete=choices.either(),
        identity=some("identity") if has_policies else [],
        boundary=maybe("boundary") if has_policies else None,
        session=some("session", 1) if may_have_session else [],
        scps=[some("scp", 1) for _ in range(levels)],
        resource_policy=one("resource") if choices.up_to(2) else None,
        rcps=[some("rcp", 1)] if choices.one_in(6) else [],
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
