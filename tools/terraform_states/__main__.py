"""Applies the APIs in tests/fixtures/terraform by the real terraform, and keeps the states.

``python -m tools.terraform_states PYTHON`` needs the terraform and the provider of ``tools/terraform_plans.py``, and an
interpreter PYTHON that has moto, which behaves like AWS; ``make test-oracles`` runs it. Where one is not installed it
says so and changes nothing. Nothing is sent to AWS: the provider calls a server on this machine. Tests read only what
is kept.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

from tools.terraform_plans import (
    FOLDER,
    HOST,
    PLUGINS,
    THREE_APIS,
    TIME,
    NotInstalledError,
    check_terraform,
    copy_sources,
    done,
    run,
)

#: The APIs, with the ids that their policies name.
APIS = {"rest": "a1b2c3d4e5", "http": "b2c3d4e5f6", "private": "c3d4e5f6a7"}
#: Where the states are kept: those of the APIs, and that of resources that name each other.
KEPT = {name: THREE_APIS / f"{name}.tfstate.json" for name in APIS} | {"links": FOLDER / "links.tfstate.json"}
ACCOUNT = "111122223333"
SERVED = Path(__file__).with_name("served.py")
SERVICES = ("apigateway", "apigatewayv2", "iam", "lambda", "sts")
_APIS = ("aws_api_gateway_rest_api", "aws_apigatewayv2_api")
#: Types of which AWS assigns the id; the ids of others are made of names.
_ASSIGNED = (
    *_APIS,
    *("aws_api_gateway_api_key", "aws_api_gateway_authorizer", "aws_api_gateway_deployment"),
    *("aws_api_gateway_resource", "aws_api_gateway_usage_plan", "aws_apigatewayv2_authorizer"),
    *("aws_apigatewayv2_integration", "aws_apigatewayv2_route"),
)
#: Attributes that AWS assigns besides ids.
_ASSIGNED_BESIDES = ("policy_id", "unique_id")
_TIMES = re.compile(r'"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(?:Z|[+-][0-9:]+)"')


@contextmanager
def served(python: str) -> Iterator[str]:
    """A new server that behaves like AWS, and its address."""
    variables = {**os.environ, "MOTO_ACCOUNT_ID": ACCOUNT}
    command = [python, str(SERVED)]
    with subprocess.Popen(
        command, env=variables, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8"
    ) as process:
        try:
            assert process.stdout is not None, "it is a pipe"
            port = process.stdout.readline().strip()
            if not port:
                raise NotInstalledError(f"{python} has no moto")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def override(address: str) -> str:
    """The additional configuration with which the provider calls the server."""
    endpoints = "\n".join(f'    {name} = "{address}"' for name in SERVICES)
    return f'provider "aws" {{\n  skip_requesting_account_id = false\n  endpoints {{\n{endpoints}\n  }}\n}}\n'


def state_of(name: str, folder: Path, address: str) -> dict[str, Any]:
    """The state of an API after it was applied."""
    copy_sources(FOLDER / f"{name}.tf", folder)
    (folder / "provider_override.tf").write_text(override(address), "utf-8")
    if run(["init", "-input=false", f"-plugin-dir={PLUGINS}"], folder).returncode:
        raise NotInstalledError("the AWS provider is not in the folder of plugins (TF_PLUGINS)")
    done(["apply", "-input=false", "-auto-approve", "-no-color"], folder)
    state: dict[str, Any] = json.loads(done(["show", "-json"], folder))
    return state


def kept(state: dict[str, Any], api_id: str | None) -> str:
    """The text that is kept of a state: the same for each run, with the id of the API that its policies name.

    Args:
        state: the state.
        api_id: the id; None for several APIs, which no policy names.

    >>> resource = {"address": "aws_apigatewayv2_api.a", "type": "aws_apigatewayv2_api", "values": {"id": "x1y2z3"}}
    >>> text = kept({"values": {"root_module": {"resources": [resource]}}}, "b2c3d4e5f6")
    >>> json.loads(text)["values"]["root_module"]["resources"][0]["values"]
    {'id': 'b2c3d4e5f6'}
    """
    resources = [*_resources(state["values"]["root_module"])]
    text = json.dumps(state, indent=1)
    for each in resources:
        if each["type"] in _APIS:
            root = each["values"].get("root_resource_id")
            of = "" if api_id is not None else f" of {each['address']}"
            text = text.replace(each["values"]["id"], api_id or _id_of(each["address"]))
            text = text if root is None else text.replace(root, _id_of(f"the root{of}"))
    for each in resources:
        for name in _ASSIGNED_BESIDES:
            if each["values"].get(name):
                text = text.replace(each["values"][name], _id_of(f"{each['address']}.{name}"))
        if each["type"] in _ASSIGNED and each["type"] not in _APIS:
            text = text.replace(each["values"]["id"], _id_of(each["address"]))
    text = _TIMES.sub(f'"{TIME}"', text)
    return re.sub(r"[a-z0-9.-]+(?=/hashicorp/aws\")", HOST, text) + "\n"


def _resources(module: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The resources of a module and of those that it calls."""
    yield from module.get("resources", ())
    for each in module.get("child_modules", ()):
        yield from _resources(each)


def _id_of(name: str) -> str:
    return sha256(name.encode()).hexdigest()[:10]


def main(python: str) -> None:
    """Write the states; all are made before the first is written."""
    texts = {}
    try:
        check_terraform()
        for name in KEPT:
            with tempfile.TemporaryDirectory() as folder, served(python) as address:
                texts[name] = kept(state_of(name, Path(folder), address), APIS.get(name))
    except NotInstalledError as missing:
        print(f"The states of terraform are not made again: {missing}.")
        return
    for name, text in texts.items():
        KEPT[name].write_text(text, "utf-8")
        print(KEPT[name].name)


if __name__ == "__main__":
    main(sys.argv[1])
