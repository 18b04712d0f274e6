"""Takes parts that are not known out of the document of an API, and records what they concern (SRC-9).

Each reader of a part expects valid values. A valid value stands in place of an unknown one, and an ``UnknownPart`` says
what of the API is not known: no call that it can concern gets an answer that depends on the value.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from typing import Final

from execpolicy.document.syntax.fields import Problems
from execpolicy.document.syntax.nodes import JsonArray, JsonNull, JsonObject, Member, Node, Text, to_python
from execpolicy.document.syntax.wording import how_to_give
from execpolicy.document.unknown_value import has_unknown, unknown_names, with_unknown_in_words
from execpolicy.gateway.model.unknown_part import Concern, UnknownPart
from execpolicy.loaders.api_file.authorizer_stand_ins import FUNCTION, with_known_settings
from execpolicy.loaders.api_file.routes import check_fields

#: Fields of the API that are left out if they are not known.
_LEFT_OUT: Final = {
    "endpoint": Concern.ENDPOINT,
    "api_key_source": Concern.API_KEYS,
    "cors": Concern.CORS,
    "disable_execute_api_endpoint": Concern.OWN_HOST,
    "ip_address_type": Concern.HOSTS,
    "endpoint_access_mode": Concern.HOSTS,
    "resource_policy": Concern.RESOURCE_POLICY,
}
#: Valid values in place of what AWS assigns.
_DEPLOYMENT: Final = {"id": "notknown", "region": "us-east-1", "account": "000000000000"}
#: Where the names of stages stand: fields of the API, and members whose texts are such names.
_WITH_STAGES: Final = ("stage", "stages", "api_keys", "domains")
_OF_STAGES: Final = ("stage", "stages", "mappings")
#: Settings of a domain that are left out if they are not known.
_DOMAIN_SETTINGS: Final = ("mutual_tls", "endpoint_access_mode", "ip_address_type")
#: Fields without which an API cannot be read.
_NEEDED: Final = ("schema", "type", "readings")


def without_unknown_parts(problems: Problems, document: Node) -> tuple[Node, tuple[UnknownPart, ...]]:
    """The document with known values only, except in policies, and the parts that are not known.

    Args:
        problems: collects unknown values where a value is needed, each with its place.
        document: the whole content of the file.
    """
    if not isinstance(document, JsonObject) or next(_texts_in(document), None) is None:
        return document, ()
    reader = _KnownDocument(problems, document)
    return reader.known(), tuple(reader.parts)


class _KnownDocument:
    def __init__(self, problems: Problems, document: JsonObject) -> None:
        self._problems = problems
        self._document = document
        self.parts: list[UnknownPart] = []
        self._api_type = self._text("type")

    def known(self) -> JsonObject:
        """The document without unknown parts."""
        found = {name: member for name, member in self._document.members.items() if name in _NEEDED}
        for name in _NEEDED:
            for text in _texts_in(self._document.members[name][2]) if name in self._document.members else ():
                self._needed(text, name)
        stages = self._stage_names()
        for name, (start, end, value) in self._document.members.items():
            known = (
                value
                if name in _NEEDED
                else self._field(name, _renamed(value, stages, name) if stages and name in _WITH_STAGES else value)
            )
            if known is not None:
                found[name] = (start, end, known)
        return JsonObject(found, self._document.start, self._document.end)

    def _text(self, name: str) -> str:
        member = self._document.members.get(name)
        return member[2].value if member is not None and isinstance(member[2], Text) else ""

    def _field(self, name: str, value: Node) -> Node | None:
        """The value of a field of the API without unknown parts; None to leave the field out."""
        if next(_texts_in(value), None) is None and not (name == "routes" and self._of_unknown_type()):
            return value
        if isinstance(value, Text):
            return self._single(name, value)
        if isinstance(value, JsonArray):
            return self._api_keys(value) if name == "api_keys" else value
        if not isinstance(value, JsonObject):
            return value
        by_name = {
            "stages": self._stage,
            "authorizers": self._authorizer,
            "routes": self._route,
            "domains": self._domain,
            "gateway_responses": self._gateway_response,
        }
        read = by_name.get(name)
        return value if read is None else value._replace(members=dict(_each(value, read)))

    def _single(self, name: str, value: Text) -> Node | None:
        if name in _DEPLOYMENT:
            self._record(Concern.DEPLOYMENT, value, (name,))
            return value._replace(value=_DEPLOYMENT[name])
        if name in _LEFT_OUT:
            self._record(_LEFT_OUT[name], value, (name,))
            private = name == "endpoint" and any(_has(domain, "id") for domain in self._members("domains"))
            return value._replace(value="PRIVATE") if private else None
        if name != "title":
            self._needed(value, name)
        return None

    def _api_keys(self, keys: JsonArray) -> JsonArray:
        known = []
        for key in keys.items:
            if next(_texts_in(key), None) is None:
                known.append(key)
            else:
                self._record(Concern.API_KEYS, key, ("api_keys",))
        return keys._replace(items=known)

    def _stage(self, name: str, member: Member) -> Iterator[tuple[str, Member]]:
        start, end, stage = member
        if isinstance(stage, JsonObject):
            known = {}
            for field, value in stage.members.items():
                if next(_texts_in(value[2]), None) is None:
                    known[field] = value
                else:
                    self._record(Concern.STAGE, value[2], ("stages", name, field), key=name)
            stage = stage._replace(members=known)
        yield name, (start, end, stage)

    def _authorizer(self, name: str, member: Member) -> Iterator[tuple[str, Member]]:
        start, end, authorizer = member
        shown = with_unknown_in_words(name)
        known = with_known_settings(authorizer, self._api_type)
        if known is not authorizer:
            about = authorizer
            if isinstance(authorizer, JsonObject):
                about = authorizer._replace(members=_without(authorizer.members, (FUNCTION,)))
            self._record(Concern.AUTHORIZER, about, ("authorizers", shown), key=shown, whole=authorizer)
        if known is not None:
            yield shown, (start, end, known)

    def _route(self, key: str, member: Member) -> Iterator[tuple[str, Member]]:
        start, end, route = member
        if has_unknown(key):
            self._record(Concern.ROUTE_KEY, Text(key, start, end), ("routes", key), key=key, whole=route)
            return
        if isinstance(route, JsonObject):
            known = dict(route.members)
            values = {field: value for field, (_, _, value) in known.items() if next(_texts_in(value), None)}
            authorizer = known.get("authorizer")
            if authorizer is not None and isinstance(authorizer[2], Text):
                if authorizer[2].value in self._of_unknown_type():
                    values["authorizer"] = self._of_unknown_type()[authorizer[2].value]
                elif authorizer[2].value in self._names("authorizers"):
                    # The name is not known, and which authorizer it names is.
                    values.pop("authorizer", None)
                    shown = authorizer[2]._replace(value=with_unknown_in_words(authorizer[2].value))
                    known["authorizer"] = (authorizer[0], authorizer[1], shown)
            if values.keys() & {"auth", "authorizer"}:
                about = next(value for field, value in values.items() if field in ("auth", "authorizer"))
                self._record(Concern.AUTH, about, ("routes", key), key=key, whole=route)
                check_fields(self._problems, route._replace(members=_without(known, values)))
                known = {}
            else:
                for field, value in values.items():
                    concern = {"scopes": Concern.SCOPES, "api_key_required": Concern.API_KEY_REQUIRED}.get(field)
                    if concern is not None:
                        self._record(concern, value, ("routes", key, field), key=key)
                        del known[field]
            route = route._replace(members=known)
        yield key, (start, end, route)

    def _domain(self, name: str, member: Member) -> Iterator[tuple[str, Member]]:
        start, end, domain = member
        if has_unknown(name):
            self._record(Concern.DOMAIN_NAME, Text(name, start, end), ("domains", name), whole=domain)
            return
        if isinstance(domain, JsonObject):
            rest = {field: each for field, each in domain.members.items() if not _is_policy(field, each[2])}
            settings = {field: rest[field][2] for field in _DOMAIN_SETTINGS if _is_unknown(rest, field)}
            unknown = domain._replace(members=_without(rest, settings))
            if next(_texts_in(unknown), None) is None:
                for field, value in settings.items():
                    self._record(Concern.DOMAIN_SETTING, value, ("domains", name, field), key=name)
                domain = domain._replace(members=_without(domain.members, settings))
            else:
                self._record(Concern.DOMAIN, unknown, ("domains", name), key=name, whole=domain)
                mappings = JsonObject({}, domain.start, domain.end)
                domain = domain._replace(members={"mappings": (start, end, mappings)})
        yield name, (start, end, domain)

    def _gateway_response(self, name: str, member: Member) -> Iterator[tuple[str, Member]]:
        start, end, response = member
        if isinstance(response, JsonObject):
            known = dict(response.members)
            for field, (at, to, value) in response.members.items():
                if next(_texts_in(value), None) is None:
                    continue
                if field != "message":
                    self._needed(next(_texts_in(value)), field)
                    del known[field]
                    continue
                self._record(Concern.MESSAGE, value, ("gateway_responses", name, field), key=name)
                known[field] = (at, to, JsonNull("null", value.start, value.end))
            if not known and response.members:
                return  # its only value is reported
            response = response._replace(members=known)
        yield name, (start, end, response)

    def _stage_names(self) -> dict[str, str]:
        """Names in place of the names of stages that are not known."""
        member = self._document.members.get("stages")
        found: dict[str, str] = {}
        if member is None:
            return found
        names = [each for each in member[2].items if isinstance(each, Text)] if isinstance(member[2], JsonArray) else []
        if isinstance(member[2], JsonObject):
            names = [Text(name, start, end) for name, (start, end, _) in member[2].members.items()]
        for name in names:
            if has_unknown(name.value) and name.value not in found:
                found[name.value] = f"not-known-{len(found) + 1}"
                self._record(Concern.STAGE_NAME, name, ("stages",), key=found[name.value])
        return found

    def _members(self, name: str) -> list[Node]:
        member = self._document.members.get(name)
        value = None if member is None else member[2]
        return [each for _, _, each in value.members.values()] if isinstance(value, JsonObject) else []

    def _names(self, name: str) -> list[str]:
        member = self._document.members.get(name)
        return [*member[2].members] if member is not None and isinstance(member[2], JsonObject) else []

    def _of_unknown_type(self) -> dict[str, Node]:
        """The authorizers whose type is not known, with that type."""
        member = self._document.members.get("authorizers")
        if member is None or not isinstance(member[2], JsonObject):
            return {}
        found = {}
        for name, (_, _, authorizer) in member[2].members.items():
            kind = authorizer.members.get("type") if isinstance(authorizer, JsonObject) else None
            if kind is not None and next(_texts_in(kind[2]), None) is not None:
                found[name] = kind[2]
        return found

    def _needed(self, text: Text, name: str) -> None:
        names = unknown_names(text.value)
        message = f"found {', '.join(names)}, which has no value, as {name}, expected a value that is known"
        self._problems.report(text, message, how_to_give(names), "SRC-9")

    def _record(
        self, concern: Concern, about: Node, path: tuple[str, ...], *, key: str = "", whole: Node | None = None
    ) -> None:
        texts = [*_texts_in(about)]
        names = [*dict.fromkeys(name for text in texts for name in unknown_names(text.value))]
        written = json.dumps(to_python(about if whole is None else whole))
        place = self._problems.place(texts[0])
        self.parts.append(UnknownPart(names, concern, key=key, path=path, written=written, place=place))


def _without(members: Mapping[str, Member], fields: Collection[str]) -> dict[str, Member]:
    return {name: member for name, member in members.items() if name not in fields}


def _is_unknown(members: Mapping[str, Member], field: str) -> bool:
    _, _, value = members.get(field, (0, 0, None))
    return isinstance(value, Text) and has_unknown(value.value)


def _each(node: JsonObject, read: object) -> Iterator[tuple[str, Member]]:
    for name, member in node.members.items():
        yield from read(name, member)  # type: ignore[operator]  # each reader of the table takes a member


def _texts_in(node: Node) -> Iterator[Text]:
    """The texts with unknown parts, and the names of members with such parts, in the order of the document."""
    if isinstance(node, Text):
        if has_unknown(node.value):
            yield node
    elif isinstance(node, JsonArray):
        for item in node.items:
            yield from _texts_in(item)
    elif isinstance(node, JsonObject):
        for name, (start, end, value) in node.members.items():
            if has_unknown(name):
                yield Text(name, start, end)
            if not _is_policy(name, value):
                yield from _texts_in(value)


def _is_policy(name: str, value: Node) -> bool:
    """Whether a member is a policy, whose unknown values are evaluated as such."""
    return name in ("policy", "resource_policy") and isinstance(value, JsonObject)


def _renamed(node: Node, names: dict[str, str], field: str) -> Node:
    """The value of a field with other names of stages, where such a name is expected and nothing else."""
    if isinstance(node, Text):
        return node._replace(value=names.get(node.value, node.value)) if field in _OF_STAGES else node
    if isinstance(node, JsonArray):
        return node._replace(items=[_renamed(item, names, field) for item in node.items])
    if not isinstance(node, JsonObject):
        return node
    members: dict[str, Member] = {}
    for name, (start, end, value) in node.members.items():
        if field == "stages":  # stages by name, with their settings
            members[names.get(name, name)] = (start, end, value)
        else:
            # The members of "mappings" are stages by base path.
            inner = field if field == "mappings" and isinstance(value, Text) else name
            members[name] = (start, end, _renamed(value, names, inner))
    return node._replace(members=members)


def _has(node: Node, name: str) -> bool:
    return isinstance(node, JsonObject) and name in node.members
