"""Repositories with policies, a case file and files of other tools, in which tools of CI run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

_POLICY: Final = """{"Version": "2012-10-17", "Statement": [
  {"Effect": "Allow", "Action": "execute-api:Invoke",
   "Resource": "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/orders/*"}
]}
"""
_CASES: Final = """schema: execpolicy/cases/1
title: Who may read orders
policies: {clerk: ../policies/clerk.json}
callers: {ann: {principal: "arn:aws:iam::111122223333:user/Ann", identity: [clerk]}}
cases:
  - name: Ann reads an order
    caller: ann
    action: execute-api:Invoke
    resource: arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/orders/7
    expect: allow
"""
_SOUND: Final[Mapping[str, str]] = {
    "policies/clerk.json": _POLICY,
    "tests/orders.execpolicy.yaml": _CASES,
    "package.json": '{"name": "orders", "version": "1.0.0"}\n',
    "README.md": "# Orders\n",
}
#: The repositories by name. In the faulty one a policy names a path parameter, and another one does not load.
REPOSITORIES: Final[Mapping[str, Mapping[str, str]]] = {
    "sound": _SOUND,
    "faulty": {
        **_SOUND,
        "policies/clerk.json": _POLICY.replace("orders/*", "orders/{id}"),
        "policies/guest.json": _POLICY.replace("Allow", "allow"),
    },
}


def write_repository(name: str, folder: Path) -> None:
    """Write the files of a repository into a folder."""
    for path, text in REPOSITORIES[name].items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")
