"""A function in a process of its own: what its answer is, what it is given, and what is said when there is none."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from execpolicy import Api, Authorizer, AuthorizerOutput, Route
from execpolicy.gateway.authorizers.function_errors import FunctionNotRunError, FunctionRaisedError
from execpolicy.handler import process
from execpolicy.handler.child_run import Limits
from execpolicy.handler.local_handler import LocalHandler
from execpolicy.handler.reference import HandlerReference

ARN = "arn:aws-cn:execute-api:cn-north-1:111122223333:a1b2c3/prod/GET/orders"
EVENT = {"type": "TOKEN", "authorizationToken": "letmein", "methodArn": ARN}


class Handled:
    """A module with a handler, and what the handler prints when it is run."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.printed = ""

    def __call__(self, body: str, *, name: str = "handler", limits: Limits | None = None) -> LocalHandler:
        (self._folder / "auth.py").write_text(body, "utf-8")
        reference = HandlerReference.parse(f"auth.py:{name}", str(self._folder))
        return LocalHandler(reference, limits=limits or Limits(), show=self._show)

    def returned(self, body: str, *, event: dict[str, Any] = EVENT) -> str:
        """The JSON that the function returns."""
        output = self(body)(event)
        assert not isinstance(output, str)
        return "".join(output.source.text.split())

    def _show(self, text: str) -> None:
        self.printed += text


@pytest.fixture
def handled(tmp_path: Path) -> Handled:
    return Handled(tmp_path)


def function(*lines: str, head: str = "def handler(event, context):") -> str:
    return "\n".join([head, *(f"    {line}" for line in lines), ""])


@pytest.mark.rule("AUT-11")
@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("{'a': [1, 2.5, True, None, 'ä']}", '{"a":[1,2.5,true,null,"\\u00e4"]}'),
        ("(1, 2)", "[1,2]"),
        ("{1: 2}", '{"1":2}'),
        ("None", "null"),
        ("'Unauthorized'", '"Unauthorized"'),
        ("__import__('decimal').Decimal('3')", "3"),
        ("__import__('decimal').Decimal('0.5')", "0.5"),
        ("event['authorizationToken']", '"letmein"'),
    ],
)
def test_what_it_returns_is_read_as_json(handled: Handled, value: str, text: str) -> None:
    assert handled.returned(function(f"return {value}")) == text
    assert handled.printed == ""


@pytest.mark.rule("AUT-11")
def test_prints_do_not_disturb_the_answer(handled: Handled) -> None:
    body = function(
        'print(\'{"end": "returned"}\')',
        "sys.stderr.write('to the log\\x1b[31m\\n')",
        "os.system('echo a command')",
        "os.write(1, b'raw\\n')",
        "return 1",
        head="import os, sys\nprint('imported')\ndef handler(event, context):",
    )
    assert handled.returned(body) == "1"
    assert handled.printed.splitlines() == [
        "auth.py:handler| imported",
        'auth.py:handler| {"end": "returned"}',
        "auth.py:handler| to the log\\x1b[31m",
        "auth.py:handler| a command",
        "auth.py:handler| raw",
    ]


