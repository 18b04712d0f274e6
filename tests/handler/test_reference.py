"""The name of a handler: a file or a module, a colon and a function."""

from __future__ import annotations

from pathlib import Path

import pytest

from execpolicy import ExecPolicyError
from execpolicy.handler.reference import FORM, HandlerReference


def test_a_file_is_relative_to_the_folder(tmp_path: Path) -> None:
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "auth.py").touch()
    reference = HandlerReference.parse("lib/auth.py:handler", str(tmp_path))
    assert reference.file == str(tmp_path / "lib" / "auth.py")
    assert (reference.module, reference.function, reference.root) == ("", "handler", str(tmp_path / "lib"))


def test_a_module_is_imported_from_the_folder(tmp_path: Path) -> None:
    reference = HandlerReference.parse("shop.auth:Api.handler", str(tmp_path))
    assert (reference.file, reference.module, reference.function) == ("", "shop.auth", "Api.handler")
    assert reference.root == str(tmp_path)


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("auth.py", "add the name of the function: auth.py:handler"),
        ("auth.handler", "write a colon before the function: auth:handler"),
        ("shop.auth.handler", "write a colon before the function: shop.auth:handler"),
        ("auth.mjs:handler", "only functions in Python can be run"),
        ("dist/auth.zip", "only functions in Python can be run"),
        ("auth", "name a Python file or module, a colon and the function in it"),
        ("", "name a Python file or module"),
        (":handler", "name a Python file or module"),
        ("auth:", "name a Python file or module"),
        ("auth:two words", "name a Python file or module"),
        ("auth:1", "name a Python file or module"),
        ("../auth:handler", "name a Python file or module"),
        ("auth:handler()", "name a Python file or module"),
        ("a\0b:handler", "name a Python file or module"),
        ("a" * 5000 + ".py", "add the name of the function"),
    ],
)
def test_what_is_no_reference(text: str, advice: str) -> None:
    with pytest.raises(ExecPolicyError) as refused:
        HandlerReference.parse(text)
    assert refused.value.message.endswith(f"as the handler, expected {FORM}")
    assert refused.value.advice.startswith(advice)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ExecPolicyError, match=r'the file "auth\.py" of the handler does not exist'):
        HandlerReference.parse("auth.py:handler", str(tmp_path))
    (tmp_path / "auth.py").mkdir()
    with pytest.raises(ExecPolicyError, match=r'the file "auth\.py" of the handler is a folder'):
        HandlerReference.parse("auth.py:handler", str(tmp_path))
