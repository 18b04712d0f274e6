"""A curl command as the call that it makes (SRC-6)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from execpolicy.document.syntax.wording import quoted
from execpolicy.errors import Source
from execpolicy.loaders.called_url import CalledUrl, parse_query, parse_url
from execpolicy.loaders.curl.arguments import CurlArguments, GivenOption, read_arguments
from execpolicy.loaders.curl.headers import sent_headers, signature_of
from execpolicy.loaders.curl.options import Effect
from execpolicy.loaders.curl.shell_words import split_command
from execpolicy.loaders.written_text import WrittenText

_DATA = (Effect.DATA, Effect.RAW_DATA, Effect.ENCODED_DATA, Effect.JSON)
#: What a body is made of; curl takes one kind in a command.
_BODIES = (("-d", _DATA), ("-F", (Effect.FORM,)), ("-T", (Effect.UPLOAD,)))
#: Words whose variables do not hide which call it is.
_MAY_HAVE_VARIABLES = frozenset(
    {Effect.HEADER, Effect.USER_AGENT, Effect.REFERER, Effect.COOKIE, Effect.BEARER, Effect.USER, Effect.FORM}
    | {Effect.UPLOAD, Effect.CERTIFICATE, Effect.NONE, *_DATA}
)


class CurlCommand(NamedTuple):
    """The call that a curl command makes.

    Attributes:
        method: the HTTP method, and the place that gives it.
        url: host, path and query, the data of ``-G`` included.
        headers: all headers with their values, those that curl adds included.
        signed_by: what signs the call: an option, a header or a query parameter; None if nothing does.
        has_certificate: whether the call has a client certificate.
        notes: what is read with an assumption, or not read because it does not decide the call.
    """

    method: WrittenText
    url: CalledUrl
    headers: Mapping[str, list[str]]
    signed_by: str | None
    has_certificate: bool
    notes: tuple[str, ...]


def parse_curl(text: str, name: str = "<curl>") -> CurlCommand:
    """Read a curl command as a shell and curl read it.

    Args:
        text: the command; it may go over several lines, and end in a pipe.
        name: what messages call it.

    Raises:
        RequestError: a shell or curl does not take the command, an option is not known here, or the command makes
            no call to an API; the error has the place in the command.

    >>> command = parse_curl("curl -s https://a1b2c3.execute-api.eu-west-1.amazonaws.com/prod/orders -d '{}'")
    >>> command.method.value, command.url.path
    ('POST', '/prod/orders')
    """
    command = split_command(Source(name, text))
    arguments = read_arguments(command.words, name)
    _check_variables(arguments)
    written = arguments.url
    url = parse_url(written, resolve_dots=arguments.last(Effect.PATH_AS_IS) is None)
    _check_globbing(arguments, written)
    _check_upload(arguments, url)
    url = url._replace(query=_query(arguments, url))
    method = _method(arguments)
    signed_by = signature_of(arguments, url)
    headers, assumed = sent_headers(arguments, url)
    notes = [*_notes(arguments), *assumed]
    if command.piped:
        notes.append(f"{command.piped!r} is not read: it gets the output of curl")
    certificate = arguments.last(Effect.CERTIFICATE)
    return CurlCommand(method, url, headers, signed_by, certificate is not None, tuple(notes))


def _method(arguments: CurlArguments) -> WrittenText:
    """The method: that of -X, else the one that the kind of the body has."""
    given = arguments.every(Effect.METHOD)
    for other in given[1:]:
        if other.value.value != given[0].value.value:
            message = f"found the methods {given[0].value.value} and {other.value.value}, expected one"
            raise other.value.error(message, "keep one of them")
    head, get = arguments.last(Effect.HEAD), arguments.last(Effect.GET)
    bodies = [(letter, body) for letter, kinds in _BODIES if (body := arguments.first(*kinds)) is not None]
    if head is not None and get is None:
        bodies.append(("-I", head))
    if len(bodies) > 1:
        (first, _), (second, place) = bodies[:2]
        raise place.name.error(f"found {first} and {second}, which curl does not combine", "keep one of them")
    if given:
        return given[0].value
    if head is not None:
        return head.name._replace(value="HEAD")
    if get is not None:
        return get.name._replace(value="GET")
    if bodies:
        letter, place = bodies[0]
        return place.name._replace(value="PUT" if letter == "-T" else "POST")
    return arguments.command._replace(value="GET")


def _query(arguments: CurlArguments, url: CalledUrl) -> dict[str, list[str]]:
    """The query of the URL, with the data that curl adds to it."""
    found = {name: list(values) for name, values in url.query.items()}
    more: list[dict[str, list[str]]] = []
    if arguments.last(Effect.GET) is not None:
        for given in arguments.every(*_DATA, Effect.FORM, Effect.UPLOAD):
            if given.effect not in (Effect.DATA, Effect.RAW_DATA, Effect.ENCODED_DATA):
                raise given.name.error(f"found {given.name.value} with -G, which sends data as the query", "use -d")
            more.append(_added(given))
    more += [_added(given) for given in arguments.every(Effect.URL_QUERY)]
    for parameters in more:
        for name, values in parameters.items():
            found.setdefault(name, []).extend(values)
    return found


def _added(given: GivenOption) -> dict[str, list[str]]:
    """The parameters that one option adds to the query."""
    text, effect = given.value, given.effect
    if effect is Effect.RAW_DATA:
        return parse_query(text)
    if effect is Effect.DATA:
        if text.value.startswith("@"):
            raise text.error(f"found the file {quoted(text.value[1:])} as the query", "write its content in its place")
        return parse_query(text)
    if effect is Effect.URL_QUERY and text.value.startswith("+"):
        return parse_query(text.part(1, len(text.value)))
    name, equals, content = text.value.partition("=")
    if not equals and "@" in text.value:
        raise text.error("found a file as a part of the query", "write its content in its place")
    if not equals:
        return {text.value: [""]}
    # curl encodes the content and sends the name as it is.
    return {next(iter(parse_query(text.part(0, len(name)))), name): [content]} if name else {content: [""]}


def _check_variables(arguments: CurlArguments) -> None:
    """Refuse a variable of the shell in the URL, the method, or data that becomes the query."""
    is_get = arguments.last(Effect.GET) is not None
    for given in arguments.options:
        becomes_query = is_get and given.effect in _DATA
        if given.variable is not None and (becomes_query or given.effect not in _MAY_HAVE_VARIABLES):
            message = f"found {given.variable.value}, which the shell replaces: its value is not known here"
            raise given.variable.error(message, "write the value in its place")


def _check_globbing(arguments: CurlArguments, url: WrittenText) -> None:
    """Refuse a URL that stands for several ones."""
    at = next((at for at, char in enumerate(url.value) if char in "[]{}"), None)
    if at is not None and arguments.last(Effect.NO_GLOBBING) is None:
        place = url.part(at, at + 1)
        message = f"found {url.value[at]} in the URL, which curl reads as a pattern of several URLs"
        raise place.error(message, "name one path as it is sent; curl -g takes the character as it is")


def _check_upload(arguments: CurlArguments, url: CalledUrl) -> None:
    """Refuse an upload to a path that ends in a slash: curl adds the name of the file to it."""
    upload = arguments.first(Effect.UPLOAD)
    if upload is not None and url.path.endswith("/"):
        message = f"found {upload.name.value} with a path that ends in /, to which curl adds the name of the file"
        raise upload.name.error(message, "write the whole path into the URL")


def _notes(arguments: CurlArguments) -> list[str]:
    notes = []
    unimportant = dict.fromkeys(each.name.value for each in arguments.every(Effect.NONE))
    if unimportant:
        verb = "does" if len(unimportant) == 1 else "do"
        notes.append(f"{', '.join(unimportant)} of the curl command {verb} not change whether the call is allowed")
    if arguments.last(Effect.GET) is None and arguments.first(*_DATA, Effect.FORM, Effect.UPLOAD) is not None:
        notes.append("the body of the call does not change whether it is allowed")
    notes += [
        f"{given.variable.value} is taken as it is written: the shell's variables are not known here"
        for given in arguments.options
        if given.variable is not None and given.effect not in (Effect.NONE, *_DATA, Effect.FORM, Effect.UPLOAD)
    ]
    return notes
