"""Which assumed rules of which requests have a context key decide a known outcome: KEY-1, KEY-6 and GW-22.

For each rule, the clauses that read the keys in question are evaluated with the values of the other reading.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from execpolicy.engine.full.layer_evaluation import LayerEvaluation
from execpolicy.engine.layers import Layer
from execpolicy.engine.view import View
from execpolicy.language import principal as kinds
from execpolicy.language.context_keys import RESOURCE_KEYS, ExecuteApi, find_context_key
from execpolicy.language.derived_keys import derived
from execpolicy.language.request_details import ABSENT, FALSE_OR_ABSENT, ContextValues
from execpolicy.language.truth import Truth

#: For a key of a layer, its values by the other reading; those that it has, where there is no other.
OtherValues = Callable[[Layer, View, str], ContextValues]

_OF_ANONYMOUS = ("aws:principalaccount", "aws:principaltype", "aws:userid")


def _source_arn(layer: Layer, view: View, key: str) -> ContextValues:
    """KEY-1: only calls of services have aws:SourceArn."""
    if key == "aws:sourcearn" and view.key_values.is_execute_api and view.principal.kind != kinds.SERVICE:
        return ABSENT
    return view.values(key)


def _user_agent(layer: Layer, view: View, key: str) -> ContextValues:
    """KEY-6: every request has aws:UserAgent, with a value that is not known if it was not sent."""
    values = view.values(key)
    return None if key == "aws:useragent" and values == () else values


def _of_anonymous(layer: Layer, view: View, key: str) -> ContextValues:
    """GW-22: an anonymous caller has the keys that the IAM page gives it."""
    if key in _OF_ANONYMOUS and view.key_values.is_execute_api and view.principal.kind == kinds.ANONYMOUS:
        return derived(view.key_values, key)[1]
    return view.values(key)


def _not_listed(layer: Layer, view: View, key: str) -> ContextValues:
    """GW-22: the resource policy of an API sees no key that API Gateway's list lacks."""
    values = view.values(key)
    if layer is not Layer.RESOURCE or not view.key_values.is_execute_api:
        return values
    record = find_context_key(key)
    return ABSENT if record is None or record.execute_api is ExecuteApi.UNLISTED else values


OTHER_READINGS: tuple[tuple[str, OtherValues], ...] = (
    ("KEY-1", _source_arn),
    ("KEY-6", _user_agent),
    ("GW-22", _of_anonymous),
    ("GW-22", _not_listed),
)


def by_other_keys(
    layers: Mapping[Layer, LayerEvaluation],
) -> Iterator[tuple[str, Mapping[Layer, Mapping[int, Truth]]]]:
    """For each rule and reading, the clauses that have another result by it, as unknown."""
    of_layers = {layer: _values_by_other_readings(layer, evaluated) for layer, evaluated in layers.items()}
    if not any(any(by_reading) for by_reading in of_layers.values()):
        return
    for number, (rule, _) in enumerate(OTHER_READINGS):
        changed = {layer: _changed(evaluated, of_layers[layer][number]) for layer, evaluated in layers.items()}
        if any(changed.values()):
            yield rule, changed


def _values_by_other_readings(layer: Layer, evaluated: LayerEvaluation) -> list[dict[str, ContextValues]]:
    """For each reading, the keys that the clauses of a layer read and that have other values by it, with these."""
    view, keys = evaluated.view, evaluated.table.clauses_by_key
    found = evaluated.shared.once(
        layer, lambda: _values_of_keys(layer, view, [key for key in keys if key not in RESOURCE_KEYS])
    )
    of_resource = [key for key in RESOURCE_KEYS if key in keys]
    if not of_resource:
        return found
    return [{**values, **more} for values, more in zip(found, _values_of_keys(layer, view, of_resource), strict=True)]


def _values_of_keys(layer: Layer, view: View, keys: Sequence[str]) -> list[dict[str, ContextValues]]:
    return [
        {key: other for key in keys if _is_another(other := other_values(layer, view, key), view.values(key))}
        for _, other_values in OTHER_READINGS
    ]


def _is_another(other: ContextValues, found: ContextValues) -> bool:
    return other != found or found is FALSE_OR_ABSENT is not other


def _changed(evaluated: LayerEvaluation, values: dict[str, ContextValues]) -> dict[int, Truth]:
    """The clauses of a layer that have another result where keys have other values."""
    if not values:
        return {}
    view, by_key = evaluated.view, evaluated.table.clauses_by_key
    other_view, clauses = view.with_values(values), evaluated.table.clauses
    reading = dict.fromkeys(number for key in values for number in by_key[key])
    return {number: None for number in reading if clauses[number].test(other_view) is not evaluated.truths[number]}
