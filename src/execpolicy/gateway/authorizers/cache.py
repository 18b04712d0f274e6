"""The authorizer cache: how long an output is kept, under which key, and what a later call finds (AUT-5)."""

from __future__ import annotations

from collections.abc import Hashable
from threading import Lock
from typing import NamedTuple, TypeAlias

from execpolicy.arguments import finite_number
from execpolicy.errors import UsageError
from execpolicy.gateway.authorizers.output import AuthorizerOutput
from execpolicy.gateway.model.api_definition import ApiDefinition
from execpolicy.gateway.model.authorizer import REST_TTL, Authorizer
from execpolicy.gateway.model.names import ApiType

#: For each identity source, in order, all values that were sent for it.
CacheKey: TypeAlias = tuple[tuple[str, ...], ...]

_EntryKey: TypeAlias = tuple[str, str, str, str, str, CacheKey]


class CachedAnswer(NamedTuple):
    """An output in the cache, the call that it was returned for, and when it was stored and expires, in seconds."""

    output: AuthorizerOutput
    method: str
    path: str
    stored_at: float
    expires_at: float

    @property
    def call(self) -> str:
        """The call that filled the cache, such as ``GET /orders``."""
        return f"{self.method} {self.path}".rstrip()


def ttl_of(authorizer: Authorizer, api_type: ApiType) -> int:
    """How long the output of an authorizer is cached, in seconds; 0 means that it is not cached (AUT-5).

    Only Lambda authorizers of REST and HTTP APIs have a cache, and only if they have an identity source, whose values
    are the key.

    >>> tokens = Authorizer("tokens", type="TOKEN", identity_sources=["method.request.header.Authorization"])
    >>> ttl_of(tokens, ApiType.REST)
    300
    """
    if not authorizer.is_lambda or not authorizer.identity_sources or api_type is ApiType.WEBSOCKET:
        return 0
    if authorizer.ttl is not None:
        return authorizer.ttl
    return REST_TTL if api_type is ApiType.REST else 0