def test_it_has_no_variables_of_aws(handled: Handled, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_SECRET_ACCESS_KEY", "AWS_PROFILE", "AWS_REGION", "_X_AMZN_TRACE_ID"):
        monkeypatch.setenv(name, "secret")
    monkeypatch.setenv("SHOP_ISSUER", "https://shop.example")
    body = "import os\n" + function("return [dict(os.environ).get('SHOP_ISSUER'), 'secret' in os.environ.values()]")
    assert handled.returned(body) == '["https://shop.example",false]'


def test_the_environment_is_withheld_in_any_case_of_letters() -> None:
    assert process.environment_of({"aws_session_token": "secret", "Path": "/bin"}) == {"Path": "/bin"}


def test_it_runs_in_the_folder_of_its_file_and_imports_from_it(handled: Handled, tmp_path: Path) -> None:
    (tmp_path / "token.py").write_text("KEY = 'of the shop'", "utf-8")
    (tmp_path / "shop_keys.py").write_text("KEY = 'k1'", "utf-8")
    (tmp_path / "keys.txt").write_text("k2", "utf-8")
    body = function("return [shop_keys.KEY, open('keys.txt').read(), os.getcwd() == sys.path[0], sys.argv[1:]]")
    assert handled.returned(f"import os, sys, shop_keys\n{body}") == '["k1","k2",true,[]]'


def test_the_modules_of_this_package_are_not_in_its_way(handled: Handled) -> None:
    assert (Path(process.__file__).name, Path(process.__file__).parent.name) == ("process.py", "handler")
    body = function("import process", "return 1")
    with pytest.raises(FunctionRaisedError, match="No module named 'process'"):
        handled(body)(EVENT)


def test_a_file_can_have_the_name_of_another_module(tmp_path: Path) -> None:
    (tmp_path / "json.py").write_text("def handler(event, context): return __name__", "utf-8")
    (tmp_path / "my-auth.py").write_text("def handler(event, context): return __name__", "utf-8")
    for file, name in (("json.py", "_authorizer_json"), ("my-auth.py", "my-auth")):
        output = LocalHandler(HandlerReference.parse(f"{file}:handler", str(tmp_path)))(EVENT)
        assert not isinstance(output, str)
        assert output.source.text == f'"{name}"'


def test_a_module_of_a_package(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "__init__.py").touch()
    (tmp_path / "shop" / "keys.py").write_text("KEY = 7", "utf-8")
    text = "from .keys import KEY\nclass Auth:\n    @staticmethod\n    def handler(event, context): return KEY"
    (tmp_path / "shop" / "auth.py").write_text(text, "utf-8")
    output = LocalHandler(HandlerReference.parse("shop.auth:Auth.handler", str(tmp_path)))(EVENT)
    assert not isinstance(output, str)
    assert output.source.text == "7"


def test_the_context_has_the_usual_fields(handled: Handled) -> None:
    body = function(
        "left = context.get_remaining_time_in_millis()",
        "context.log('a line')",
        "return [context.function_name, context.function_version, context.invoked_function_arn,",
        "    context.memory_limit_in_mb, context.log_group_name, len(context.aws_request_id),",
        "    bool(context.log_stream_name), context.identity, context.client_context, 0 < left <= 10000]",
    )
    arn = "arn:aws-cn:lambda:cn-north-1:111122223333:function:authorizer"
    expected = f'["authorizer","$LATEST","{arn}","128","/aws/lambda/authorizer",36,true,null,null,true]'
    assert handled.returned(body) == expected
    assert handled.printed == "auth.py:handler| a line\n"
    assert handled.returned(body, event={"routeArn": ARN}) == expected
    assert '"arn:aws:lambda:us-east-1:' in handled.returned(body, event={})


@pytest.mark.parametrize("line", ["return 5", "raise Exception('Unauthorized')"])
def test_an_async_handler_is_an_error_as_in_lambda(handled: Handled, line: str) -> None:
    body = function(line, head="async def handler(event, context):")
    with pytest.raises(FunctionNotRunError, match=r"^auth.py:handler: it is async, and Lambda's runtime") as caught:
        handled(body)(EVENT)
    assert caught.value.advice == "define the handler without async, and call asyncio.run(...) in it"
    assert handled.printed == ""


def test_a_handler_may_run_a_loop_of_its_own(handled: Handled) -> None:
    head = "import asyncio\nasync def five():\n    return 5\ndef handler(event, context):"
    assert handled.returned(function("return asyncio.run(five())", head=head)) == "5"


# What it raises


@pytest.mark.rule("AUT-3", "AUT-11")
def test_unauthorized_is_no_error_to_explain(handled: Handled) -> None:
    handler = handled(function("raise Exception('Unauthorized')"))
    with pytest.raises(FunctionRaisedError, match=r"^Unauthorized$"):
        handler(EVENT)
    assert "Traceback" not in handled.printed


@pytest.mark.rule("AUT-11")
@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("raise Exception('Unauthorized: no token')", "Unauthorized: no token"),
        ("return {}['token']", "'token'"),
        ("raise type('Unauthorized', (Exception,), {})()", ""),
        ("raise type('Bad', (Exception,), {'__str__': lambda self: 1})()", "Bad"),
    ],
)
def test_any_other_exception_is_shown_with_the_users_lines_alone(handled: Handled, line: str, message: str) -> None:
    handler = handled(f"\n{function(line)}")
    with pytest.raises(FunctionRaisedError) as raised:
        handler(EVENT)
    assert str(raised.value) == message
    assert AuthorizerOutput.parse(raised.value).failure is not None
    assert AuthorizerOutput.parse(raised.value).failure.status == 500  # type: ignore[union-attr]  # asserted above
    lines = handled.printed.splitlines()
    assert lines[0] == "auth.py:handler| Traceback (most recent call last):"
    assert 'auth.py", line 3, in handler' in lines[1]
    assert not any("child.py" in shown for shown in lines)


