"""The options of curl: what each does to a call (SRC-6)."""

from __future__ import annotations

from enum import Enum, auto
from typing import NamedTuple


class Effect(Enum):
    """What an option of curl does to a call."""

    METHOD = auto()
    HEADER = auto()
    USER_AGENT = auto()
    REFERER = auto()
    COOKIE = auto()
    RANGE = auto()
    BEARER = auto()
    USER = auto()
    SIGNATURE = auto()
    URL = auto()
    URL_QUERY = auto()
    #: Data of the body; with -G of the query.
    DATA = auto()
    RAW_DATA = auto()
    ENCODED_DATA = auto()
    JSON = auto()
    FORM = auto()
    UPLOAD = auto()
    GET = auto()
    HEAD = auto()
    NO_GLOBBING = auto()
    PATH_AS_IS = auto()
    COMPRESSED = auto()
    CERTIFICATE = auto()
    #: Nothing that decides whether the call is allowed.
    NONE = auto()


class CurlOption(NamedTuple):
    """An option: its long name, its effect, and whether a value follows."""

    name: str
    effect: Effect
    takes_value: bool


#: Options that change the call, as ``short long``; a long name that a value follows ends in "=".
_CHANGING = {
    Effect.METHOD: "X request=",
    Effect.HEADER: "H header=",
    Effect.USER_AGENT: "A user-agent=",
    Effect.REFERER: "e referer=",
    Effect.COOKIE: "b cookie=",
    Effect.RANGE: "r range=",
    Effect.BEARER: "oauth2-bearer=",
    Effect.USER: "u user=",
    Effect.SIGNATURE: "aws-sigv4=",
    Effect.URL: "url=",
    Effect.URL_QUERY: "url-query=",
    Effect.DATA: "d data=, data-ascii=, data-binary=",
    Effect.RAW_DATA: "data-raw=",
    Effect.ENCODED_DATA: "data-urlencode=",
    Effect.JSON: "json=",
    Effect.FORM: "F form=, form-string=",
    Effect.UPLOAD: "T upload-file=",
    Effect.GET: "G get",
    Effect.HEAD: "I head",
    Effect.NO_GLOBBING: "g globoff",
    Effect.PATH_AS_IS: "path-as-is",
    Effect.COMPRESSED: "compressed",
    Effect.CERTIFICATE: "E cert=, cert-type=, key=, key-type=, pass=",
}
#: Options that concern the connection, the output and retries.
_UNIMPORTANT = (
    "k insecure, L location, location-trusted, s silent, S show-error, v verbose, i include, show-headers, f fail, "
    "fail-with-body, fail-early, o output=, O remote-name, remote-name-all, J remote-header-name, output-dir=, "
    "create-dirs, w write-out=, m max-time=, connect-timeout=, max-redirs=, retry=, retry-delay=, retry-max-time=, "
    "retry-all-errors, retry-connrefused, N no-buffer, no-progress-meter, # progress-bar, D dump-header=, "
    "c cookie-jar=, j junk-session-cookies, trace=, trace-ascii=, trace-time, trace-ids, stderr=, no-keepalive, "
    "keepalive-time=, 0 http1.0, http1.1, http2, http2-prior-knowledge, http3, http3-only, 1 tlsv1, tlsv1.0, tlsv1.1, "
    "tlsv1.2, tlsv1.3, tls-max=, ciphers=, tls13-ciphers=, curves=, ssl-reqd, ssl-no-revoke, cacert=, capath=, "
    "ca-native, crlfile=, pinnedpubkey=, 4 ipv4, 6 ipv6, interface=, local-port=, dns-servers=, "
    "doh-url=, x proxy=, U proxy-user=, proxy-insecure, proxy-header=, noproxy=, p proxytunnel, socks5=, "
    "socks5-hostname=, limit-rate=, Y speed-limit=, y speed-time=, tcp-nodelay, tcp-fastopen, expect100-timeout=, "
    "styled-output, no-styled-output, basic, parallel-immediate, q disable, max-filesize=, raw, tr-encoding, "
    "post301, post302, post303, proto=, proto-redir=, rate=, R remote-time, no-clobber, remove-on-error, no-alpn, "
    "no-sessionid, suppress-connect-headers, happy-eyeballs-timeout-ms=, libcurl=, xattr, ssl, "
    "ssl-allow-beast, hsts=, alt-svc=, etag-save=, Z parallel, parallel-max="
)

#: Options that are not read, each with what to do instead.
REFUSED = {
    "next": "paste one call",
    ":": "paste one call",
    "K": "a file of options is not read: write its options into the command",
    "config": "a file of options is not read: write its options into the command",
    "variable": "write the value in its place",
    "n": "a netrc file is not read: give -u",
    "netrc": "a netrc file is not read: give -u",
    "netrc-file": "a netrc file is not read: give -u",
    "digest": "API Gateway has no such authentication",
    "ntlm": "API Gateway has no such authentication",
    "negotiate": "API Gateway has no such authentication",
    "anyauth": "API Gateway has no such authentication",
    "connect-to": "write the host that curl connects to into the URL: a VPC endpoint is another way to the API",
    "resolve": "write the host of the API into the URL, or that of the VPC endpoint that the call goes through",
    "unix-socket": "no call by a socket reaches API Gateway",
    "request-target": "write the path into the URL",
    "help": "paste the command that calls the API",
    "h": "paste the command that calls the API",
    "version": "paste the command that calls the API",
    "V": "paste the command that calls the API",
}


def _table(names: str, effect: Effect) -> dict[str, CurlOption]:
    """The options of a list, by their long and short names."""
    found: dict[str, CurlOption] = {}
    for entry in names.split(", "):
        *short, long = entry.split(" ")
        option = CurlOption(long.removesuffix("="), effect, long.endswith("="))
        found |= dict.fromkeys([*short, option.name], option)
    return found


#: Every option that is understood, by its long name and by its letter.
OPTIONS: dict[str, CurlOption] = _table(_UNIMPORTANT, Effect.NONE)
for _effect, _names in _CHANGING.items():
    OPTIONS |= _table(_names, _effect)
