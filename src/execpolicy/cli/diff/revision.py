"""The texts of files in a revision of their repository, as git has them."""

from __future__ import annotations

import os
from typing import NamedTuple

from execpolicy.document.syntax.encoding import BOM, decode
from execpolicy.errors import ExecPolicyError


class Revision(NamedTuple):
    """A revision of the repository of a folder.

    Attributes:
        name: such as ``main``, ``HEAD~1`` or a commit.
        folder: a folder in the repository; git runs there.
    """

    name: str
    folder: str

    def text(self, path: str) -> str:
        """The text of a file, without a byte order mark.

        Args:
            path: the file; it need not exist any more.

        Raises:
            ExecPolicyError: git does not run, or the revision has no such file, or it has no text.
        """
        content = self._content(os.path.relpath(path, self.folder or os.curdir).replace(os.sep, "/"))
        return decode(content, f"{self.name}:{path}").removeprefix(BOM)

    def _content(self, path: str) -> bytes:
        from subprocess import run  # for repositories only

        # A file is read as it is stored, whatever programs the settings of the repository name for it.
        command = ["git", "--no-pager", "cat-file", "blob", f"{self.name}:./{path}"]
        try:
            shown = run(command, cwd=self.folder or None, capture_output=True, check=False)
        except OSError as error:
            message = f"--git: cannot run git: {error.strerror}"
            raise ExecPolicyError(message, advice="install git, or give both versions as files") from error
        if shown.returncode:
            reason = shown.stderr.decode("utf-8", "replace").strip().splitlines()[-1:] or ["git failed"]
            message = f"--git: cannot read {path} in {self.name}: {reason[0].removeprefix('fatal: ')}"
            raise ExecPolicyError(message, advice="give a revision that has the file, such as HEAD~1 or origin/main")
        return shown.stdout