class AuthorizerCache:
    """A cache of authorizer outputs for a sequence of calls; threads may share one.

    ``Api.invoke(…, cache=cache, at=…)`` uses and fills it; ``lookup`` and ``store`` are for programs that call the
    functions themselves. A later call with the same values of the identity sources gets the cached output. A cached
    policy is evaluated for each call, so that a policy that names only the first method denies the others; a simple
    response is used as it is. Failures are not cached.

    Args:
        size: the maximum number of outputs; the oldest are removed first.

    Raises:
        UsageError: ``size`` is not a positive integer.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-use-lambda-authorizer.html

    >>> from execpolicy import Api, Route
    >>> users = Authorizer("users", type="TOKEN", identity_sources=["method.request.header.Authorization"])
    >>> api = Api(id="a1b2c3", type="REST", region="eu-west-1", account="111122223333", stages=["prod"],
    ...     routes=[Route("GET", "/a", authorizer="users")], authorizers=[users])
    >>> cache = AuthorizerCache()
    >>> first = {"principalId": "ann", "policyDocument": {"Version": "2012-10-17", "Statement": [
    ...     {"Effect": "Allow", "Action": "execute-api:Invoke",
    ...      "Resource": "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/a"}]}}
    >>> token = {"Authorization": "letmein"}
    >>> api.invoke("GET", "/a", headers=token, authorizer_output=first, cache=cache, at=0).status
    200
    >>> second = ValueError("the function fails, but is not called")
    >>> api.invoke("GET", "/a", headers=token, authorizer_output=second, cache=cache, at=299).status
    200
    >>> api.invoke("GET", "/a", headers=token, authorizer_output=second, cache=cache, at=300).status
    500
    """

    __slots__ = ("_entries", "_last", "_lock", "_of_variants", "_size")

    def __init__(self, *, size: int = 10_000) -> None:
        if not isinstance(size, int) or isinstance(size, bool) or size < 1:
            raise UsageError(f"size is a number of outputs, at least 1, found {size!r}")
        self._size = size
        self._entries: dict[_EntryKey, CachedAnswer] = {}
        self._last: float | None = None
        self._lock = Lock()
        self._of_variants: dict[Hashable, AuthorizerCache] = {}

    def lookup(
        self, api: ApiDefinition, authorizer: Authorizer, key: CacheKey | None, now: float, *, stage: str | None = None
    ) -> CachedAnswer | None:
        """The cached output for a call; None if the function must be called.

        Args:
            api: the API that is called.
            authorizer: the authorizer of its route.
            key: the values of its identity sources (``IdentitySourceValues.key``); None if one is missing or unknown.
            now: the time of the call, in seconds since 1970.
            stage: the name of the stage that is called; by default ``api.stage``.

        Raises:
            UsageError: ``now`` is not a number.
        """
        moment = _moment(now)
        self._last = moment
        if key is None or ttl_of(authorizer, api.type) == 0:
            return None
        with self._lock:
            found = self._entries.get(_entry(api, authorizer, key, stage))
        # Calls may be simulated in any order; an output is not found before the time at which it was stored.
        return found if found is not None and found.stored_at <= moment < found.expires_at else None

    def store(
        self,
        api: ApiDefinition,
        authorizer: Authorizer,
        key: CacheKey | None,
        now: float,
        *,
        output: AuthorizerOutput,
        method: str,
        path: str,
        stage: str | None = None,
    ) -> bool:
        """Store the output of a function for a call.

        Args:
            api: as for ``lookup``.
            authorizer: as for ``lookup``.
            key: as for ``lookup``.
            now: as for ``lookup``.
            output: the output of the function.
            method: the method of the call that it was returned for.
            path: the path of that call.
            stage: as for ``lookup``.

        Returns:
            Whether it is stored: False without a cache or a key, and for a failure.

        Raises:
            UsageError: ``now`` is not a number.
        """
        moment = _moment(now)
        ttl = ttl_of(authorizer, api.type)
        if key is None or ttl == 0 or output.failure is not None:
            return False
        entry = _entry(api, authorizer, key, stage)
        with self._lock:
            # Removed first, so that the new entry is the last: the oldest is the first.
            self._entries.pop(entry, None)
            self._entries[entry] = CachedAnswer(output, method, path, moment, moment + ttl)
            if len(self._entries) > self._size:
                del self._entries[next(iter(self._entries))]
        return True

    def next_time(self) -> float:
        """The time of a call that gives none: one second after the last call, and 0 for the first (AUT-5)."""
        return 0.0 if self._last is None else self._last + 1

    def of_variant(self, variant: Hashable) -> AuthorizerCache:
        """The cache of one variant of an API that depends on values that are not known (SRC-9).

        What one variant stores, no other finds: only one of them is deployed.

        Args:
            variant: the number of the variant, or the value that it has.
        """
        with self._lock:
            return self._of_variants.setdefault(variant, AuthorizerCache(size=self._size))

    def flush(self) -> None:
        """Remove all outputs, as flushing the authorizer cache of a stage does."""
        with self._lock:
            self._entries.clear()
            of_variants = tuple(self._of_variants.values())
        for each in of_variants:
            each.flush()

    def __len__(self) -> int:
        return len(self._entries) + sum(map(len, self._of_variants.values()))

    def __repr__(self) -> str:
        return f"<AuthorizerCache: {len(self)} of {self._size}>"


def _entry(api: ApiDefinition, authorizer: Authorizer, key: CacheKey, stage: str | None) -> _EntryKey:
    return api.region, api.account, api.id, api.stage.name if stage is None else stage, authorizer.name, key


def _moment(now: object) -> float:
    seconds = finite_number(now)
    if seconds is None:
        shown = "a number out of range" if isinstance(now, int) and not isinstance(now, bool) else repr(now)
        raise UsageError(
            f"a cache needs the time of each call, in seconds, found {shown}", advice="give now=…", rule="AUT-5"
        )
    return seconds
