"""Input that cannot be used: exit code 2, what was found, where, and what to do; never a traceback."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.cli.conftest import ANN, API, CLERK, PETS, Execute, document, write

EXAMPLE = "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/pets"


UNKNOWN = "execpolicy check: error: unrecognized arguments: "


def lines(*parts: str) -> str:
    return "".join(f"{part}\n" for part in parts)


def test_a_mistake_in_a_policy(check: Execute, folder: Path) -> None:
    (folder / "bad.json").write_text('{"Statement": {"Effect": "Alow", "Action": "a:b", "Resource": "*"}}', "utf-8")
    assert check("--identity", "bad.json") == (
        2,
        "",
        lines(
            'bad.json:1:26: found "Alow" as Effect, expected "Allow" or "Deny"',
            '  1 | {"Statement": {"Effect": "Alow", "Action": "a:b", "Resource": "*"}}',
            "    |                          ^^^^^^",
            '  did you mean "Allow"?',
        ),
    )


def test_what_a_policy_says_is_quoted_as_it_is(check: Execute, folder: Path) -> None:
    (folder / "bad.json").write_text('{"role_path": "/", "Statement": []}', "utf-8")
    run = check("--identity", "bad.json")
    assert run.err.startswith('bad.json:1:2: found "role_path", which is not an element of a policy document\n')


def test_all_that_is_wrong_is_told(check: Execute, folder: Path) -> None:
    for name in ("one.json", "two.json", "three.json"):
        (folder / name).write_text('{"Version": "2012",\n "Statement": {}}', "utf-8")
    run = check(
        "--identity", "one.json", "two.json", "--resource", "three.json", "--boundary", "none.json",
        "--context", "SourceIp=1", "--context", "aws:SourceIp=x", "--at", "soon", "--tag", "x",
        caller="Ann", on="GET /pets",
    )  # fmt: skip
    assert (run.code, run.out) == (2, "")
    first_lines = [line for line in run.err.splitlines() if not line.startswith(" ")]
    for place in ("one.json:1:13", "one.json:2:15", "two.json:1:13", "three.json:1:13", "three.json:2:15",
                  "--context:1:1", "--context:1:14", "--at:1:1", "--as:1:1", "--on:1:1",
                  "execpolicy check: error: --tag", "execpolicy check: error: --boundary"):  # fmt: skip
        assert [line for line in first_lines if line.startswith(f"{place}: ")], place


@pytest.mark.parametrize(
    ("option", "name", "message", "advice"),
    [
        ("--identity", "none.json", 'cannot read "none.json": No such file or directory', "check the path"),
        ("--resource", ".", 'cannot read ".": it is a directory, expected a regular file', "name a file in it"),
        ("--boundary", "", 'cannot read "": No such file or directory', "check the path"),
        (
            "--session",
            '{"Statement": []}',
            'cannot read "{\\"Statement\\": []}": No such file or directory',
            "the option takes the name of a file; give - to read the document from standard input",
        ),
        ("--scp", "none.json", 'cannot read "none.json": No such file or directory', "check the path"),
        ("--rcp", "none.json", 'cannot read "none.json": No such file or directory', "check the path"),
        ("--vpc-endpoint", "none.json", 'cannot read "none.json": No such file or directory', "check the path"),
        (
            "--context",
            "aws:SourceIp",
            'cannot read "aws:SourceIp": No such file or directory',
            "a value without = is the name of a file; give a key as KEY=VALUE",
        ),
    ],
)
def test_a_file_that_cannot_be_read(
    check: Execute, folder: Path, *, option: str, name: str, message: str, advice: str
) -> None:
    expected = lines(f"execpolicy check: error: {option}: {message}", f"  {advice}")
    assert check(option, name, caller=CLERK) == (2, "", expected)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="nothing is forbidden to root")
def test_a_file_that_may_not_be_read(check: Execute, folder: Path) -> None:
    (folder / "allows.json").chmod(0)
    run = check("--identity", "allows.json")
    assert run.code == 2
    assert '--identity: cannot read "allows.json": Permission denied' in run.err


@pytest.mark.rule("POL-8")
@pytest.mark.parametrize(
    ("option", "name", "place", "message", "advice"),
    [
        (
            "--identity",
            "open.json",
            "open.json:8:5",
            "found Principal in an identity policy",
            "a policy with Principal belongs to --resource or --vpc-endpoint",
        ),
        (
            "--resource",
            "allows.json",
            "allows.json:3:16",
            "found a statement without Principal, which a resource policy must have",
            "a policy without Principal belongs to --identity, --boundary, --session or --scp",
        ),
        ("--rcp", "open.json", "open.json:4:15", "found Allow in a resource control policy", "write Deny; the"),
    ],
)
def test_a_policy_of_another_kind(
    check: Execute, folder: Path, *, option: str, name: str, place: str, message: str, advice: str
) -> None:
    run = check(option, name)
    assert (run.code, run.out) == (2, "")
    assert run.err.startswith(f"{place}: {message}")
    assert run.err.splitlines()[-1].startswith(f"  {advice}")


@pytest.mark.rule("EVL-8")
def test_a_policy_that_the_caller_cannot_have(check: Execute, folder: Path) -> None:
    root = "arn:aws:iam::111122223333:root"
    run = check("--identity", "allows.json", caller=root)
    assert (run.code, run.out) == (2, "")
    first, advice = run.err.splitlines()
    assert first == f"execpolicy check: error: {root} is of kind root: AWS evaluates no identity policy for it"
    assert advice.startswith("  leave them out; ")


@pytest.mark.parametrize(
    ("caller", "arguments", "message", "carets", "advice"),
    [
        ("Ann", [], '--as:1:1: found "Ann", expected an AWS principal', "^^^", ""),
        ("", [], "--as:1:1: found an empty principal", "^", ""),
        (
            "arn:aws:iam::1111:user/Ann",
            [],
            '--as:1:14: found "1111", expected an account',
            "             ^^^^",
            "",
        ),
        (
            ANN,
            ["--federated-by", ANN],
            f"--as:1:1: '{ANN}' does not describe a caller",
            "^" * len(ANN),
            "--federated-by goes with the ARN of a federated user",
        ),
        (
            ANN,
            ["--role-path", "/x/"],
            f"--as:1:1: '{ANN}' does not describe a caller",
            "^" * len(ANN),
            "--role-path goes with the ARN of a role session",
        ),
        (
            "arn:aws:sts::111122223333:federated-user/bob",
            ["--federated-by", "bob"],
            '--federated-by:1:1: found "bob", expected an AWS principal',
            "^^^",
            "",
        ),
    ],
)
def test_a_caller_that_is_none(
    check: Execute, folder: Path, *, caller: str, arguments: list[str], message: str, carets: str, advice: str
) -> None:
    run = check(*arguments, caller=caller)
    assert (run.code, run.out) == (2, "")
    first, _, under, last = run.err.splitlines()
    assert first == message
    assert under == f"    | {carets}"
    assert last.startswith(f"  {advice}")
    assert last.strip()


@pytest.mark.rule("GW-1")
def test_a_resource_that_is_none(check: Execute, folder: Path) -> None:
    assert check(on="arn:aws:execute-api:eu-west-1:1:a1b2c3/prod") == (
        2,
        "",
        lines(
            "--on:1:31: found '1', expected an account of 12 digits, or nothing",
            "  1 | arn:aws:execute-api:eu-west-1:1:a1b2c3/prod",
            "    |                               ^",
            f"  an ARN reads arn:partition:service:region:account:resource, such as {EXAMPLE}",
        ),
    )


@pytest.mark.rule("ACT-1")
def test_an_action_that_is_none(check: Execute, folder: Path) -> None:
    assert check("--action", "Invoke") == (
        2,
        "",
        lines(
            "--action:1:1: found 'Invoke', expected the name of one action as service:Name",
            "  1 | Invoke",
            "    | ^^^^^^",
            "  such as execute-api:Invoke; a request has no wildcards",
        ),
    )


def test_an_account_that_nothing_tells(check: Execute, folder: Path) -> None:
    on = "arn:aws:execute-api:eu-west-1::a1b2c3/prod/GET/pets"
    run = check(on=on)
    assert run.code == 2
    assert run.err.startswith(f"execpolicy check: error: the account of {on} is not known")
    assert run.err.endswith("  give --resource-account\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--resource-account", "1"], "--resource-account is an account of 12 digits, found '1'"),
        (
            ["--resource-account", "444455556666"],
            "the resource's ARN says account 111122223333, --resource-account says 444455556666",
        ),
        (["--tag", "team"], "--tag: found 'team', expected KEY=VALUE"),
        (["--tag", "=a"], "--tag: found '=a', expected KEY=VALUE"),
        (["--tag", "team=a", "--tag", "team=b"], "--tag: found 'team' a second time"),
        (["--tag", "team=a", "--tag", "Team=b"], "the principal tags 'team' and 'Team' differ only in case"),
        (["--context", "aws:username=Bob"], "the context says aws:username is Bob, the request itself says Ann"),
        (["--at", "now", "--context", "aws:EpochTime=1"], "aws:CurrentTime and aws:EpochTime of the context"),
    ],
)
def test_options_that_cannot_be(check: Execute, folder: Path, arguments: list[str], message: str) -> None:
    run = check(*arguments)
    assert (run.code, run.out) == (2, "")
    assert run.err.startswith(f"execpolicy check: error: {message}")
    assert all(line.startswith("  ") for line in run.err.splitlines()[1:])


@pytest.mark.rule("CND-15", "KEY-3")
@pytest.mark.parametrize(
    ("arguments", "message", "carets", "advice"),
    [
        (
            ["--context", "SourceIp=192.0.2.1"],
            '--context:1:1: found "SourceIp", expected a condition key with its service, such as aws:SourceIp',
            "^^^^^^^^",
            "did you mean aws:SourceIp?",
        ),
        (
            ["--context", "colour=blue"],
            '--context:1:1: found "colour", expected a condition key with its service, such as aws:SourceIp',
            "^^^^^^",
            "write the key as the policy has it",
        ),
        (
            ["--context", "aws:SoureIp=192.0.2.1"],
            '--context:1:1: found "aws:SoureIp", which is not a condition key that AWS documents',
            "^^^^^^^^^^^",
            "did you mean aws:SourceIp?",
        ),
        (
            ["--context", "execute-api:nothingLikeIt=x"],
            '--context:1:1: found "execute-api:nothingLikeIt", which is not a condition key that AWS documents',
            "^^^^^^^^^^^^^^^^^^^^^^^^^",
            "leave it out; to accept a key that is newer than the catalogue, use "
            "--allow-unknown-key execute-api:nothingLikeIt",
        ),
        (
            ["--allow-unknown-key", "Newest"],
            '--allow-unknown-key:1:1: found "Newest", which names no service',
            "^^^^^^",
            "write the key as a policy does, such as aws:NewKey",
        ),
        (
            ["--context", "aws:SourceIp=192.0.2"],
            "--context:1:14: aws:SourceIp is an IP address, found '192.0.2'",
            "             ^^^^^^^",
            "give a value of that type; leave the key out if the request does not have it",
        ),
        (
            ["--at", "yesterday"],
            "--at:1:1: aws:CurrentTime is a date (ISO 8601), a datetime or epoch seconds, found 'yesterday'",
            "^^^^^^^^^",
            "such as 2026-03-01T12:00:00Z, 1772366400 or now",
        ),
        (
            ["--at", "now", "--context", "aws:currenttime=2026-01-01"],
            "--context:1:17: found aws:currenttime a second time; the first is at --at:1:1",
            "                ^^^^^^^^^^",
            "give a key in one place; names of keys are case-insensitive",
        ),
    ],
)
def test_a_context_that_cannot_be(
    check: Execute, folder: Path, *, arguments: list[str], message: str, carets: str, advice: str
) -> None:
    expected = lines(message, f"  1 | {arguments[-1]}", f"    | {carets}", f"  {advice}")
    assert check("--identity", "allows.json", *arguments) == (2, "", expected)


@pytest.mark.parametrize(
    ("text", "message", "advice"),
    [
        ("", "context.json:1:1: the document is empty, expected a JSON object", "is this the right file?"),
        ('["aws:SourceIp"]', "context.json:1:1: found a list, expected an object of condition keys", 'write {"aws:'),
        (
            '{"Statement": []}',
            "context.json:1:1: found a policy document, expected an object of condition keys",
            "this is a policy: give it to --identity, --resource or another option for policies",
        ),
        (
            '{"SourceVpce": "x"}',
            'context.json:1:2: found "SourceVpce", expected a condition key with its service, such as aws:SourceIp',
            "did you mean aws:SourceVpce?",
        ),
        (
            '{"aws:PrincipalTg/team": "x"}',
            'context.json:1:2: found "aws:PrincipalTg/team", which is not a condition key that AWS documents',
            "did you mean aws:PrincipalTag/team?",
        ),
        (
            '{\n  "aws:SourceIp": null}',
            "context.json:2:19: found null as the value of aws:SourceIp, expected text, a number, a boolean or a list",
            "leave the key out if the request does not have it",
        ),
        (
            '{"aws:SourceIp": ["192.0.2.1", {}]}',
            "context.json:1:32: found an object as the value of aws:SourceIp, expected text, a number, a boolean or a "
            "list",
            "leave the key out if the request does not have it",
        ),
        (
            '{"aws:SourceIp": "x"}',
            "context.json:1:18: aws:SourceIp is an IP address, found 'x'",
            "give a value of that type; leave the key out if the request does not have it",
        ),
        (
            '{"aws:UserAgent": "a",\n "aws:useragent": "b"}',
            "context.json:2:19: found aws:useragent a second time; the first is at context.json:1:19",
            "give a key in one place; names of keys are case-insensitive",
        ),
        (
            '{"aws:UserAgent": "a", "aws:UserAgent": "b"}',
            'context.json:1:24: found the name "aws:UserAgent"',
            "remove one of them",
        ),
        ('{"aws:UserAgent": "a"', "context.json:1:1: the object opened here is never closed", 'add the missing "}"'),
    ],
)
def test_a_context_file_that_cannot_be(check: Execute, folder: Path, text: str, message: str, advice: str) -> None:
    (folder / "context.json").write_text(text, "utf-8")
    run = check("--identity", "allows.json", "--context", "context.json")
    assert (run.code, run.out) == (2, "")
    assert run.err.startswith(message)
    assert run.err.splitlines()[-1].startswith(f"  {advice}")
    assert len([line for line in run.err.splitlines() if not line.startswith(" ")]) == 1


def test_a_context_file_that_is_no_utf_8(check: Execute, folder: Path) -> None:
    (folder / "context.json").write_bytes('{"aws:UserAgent": "é"}'.encode("latin-1"))
    run = check("--context", "context.json")
    assert run.code == 2
    assert run.err.startswith("context.json:1:20: found the byte 0xe9 at offset 19, which is not UTF-8\n")


def test_a_key_in_a_file_and_on_the_command_line(check: Execute, folder: Path) -> None:
    write(folder / "context.json", {"aws:SourceIp": "192.0.2.1"})
    run = check("--context", "context.json", "--context", "aws:SourceIp=192.0.2.2")
    assert run.code == 2
    assert run.err.startswith("--context:1:14: found aws:SourceIp a second time; the first is at context.json:2:19\n")


@pytest.mark.rule("CND-15")
def test_a_value_that_an_operator_cannot_read(check: Execute, folder: Path) -> None:
    asks = write(folder / "asks.json", document(Condition={"NumericLessThan": {"x:size": "5"}}))
    run = check("--identity", asks, "--context", "x:size=large")
    assert (run.code, run.out) == (2, "")
    assert run.err.startswith("asks.json:9:9: the request says x:size is 'large'; NumericLessThan compares ")
    assert "    |         ^^^^^^^^^^^^^" in run.err


def test_standard_input_can_be_named_once(check: Execute, folder: Path) -> None:
    allows = (folder / "allows.json").read_bytes()
    assert check("--identity", "-", "--context", "-", stdin=allows) == (
        2,
        "",
        lines(
            "execpolicy check: error: --context: standard input is already read by --identity",
            "  name a file for one of them",
        ),
    )


def test_a_mistake_on_standard_input(check: Execute, folder: Path) -> None:
    run = check("--identity", "-", stdin=b'{"Statement": 5}')
    assert run.code == 2
    assert run.err.startswith("<stdin>:1:15: ")


@pytest.mark.parametrize(
    "content",
    [
        b"[" * 100_000,
        b"\xff\xfe{\x00}\x00",
        b'{"Statement": "' + b"x" * 10_000_000 + b'"}',
        b'{"Statement": ' + b"9" * 10_000 + b"}",
        b'{"Statement": "\\ud800"}',
        b'{"Statement": "\x00"}',
        b'{"Statement": [], "Statement": []}',
        b"\x00" * (16 * 1024 * 1024 + 2),
        b"",
    ],
    ids=["nesting", "UTF-16", "long string", "long number", "surrogate", "NUL", "duplicate", "too long", "empty"],
)
@pytest.mark.parametrize("option", ["--identity", "--context"])
def test_hostile_files(check: Execute, folder: Path, option: str, content: bytes) -> None:
    (folder / "hostile.json").write_bytes(content)
    run = check(option, "hostile.json")
    assert (run.code, run.out) == (2, "")
    assert run.err.startswith("hostile.json")
    assert "Traceback" not in run.err
    assert max(map(len, run.err.splitlines())) < 300


def test_an_endless_file_is_not_read_to_its_end(check: Execute, folder: Path) -> None:
    if not Path("/dev/zero").exists():
        pytest.skip("this system has no endless file")
    run = check("--identity", "/dev/zero")
    assert run.code == 2
    assert 'cannot read "/dev/zero": it is a device, expected a regular file' in run.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["verify"], "execpolicy: error: argument COMMAND: invalid choice: 'verify': use check, why"),
        (["chekc"], "execpolicy: error: argument COMMAND: invalid choice: 'chekc': did you mean check?"),
        (["simulate"], "execpolicy: error: argument COMMAND: invalid choice: 'simulate': did you mean check?"),
        (["help", "chekc"], "execpolicy: error: argument COMMAND: invalid choice: 'chekc': did you mean check?"),
        (
            ["check", "--principal", ANN],
            f"{UNKNOWN}--principal: did you mean --as ARN?",
        ),
        (["check", "--json"], f"{UNKNOWN}--json: did you mean --format json?"),
        (
            ["check", "--source-ip=203.0.113.9"],
            f"{UNKNOWN}--source-ip=203.0.113.9: did you mean --context aws:SourceIp=ADDRESS?",
        ),
        (
            ["check", "--url", "https://a"],
            f"{UNKNOWN}--url: did you mean the URL",
        ),
        (["check", "-z"], f"{UNKNOWN}-z: its options are in --help"),
        (
            ["why", "--identiy", "a"],
            f"{UNKNOWN}--identiy: did you mean --identity?".replace("check", "why"),
        ),
        (
            ["test", "--json", "."],
            f"{UNKNOWN}--json: did you mean --format json?".replace("check", "test"),
        ),
        (["check"], "execpolicy check: error: the following arguments are required: --as, --on"),
        (["check", "--as", ANN], "execpolicy check: error: the following arguments are required: --on"),
        (["check", "--on", PETS], "execpolicy check: error: the following arguments are required: --as"),
        (["check", "--as", ANN, "--as", ANN], "execpolicy check: error: --as is given twice: give it once"),
        (["check", "--resource", "a", "--resource", "b"], "execpolicy check: error: --resource is given twice"),
        (["check", "--identity"], "execpolicy check: error: argument --identity: expected at least one argument"),
        (
            ["check", "--as", ANN, "--on", PETS, "--colour"],
            f"{UNKNOWN}--colour: did you mean --color?",
        ),
        (
            ["check", "--as", ANN, "--on", PETS, "--ident", "x"],
            f"{UNKNOWN}--ident: did you mean --identity?",
        ),
        (["check", "--as", ANN, "--on", PETS, "x.json"], "execpolicy check: error: METHOD requires --api"),
        (["check", "--format", "yaml"], "execpolicy check: error: argument --format: invalid choice: 'yaml'"),
    ],
)
def test_wrong_usage(execute: Execute, arguments: list[str], message: str) -> None:
    run = execute(*arguments)
    assert (run.code, run.out) == (2, "")
    usage, last = run.err.splitlines()[0], run.err.splitlines()[-1]
    assert usage.startswith("usage: execpolicy ")
    assert last.startswith(message)


def test_nothing_that_a_terminal_obeys_is_repeated(check: Execute, folder: Path) -> None:
    escape = "\x1b[2J\u202e"
    (folder / "bad.json").write_text(f'{{"Statement": "{escape}"}}', "utf-8")
    run = check(
        "--identity", "bad.json", f"none{escape}", "--context", f"aws:x{escape}=1",
        "--context", f"aws:SourceIp={escape}",
        on=f"arn:{escape}", caller=escape,
    )  # fmt: skip
    assert run.code == 2
    assert not [char for char in run.err if not char.isprintable() and char != "\n"]
    allowed = ["--allow-unknown-key", f"aws:{escape}"]
    run = check("--context", f"aws:{escape}=1", *allowed, on=f"{API}/{escape}")
    assert run.code == 1
    assert not [char for char in run.out + run.err if not char.isprintable() and char != "\n"]
    assert "\\x1b[2J\\u202e" in run.out


def test_arguments_that_are_no_text(check: Execute, folder: Path) -> None:
    undecodable = os.fsdecode(b"\xff")
    run = check("--identity", undecodable, on=f"{API}/{undecodable}")
    assert run.code == 2
    assert 'cannot read "\\udcff": No such file or directory' in run.err
    assert f"--on:1:{len(API) + 2}: found the byte 0xff, which is not UTF-8, in the resource\n" in run.err
    assert run.err.isascii()


@pytest.mark.rule("POL-11")
def test_bytes_of_the_command_line(execute: Execute, folder: Path) -> None:
    write(folder / "api.json", {"schema": "execpolicy/api/1", "id": "a1b2c3", "type": "REST", "region": "eu-west-1",
                       "account": "111122223333", "stages": ["prod"], "routes": {"GET /{proxy+}": {}}})  # fmt: skip
    run = execute("check", "GET", "/a\udce9", "--api", "api.json")
    assert (run.code, run.out) == (2, "")
    assert run.err.startswith("PATH:1:3: found the byte 0xe9, which is not UTF-8, in the path\n")
    for more in (
        ["--header", "a: \udce9"],
        ["--context", "aws:UserAgent=\udce9"],
        ["--as", "\udce9"],
        ["--domain", "\udce9"],
    ):
        run = execute("check", "GET", "/a", "--api", "api.json", *more)
        assert (run.code, run.out) == (2, ""), more
        assert "0xe9, which is not UTF-8" in run.err, more


@pytest.mark.rule("POL-11")
@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_named_pipe_is_not_waited_for(check: Execute, folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    run = check("--identity", "pipe")
    assert (run.code, run.out, run.err) == (
        2,
        "",
        'execpolicy check: error: --identity: cannot read "pipe": it is a named pipe, expected a regular file\n'
        "  give - to read from standard input\n",
    )
    assert check("--identity", "-", stdin=b'{"Statement": []}').code == 1


def test_standard_input_that_is_closed(check: Execute, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", None)
    run = check("--identity", "-")
    assert run.err == lines(
        "execpolicy check: error: --identity: cannot read standard input: it is closed", "  name a file"
    )
