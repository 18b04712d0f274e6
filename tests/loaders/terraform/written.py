"""Writes plans and states in the form of ``terraform show -json``, format version 1.2, from one description.

The form is that of HashiCorp's page about it: https://developer.hashicorp.com/terraform/internals/json-format
A value that refers to what AWS assigns is unknown in a plan: it is missing in the values and true in ``after_unknown``.
Plans of the real terraform (``tools/terraform_plans.py``) have besides these the attributes that nobody sets, as null.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

FORMAT_VERSION = "1.2"
TERRAFORM_VERSION = "1.14.3"
ACCOUNT, REGION = "111122223333", "eu-west-1"
Json = dict[str, Any]


class Ref(NamedTuple):
    """A reference to an attribute of another resource of the module, such as ``aws_iam_role.app``, ``arn``."""

    target: str
    attribute: str = "id"


class Written(NamedTuple):
    """A resource: what its configuration sets, what AWS assigns, and what its provider fills in.

    Attributes:
        type, name: its type and its name.
        values: what the configuration sets; values may be ``Ref``.
        assigned: what is known only after apply, with the values of a state.
        defaults: what nobody sets and the provider knows.
        key: its key, with ``for_each`` or ``count``.
        modules: the calls of modules, each as ``name`` or ``name["key"]``.
        is_data: whether it is a data source.
    """

    type: str
    name: str
    values: Mapping[str, Any]
    assigned: Mapping[str, Any] = {}
    defaults: Mapping[str, Any] = {}
    key: str | int | None = None
    modules: tuple[str, ...] = ()
    is_data: bool = False

    @property
    def local(self) -> str:
        """The address in its module, without the key."""
        return f"{'data.' if self.is_data else ''}{self.type}.{self.name}"

    @property
    def address(self) -> str:
        path = "".join(f"module.{each}." for each in self.modules)
        key = "" if self.key is None else f'["{self.key}"]' if isinstance(self.key, str) else f"[{self.key}]"
        return f"{path}{self.local}{key}"


def plan_of(resources: Iterable[Written], *, region: str | None = REGION, **more: Any) -> Json:
    """The first plan of resources."""
    found = [*resources]
    return {
        "format_version": FORMAT_VERSION,
        "terraform_version": TERRAFORM_VERSION,
        "planned_values": {"root_module": _modules(found, _planned)},
        "resource_changes": [_change(each) for each in found],
        "configuration": _configuration(found, region),
        **_relevant_attributes(found),
        "applyable": True,
        "complete": True,
        "errored": False,
        **more,
    }


def _relevant_attributes(found: list[Written]) -> Json:
    """The attributes to which expressions refer; terraform leaves the member out if there are none."""
    paths = dict.fromkeys((each.modules, ref) for each in found for ref in _refs(each.values))
    listed = [
        {
            "resource": "".join(f"module.{each}." for each in modules) + ref.target,
            "attribute": [int(step) if step.isdigit() else step for step in ref.attribute.split(".") if step],
        }
        for modules, ref in paths
    ]
    return {"relevant_attributes": listed} if listed else {}


def state_of(resources: Iterable[Written]) -> Json:
    """The state after resources were made."""
    found = [*resources]
    known = {each.local: {**each.defaults, **each.assigned, **each.values} for each in found}

    def values(each: Written) -> Json:
        return {name: _resolved(value, known) for name, value in known[each.local].items()}

    return {
        "format_version": "1.0",
        "terraform_version": TERRAFORM_VERSION,
        "values": {"root_module": _modules(found, values)},
    }


def _resolved(value: Any, known: Mapping[str, Json]) -> Any:
    if isinstance(value, Ref):
        return _resolved(known[value.target][value.attribute], known)
    if isinstance(value, list):
        return [_resolved(item, known) for item in value]
    if isinstance(value, dict):
        return {name: _resolved(item, known) for name, item in value.items()}
    return value


def _modules(found: list[Written], values: Any, path: tuple[str, ...] = ()) -> Json:
    module: Json = {
        "resources": [
            {
                "address": each.address,
                "mode": "data" if each.is_data else "managed",
                "type": each.type,
                "name": each.name,
                **({} if each.key is None else {"index": each.key}),
                "provider_name": "registry.terraform.io/hashicorp/aws",
                "schema_version": 0,
                # terraform leaves the member out of a resource of which nothing is known.
                **({"values": known} if (known := values(each)) else {}),
                "sensitive_values": {},
            }
            for each in found
            if each.modules == path
        ]
    }
    if path:
        module["address"] = ".".join(f"module.{each}" for each in path)
    below = dict.fromkeys(each.modules[: len(path) + 1] for each in found if each.modules[: len(path)] == path)
    children = [_modules(found, values, each) for each in below if len(each) > len(path)]
    return {**module, **({"child_modules": children} if children else {})}


def _planned(each: Written) -> Json:
    return {name: _known(value) for name, value in {**each.defaults, **each.values}.items() if not _is_unknown(value)}


def _is_unknown(value: Any) -> bool:
    return isinstance(value, Ref)


def _known(value: Any) -> Any:
    if isinstance(value, list):
        return [None if isinstance(item, Ref) else _known(item) for item in value]
    if isinstance(value, dict):
        return {name: _known(item) for name, item in value.items() if not isinstance(item, Ref)}
    return value


def _unknown(value: Any) -> Any:
    if isinstance(value, Ref):
        return True
    if isinstance(value, list):
        return [_unknown(item) for item in value]
    if isinstance(value, dict):
        return {name: found for name, item in value.items() if (found := _unknown(item)) not in (False, [], {})}
    return False


def _change(each: Written) -> Json:
    unknown = {name: _unknown(value) for name, value in each.values.items()}
    return {
        "address": each.address,
        "mode": "data" if each.is_data else "managed",
        "type": each.type,
        "name": each.name,
        **({} if each.key is None else {"index": each.key}),
        "provider_name": "registry.terraform.io/hashicorp/aws",
        "change": {
            "actions": ["read" if each.is_data else "create"],
            "before": None,
            "after": _planned(each),
            "after_unknown": {
                **{name: found for name, found in unknown.items() if found not in (False, {})},
                **dict.fromkeys(each.assigned, True),
            },
        },
    }


def expression_of(value: Any) -> Any:
    """What stands for a value in the configuration."""
    if isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
        return [{name: expression_of(item) for name, item in block.items()} for block in value]
    references = [*_references(value)]
    return {"references": references} if references else {"constant_value": value}


def _references(value: Any) -> Iterable[str]:
    for ref in _refs(value):
        yield from (f"{ref.target}.{ref.attribute}", ref.target)


def _refs(value: Any) -> Iterator[Ref]:
    if isinstance(value, Ref):
        yield value
    elif isinstance(value, (list, Mapping)):
        for item in value.values() if isinstance(value, Mapping) else value:
            yield from _refs(item)


def _configuration(found: list[Written], region: str | None) -> Json:
    root: Json = {}
    for each in found:
        module = root
        for step in each.modules:
            name = step.partition("[")[0]
            calls = module.setdefault("module_calls", {})
            module = calls.setdefault(name, {"source": f"./{name}", "module": {}})["module"]
        resources = module.setdefault("resources", [])
        if any(other["address"] == each.local for other in resources):
            continue
        resources.append(
            {
                "address": each.local,
                "mode": "data" if each.is_data else "managed",
                "type": each.type,
                "name": each.name,
                "provider_config_key": "aws",
                "expressions": {name: expression_of(value) for name, value in each.values.items()},
                "schema_version": 0,
                **({} if each.key is None else {"for_each_expression": {"references": ["var.all"]}}),
            }
        )
    expressions = {} if region is None else {"expressions": {"region": {"constant_value": region}}}
    return {
        "provider_config": {"aws": {"name": "aws", "full_name": "registry.terraform.io/hashicorp/aws", **expressions}},
        "root_module": root,
    }
