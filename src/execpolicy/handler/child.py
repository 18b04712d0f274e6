"""The script of the process that calls a handler. It imports nothing of execpolicy, which the handler may not need.

Its standard input is a JSON object: how to import the function, the event, and the seconds that it has. It writes one
JSON object to its original standard output; what the handler writes there goes to standard error.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import os
import sys
import traceback
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from decimal import Decimal
from time import monotonic
from typing import Any

#: The function's answer is written there, and nothing else is.
_ANSWERS = 1
_PRINTED = 2
#: A message that is longer is cut; tracebacks are as long as Python makes them.
_LONGEST_MESSAGE = 10_000


class LambdaContext:
    """Stands in for the second argument of a handler."""

    function_version = "$LATEST"
    memory_limit_in_mb = "128"
    aws_request_id = "00000000-0000-0000-0000-000000000000"
    log_stream_name = "2026/01/01/[$LATEST]00000000000000000000000000000000"
    identity = None
    client_context = None

    def __init__(self, event: Mapping[str, Any], seconds: float) -> None:
        arn = str(event.get("methodArn") or event.get("routeArn") or "arn:aws:execute-api:us-east-1:111122223333:a")
        partition, _, region, account = arn.split(":")[1:5]
        self.function_name = "authorizer"
        self.invoked_function_arn = f"arn:{partition}:lambda:{region}:{account}:function:{self.function_name}"
        self.log_group_name = f"/aws/lambda/{self.function_name}"
        self._end = monotonic() + seconds

    def get_remaining_time_in_millis(self) -> int:
        """The time that is left before the process is ended."""
        return max(0, int((self._end - monotonic()) * 1000))

    def log(self, message: object) -> None:
        """Write a line of the log."""
        sys.stdout.write(f"{message}\n")


def run(order: Mapping[str, Any]) -> dict[str, Any]:
    """Import the function, call it, and describe how that ended."""
    file, module, name, event = order["file"], order["module"], order["function"], order["event"]
    sys.path.insert(0, order["root"])
    os.chdir(order["root"])
    try:
        found: Any = _from_file(file) if file else importlib.import_module(module)
    except BaseException as error:  # noqa: BLE001  # an import can end in any way
        return {"end": "not imported", **_described(error)}
    for part in name.split("."):
        if not hasattr(found, part):
            members = getattr(found, "__dict__", {})
            names = [key for key, value in members.items() if callable(value) and not key.startswith("_")]
            return {"end": "not found", "names": names[:100]}
        found = getattr(found, part)
    if not callable(found):
        return {"end": "not callable", "type": type(found).__name__}
    return _call(found, event, LambdaContext(event, order["seconds"]))


def _from_file(path: str) -> object:
    """Import a file, also one whose name is that of another module or not a name at all."""
    name = os.path.splitext(os.path.basename(path))[0]
    if name in sys.modules:
        name = f"_authorizer_{name}"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def _call(function: Callable[..., Any], event: Mapping[str, Any], context: LambdaContext) -> dict[str, Any]:
    try:
        answer = function(event, context)
    except Exception as error:  # noqa: BLE001  # every exception of the function is output (AUT-3)
        return {"end": "raised", **_described(error)}
    except BaseException as error:  # noqa: BLE001  # SystemExit ends the process of a function (AUT-11)
        return {"end": "exited", **_described(error)}
    if isinstance(answer, Awaitable):
        if isinstance(answer, Coroutine):
            answer.close()  # Python warns of a coroutine that is not awaited
        return {"end": "not awaited"}
    try:
        text = json.dumps(answer, indent=2, default=_number_of, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        return {"end": "not JSON", "message": _message(error)}
    return {"end": "returned", "answer": text}


def _number_of(value: object) -> int | float:
    """A decimal, as from DynamoDB, is a number in the JSON of a function."""
    if isinstance(value, Decimal) and value.is_finite():
        return int(value) if value == value.to_integral_value() and abs(value) < 10**15 else float(value)
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")


def _described(error: BaseException) -> dict[str, Any]:
    """An exception: its type, its message, and its traceback from the first line of the user's code."""
    shown = traceback.TracebackException.from_exception(error)
    part: traceback.TracebackException | None = shown
    while part is not None:
        lines = [line for line in part.stack if not _is_hidden(line.filename)]
        part.stack = traceback.StackSummary.from_list(lines)
        part = part.__cause__ or part.__context__
    return {"type": type(error).__name__, "message": _message(error), "traceback": "".join(shown.format())}


def _is_hidden(file: str) -> bool:
    """Whether a line of a traceback is not the user's: of this file, of an import, of the loop that awaits."""
    of_python = any(f"{os.sep}{name}{os.sep}" in file for name in ("asyncio", "importlib"))
    return file == __file__ or file.startswith("<frozen importlib") or of_python


def _message(error: BaseException) -> str:
    try:
        return str(error)[:_LONGEST_MESSAGE]
    except Exception:  # noqa: BLE001  # __str__ is the user's code
        return type(error).__name__


def main() -> None:
    """Call the handler that standard input names."""
    answers = os.dup(_ANSWERS)
    os.dup2(_PRINTED, _ANSWERS)
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure")  # noqa: B009  # its type has no such method
        reconfigure(encoding="utf-8", errors="backslashreplace", line_buffering=True)
    order = json.loads(sys.stdin.buffer.read())
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    end = run(order)
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    with os.fdopen(answers, "wb") as pipe:
        pipe.write(json.dumps(end).encode("ascii"))
    # Threads of the handler that still run are not waited for, as in Lambda.
    os._exit(0)


if __name__ == "__main__":
    main()
