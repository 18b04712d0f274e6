"""A curl command as the call that it makes: method, URL, headers, and what is said of the rest."""

from __future__ import annotations

from typing import Any

import pytest

from execpolicy import RequestError
from execpolicy.loaders.curl.arguments import MAX_LETTERS
from execpolicy.loaders.curl.command import CurlCommand, parse_curl
from execpolicy.loaders.curl.options import OPTIONS, REFUSED, Effect

HOST = "a1b2c3.execute-api.eu-west-1.amazonaws.com"
URL = f"https://{HOST}/prod/orders"
AGENT = "the version of curl is not known: User-Agent is taken as curl/8.5.0; curl -A gives another"
BODY = "the body of the call does not change whether it is allowed"

pytestmark = pytest.mark.rule("SRC-6")


def curl(arguments: str, url: str = URL) -> CurlCommand:
    return parse_curl(f"curl {arguments} {url}", "--curl")


@pytest.mark.parametrize(
    ("arguments", "method"),
    [
        ("", "GET"),
        ("-d a", "POST"),
        ("--data-raw a", "POST"),
        ("--data-urlencode a", "POST"),
        ("--json '{}'", "POST"),
        ("-F a=b", "POST"),
        ("-T file", "PUT"),
        ("-I", "HEAD"),
        ("-G -d a", "GET"),
        ("-GI -d a", "HEAD"),
        ("-X DELETE", "DELETE"),
        ("-XPUT -d a", "PUT"),
        ("-sXPATCH", "PATCH"),
        ("-sX PATCH", "PATCH"),
        ("--request PUT --request PUT", "PUT"),
        ("-X get", "get"),
        ("-X '$default'", "$default"),
    ],
)
def test_the_method(arguments: str, method: str) -> None:
    assert curl(arguments).method.value == method


def test_the_prompt_and_the_folder_of_curl_are_left_out() -> None:
    for command in (f"$ curl {URL}", f"/usr/bin/curl {URL}", f"curl.exe -- {URL}", f"curl --url {URL}"):
        assert parse_curl(command).url.path == "/prod/orders", command


@pytest.mark.parametrize(
    ("arguments", "query"),
    [
        ("-d a=1", {}),
        ("-G -d a=1 -d 'b=2&a=3'", {"a": ["1", "3"], "b": ["2"]}),
        ("-G --data-raw '@a=x'", {"@a": ["x"]}),
        ("-G --data-urlencode 'a=b c&d'", {"a": ["b c&d"]}),
        ("-G --data-urlencode 'a+b'", {"a+b": [""]}),
        ("-G --data-urlencode '=a=b'", {"a=b": [""]}),
        ("-G --data-urlencode 'a%20b=c%20d'", {"a b": ["c%20d"]}),
        ("--url-query a=b%20c", {"a": ["b%20c"]}),
        ("--url-query '+a=b%20c&d'", {"a": ["b c"], "d": [""]}),
    ],
)
def test_data_that_becomes_the_query(arguments: str, query: dict[str, list[str]]) -> None:
    found = parse_curl(f"curl {arguments} '{URL}?x=0'").url.query
    assert found == {"x": ["0"], **query}


ADDED = {"Host": [HOST], "User-Agent": ["curl/8.5.0"], "Accept": ["*/*"]}


