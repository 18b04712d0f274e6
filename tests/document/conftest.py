"""The shared checks of these tests show what they compared."""

import pytest

pytest.register_assert_rewrite("tests.document.marks")
