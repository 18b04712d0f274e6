"""How the call of a function in another process can end without a return value."""

from __future__ import annotations

from execpolicy.errors import ExecPolicyError


class FunctionNotRunError(ExecPolicyError):
    """The function of a Lambda authorizer cannot be run here: its output, and so the response, is not known.

    It is no error of the function, which would be output (AUT-3): nothing follows from it for the function in AWS.
    """


class FunctionRaisedError(Exception):
    """The function raised an exception in its process. ``str()`` is the message of that exception (AUT-3)."""