@pytest.mark.parametrize(
    ("arguments", "headers"),
    [
        ("", ADDED),
        ("-H 'Authorization: Bearer abc'", {**ADDED, "Authorization": ["Bearer abc"]}),
        ("-H 'a: 1' -H 'A:2' -H 'b;'", {**ADDED, "a": ["1", "2"], "b": [""]}),
        ("-H 'accept: text/html' -H 'User-Agent:'", {"Host": [HOST], "accept": ["text/html"]}),
        ("-H 'Host: x.example'", {"Host": ["x.example"], "User-Agent": ["curl/8.5.0"], "Accept": ["*/*"]}),
        ("-A me", {**ADDED, "User-Agent": ["me"]}),
        ("-A ''", {"Host": [HOST], "Accept": ["*/*"]}),
        ("-A one -A two", {**ADDED, "User-Agent": ["two"]}),
        ("-e 'https://b/;auto'", {**ADDED, "Referer": ["https://b/"]}),
        ("-e ';auto'", ADDED),
        ("-b a=1 -b 'b=2; c=3'", {**ADDED, "Cookie": ["a=1;b=2; c=3"]}),
        ("-r 0-9 --compressed", {**ADDED, "Range": ["bytes=0-9"], "Accept-Encoding": ["deflate, gzip"]}),
        ("-d a", {**ADDED, "Content-Type": ["application/x-www-form-urlencoded"]}),
        ("-d a -H 'content-type: text/plain'", {**ADDED, "content-type": ["text/plain"]}),
        ("-G -d a", ADDED),
        ("-F a=b", {**ADDED, "Content-Type": ["multipart/form-data"]}),
        ("-T file", ADDED),
        ("--json '{}'", {**ADDED, "Accept": ["application/json"], "Content-Type": ["application/json"]}),
        ("-u ann:secret", {**ADDED, "Authorization": ["Basic YW5uOnNlY3JldA=="]}),
        ("-u ann:secret -H 'authorization: x'", {**ADDED, "authorization": ["x"]}),
        ("--oauth2-bearer abc", {**ADDED, "Authorization": ["Bearer abc"]}),
        ("--aws-sigv4 aws:amz:eu-west-1:execute-api -u a:b", {**ADDED, "Authorization": ["AWS4-HMAC-SHA256"]}),
    ],
)
def test_the_headers(arguments: str, headers: dict[str, list[str]]) -> None:
    assert curl(arguments).headers == headers


@pytest.mark.parametrize(
    ("arguments", "signed_by"),
    [
        ("", None),
        ("-H 'Authorization: Bearer abc'", None),
        ("--aws-sigv4 aws:amz:eu-west-1:execute-api -u a:b", "--aws-sigv4"),
        ("-H 'authorization: AWS4-HMAC-SHA256 Credential=…'", "the header Authorization"),
        ("--url-query X-Amz-Signature=abc", "the query parameter X-Amz-Signature"),
    ],
)
def test_what_signs_the_call(arguments: str, signed_by: str | None) -> None:
    assert curl(arguments).signed_by == signed_by


def test_a_signature_for_a_custom_domain_names_its_region() -> None:
    command = curl("--aws-sigv4 aws:amz:us-east-1:execute-api -u a:b", "https://shop.example/orders")
    assert command.signed_by == "--aws-sigv4"


def test_a_client_certificate() -> None:
    assert curl("-E cert.pem --key key.pem").has_certificate
    assert not curl("-k").has_certificate


@pytest.mark.parametrize(
    ("arguments", "notes"),
    [
        ("", [AGENT]),
        ("-s", ["-s of the curl command does not change whether the call is allowed", AGENT]),
        (
            "-sS -o a --no-buffer --no-silent -s",
            [
                "-s, -S, -o, --no-buffer, --no-silent of the curl command do not change whether the call is allowed",
                AGENT,
            ],
        ),
        ("-A me -d a", [BODY]),
        ("-A me -T file", [BODY]),
        ("-A me -G -d a", []),
        ("-A me | jq .", ["'| jq . https://b' is not read: it gets the output of curl"]),
        (
            '-A me -H "Authorization: Bearer $TOKEN" -d "$BODY"',
            [BODY, "$TOKEN is taken as it is written: the shell's variables are not known here"],
        ),
    ],
)
def test_what_is_noted(arguments: str, notes: list[str]) -> None:
    command = f"curl {URL} {arguments} https://b" if "|" in arguments else f"curl {URL} {arguments}"
    assert list(parse_curl(command).notes) == notes


