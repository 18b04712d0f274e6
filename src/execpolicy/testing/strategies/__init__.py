"""Hypothesis strategies for policies, and for requests and calls that match or nearly match them (docs/properties.md).

They need Hypothesis: ``pip install 'execpolicy[testing]'``.
"""

from importlib.util import find_spec

if find_spec("hypothesis") is None:
    _needed = "execpolicy.testing.strategies needs Hypothesis: pip install 'execpolicy[testing]'"
    raise ModuleNotFoundError(_needed, name="hypothesis")

from execpolicy.testing.strategies.calls import CallNear, calls_near
from execpolicy.testing.strategies.documents import callers, documents, policies, principals
from execpolicy.testing.strategies.requests import requests, requests_near
from execpolicy.testing.strategies.resources import arns, resources_near

__all__ = [
    "CallNear",
    "arns",
    "callers",
    "calls_near",
    "documents",
    "policies",
    "principals",
    "requests",
    "requests_near",
    "resources_near",
]
