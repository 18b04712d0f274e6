"""The example of docs/properties.md: it fails as the page says, and passes once mended as the page says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[3] / "docs" / "properties.md"


def example() -> str:
    found = re.search(r"```python\n(.+?)```", PAGE.read_text("utf-8"), re.DOTALL)
    assert found is not None
    return found[1]


def test_the_example_fails_as_the_page_says() -> None:
    with pytest.raises(AssertionError, match="own-tenant") as raised:
        exec(compile(example(), str(PAGE), "exec"), {})
    assert "ALLOW" in str(raised.value)


def test_the_mended_policy_passes() -> None:
    wide = "prod/*/tenants/${aws:PrincipalTag/tenant}/*"
    assert example().count(wide) == 1
    exec(compile(example().replace(wide, wide.replace("*/tenants", "GET/tenants", 1)), str(PAGE), "exec"), {})
