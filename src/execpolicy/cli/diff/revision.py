"""The texts of files in a revision of their repository, as git has them."""

from __future__ import annotations

import os
from typing import NamedTuple

from execpolicy.document.syntax.encoding import BOM, decode
from execpolicy.document.syntax.folder_files import FolderFiles
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
        advice = "give a revision that has the file, such as HEAD~1 or origin/main"
        # A file is read as it is stored, whatever programs the settings of the repository name for it.
        content = self._output(("cat-file", "blob"), path, advice)
        return decode(content, self.shown(path)).removeprefix(BOM)

    def shown(self, path: str) -> str:
        """The path of a file in the revision, as messages show it."""
        return f"{self.name}:{path}"

    def files(self, advice: str) -> FolderFiles:
        """Reads the files of folders in the revision.

        Args:
            advice: what to do about a folder that the revision does not have.
        """

        def names(folder: str) -> list[str]:
            listed = self._output(("ls-tree", "--full-tree", "-z", "--name-only"), folder, advice)
            return [os.fsdecode(name) for name in listed.split(b"\0") if name]

        return FolderFiles(names, self.text, self.shown)

    def _output(self, command: tuple[str, ...], path: str, advice: str) -> bytes:
        """What git writes about a path in the revision."""
        from subprocess import run  # for repositories only

        inside = os.path.relpath(path, self.folder or os.curdir).replace(os.sep, "/")
        at = f"{self.name}:./{'' if inside == os.curdir else inside}"
        try:
            shown = run(["git", "--no-pager", *command, at], cwd=self.folder or None, capture_output=True, check=False)
        except OSError as error:
            message = f"--git: cannot run git: {error.strerror}"
            raise ExecPolicyError(message, advice="install git, or give both versions as files") from error
        if shown.returncode:
            reason = shown.stderr.decode("utf-8", "replace").strip().splitlines()[-1:] or ["git failed"]
            message = f"--git: cannot read {inside} in {self.name}: {reason[0].removeprefix('fatal: ')}"
            raise ExecPolicyError(message, advice=advice)
        return shown.stdout
