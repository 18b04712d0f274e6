"""What z3 answered to pairs of policies: ``make test-oracles`` writes it, and tests read it here."""

from __future__ import annotations

from typing import Any

from execpolicy import Caller, Policy, Principal, Request
from tools.smt_oracle.__main__ import FIXTURE

FIRST, *LINES = FIXTURE.read_text("utf-8").splitlines()


def policies_of(case: dict[str, Any]) -> tuple[Policy, Policy]:
    """The policies of a line."""
    before, after = (Policy.parse(case[name], kind="resource", name=name) for name in ("before", "after"))
    return before, after


def request_of(found: dict[str, Any]) -> Request:
    """The request of a model of z3, with the keys that no policy names and every such request has."""
    context: dict[str, Any] = {key: each if len(each) != 1 else each[0] for key, each in found["context"].items()}
    usual: dict[str, str] = {"aws:CurrentTime": "2026-01-01T00:00:00Z"}
    if "aws:EpochTime" in context:
        usual = {}
    if found["through_endpoint"]:
        usual |= {"aws:SourceVpce": "vpce-7", "aws:SourceVpc": "vpc-7", "aws:VpcSourceIp": "10.7.7.7"}
    else:
        usual["aws:SourceIp"] = "192.0.2.7"
    if "aws:EpochTime" in context:
        context.pop("aws:CurrentTime", None)  # one time
    return Request(
        caller=Caller(_principal(found)),
        action=found["action"],
        resource=found["resource"],
        context={**usual, **context},
    )


def _principal(found: dict[str, Any]) -> Principal:
    arn = found["principal"]
    if arn is None:
        return Principal.anonymous()
    if ":role/" not in arn:
        return Principal.parse(arn)
    _, _, path = arn.partition(":role/")
    account, name = arn.split(":")[4], path.rpartition("/")[2]
    text = f"arn:aws:sts::{account}:assumed-role/{name}/{found['session']}"
    return Principal.parse(text, role_path=f"/{path.removesuffix(name)}")
