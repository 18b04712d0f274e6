"""What differs between operating systems, for tests."""

from __future__ import annotations

import os

import pytest

#: Of errors of files Windows gives words of its own, and it refuses some characters in their names.
POSIX_FILES = pytest.mark.skipif(os.name == "nt", reason="Windows says otherwise why it cannot read a file")
