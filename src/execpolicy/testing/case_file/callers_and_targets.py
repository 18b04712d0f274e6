"""Reads the policies, callers and targets of a case file: named ones, and those inside cases."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, TypeGuard, TypeVar

from execpolicy.document.kinds import PolicyKind
from execpolicy.document.policy import Policy
from execpolicy.document.syntax.fields import Fields, Problems, array_items, wrong_type
from execpolicy.document.syntax.nodes import JsonObject, Node, Text
from execpolicy.document.syntax.wording import did_you_mean, quoted
from execpolicy.engine.caller import Caller, Target
from execpolicy.errors import ExecPolicyError
from execpolicy.gateway.model.variants import Variants
from execpolicy.language.principal import ANONYMOUS, Principal
from execpolicy.loaders.api_file.policies import PolicyReader
from execpolicy.loaders.named_parts import part_reference
from execpolicy.testing.case_file.templates import TemplateFiles

#: The fields of a caller with a text about its principal, named like the parameters of ``Principal.parse``.
_PRINCIPAL_TEXTS = ("role_path", "unique_id", "org_id", "federated_by", "canonical_user")
CALLER_FIELDS = (
    "principal",
    *_PRINCIPAL_TEXTS,
    "tags",
    "org_paths",
    "management_account",
    "identity",
    "boundary",
    "session",
    "scps",
)
TARGET_FIELDS = ("resource", "rcps", "vpc_endpoint", "management_account", "rcps_cover_execute_api")

_POLICY = "a policy document or the name of a policy"
_LEVELS = "a list of levels, each a list of policies"


_OfTemplate = TypeVar("_OfTemplate")


class NodeError(NamedTuple):
    """An error of the library about a part of a case file."""

    node: Node
    error: ExecPolicyError


class CallersAndTargets:
    """All callers, targets and policies that cases use.

    A named policy, caller or target must be valid: its errors are errors of the file. The errors of one inside a case
    are added to the list ``errors`` of the case, which may expect them.
    """

    def __init__(self, problems: Problems, file: Fields, files: TemplateFiles) -> None:
        self._problems = problems
        self._files = files
        self._reader = PolicyReader(problems)
        self._policies = dict(file.members("policies", "an object of policies by name"))
        self._parsed: dict[tuple[str, PolicyKind], Policy | None] = {}
        self._used: set[str] = set()
        self._callers: dict[str, Caller | Variants[Caller] | None] = {}
        self._principals: dict[str, Caller] = {}
        self._targets: dict[str, Target | None] = {}
        errors: list[NodeError] = []
        for name, member in file.members("callers", "an object of callers by name"):
            if _reads_like_a_principal(name):
                message = f"found the name {quoted(name)} of a caller, which looks like a principal"
                problems.report_name(member, message, "give the caller a name without colon and dot")
            self._callers[name] = self.caller(member[2], errors, named=True)
        for name, member in file.members("targets", "an object of targets by name"):
            self._targets[name] = self.target(member[2], errors, named=True)
        for each in errors:
            problems.refused(*each)

    def report_unused_policies(self) -> None:
        """Report the policies that no case uses: they were not read, because their kind depends on their use."""
        for name, member in self._policies.items():
            if name not in self._used:
                message = f"found the policy {quoted(name)}, that nothing uses"
                self._problems.report_name(member, message, "use it in a caller, target or call, or remove it")

    def known_caller(self, node: Node, errors: list[NodeError]) -> Caller | None:
        """The caller of a request, which cannot depend on conditions of unknown truth."""
        found = self.caller(node, errors)
        return self._of_template(node, lambda: found.only("the caller")) if isinstance(found, Variants) else found

    def caller(self, node: Node, errors: list[NodeError], *, named: bool = False) -> Caller | Variants[Caller] | None:
        """A caller: an object, a principal, the name of a caller, or a caller of a template."""
        reference = part_reference(node.value) if isinstance(node, Text) else None
        if reference is not None:
            return self._of_template(node, lambda: self._files.caller(reference))
        if isinstance(node, Text) and not named:
            if node.value in self._callers:
                return self._callers[node.value]
            if not _reads_like_a_principal(node.value):
                self._unknown(node, "caller", self._callers)
                return None
            return self._without_policies(node, errors)
        if not isinstance(node, JsonObject):
            expected = "an object" if named else "an object, a principal or the name of a caller"
            wrong_type(self._problems, node, "a caller", expected)
            return None
        return self._caller(node, errors)

    def _of_template(self, node: Node, read: Callable[[], _OfTemplate]) -> _OfTemplate | None:
        """A part of a template; None if it cannot be read, which is reported."""
        try:
            return read()
        except ExecPolicyError as error:
            self._problems.refused(node, error)
            return None

    def vpc_endpoint(self, node: Node, errors: list[NodeError]) -> Policy | Variants[Policy] | None:
        """The policy of a VPC endpoint: a document, the name of a policy, or an endpoint of a template."""
        reference = part_reference(node.value) if isinstance(node, Text) else None
        if reference is None:
            return self.policy(node, "vpc_endpoint", PolicyKind.VPC_ENDPOINT, errors)
        return self._of_template(node, lambda: self._files.vpc_endpoint(reference))

    def _known_vpc_endpoint(self, node: Node, errors: list[NodeError]) -> Policy | None:
        """The VPC endpoint of a target, as ``known_caller``."""
        found = self.vpc_endpoint(node, errors)
        return self._of_template(node, lambda: found.only("the VPC endpoint")) if isinstance(found, Variants) else found

    def _without_policies(self, principal: Text, errors: list[NodeError]) -> Caller | None:
        """A caller without policies: one object for all cases that name its principal."""
        caller = self._principals.get(principal.value)
        if caller is None:
            try:
                caller = self._principals[principal.value] = Caller(principal.value)
            except ExecPolicyError as error:
                errors.append(NodeError(principal, error))
        return caller

    def target(self, node: Node, errors: list[NodeError], *, named: bool = False) -> Target | None:
        """A target: an object, or the name of a target."""
        if isinstance(node, Text) and not named:
            if node.value not in self._targets:
                self._unknown(node, "target", self._targets)
            return self._targets.get(node.value)
        if not isinstance(node, JsonObject):
            expected = "an object" if named else "an object or the name of a target"
            wrong_type(self._problems, node, "a target", expected)
            return None
        return self._target(node, errors)

    def _caller(self, node: JsonObject, errors: list[NodeError]) -> Caller | None:
        fields = Fields(self._problems, node, "a caller", CALLER_FIELDS)
        if not fields.must("principal"):
            return None
        before = len(errors)
        principal = self._principal(fields, errors)
        identity = self._several(fields, "identity", PolicyKind.IDENTITY, errors)
        boundary = self._one(fields, "boundary", PolicyKind.BOUNDARY, errors)
        session = self._several(fields, "session", PolicyKind.SESSION, errors)
        scps = self._levels(fields, "scps", PolicyKind.SCP, errors)
        if principal is None or len(errors) > before:
            return None
        try:
            return Caller(principal, identity=identity, boundary=boundary, session=session, scps=scps)
        except ExecPolicyError as error:
            errors.append(NodeError(node, error))
            return None

    def _target(self, node: JsonObject, errors: list[NodeError]) -> Target | None:
        fields = Fields(self._problems, node, "a target", TARGET_FIELDS)
        before = len(errors)
        resource = self._one(fields, "resource", PolicyKind.RESOURCE, errors)
        rcps = self._levels(fields, "rcps", PolicyKind.RCP, errors)
        endpoint = fields.value("vpc_endpoint")
        vpc_endpoint = None if endpoint is None else self._known_vpc_endpoint(endpoint, errors)
        management_account = fields.flag("management_account", default=False)
        rcps_cover = fields.flag("rcps_cover_execute_api", default=False)
        if len(errors) > before:
            return None
        return Target(
            resource=resource,
            rcps=rcps,
            vpc_endpoint=vpc_endpoint,
            management_account=management_account,
            rcps_cover_execute_api=rcps_cover,
        )

    def _principal(self, fields: Fields, errors: list[NodeError]) -> Principal | None:
        text = fields.text("principal")
        details: dict[str, Any] = {name: fields.text(name) for name in _PRINCIPAL_TEXTS}
        details["management_account"] = fields.flag("management_account", default=False)
        details["tags"] = self._tags(fields)
        if fields.has("org_paths"):
            paths = fields.items("org_paths", "a list of strings")
            details["org_paths"] = [path.value for path in paths if self._is_text(path, "an entry of org_paths")]
        if text is None:
            return None
        try:
            return Principal.parse(text, **details)
        except ExecPolicyError as error:
            node = fields.value("principal")
            assert node is not None
            errors.append(NodeError(node, error))
            return None

    def _tags(self, fields: Fields) -> dict[str, str] | None:
        if not fields.has("tags"):
            return None
        tags: dict[str, str] = {}
        for name, (_, _, value) in fields.members("tags", "an object of strings"):
            if self._is_text(value, f"the tag {quoted(name)}"):
                tags[name] = value.value
        return tags

    def _one(self, fields: Fields, name: str, kind: PolicyKind, errors: list[NodeError]) -> Policy | None:
        node = fields.value(name)
        return self.policy(node, name, kind, errors) if node is not None else None

    def _several(self, fields: Fields, name: str, kind: PolicyKind, errors: list[NodeError]) -> list[Policy]:
        nodes = fields.items(name, "a list of policies")
        return _known(self.policy(node, f"an entry of {name}", kind, errors) for node in nodes)

    def _levels(self, fields: Fields, name: str, kind: PolicyKind, errors: list[NodeError]) -> list[list[Policy]]:
        levels = []
        for level in fields.items(name, _LEVELS):
            nodes = array_items(self._problems, level, f"a level of {name}", "a list of policies")
            levels.append(_known(self.policy(node, f"an entry of {name}", kind, errors) for node in nodes))
        return levels

    def policy(self, node: Node, what: str, kind: PolicyKind, errors: list[NodeError]) -> Policy | None:
        """A policy of a kind: a document, or the name of a policy."""
        if isinstance(node, Text):
            return self._named_policy(node, kind)
        if not isinstance(node, JsonObject):
            wrong_type(self._problems, node, what, _POLICY)
            return None
        try:
            return Policy.from_node(node, kind=kind, name=self._problems.place(node), source=self._problems.source)
        except ExecPolicyError as error:
            errors.append(NodeError(node, error))
            return None

    def _named_policy(self, name: Text, kind: PolicyKind) -> Policy | None:
        member = self._policies.get(name.value)
        if member is None:
            self._unknown(name, "policy", self._policies)
            return None
        self._used.add(name.value)
        key = (name.value, kind)
        if key not in self._parsed:
            what = f"the policy {quoted(name.value)}"
            self._parsed[key] = self._reader.policy(member[2], what, kind, name=name.value)
        return self._parsed[key]

    def _unknown(self, name: Text, what: str, known: dict[str, Any]) -> None:
        advice = did_you_mean(name.value, known) if known else "add it there, or write it here"
        plural = {"policy": "policies"}.get(what, f"{what}s")
        self._problems.report(name, f'found the {what} {quoted(name.value)}, which "{plural}" does not have', advice)

    def _is_text(self, node: Node, what: str) -> TypeGuard[Text]:
        if isinstance(node, Text):
            return True
        wrong_type(self._problems, node, what, "a string")
        return False


def _known(policies: Iterable[Policy | None]) -> list[Policy]:
    return [policy for policy in policies if policy is not None]


def _reads_like_a_principal(text: str) -> bool:
    return text == ANONYMOUS or ":" in text or "." in text
