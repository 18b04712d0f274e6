"""A checkpoint: the counts after each block of a log, from which a run that was ended goes on.

The folder has one file, which is replaced after each block. It holds what a report shows, and no line of a log.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from execpolicy.document.syntax.wording import listed, quoted
from execpolicy.errors import ExecPolicyError

if TYPE_CHECKING:
    from execpolicy.bulk.replay_counts import ReplayCounts

_NAME: Final = "replay.json"
_SCHEMA: Final = "execpolicy/replay-checkpoint/1"


class Checkpoint:
    """The file of a checkpoint.

    Args:
        folder: the folder; it is made if it is not there.
        run: what the result depends on, in words, each with a value that differs if it does.
        rejects: the size of the file of the rejected lines, in bytes.
        truncate: gives that file back the size that it had.

    Raises:
        ExecPolicyError: the folder cannot be made or read, or it has the checkpoint of another run.
    """

    def __init__(
        self,
        folder: str,
        run: Mapping[str, Any],
        rejects: Callable[[], int] = lambda: 0,
        truncate: Callable[[int], None] = lambda size: None,
    ) -> None:
        self._path = os.path.join(folder, _NAME)
        # As JSON has them.
        self._run: dict[str, Any] = json.loads(json.dumps(dict(run)))
        self._rejects = rejects
        self._truncate = truncate
        try:
            os.makedirs(folder, exist_ok=True)
        except OSError as error:
            raise self._error("write", error) from error
        self._saved = self._read()

    def _read(self) -> dict[str, Any] | None:
        try:
            with open(self._path, encoding="utf-8") as file:
                saved = json.load(file)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._error("read", error) from error
        except ValueError as error:
            message = f"{self._path}: found a file that is not JSON, expected a checkpoint of a replay"
            raise ExecPolicyError(message, advice="delete it, or give another folder") from error
        if not isinstance(saved, dict) or saved.get("schema") != _SCHEMA:
            message = f"{self._path}: found another file than a checkpoint of this version of execpolicy"
            raise ExecPolicyError(message, advice="delete it, or give another folder")
        different = [name for name, value in self._run.items() if saved["run"].get(name) != value]
        if different:
            message = f"{self._path}: found the checkpoint of another run, which differs in {listed(different, 'and')}"
            raise ExecPolicyError(message, advice="delete it, or give another folder")
        return saved

    def restore(self, counts: ReplayCounts) -> int:
        """Give counts what they had after the latest block, and return the number of blocks that are counted.

        Args:
            counts: empty counts.
        """
        if self._saved is None:
            return 0
        counts.restore(self._saved["counts"])
        self._truncate(self._saved["rejects"])
        blocks: int = self._saved["blocks"]
        return blocks

    def save(self, counts: ReplayCounts, blocks: int) -> None:
        """Keep counts after a block. A run that ends in it leaves the checkpoint as it was.

        Args:
            counts: the counts.
            blocks: the number of blocks that are counted.

        Raises:
            ExecPolicyError: the file cannot be written.
        """
        saved = {"schema": _SCHEMA, "run": self._run, "blocks": blocks, "rejects": self._rejects()}
        text = json.dumps({**saved, "counts": counts.state()}, ensure_ascii=False)
        new = f"{self._path}.new"
        try:
            # Roles and paths are nobody else's business.
            with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            os.replace(new, self._path)
        except OSError as error:
            with suppress(OSError):
                os.remove(new)
            raise self._error("write", error) from error

    def _error(self, what: str, error: OSError) -> ExecPolicyError:
        message = f"cannot {what} {quoted(self._path)}: {error.strerror or error}"
        return ExecPolicyError(message, advice="check --checkpoint: what it has of finished blocks is kept")
