"""execpolicy prove: the verdicts, the exit codes, files of invariants, and unusable input."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from tests.cli.conftest import Execute, document, write

SCHEMA = json.loads((Path(__file__).parents[3] / "docs" / "schemas" / "prove-1.json").read_text("utf-8"))
ANONYMOUS_IS_OUT = "anonymous may not call GET /orders"
NOBODY_READS = "nobody may call GET /orders"


@pytest.fixture(autouse=True)
def files(folder: Path) -> None:
    """shop.json, whose route GET /orders needs a signature and whose GET /health needs nothing."""
    api = {
        "schema": "execpolicy/api/1",
        "id": "a1b2c3",
        "type": "HTTP",
        "region": "eu-west-1",
        "account": "111122223333",
        "stages": ["prod"],
        "routes": {"GET /orders": {"auth": "AWS_IAM"}, "GET /health": {}},
    }
    write(folder / "shop.json", api)
    condition = {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}
    write(folder / "office.json", document(Principal="*", Resource="execute-api:/*", Condition=condition))


def test_a_proven_invariant(execute: Execute) -> None:
    run = execute("prove", ANONYMOUS_IS_OUT, "--api", "shop.json")
    assert (run.code, run.out, run.err) == (0, "PROVEN   anonymous may not call GET /orders\n", "")


def test_a_refuted_one_with_a_call_and_its_command(execute: Execute) -> None:
    run = execute("prove", NOBODY_READS, "--api", "shop.json")
    assert (run.code, run.err) == (1, "")
    lines = run.out.splitlines()
    assert lines[:3] == [
        "REFUTED  nobody may call GET /orders",
        "    GET /orders on prod by arn:aws:sts::111122223333:assumed-role/Clerk/ann",
        "      answer  200 gets through",
    ]
    assert lines[3] == (
        """    echo '{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}' | """
        "execpolicy check GET /orders --api shop.json --stage prod "
        "--as arn:aws:sts::111122223333:assumed-role/Clerk/ann --identity -"
    )


@pytest.mark.parametrize(
    ("invariants", "options", "code"),
    [
        ([ANONYMOUS_IS_OUT], [], 0),
        ([ANONYMOUS_IS_OUT, NOBODY_READS], [], 1),
        ([NOBODY_READS, ANONYMOUS_IS_OUT], [], 1),
        ([ANONYMOUS_IS_OUT], ["--budget", "1"], 3),
    ],
)
@pytest.mark.parametrize("form", ["text", "json"])
def test_the_worst_verdict_is_the_exit_code(
    execute: Execute, invariants: list[str], options: list[str], code: int, form: str
) -> None:
    run = execute("prove", *invariants, "--api", "shop.json", *options, "--format", form)
    assert run.code == code
    assert execute("prove", *invariants, "--api", "shop.json", *options, "-q") == (code, "", "")


def test_what_is_not_known_has_its_reason(execute: Execute) -> None:
    run = execute("prove", ANONYMOUS_IS_OUT, "--api", "shop.json", "--budget", "1")
    first, second = run.out.splitlines()
    assert first == "UNKNOWN  anonymous may not call GET /orders"
    assert second.startswith("  not known: the budget of 1 steps is used up")


@pytest.mark.parametrize("options", [[], ["--budget", "1"]])
def test_json_follows_the_schema(execute: Execute, options: list[str]) -> None:
    run = execute("prove", ANONYMOUS_IS_OUT, NOBODY_READS, "--api", "shop.json", *options, "--format", "json")
    jsonschema.validate(json.loads(run.out), SCHEMA)


def test_json_has_the_call(execute: Execute) -> None:
    (proof,) = json.loads(execute("prove", NOBODY_READS, "--api", "shop.json", "--format", "json").out)["proofs"]
    assert (proof["verdict"], proof["reason"], proof["witness"]["call"]["path"]) == ("refuted", "", "/orders")
    assert proof["witness"]["before"] is None


def test_assumptions_on_request(execute: Execute) -> None:
    run = execute("prove", ANONYMOUS_IS_OUT, ANONYMOUS_IS_OUT, "--api", "shop.json", "-v")
    assert run.out.count("assumed: a VPC endpoint has its default policy\n") == 1


def test_a_policy_by_itself_says_so(execute: Execute) -> None:
    run = execute("prove", "every call to /** comes from 203.0.113.0/24", "--resource", "office.json")
    assert (run.code, run.out.splitlines()) == (
        0,
        [
            "PROVEN   every call to anything comes from 203.0.113.0/24",
            "assumed: the policy is the only one: calls that only the policies of callers allow do not get through",
        ],
    )
    run = execute("prove", "nobody may call /**", "--resource", "-", stdin=Path("office.json").read_bytes())
    assert run.code == 1
    assert "execpolicy check" not in run.out


def test_a_file_of_invariants(execute: Execute, folder: Path) -> None:
    text = "# what holds\n\nanonymous may not call GET /orders  # signed\r\nnobody may call DELETE /**\n"
    (folder / "claims.txt").write_text(text, "utf-8")
    run = execute("prove", "--from-file", "claims.txt", "--api", "shop.json")
    assert (run.code, run.out.splitlines()) == (
        0,
        ["PROVEN   anonymous may not call GET /orders", "PROVEN   nobody may call DELETE /**"],
    )
    assert execute("prove", "--from-file", "-", "--api", "shop.json", stdin=text.encode()).out == run.out


def test_an_error_in_a_file_of_invariants_has_its_place(execute: Execute, folder: Path) -> None:
    (folder / "claims.txt").write_text("# x\nnobody may call GET /a\n  nobody may cal GET /b\n", "utf-8")
    run = execute("prove", "--from-file", "claims.txt", "--api", "shop.json")
    assert (run.code, run.out) == (2, "")
    assert run.err == (
        'claims.txt:3:14: found "cal", expected call\n'
        "  3 |   nobody may cal GET /b\n"
        "    |              ^^^\n"
        '  did you mean "call"?\n'
    )


@pytest.mark.rule("INV-1")
@pytest.mark.parametrize("invariant", ["nobody may call GET /orders on test", "anonymous may call /health on test"])
def test_a_stage_that_the_api_does_not_have(execute: Execute, invariant: str) -> None:
    run = execute("prove", invariant, "--api", "shop.json")
    assert (run.code, run.out) == (2, "")
    assert run.err == (
        'INVARIANT:1:1: the invariant is about the stage "test"; the API has "prod"\n'
        f"  1 | {invariant}\n    | {'^' * len(invariant)}\n"
        "  name one of these stages after on: a claim about calls to another stage says nothing\n"
    )


@pytest.mark.rule("INV-1")
def test_an_error_about_a_whole_sentence_has_its_place_in_the_file(execute: Execute, folder: Path) -> None:
    text = "# of the shop\n\n  nobody may call $connect  # no sockets\nnobody may call /a on test\n"
    (folder / "claims.txt").write_text(text, "utf-8")
    run = execute("prove", "--from-file", "claims.txt", "--api", "shop.json")
    assert (run.code, run.out) == (2, "")
    assert run.err.split("\n")[:3] == [
        "claims.txt:3:3: $connect opens a connection to a WebSocket API, and there is none",
        "  3 |   nobody may call $connect  # no sockets",
        f"    |   {'^' * len('nobody may call $connect')}",
    ]
    assert '\nclaims.txt:4:1: the invariant is about the stage "test"; the API has "prod"\n' in run.err


_NOT_SAID = "give --api with the file of an API, or --resource with a resource policy"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["nobody may cal GET /a", "--api", "shop.json"],
            'INVARIANT:1:12: found "cal", expected call\n'
            "  1 | nobody may cal GET /a\n"
            "    |            ^^^\n"
            '  did you mean "call"?\n',
        ),
        (
            ["--api", "shop.json"],
            "execpolicy prove: error: no invariant is given\n  write for example 'nobody may call DELETE /orders/**'\n",
        ),
        (
            ["--from-file", "empty.txt", "--api", "shop.json"],
            "execpolicy prove: error: empty.txt has no invariant\n  write each on a line of its own\n",
        ),
        (
            [NOBODY_READS],
            f"execpolicy prove: error: it is not said of what the invariants are proven\n  {_NOT_SAID}\n",
        ),
        (
            [NOBODY_READS, "--api", "shop.json", "--resource", "office.json"],
            f"execpolicy prove: error: --api and --resource are both given\n  {_NOT_SAID}\n",
        ),
        (
            [NOBODY_READS, "--api", "office.json"],
            "execpolicy prove: error: office.json is a policy: it is not read as an API\n"
            "  give a resource policy to --resource in place of --api\n",
        ),
        (
            [NOBODY_READS, "--resource", "shop.json"],
            "execpolicy prove: error: shop.json describes APIs: it is no policy\n"
            "  give it to --api in place of --resource\n",
        ),
        (
            [NOBODY_READS, "--resource", "office.json", "--stage", "prod", "--parameter", "A=b", "--kind", "openapi"],
            "execpolicy prove: error: --parameter is about the file of an API\n"
            "  leave it out where --resource is given\n"
            "execpolicy prove: error: --stage is about the file of an API\n"
            "  leave it out where --resource is given\n"
            "execpolicy prove: error: --kind is about the file of an API\n"
            "  leave it out where --resource is given\n",
        ),
        (
            [NOBODY_READS, "--resource", "none.json"],
            'execpolicy prove: error: --resource: cannot read "none.json": No such file or directory\n'
            "  check the path\n",
        ),
        (
            [NOBODY_READS, "--resource", "-", "--from-file", "-"],
            "execpolicy prove: error: --resource: standard input is already read by --from-file\n"
            "  name a file for one of them\n",
        ),
    ],
)
def test_unusable_input(execute: Execute, folder: Path, arguments: list[str], message: str) -> None:
    (folder / "empty.txt").write_text("# nothing\n", "utf-8")
    run = execute("prove", *arguments, stdin=NOBODY_READS.encode())
    assert (run.code, run.out, run.err) == (2, "", message)


@pytest.mark.parametrize("steps", ["0", "-1", "x", "1e3"])
def test_unusable_budgets(execute: Execute, steps: str) -> None:
    run = execute("prove", NOBODY_READS, "--api", "shop.json", f"--budget={steps}")
    assert (run.code, run.out) == (2, "")
    assert f"argument --budget: found '{steps}', expected a number of steps, such as 100000" in run.err


def test_a_sentence_without_quotes(execute: Execute) -> None:
    run = execute("prove", "nobody", "may", "call", "DELETE", "/orders/**", "--api", "shop.json")
    assert (run.code, run.out, run.err) == (
        2,
        "",
        "execpolicy prove: error: an invariant is one argument, found its words apart\n"
        "  write it in quotes: 'nobody may call DELETE /orders/**'\n",
    )


@pytest.mark.rule("GW-21", "INV-1")
def test_who_opens_connections_to_a_websocket_api(execute: Execute, folder: Path) -> None:
    api = json.loads((folder / "shop.json").read_text("utf-8"))
    write(folder / "socket.json", {**api, "type": "WEBSOCKET", "routes": {"$connect": {}}})
    run = execute("prove", "anonymous may not call $connect", "--api", "socket.json")
    assert (run.code, run.out.splitlines()) == (
        1,
        [
            "REFUTED  anonymous may not call $connect",
            "    $connect on prod by anonymous",
            "      answer  200 gets through",
            "    execpolicy check '$connect' --api socket.json --stage prod",
        ],
    )
    assert execute("check", "$connect", "--api", "socket.json", "--stage", "prod").code == 0
    output = execute("prove", "nobody may call $connect", "--api", "socket.json", "--format", "json").out
    jsonschema.validate(json.loads(output), SCHEMA)
    run = execute("who", "$connect", "--api", "socket.json")
    assert (run.code, run.out.splitlines()[:2]) == (0, ["$connect", "  anybody"])
    refused = execute("prove", "nobody may call GET /orders", "--api", "socket.json")
    assert (refused.code, "a WebSocket API has no call GET /orders" in refused.err) == (2, True)


@pytest.mark.rule("ANA-8")
def test_a_call_by_a_custom_domain_refutes(execute: Execute, folder: Path) -> None:
    api = json.loads((folder / "shop.json").read_text("utf-8"))
    domains = {"api.example.com": {"mappings": {"shop": "prod"}}}
    write(folder / "by-domain.json", {**api, "disable_execute_api_endpoint": True, "domains": domains})
    run = execute("prove", "nobody may call GET /health", "--api", "by-domain.json")
    assert (run.code, run.out.splitlines()) == (
        1,
        [
            "REFUTED  nobody may call GET /health",
            "    GET https://api.example.com/shop/health by anonymous",
            "      answer  200 gets through",
            "    execpolicy check https://api.example.com/shop/health -X GET --api by-domain.json",
        ],
    )
    assert execute("check", "https://api.example.com/shop/health", "-X", "GET", "--api", "by-domain.json").code == 0
    data = json.loads(
        execute("prove", "nobody may call GET /health", "--api", "by-domain.json", "--format", "json").out
    )
    jsonschema.validate(data, SCHEMA)
    write(folder / "nowhere.json", {**api, "disable_execute_api_endpoint": True})
    run = execute("prove", "nobody may call GET /health", "--api", "nowhere.json")
    assert run.code == 3
    assert "a custom domain that is not described may lead to GET /health on prod" in run.out
