"""An API in words names each value that is not known, and nothing that stands in its place (SRC-9)."""

from __future__ import annotations

from typing import Any

import pytest

from execpolicy import Api
from execpolicy.render.api_outline import api_lines
from tests.gateway.flow.test_unknown_parts import NAME as PARAMETER
from tests.gateway.flow.test_unknown_parts import (
    NAMES,
    PLACES,
    REST,
    WITHOUT_POLICY,
    read,
    unknown,
    with_name,
    with_value,
)

pytestmark = pytest.mark.rule("SRC-9")

SHOWN = f"<{PARAMETER}>"


def lines(api: Api) -> dict[str, str]:
    """What the lines say, by their label or whole."""
    found = {}
    for line in api_lines("", api, ()):
        label = "" if line.label is None else line.label.strip()
        found[label or line.text] = line.text
    return found


@pytest.mark.parametrize("place", [*PLACES, *NAMES], ids=lambda place: "-".join(map(str, place[1])))
def test_every_value_that_is_not_known_is_named(place: Any) -> None:
    document, path, _ = place
    if place in NAMES:
        api = read({**with_name(document, path, "some"), "unknown_names": {"some": [{"name": PARAMETER}]}})
    else:
        api = read(with_value(document, path, unknown()))
    shown = lines(api)
    if path[-1] == "enabled":
        assert shown["a key"] == f"a key · stages prod · enabled {SHOWN}"
    assert any(SHOWN in text or SHOWN in label for label, text in shown.items())
    assert "secret" not in str(shown)
    assert "k" * 30 not in str(shown)


@pytest.mark.parametrize(
    ("path", "label", "text"),
    [
        # Nothing says that such a route is open.
        (("routes", "GET /open", "auth"), "GET /open", f"auth {SHOWN} · api key required False"),
        (("routes", "GET /open", "api_key_required"), "GET /open", f"NONE · API key required: {SHOWN}"),
        (("routes", "GET /user", "scopes", 0), "GET /user", f"COGNITO_USER_POOLS by users · scope {SHOWN}"),
        (
            ("authorizers", "tokens", "ttl"),
            "tokens",
            f"type TOKEN · identity sources method.request.header.Authorization · ttl {SHOWN}",
        ),
        (
            ("domains", "api.example.com", "mutual_tls"),
            "api.example.com",
            f"public · / → prod · /next → test · client certificate required: {SHOWN}",
        ),
        (("gateway_responses", "ACCESS_DENIED", "message"), "ACCESS_DENIED", SHOWN),
        (("resource_policy",), SHOWN, SHOWN),
    ],
)
def test_in_place_of_what_stands_for_it(path: tuple[Any, ...], label: str, text: str) -> None:
    assert lines(read(with_value(REST, path, unknown())))[label] == text


def test_the_name_of_a_stage() -> None:
    keys = [{"value": "k" * 30, "stages": [unknown()]}]
    domains = {"api.example.com": {"mappings": {"": unknown()}}}
    document = {
        **WITHOUT_POLICY,
        "stage": unknown(),
        "stages": [unknown(), "test"],
        "api_keys": keys,
        "domains": domains,
    }
    shown = lines(read(document))
    assert f"account 111122223333 · region eu-west-1 · stages {SHOWN}, test" in shown
    assert shown["key 1"] == f"for {SHOWN}"
    assert SHOWN in shown["api.example.com"]
    assert "not-known" not in str(shown)