def test_a_traceback_has_no_lines_of_the_loop(handled: Handled) -> None:
    head = "import asyncio\nasync def fail():\n    return {}['x']\ndef handler(event, context):"
    with pytest.raises(FunctionRaisedError):
        handled(function("return asyncio.run(fail())", head=head))(EVENT)
    assert "in fail" in handled.printed
    assert f"{os.sep}asyncio{os.sep}" not in handled.printed


# What is no answer


@pytest.mark.rule("AUT-11")
@pytest.mark.parametrize(
    ("body", "message", "advice"),
    [
        (function("return {1}"), "it returned what is not JSON: Object of type set is not", "return dictionaries"),
        (function("return float('nan')"), "it returned what is not JSON: Out of range float", "return dictionaries"),
        (
            function("x = []", "x.append(x)", "return x"),
            "it returned what is not JSON: Circular",
            "return dictionaries",
        ),
        (function("return b'x'"), "it returned what is not JSON: Object of type bytes", "return dictionaries"),
        (
            function("return __import__('decimal').Decimal('NaN')"),
            "it returned what is not JSON: Object of type Decimal",
            "return dictionaries",
        ),
        (function("return {1: 1, '1': 2}"), "what it returned is not valid JSON: ", ""),
        (
            function("raise SystemExit('Unauthorized')"),
            "it ended its process: SystemExit: Unauthorized",
            "raise an exception instead",
        ),
        (
            function("raise KeyboardInterrupt"),
            "it ended its process: KeyboardInterrupt: ",
            "raise an exception instead",
        ),
        (function("__import__('os')._exit(3)"), "its process ended before the function returned, with exit code 3", ""),
        (
            function("return 1", head="def handel(event, context):"),
            'auth.py" has no "handler"',
            'did you mean "handel"',
        ),
        ("x = 1", 'auth.py" has no "handler"', "it defines no function"),
        (
            "handler = {}",
            '"handler" is a value of type dict, expected a function',
            "name the function that Lambda calls",
        ),
        ("import nothing_like_it", "cannot be imported: ModuleNotFoundError: No module named", "it is imported by "),
        ("def handler(:", "cannot be imported: SyntaxError: ", "it is imported by "),
        ("raise SystemExit(1)", "cannot be imported: SystemExit: 1", "it is imported by "),
    ],
)
def test_what_is_no_answer_is_an_error_of_its_own(handled: Handled, body: str, message: str, advice: str) -> None:
    handler = handled(body)
    with pytest.raises(FunctionNotRunError) as refused:
        handler(EVENT)
    assert refused.value.message.startswith("auth.py:handler: ")
    assert message in refused.value.message
    assert refused.value.advice.startswith(advice)
    assert refused.value.rule == "AUT-11"
    assert "child.py" not in handled.printed
    assert ("Traceback" in handled.printed) is (
        ("imported" in message and "SyntaxError" not in message) or "ended its process" in message
    )


def test_a_module_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    handler = LocalHandler(HandlerReference.parse("shop.auth:handler", str(tmp_path)))
    with pytest.raises(FunctionNotRunError, match=r'"shop\.auth" cannot be imported: ModuleNotFoundError'):
        handler(EVENT)
    shown = capsys.readouterr().err
    assert "shop.auth:handler| ModuleNotFoundError: No module named 'shop'\n" in shown
    assert "importlib" not in shown


# Limits


@pytest.mark.rule("AUT-11")
def test_a_function_that_does_not_return_is_ended(handled: Handled) -> None:
    body = function("print('started')", "while True: pass")
    with pytest.raises(FunctionNotRunError, match=r"it did not return within 0\.4 seconds"):
        handled(body, limits=Limits(seconds=0.4))(EVENT)
    assert handled.printed == "auth.py:handler| started\n"