@pytest.mark.parametrize(
    ("command", "place", "message", "advice"),
    [
        ("", "", "found nothing, expected a curl command", "such as curl https://"),
        ("$ ", "", "found nothing, expected a curl command", "such as curl https://"),
        (f"wget {URL}", "wget", 'found "wget", expected a curl command', "paste a command that begins with curl"),
        ("curl -s", "curl", "found a curl command without a URL", "paste the whole command"),
        (f"curl {URL} {URL}x", f"{URL}x", "found a second URL, expected one call", "keep one of them"),
        (f"curl {URL} - ", "-", "found a second URL", "keep one of them"),
        (f"curl {URL} --hedaer 'a: b'", "--hedaer", "found --hedaer, which is not an option", "did you mean --header?"),
        (f"curl {URL} --qqqqqq", "--qqqqqq", "found --qqqqqq, which is not an option", "remove it if it does not"),
        (f"curl {URL} --no-data", "--no-data", "found --no-data, which is not an option", "did you mean --"),
        (f"curl {URL} --no-xyzxyz", "--no-xyzxyz", "found --no-xyzxyz, which is not an option", "remove it"),
        (f"curl {URL} -sQ x", "Q", "found -Q, which is not an option", "remove it if it does not change the call"),
        (f"curl {URL} --header=a", "--header=a", "found --header=a, which is not", "curl takes a value after a space"),
        (f"curl {URL} --config x", "--config", "found --config, which is not read", "a file of options is not read"),
        (
            f"curl --connect-to ::vpce-0a1b2c3d-x.execute-api.eu-west-1.vpce.amazonaws.com: {URL}",
            *("--connect-to", "found --connect-to, which is not read", "write the host that curl connects to into"),
        ),
        (
            f"curl {URL} --resolve a.example:443:192.0.2.1",
            *("--resolve", "found --resolve, which is not read", "write the host of the API into the URL"),
        ),
        (f"curl {URL} -K x", "K", "found -K, which is not read", "a file of options is not read"),
        (f"curl {URL} --next {URL}", "--next", "found --next, which is not read", "paste one call"),
        (f"curl {URL} -H", "H", "found -H without its value", "paste the whole command"),
        (f"curl {URL} --data", "--data", "found --data without its value", "paste the whole command"),
        (f"curl {URL} -X PUT -X POST", "POST", "found the methods PUT and POST, expected one", "keep one of them"),
        (f"curl {URL} -d a -F b=c", "F", "found -d and -F, which curl does not combine", "keep one of them"),
        (f"curl {URL} -d a -I", "I", "found -d and -I, which curl does not combine", "keep one of them"),
        (f"curl {URL} -G -F a=b", "F", "found -F with -G, which sends data as the query", "use -d"),
        (f"curl {URL} -G --json x", "--json", "found --json with -G, which sends data as the query", "use -d"),
        (f"curl {URL} -G -d @file", "@file", 'found the file "file" as the query', "write its content in its place"),
        (f"curl {URL} -G --data-urlencode a@b", "a@b", "found a file as a part of the query", "write its content"),
        (
            f"curl {URL}/ -T a.txt",
            "T",
            "found -T with a path that ends in /, to which curl adds",
            "write the whole path",
        ),
        (f"curl {URL} -H @file", "@file", 'found the file of headers "file"', "write its headers in its place"),
        (f"curl {URL} -H 'a b: c'", "'a b: c'", 'found "a b: c", expected a header', "such as -H 'Authorization:"),
        (f"curl {URL} -H abc", "abc", 'found "abc", expected a header', "such as -H 'Authorization:"),
        (f"curl {URL} -H $'a: b\\nc: d'", "$'a: b\\nc: d'", "found the end of a line in a header", "give each header"),
        (f"curl {URL} -b file", "file", "found a file of cookies", "write the cookies in its place"),
        (f"curl {URL} -u ann", "ann", "found a user without a password, for which curl asks", "write it as -u user"),
        (f"curl {URL}/$ID", "$ID", "found $ID, which the shell replaces: its value is not known here", "write the"),
        (f"curl -X $M {URL}", "$M", "found $M, which the shell replaces", "write the value in its place"),
        (f"curl {URL} -G -d a=$B", "$B", "found $B, which the shell replaces", "write the value in its place"),
        (f"curl {URL}/[1-3]", "[", "found [ in the URL, which curl reads as a pattern", "name one path as it is sent"),
        (f"curl {URL}/{{id}}", "{", "found { in the URL, which curl reads as a pattern", "name one path as it is sent"),
        (f"curl ^{URL}", f"^{URL}", "found a ^, with which cmd.exe writes its quotes", "copy it for a POSIX shell"),
        (
            f"curl -{'s' * (MAX_LETTERS + 1)} {URL}",
            "-" + "s" * (MAX_LETTERS + 1),
            "found more than 50 options",
            "paste",
        ),
        (
            f"curl --aws-sigv4 aws:amz {URL}",
            "aws:amz",
            "found no service in --aws-sigv4: curl takes it from the host and signs for the service a1b2c3 in the ",
            "write --aws-sigv4 aws:amz:eu-west-1:execute-api",
        ),
        (
            f"curl --aws-sigv4 aws:amz:us-east-1:execute-api {URL}",
            "aws:amz:us-east-1:execute-api",
            "--aws-sigv4 signs for the region us-east-1, and the host of the URL is in eu-west-1",
            "write --aws-sigv4 aws:amz:eu-west-1:execute-api",
        ),
        (
            "curl --aws-sigv4 aws:amz:us-east-1:s3 https://shop.example/",
            "aws:amz:us-east-1:s3",
            "--aws-sigv4 signs for the service s3, and the URL calls execute-api",
            "write --aws-sigv4 aws:amz:REGION:execute-api",
        ),
    ],
)
def test_a_command_that_is_not_understood(command: str, place: str, message: str, advice: str) -> None:
    with pytest.raises(RequestError) as raised:
        parse_curl(command, "--curl")
    error = raised.value
    assert error.message.startswith(message)
    assert error.advice.startswith(advice)
    assert error.span is not None
    assert command[error.span.column - 1 : error.span.end_column - 1] == place


