"""The regions of a signature of SigV4a."""

from __future__ import annotations

import pytest

from execpolicy import Route, UsageError
from tests.gateway.small_api import small_api
from tests.refused import Refusal, refused

ANN = "arn:aws:iam::111122223333:user/Ann"
API = small_api(routes=[Route("GET", "/pets", auth="AWS_IAM")])


@pytest.mark.rule("GW-18")
def test_regions_without_a_caller() -> None:
    assert refused(UsageError, lambda: API.invoke("GET", "/pets", signature_regions="*")) == Refusal(
        "signature_regions are those of a signature, and the call is not signed",
        advice="give the caller, or leave them out",
        rule="GW-18",
    )


@pytest.mark.rule("GW-18")
def test_regions_that_contradict_the_header() -> None:
    headers = {"Authorization": "AWS4-ECDSA-P256-SHA256 Signature=abc", "X-Amz-Region-Set": "eu-*"}
    found = refused(
        UsageError, lambda: API.invoke("GET", "/pets", caller=ANN, headers=headers, signature_regions=["eu-west-1"])
    )
    assert found == Refusal(
        "signature_regions are eu-west-1, and the call sends eu-*",
        advice="leave signature_regions out: they follow from X-Amz-Region-Set",
        rule="GW-18",
    )


@pytest.mark.rule("GW-18")
def test_a_signature_for_no_region() -> None:
    headers = {"Authorization": "AWS4-ECDSA-P256-SHA256 Signature=abc"}
    response = API.invoke("GET", "/pets", caller=ANN, headers=headers)
    assert response.refused_by is not None
    assert response.refused_by.detail == "the signature is valid in no region, and a1b2c3 is in eu-west-1"
    assert (response.message, response.body) == ("", {})


@pytest.mark.rule("GW-18")
def test_the_same_regions_twice() -> None:
    headers = {"Authorization": "AWS4-ECDSA-P256-SHA256 Signature=abc", "X-Amz-Region-Set": "us-east-1,eu-west-1"}
    regions = ["eu-west-1", "us-east-1"]
    response = API.invoke("GET", "/pets", caller=ANN, headers=headers, signature_regions=regions)
    assert response.steps[1].gate == "signature"
    assert response.steps[1].passed
