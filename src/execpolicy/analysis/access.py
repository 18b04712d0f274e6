"""Who gets through to a method and path: groups of callers, each with the conditions under which its calls do."""

from __future__ import annotations

from collections.abc import Iterable

from execpolicy._base.frozen import Frozen
from execpolicy._base.records import TYPE_CHECKING
from execpolicy.arguments import instance
from execpolicy.engine.request import Request

if TYPE_CHECKING:
    from collections.abc import Callable

    from execpolicy.analysis.witness import Witness
    from execpolicy.engine.compile import CompiledStatement


class AccessGroup(Frozen):
    """Some callers that get through, and the conditions under which they do.

    Attributes:
        routes: the keys of the routes that the calls reach, such as ``GET /orders/{id}``, the best rank first.
        callers: who, in words, such as callers of the API's account.
        principals: those of them whom the statement names that allows; empty if it names all of them.
        sources: the addresses, VPC endpoints and VPCs that calls come from; empty for any source.
        keys: the other conditions, all of which hold.
        presented: what a call presents besides its signature, such as a token.
        exceptions: what is excepted, one Deny each: calls for which all parts of it hold do not get through.
        statements: the statement that allows; none where nothing but the caller's own policies has to.
        example: a call of the group, which the simulation has confirmed.

    >>> from execpolicy import Api, Route, who
    >>> api = Api(id="a1b2c3", type="REST", region="eu-west-1", account="111122223333", stages=["prod"],
    ...     routes=[Route("GET", "/orders")])
    >>> print(who(api, "GET", "/orders").groups[0].example.call)
    GET /orders on prod by anonymous
    """

    __slots__ = (
        *("callers", "example", "exceptions", "keys", "presented", "principals", "routes", "sources", "statements"),
    )
    routes: tuple[str, ...]
    callers: str
    principals: tuple[str, ...]
    sources: tuple[str, ...]
    keys: tuple[str, ...]
    presented: tuple[str, ...]
    exceptions: tuple[str, ...]
    statements: tuple[CompiledStatement, ...]
    example: Witness

    def __init__(
        self,
        *,
        routes: Iterable[str],
        callers: str,
        principals: Iterable[str],
        sources: Iterable[str],
        keys: Iterable[str],
        presented: Iterable[str],
        exceptions: Iterable[str],
        statements: Iterable[CompiledStatement],
        example: Witness,
    ) -> None:
        self._set(
            routes=tuple(routes),
            callers=callers,
            principals=tuple(principals),
            sources=tuple(sources),
            keys=tuple(keys),
            presented=tuple(presented),
            exceptions=tuple(exceptions),
            statements=tuple(statements),
            example=example,
        )

    def with_other_routes(self, others: Iterable[AccessGroup]) -> AccessGroup:
        """The same callers with the routes of other groups too, and the simplest example (ANA-6)."""
        groups = [self, *others]
        return AccessGroup(
            routes=dict.fromkeys(route for each in groups for route in each.routes),
            callers=self.callers,
            principals=self.principals,
            sources=self.sources,
            keys=self.keys,
            presented=self.presented,
            exceptions=self.exceptions,
            statements=self.statements,
            example=min((each.example for each in groups), key=lambda example: example.preference),
        )

    @property
    def words(self) -> tuple[object, ...]:
        """All of the group but its routes and its example: groups with equal words are one (ANA-6)."""
        statements = tuple((each.policy.name, each.statement.number) for each in self.statements)
        limits = (self.principals, self.sources, self.keys, self.presented, self.exceptions)
        return (self.callers, *limits, statements)

    @property
    def is_anybody(self) -> bool:
        """Whether every caller is in it, with a signature or without."""
        return self.callers.startswith("anybody")

    def __str__(self) -> str:
        """The group in words, on one line."""
        parts = [
            self.callers + (f" and that the policy names: {', '.join(self.principals)}" if self.principals else "")
        ]
        parts += ["from " + " or ".join(self.sources)] if self.sources else []
        parts += ["with " + " and ".join(self.presented)] if self.presented else []
        parts += ["if " + " and ".join(self.keys)] if self.keys else []
        parts += [f"except {each}" for each in self.exceptions]
        return ", ".join(parts)


class Access(Frozen):
    """Who gets through to a method and path.

    Attributes:
        groups: at most ten groups, the most open first. Together they are all callers that get through, unless
            ``others`` says that there are more.
        others: the number of groups that are left out.
        anonymous: whether a caller without a signature, a token and an authorizer's answer gets through; None if that
            is not known.
        unknown: why it is not known whether there are other groups, one reason each.
        assumptions: what is taken for granted.

    >>> from execpolicy import Api, Route, who
    >>> api = Api(id="a1b2c3", type="REST", region="eu-west-1", account="111122223333", stages=["prod"],
    ...     routes=[Route("GET", "/orders")])
    >>> who(api, "GET", "/orders").anonymous
    True
    """

    __slots__ = ("_includes", "anonymous", "assumptions", "groups", "others", "unknown")
    groups: tuple[AccessGroup, ...]
    others: int
    anonymous: bool | None
    unknown: tuple[str, ...]
    assumptions: tuple[str, ...]
    _includes: Callable[[Request], bool]

    def __init__(
        self,
        groups: Iterable[AccessGroup],
        *,
        others: int,
        anonymous: bool | None,
        unknown: Iterable[str],
        assumptions: Iterable[str],
        includes: Callable[[Request], bool],
    ) -> None:
        self._set(
            groups=tuple(groups),
            others=others,
            anonymous=anonymous,
            unknown=tuple(unknown),
            assumptions=tuple(assumptions),
            _includes=includes,
        )

    def includes(self, request: Request) -> bool:
        """Whether a request is one of those that get through, by the simulation.

        Args:
            request: a request to execute-api; the policies of its caller are those that are taken for granted.

        Raises:
            UsageError: it is not a Request.
        """
        return self._includes(instance(request, Request, "request"))
