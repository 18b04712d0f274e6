"""Plain data as YAML that the reader of documents reads as the same data. It needs PyYAML."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from execpolicy.document.syntax.nodes import Text
from execpolicy.document.syntax.yaml_scalars import plain_scalar
from execpolicy.errors import UsageError

if TYPE_CHECKING:
    import yaml


def data_to_yaml(data: Mapping[str, Any]) -> str:
    """Plain data as YAML text, in ASCII, in its order and without aliases.

    Raises:
        UsageError: PyYAML is not installed.

    >>> print(data_to_yaml({"account": "012345678901", "routes": {"GET /pets": {}}}), end="")
    account: "012345678901"
    routes:
      GET /pets: {}
    """
    try:
        import yaml
    except ImportError:
        raise UsageError(
            "writing YAML needs PyYAML, which is not installed", advice="pip install 'execpolicy[yaml]'"
        ) from None
    text: str = yaml.dump(dict(data), Dumper=_dumper(), sort_keys=False, width=110, allow_unicode=False)
    return text


@cache
def _dumper() -> type[yaml.SafeDumper]:
    """PyYAML's safe dumper, which quotes what YAML 1.2 does not read as text: PyYAML itself writes YAML 1.1."""
    import yaml

    class Dumper(yaml.SafeDumper):
        def ignore_aliases(self, data: object) -> bool:
            return True

    def text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
        node, fault = plain_scalar(value, 0, len(value))
        is_plain = isinstance(node, Text) and fault is None and not value[:1].isdigit()
        return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=None if is_plain else '"')

    Dumper.add_representer(str, text)
    return Dumper
