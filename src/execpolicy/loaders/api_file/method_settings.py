"""The settings of methods in the stages of an API file (GW-24)."""

from __future__ import annotations

from collections.abc import Iterable

from execpolicy.document.syntax.fields import Fields, Problems, entry
from execpolicy.document.syntax.nodes import JsonBoolean, JsonObject, Member, Node
from execpolicy.document.syntax.wording import quoted
from execpolicy.errors import ExecPolicyError
from execpolicy.gateway.model.method_settings import MethodSetting, methods_of, place_of_key
from execpolicy.gateway.model.names import CacheRefusal
from execpolicy.gateway.model.route import Route
from execpolicy.loaders.api_file.assembly import name_node

METHOD_SETTING_FIELDS = ("cached", "cache_needs_permission", "cache_refusal")

_FIELD = "method_settings"


def read_method_settings(stage: Fields) -> list[MethodSetting]:
    """The settings of a stage, without those that are invalid, which are reported."""
    found: dict[tuple[str, str], MethodSetting] = {}
    for key, member in stage.members(_FIELD, "an object of settings by path and method"):
        setting = _setting(stage.problems, key, member)
        if setting is not None and found.setdefault((setting.path, setting.method), setting) is not setting:
            stage.problems.report_name(member, f"found the settings of {setting.key} twice", "keep one of them")
    return list(found.values())


def check_methods(problems: Problems, stages: Node | None, routes: Iterable[Route]) -> None:
    """Report settings of methods that the API does not have. The stages are read already."""
    methods = methods_of(routes)
    for _, _, stage in stages.members.values() if isinstance(stages, JsonObject) else ():
        settings = stage.members.get(_FIELD) if isinstance(stage, JsonObject) else None
        for key, member in settings[2].members.items() if settings and isinstance(settings[2], JsonObject) else ():
            if not MethodSetting(*place_of_key(key), cached=True).is_of(methods):
                problems.report_name(
                    member,
                    f"found the settings of {quoted(key)}, which is not a method of the API",
                    "write the path as the route has it, and the method, such as /orders/{id}/GET",
                )


def _setting(problems: Problems, key: str, member: Member) -> MethodSetting | None:
    before = problems.count
    fields = entry(problems, member[2], "the settings of a method", METHOD_SETTING_FIELDS)
    if fields is None:
        return None
    cached, needs_permission = _flag(fields, "cached"), _flag(fields, "cache_needs_permission")
    refusal = fields.choice("cache_refusal", CacheRefusal)
    if problems.count > before:
        return None
    try:
        return MethodSetting(*place_of_key(key), cached, needs_permission, refusal)
    except ExecPolicyError as error:
        problems.refused(name_node(key, member), error)
        return None


def _flag(fields: Fields, name: str) -> bool | None:
    """``true`` or ``false``, or None if the field is missing or invalid."""
    value = fields.value(name)
    if value is not None and not isinstance(value, JsonBoolean):
        fields.wrong(value, name, "true or false")
        return None
    return None if value is None else value.text == "true"
