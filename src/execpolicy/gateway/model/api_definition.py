"""An API as its owner configures it: routes, authorizers, stages, keys, domains and the resource policy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from execpolicy.arguments import instance, text_or_none
from execpolicy.engine.caller import Target
from execpolicy.gateway.model.api_parts import ApiParts
from execpolicy.gateway.model.api_places import ApiPlaces
from execpolicy.gateway.model.call_tables import CallTables
from execpolicy.gateway.model.consistency import check_method_settings, check_parts
from execpolicy.gateway.model.names import EndpointType
from execpolicy.gateway.model.readings import Readings
from execpolicy.gateway.model.stage_name import parts_with_stage_name, unnamed_stage
from execpolicy.gateway.model.stage_selection import selected_stage, stage_names

if TYPE_CHECKING:
    from typing import Any, Self

    from execpolicy.gateway.model.authorizer import Authorizer
    from execpolicy.gateway.model.names import AuthType
    from execpolicy.gateway.model.route import Route


class ApiDefinition(ApiParts):
    """An API as its owner configures it: data, and what calls need of it. ``Api`` adds ``load`` and ``invoke``.

    The arguments are those of ``Api``. Two definitions are equal when they are of one class and have equal parts; an
    ``Api`` and the definition that it is made from are not equal.

    Raises:
        UsageError: an argument is of the wrong type, or AWS accepts no API with these parts.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-authorization-flow.html

    >>> from execpolicy import Route
    >>> api = ApiDefinition(id="a1b2c3", type="REST", region="eu-west-1", account="111122223333", stages=["prod"],
    ...     routes=[Route("GET", "/orders")])
    >>> api.stage.name
    'prod'
    """

    __slots__ = ("endpoint_is_said", "places", "plain_routes", "tables", "target")
    #: Whether its file says its type of endpoint. An OpenAPI file that does not is read as public, and an answer that a
    #: private API would not give has a note (SRC-1). It is no part of the API, as its places are.
    endpoint_is_said: bool
    #: Where a file describes the parts; None for an API that is not read from a file.
    places: ApiPlaces | None
    #: The resource policy, compiled once.
    target: Target
    #: The routes and the beginnings of ARNs, as calls need them.
    tables: CallTables
    #: Kept by flow/plain_call.py from the first call for the next one.
    plain_routes: Any

    def _complete(self) -> None:
        self._set(tables=CallTables(self))
        check_parts(self)
        check_method_settings(self)
        self._add_what_calls_need(None)

    def _add_what_calls_need(self, places: ApiPlaces | None) -> None:
        target = Target(resource=self.resource_policy)
        self._set(target=target, tables=CallTables(self), places=places, endpoint_is_said=True, plain_routes=None)

    @classmethod
    def of_checked_parts(cls, parts: ApiParts, places: ApiPlaces | None = None) -> Self:
        """A definition of parts that ``check_parts`` has accepted, also one by one; it is not called again."""
        made = object.__new__(cls)
        made._set(**{name: getattr(parts, name) for name in cls._fields()})
        made._add_what_calls_need(places)
        return made

    def authorizer(self, name: str) -> Authorizer:
        """The authorizer with this name.

        Raises:
            UsageError: the API has none of that name.
        """
        found = self.tables.authorizers.get(name) if type(name) is str else None
        return super().authorizer(name) if found is None else found

    def auth_of(self, route: Route) -> AuthType:
        """The authorization type of a route: its own, else that of its authorizer, else NONE."""
        if route.auth is None and route.authorizer is not None:
            found = self.tables.auth_of_authorizers.get(route.authorizer)
            if found is not None:
                return found
        return super().auth_of(route)

    def keep_plain_routes(self, routes: object) -> None:
        """Keep what plain calls need of this API."""
        self._set(plain_routes=routes)

    def with_readings(self, readings: Readings) -> Self:
        """The same API by other readings of AWS's pages."""
        return self._copied(self, readings=instance(readings, Readings, "readings"))

    def with_endpoint_not_said(self) -> Self:
        """The same API, of a file that does not say its type of endpoint."""
        return self._copied(self, endpoint_is_said=False)

    def as_private(self) -> Self:
        """The same API with a private endpoint."""
        return self._copied(self, endpoint=EndpointType.PRIVATE, ip_address_type=None, endpoint_is_said=True)

    def with_stage(self, stage: str | None) -> Self:
        """The same API with the stage that is called; None is the only one.

        If the API has no such stage, and one stage whose name is not known and may be this one, it is that stage.

        Raises:
            UsageError: there is no such stage, or several and none is named.
        """
        name = text_or_none(stage, "stage")
        unnamed = None if name is None else unnamed_stage(self, name)
        if name is not None and unnamed is not None:
            return self.with_checked_parts(**parts_with_stage_name(self, unnamed, name)).with_stage(name)
        origins = None if self.places is None else self.places.made_stages
        return self._copied(self, stage=selected_stage(self.stages, name, self.unknown_parts, origins))

    def stage_names(self) -> list[str]:
        """The names of its stages in words: the unknown value of a name that is not known, and what made a stage.

        >>> api = ApiDefinition(id="a1b2c3", type="REST", region="eu-west-1", account="111122223333", stages=["prod"])
        >>> api.stage_names()
        ['prod']
        """
        return stage_names(self.stages, self.unknown_parts, None if self.places is None else self.places.made_stages)

    def with_checked_parts(self, **changed: object) -> Self:
        """The same API with other parts, of the right types, which are not checked."""
        made = self._copied(self, **changed)
        if changed.keys() & {"authorizers", "routes", "stages"}:
            made._set(tables=CallTables(made))
        return made

    @classmethod
    def _copied(cls, definition: ApiDefinition, **changed: object) -> Self:
        """A definition of this class that has the parts of another, which are not checked again."""
        made = object.__new__(cls)
        names = (*cls._fields(), *ApiDefinition.__slots__)
        made._set(**({name: getattr(definition, name) for name in names} | {"plain_routes": None} | changed))
        return made

    @classmethod
    def _fields(cls) -> tuple[str, ...]:
        return ApiParts.__slots__

    def __getstate__(self) -> dict[str, object]:
        return {**{name: getattr(self, name) for name in self._fields()}, "stage": self.stage.name}

    def __setstate__(self, state: dict[str, object]) -> None:
        ApiDefinition.__init__(self, **state)  # type: ignore[arg-type]  # the state is what __init__ took
