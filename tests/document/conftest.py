"""The shared checks of this room show what they compared."""

import pytest

pytest.register_assert_rewrite("tests.document.marks")