def test_globbing_that_is_switched_off_keeps_the_character() -> None:
    assert curl("-g", f"{URL}/{{id}}").url.path == "/prod/orders/{id}"


def test_path_as_is() -> None:
    assert curl("", f"{URL}/../x").url.path == "/prod/x"
    assert curl("--path-as-is", f"{URL}/../x").url.path == "/prod/orders/../x"


#: The letters of curl's options, with their long names (curl 8).
LETTERS: dict[str, Any] = {
    "X": "request", "H": "header", "d": "data", "A": "user-agent", "e": "referer", "b": "cookie", "r": "range",
    "u": "user", "F": "form", "T": "upload-file", "G": "get", "I": "head", "g": "globoff", "E": "cert",
    "k": "insecure", "L": "location", "s": "silent", "S": "show-error", "v": "verbose", "i": "include", "f": "fail",
    "o": "output", "O": "remote-name", "J": "remote-header-name", "w": "write-out", "m": "max-time", "N": "no-buffer",
    "#": "progress-bar", "D": "dump-header", "c": "cookie-jar", "j": "junk-session-cookies", "0": "http1.0",
    "1": "tlsv1", "4": "ipv4", "6": "ipv6", "x": "proxy", "U": "proxy-user", "p": "proxytunnel",
    "Y": "speed-limit", "y": "speed-time", "q": "disable", "R": "remote-time", "Z": "parallel",
}  # fmt: skip


def test_letters_are_those_of_curl() -> None:
    assert {name: option.name for name, option in OPTIONS.items() if len(name) == 1} == LETTERS
    assert not OPTIONS.keys() & REFUSED.keys()
    assert {option.effect for option in OPTIONS.values()} == set(Effect)