@pytest.mark.rule("AUT-11")
@pytest.mark.parametrize(
    ("body", "message"),
    [
        (function("return 'x' * 2000"), "it returned more than 1000 bytes"),
        (function("while True: print('x' * 100)"), "it printed more than 500 bytes"),
        (function("import sys", "while True: sys.stderr.write('x' * 100)"), "it printed more than 500 bytes"),
    ],
)
def test_too_much_output(handled: Handled, body: str, message: str) -> None:
    with pytest.raises(FunctionNotRunError, match=message):
        handled(body, limits=Limits(seconds=30, answer=1000, printed=500))(EVENT)
    assert len(handled.printed) < 2000


def test_processes_that_it_starts_end_with_it(handled: Handled, tmp_path: Path) -> None:
    started = [sys.executable, "-c", "import time; time.sleep(600)"]
    lines = (f"print(subprocess.Popen({started!r}).pid)", "threading.Thread(target=time.sleep, args=(600,)).start()")
    body = "import subprocess, threading, time\n" + function(*lines, "return 1")
    begun = time.monotonic()
    handled(body, limits=Limits(seconds=60))(EVENT)
    assert time.monotonic() - begun < 50, "neither the thread nor the process is waited for"
    number = int(handled.printed.removeprefix("auth.py:handler| "))
    for _ in range(100):
        state = subprocess.run(
            ["ps", "-o", "stat=", "-p", str(number)], capture_output=True, encoding="utf-8", check=False
        )
        if not state.stdout.strip() or state.stdout.startswith("Z"):
            break
        time.sleep(0.05)
    else:
        os.kill(number, 9)
        pytest.fail("the process still runs")


def test_input_of_the_terminal_is_not_read(handled: Handled) -> None:
    with pytest.raises(FunctionRaisedError, match="EOF when reading a line"):
        handled(function("return input()"))(EVENT)


def test_python_that_cannot_be_started(handled: Handled, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(FunctionNotRunError, match="Python cannot be started: No such file or directory"):
        handled(function("return 1"))(EVENT)


# As the output of an authorizer

API = Api(
    id="a1b2c3",
    type="REST",
    region="eu-west-1",
    account="111122223333",
    stages=["prod"],
    routes=[Route("GET", "/orders", authorizer="tokens")],
    authorizers=[Authorizer("tokens", type="TOKEN", identity_sources=["method.request.header.Authorization"])],
)
ALLOWS = (
    "{'principalId': 'ann', 'policyDocument': {'Version': '2012-10-17', 'Statement': [{'Effect': 'Allow',"
    " 'Action': 'execute-api:Invoke', 'Resource': event['methodArn']}]}}"
)


@pytest.mark.rule("AUT-2", "AUT-3", "AUT-11")
@pytest.mark.parametrize(
    ("line", "status"),
    [
        (f"return {ALLOWS}", 200),
        (f"return {ALLOWS.replace('Allow', 'Deny')}", 403),
        ("raise Exception('Unauthorized')", 401),
        ("raise Exception('no token')", 500),
        ("return 'Unauthorized'", 500),
        ("return {'errorMessage': 'Unauthorized'}", 401),
        ("return None", 500),
    ],
)
def test_the_answer_decides_a_call(handled: Handled, line: str, status: int) -> None:
    handler = handled(function(line))
    response = API.invoke("GET", "/orders", headers={"Authorization": "letmein"}, authorizer_output=handler)
    assert response.status == status


def test_a_function_that_cannot_run_decides_nothing(handled: Handled) -> None:
    handler = handled(function("return {1}"))
    with pytest.raises(FunctionNotRunError):
        API.invoke("GET", "/orders", headers={"Authorization": "letmein"}, authorizer_output=handler)


def test_equal_events_run_it_once(handled: Handled) -> None:
    handler = handled(function("print('run')", "raise Exception('Unauthorized')"))
    for token in ("a", "a", "b"):
        with pytest.raises(FunctionRaisedError):
            handler({"authorizationToken": token})
    assert handled.printed == "auth.py:handler| run\n" * 2
    assert repr(handler) == "<LocalHandler: auth.py:handler>"


def test_standard_error_that_is_closed_shows_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "auth.py").write_text(function("print('run')", "return 1"), "utf-8")
    monkeypatch.setattr(sys, "stderr", None)
    output = LocalHandler(HandlerReference.parse("auth.py:handler", str(tmp_path)))(EVENT)
    assert not isinstance(output, str)
