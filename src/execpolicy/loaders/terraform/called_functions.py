"""Identifies the function that an authorizer of a plan or a state calls, equally in all versions (ANA-3, SRC-4).

A function is identified by its ARN. A part of the ARN that is known only after apply identifies the function if it is
an attribute of one resource: its name, or the URI by which API Gateway invokes it. An expression of several values, or
of a local value, which plans do not show, may mean another function in another version.
"""

from __future__ import annotations

import re
from typing import Final

from execpolicy.document.unknown_value import has_unknown, unknown_names
from execpolicy.gateway.model.authorizer import UNKNOWN_FUNCTION, function_of_uri

#: The attributes of resources that identify a function, by their names as unknown values.
_IDENTIFYING: Final = re.compile(
    r"(?:.*\.)?aws_lambda_(?:function|alias)\.\S+\.(?:function_name|(?:qualified_)?invoke_arn)"
)


def identified_function(written: str) -> str:
    """The text that identifies a function.

    Args:
        written: the ARN or URI.

    >>> identified_function("arn:aws:lambda:eu-west-1:111122223333:function:tokens:live")
    'arn:aws:lambda:eu-west-1:111122223333:function:tokens:live'
    """
    text = function_of_uri(written) or written
    names = unknown_names(text) if has_unknown(text) else ()
    return text if all(map(_IDENTIFYING.fullmatch, names)) else UNKNOWN_FUNCTION
