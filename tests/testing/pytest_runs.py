"""Projects on which pytest runs with the plugin, found by its entry point as where the package is installed."""

from __future__ import annotations

import os
from importlib import import_module
from pathlib import Path

import pytest

import execpolicy

#: What an installation would leave, for the pytest of a checkout that is not installed.
ENTRY_POINTS = "[pytest11]\nexecpolicy = execpolicy.testing.pytest_plugin\n"
SOURCE = Path(execpolicy.__file__).parents[1]

# Modules that a test's own run of pytest loads are thrown away after it, and PyYAML's part in C does not stand to be
# loaded a second time: whatever such a run would load is there before it.
for _module in (
    "yaml",
    "execpolicy.testing.coverage",
    "execpolicy.testing.pytest_compare",
    "execpolicy.testing.pytest_items",
):
    import_module(_module)


def installed(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let pytest find the plugin by an entry point in a folder, in this process and in those that it starts."""
    info = site / "execpolicy-0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: execpolicy\nVersion: 0\n", "utf-8")
    (info / "entry_points.txt").write_text(ENTRY_POINTS, "utf-8")
    before = os.environ.get("PYTHONPATH", "")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, [str(info.parent), str(SOURCE), before])))
    monkeypatch.syspath_prepend(str(info.parent))
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)


#: A case file with one item of each sort; a document is called as a case is.
CASES = """\
schema: execpolicy/cases/1
title: Orders
policies:
  reads: reads.json
callers:
  ann: {principal: "arn:aws:iam::111122223333:user/Ann", identity: [reads]}
apis:
  orders:
    id: a1b2c3
    type: REST
    region: eu-west-1
    account: "111122223333"
    stages: [prod]
    authorizers:
      tokens: {type: TOKEN, identity_sources: method.request.header.Authorization}
    routes:
      GET /orders: {auth: AWS_IAM}
      GET /lists: {authorizer: tokens}
cases:
  - name: Ann reads orders
    rule: EVL-4
    caller: ann
    resource: arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/orders
    expect: allow
    sid: ReadOrders
  - name: Ann removes none
    rule: [EVL-1, EVL-11]
    why: removing is for managers
    caller: ann
    resource: arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/DELETE/orders
    expect: explicit_deny
  - name: a call without a signature
    call: GET /orders
    expect: 403
  - name: a token twice
    sequence:
      - call: GET /lists
        headers: {Authorization: letmein}
        authorizer_raises: Unauthorized
        at: 0
        expect: 401
      - call: GET /lists
        headers: {Authorization: letmein}
        authorizer_raises: a bug
        at: 60
        expect: 500
documents:
  - name: Ann reads orders
    kind: identity
    text: '{"Statement": []}'
    expect: loads
"""

READS = """\
{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "ReadOrders",
      "Effect": "Allow",
      "Action": "execute-api:Invoke",
      "Resource": "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/*/GET/orders"
    },
    {
      "Sid": "RemoveNothing",
      "Effect": "Deny",
      "Action": "execute-api:Invoke",
      "Resource": "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/*/DELETE/*"
    }
  ]
}
"""

#: What is wrong in the red project, and what stands there instead.
MISTAKES = (
    ("expect: explicit_deny", "expect: allow"),
    ("expect: 403", "expect: 200"),
    ("expect: 500", "expect: 401"),
    ('{"Statement": []}', '{"Statement": 1}'),
)


def project(pytester: pytest.Pytester, *, red: bool = False, name: str = "orders.execpolicy.yaml") -> Path:
    """A project with a case file, and the policy that it names."""
    text = CASES
    for right, wrong in MISTAKES if red else ():
        assert text.count(right) == 1
        text = text.replace(right, wrong)
    (pytester.path / "reads.json").write_text(READS, "utf-8")
    path = pytester.path / name
    path.write_text(text, "utf-8")
    return path
