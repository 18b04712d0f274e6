"""Runs the child process: with limits on time and output, and without the AWS variables of the environment."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from typing import IO, Any, Final

from execpolicy.gateway.authorizers.function_errors import FunctionNotRunError
from execpolicy.handler.child_run import ChildRun, Limits
from execpolicy.handler.reference import OUTPUT_INSTEAD, HandlerReference

#: The names of variables that are not given to the function: credentials, region and settings of the AWS SDK.
_WITHHELD: Final = ("AWS_", "_X_AMZN_")
_SCRIPT: Final = os.path.join(os.path.dirname(os.path.abspath(__file__)), "child.py")
#: How long the end of a pipe is waited for once the process has ended, in seconds.
_GRACE: Final = 2.0


def environment_of(variables: Mapping[str, str]) -> dict[str, str]:
    """The environment of the function: that of this process without the variables of AWS.

    >>> environment_of({"HOME": "/home/ann", "AWS_SECRET_ACCESS_KEY": "secret"})
    {'HOME': '/home/ann'}
    """
    return {name: value for name, value in variables.items() if not name.upper().startswith(_WITHHELD)}


def run_child(reference: HandlerReference, event: Mapping[str, Any], limits: Limits) -> ChildRun:
    """Call a handler in a process of its own.

    Args:
        reference: the handler.
        event: the event, of plain values.
        limits: the limits on time and output. The process, and those that it started, end when one is exceeded.

    Raises:
        FunctionNotRunError: the process cannot be started.
    """
    order = {
        "root": reference.root,
        "file": reference.file,
        "module": reference.module,
        "function": reference.function,
        "event": event,
        "seconds": limits.seconds,
    }
    try:
        process = subprocess.Popen(
            # -P: the folder of the script is not searched for the imports of the function.
            [sys.executable, "-P", _SCRIPT],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment_of(os.environ),
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise FunctionNotRunError(
            f"{reference.text}: Python cannot be started: {reason}",
            advice=OUTPUT_INSTEAD,
        ) from error
    with process:
        try:
            return _watched(process, json.dumps(order).encode("ascii"), limits)
        finally:
            if process.poll() is None:
                _end(process)


class _BoundedReader(threading.Thread):
    """Reads a pipe to its end, up to a limit. The process is ended when the limit is exceeded."""

    def __init__(self, pipe: IO[bytes], limit: int, process: subprocess.Popen[bytes]) -> None:
        super().__init__(daemon=True)
        self.content = bytearray()
        self.exceeded = False
        self._pipe, self._limit, self._process = pipe, limit, process

    def run(self) -> None:
        # A pipe that is closed while it is read ends as one that the process closes.
        with contextlib.suppress(OSError, ValueError):
            while chunk := os.read(self._pipe.fileno(), 65536):
                self.content += chunk
                if len(self.content) > self._limit:
                    self.exceeded = True
                    _end(self._process)
                    return


def _watched(process: subprocess.Popen[bytes], order: bytes, limits: Limits) -> ChildRun:
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    answer = _BoundedReader(process.stdout, limits.answer, process)
    printed = _BoundedReader(process.stderr, limits.printed, process)
    writer = threading.Thread(target=_send, args=(process.stdin, order), daemon=True)
    threads = (answer, printed, writer)
    for thread in threads:
        thread.start()
    timed_out = False
    try:
        process.wait(limits.seconds)
    except subprocess.TimeoutExpired:
        timed_out = True
    # Processes that the function started may hold the pipes open.
    _end(process)
    for thread in threads:
        thread.join(_GRACE)
    exceeded = "answer" if answer.exceeded else "printed" if printed.exceeded else "time" if timed_out else ""
    text = bytes(printed.content[: limits.printed]).decode("utf-8", "replace")
    return ChildRun(_answer(bytes(answer.content)) if not exceeded else None, text, exceeded, process.wait())


def _send(pipe: IO[bytes], order: bytes) -> None:
    # A process that has ended reads nothing more.
    with contextlib.suppress(OSError), pipe:
        pipe.write(order)


def _answer(content: bytes) -> dict[str, Any] | None:
    """The object that the child wrote; None if it ended before, or if something else wrote there."""
    try:
        found = json.loads(content)
    except ValueError:
        return None
    return found if isinstance(found, dict) and "end" in found else None


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the process and those that it started, which are in its session."""
    with contextlib.suppress(OSError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
