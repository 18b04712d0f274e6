"""The call that the arguments of ``execpolicy check`` describe: METHOD and PATH, a URL, or a curl command (SRC-6)."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from execpolicy.cli.check.call import read_headers, read_query
from execpolicy.cli.check.conflicts import url_argument
from execpolicy.cli.inputs import STANDARD_INPUT, Inputs, faults_of
from execpolicy.cli.paths_parser import is_url
from execpolicy.cli.text_file import read_text
from execpolicy.errors import Diagnostic, ExecPolicyError, Source
from execpolicy.gateway.arn.parts import HTTP_VERBS

if TYPE_CHECKING:
    from execpolicy.loaders.called_url import CalledUrl
    from execpolicy.loaders.curl.command import CurlCommand
    from execpolicy.loaders.written_text import WrittenText

#: The library's names for the parts of a call, which a URL gives too.
_HOST, _PATH, _METHOD = "<domain_name>", "<path>", "<method>"


class GivenCall(NamedTuple):
    """A call from the command line.

    Attributes:
        method: the method that is sent, or the route key.
        path: the path after the stage; with a URL the whole path.
        url: the URL, if the call is given by one.
        headers: the headers; None if none is given, so that any may have been sent.
        query: the query parameters; None if none is given.
        notes: what is read with an assumption, or does not decide the call.
        signed_by: what signs the call, if the URL or the curl command says so.
        written_method: the place of the method in a curl command.
    """

    method: str
    path: str | None
    url: CalledUrl | None
    headers: Mapping[str, list[str]] | None
    query: Mapping[str, list[str]] | None
    notes: tuple[str, ...] = ()
    signed_by: str | None = None
    written_method: WrittenText | None = None

    def in_upper_case(self) -> GivenCall:
        """The call with its method in upper case, with a note if it is not written so."""
        upper = self.method.upper()
        if self.method == upper or upper not in HTTP_VERBS:
            return self
        note = f"the method {self.method} is taken as {upper}: methods are case-sensitive"
        return self._replace(method=upper, notes=(*self.notes, note))

    def faults(self, error: ExecPolicyError) -> list[Diagnostic]:
        """The diagnostics of an error about this call, with their places in the URL."""
        source, url = error.source, self.url
        places = {} if url is None else {_HOST: url.host, _PATH: url.written_path, _METHOD: self.written_method}
        part = None if source is None else places.get(source.name)
        if part is None or source is None:
            return list(faults_of(error))
        if error.span is not None and part.value == source.text:
            part = part.part(error.span.column - 1, error.span.end_column - 1)
        return [error.diagnostic._replace(source=part.source, span=part.span)]


def read_given_call(inputs: Inputs, arguments: argparse.Namespace) -> GivenCall | None:
    """The call that the arguments describe, or None if it cannot be read.

    Args:
        inputs: reads the files and collects the errors.
        arguments: the parsed options, without conflicts.
    """
    before = len(inputs.faults)
    headers, query = read_headers(inputs, arguments.header), read_query(inputs, arguments.query)
    if arguments.curl is not None:
        found = _of_curl(inputs, arguments, headers, query)
    elif url_argument(arguments) is not None:
        found = _of_url(inputs, arguments, headers, query)
    else:
        found = _of_method_and_path(inputs, arguments, headers, query)
    return None if len(inputs.faults) > before else found


def _of_method_and_path(
    inputs: Inputs, arguments: argparse.Namespace, headers: Mapping[str, list[str]], query: Mapping[str, list[str]]
) -> GivenCall | None:
    method, path = arguments.method, arguments.path
    if path is None and method is not None and method.startswith("/"):
        method, path = None, method
    sent = _method(inputs, arguments, method)
    return None if sent is None else GivenCall(sent, path, None, headers or None, query or None)


def _of_url(
    inputs: Inputs, arguments: argparse.Namespace, headers: Mapping[str, list[str]], query: Mapping[str, list[str]]
) -> GivenCall | None:
    from execpolicy.loaders.called_url import parse_url
    from execpolicy.loaders.sent_signature import signature_in
    from execpolicy.loaders.written_text import WrittenText

    text, name = arguments.on, "--on"
    word: str | None = None
    if text is None:
        # The parser puts a URL first, so that METHOD may stand after it.
        (text, word), name = sorted((arguments.method, arguments.path), key=is_url, reverse=True), "URL"
    url = inputs.attempt(lambda: parse_url(WrittenText.whole(text, name)))
    method = _method(inputs, arguments, word, url=url)
    if url is None or method is None:
        return None
    sent = _together(inputs, url.query, query, ("the query of the URL", "--query"))
    known = headers or None
    return GivenCall(method, url.path, url, known, sent or None, tuple(_notes_on_url(url)), signature_in(headers, sent))


def _of_curl(
    inputs: Inputs, arguments: argparse.Namespace, headers: Mapping[str, list[str]], query: Mapping[str, list[str]]
) -> GivenCall | None:
    from execpolicy.loaders.curl.command import parse_curl

    text = Source("--curl", arguments.curl)
    if arguments.curl == STANDARD_INPUT:
        read = read_text(inputs, STANDARD_INPUT, "--curl")
        if read is None:
            return None
        text = read
    command = inputs.attempt(lambda: parse_curl(text.text, text.name))
    if command is None:
        return None
    _check_certificate(inputs, arguments, command)
    url = command.url
    method = _route_key(url, command.method.value) or command.method.value
    sent_headers = _together(inputs, command.headers, headers, ("the curl command", "--header"), case_matters=False)
    sent_query = _together(inputs, url.query, query, ("the curl command", "--query"))
    notes = [*_notes_on_url(url), *command.notes]
    if getattr(arguments, "as") is not None and command.signed_by is None:
        notes.append("nothing in the curl command signs the call; it is checked as if --as had signed it")
    return GivenCall(method, url.path, url, sent_headers, sent_query, tuple(notes), command.signed_by, command.method)


def _check_certificate(inputs: Inputs, arguments: argparse.Namespace, command: CurlCommand) -> None:
    given = arguments.client_certificate
    if given is not None and (given == "valid") is not command.has_certificate:
        found = "has a client certificate (--cert)" if command.has_certificate else "has no client certificate (--cert)"
        message = f"the curl command {found}, and --client-certificate is {given}"
        inputs.report(message, advice="leave --client-certificate out, or change the command")


def _method(
    inputs: Inputs, arguments: argparse.Namespace, method: str | None, *, url: CalledUrl | None = None
) -> str | None:
    """The method of METHOD or -X; without both GET, and POST for a call with -d, as curl has it."""
    requested: str | None = arguments.sent_method
    if method is not None and requested is not None and method != requested:
        inputs.report(f"METHOD is {method}, and -X says {requested}", advice="give the method once")
        return None
    given = method or requested
    if given is not None:
        return given
    sent = "POST" if arguments.data else "GET"
    return sent if url is None else _route_key(url, sent) or sent


def _route_key(url: CalledUrl, method: str) -> str | None:
    """The route key of a call that opens a connection of a WebSocket API."""
    return "$connect" if url.is_websocket and method == "GET" else None


def _together(
    inputs: Inputs,
    written: Mapping[str, list[str]],
    options: Mapping[str, list[str]],
    names: tuple[str, str],
    *,
    case_matters: bool = True,
) -> dict[str, list[str]]:
    """Headers or parameters of the text and of the options; none can be in both."""
    present = {name if case_matters else name.lower() for name in written}
    for name in options:
        if (name if case_matters else name.lower()) in present:
            first, second = names
            inputs.report(f"{first} has {name}, and {second} gives it too", advice="give it in one place")
    return {**written, **options}


def _notes_on_url(url: CalledUrl) -> Iterator[str]:
    if url.is_normalised:
        yield f"clients send the path {url.path} for {url.written_path.value}"
