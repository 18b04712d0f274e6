"""The settings of the methods of stages, which Terraform keeps in resources of their own (GW-24, SRC-4)."""

from __future__ import annotations

from typing import Final, NamedTuple

from execpolicy.document.syntax.fields import Problems
from execpolicy.document.syntax.nodes import JsonBoolean, JsonObject, Member, Node, Text
from execpolicy.document.syntax.wording import quoted
from execpolicy.document.unknown_parts import has_unknown_part
from execpolicy.document.unknown_value import unknown_text
from execpolicy.loaders.built_nodes import object_at, text_at
from execpolicy.loaders.cloudformation.stack import Findings
from execpolicy.loaders.terraform.attribute_values import shortened

_ALL: Final = "*/*"
_FIELDS: Final = {
    "CachingEnabled": "cached",
    "RequireAuthorization": "cache_needs_permission",
    "Refusal": "cache_refusal",
}
_PERMISSION: Final = "cache_needs_permission"
_REASON: Final = "nobody set it: see the settings of the stage that is deployed (GW-24)"


class StageSettings(NamedTuple):
    """The settings of the methods of one stage, by path and method, and whether its cache is switched on."""

    cache: Node | None
    settings: dict[str, Member]

    def members(self, stage: str, at: Node, findings: Findings) -> dict[str, Node | None]:
        """The members of a stage of an API file; none without a cache.

        Args:
            stage: the address of the stage.
            at: the node whose place unknown values have.
            findings: takes what is unknown.
        """
        cache = self.cache
        if cache is None or (isinstance(cache, JsonBoolean) and cache.text == "false"):
            return {}
        everywhere = self.settings.get(_ALL)
        permission = None
        if everywhere is not None and isinstance(everywhere[2], JsonObject):
            permission = everywhere[2].members.get(_PERMISSION)
        if permission is not None:
            needs = permission[2]
        else:
            what = shortened(f"{stage}.settings.require_authorization_for_cache_control")
            findings.unknown(what, _REASON, at)
            needs = text_at(unknown_text(what), at)
        settings = dict(self.settings)
        if has_unknown_part(cache):
            settings = {key: (start, end, _uncertain(node, cache)) for key, (start, end, node) in settings.items()}
        members: dict[str, Node | None] = {_PERMISSION: needs}
        if settings:
            members["method_settings"] = JsonObject(settings, at.start, at.end)
        return members


def add_settings(problems: Problems, found: dict[str, Member], properties: dict[str, Member], at: Text) -> None:
    """Add the settings of one resource to those of its stage.

    Args:
        problems: collects what is wrong.
        found: the settings so far, by path and method.
        properties: the properties of the resource.
        at: the name of the resource.
    """
    path, settings = (properties.get(name, (0, 0, None))[2] for name in ("MethodPath", "Settings"))
    if not isinstance(path, Text) or has_unknown_part(path) or "/" not in path.value:
        message = f"found {at.value} whose method_path is no known path and method"
        problems.report(path or at, message, 'write it as "*/*" or as "orders/{id}/GET"')
        return
    key = _key(path.value)
    if key in found:
        problems.report(path, f"found the settings of {quoted(key)} twice", "keep one of them")
    written = settings.members if isinstance(settings, JsonObject) else {}
    members = {to: written[name][2] for name, to in _FIELDS.items() if name in written}
    if members:
        found.setdefault(key, (path.start, path.end, object_at(members, path)))


def _key(path: str) -> str:
    """The path and method as an API file writes them.

    >>> _key("*/*"), _key("orders/{id}/GET"), _key("/GET"), _key("~1orders/GET")
    ('*/*', '/orders/{id}/GET', '//GET', '/orders/GET')
    """
    resource, _, method = path.rpartition("/")
    if resource == "*":
        return f"*/{method}"
    return f"/{resource.replace('~1', '/').lstrip('/')}/{method}"


def _uncertain(node: Node, cache: Text) -> Node:
    """Settings of a method of which it is not known whether the stage has a cache at all."""
    if not isinstance(node, JsonObject) or "cached" not in node.members:
        return node
    start, end, cached = node.members["cached"]
    if isinstance(cached, JsonBoolean) and cached.text == "false":
        return node
    return node._replace(members={**node.members, "cached": (start, end, text_at(cache.value, cached))})
