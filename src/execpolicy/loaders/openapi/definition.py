"""An OpenAPI document while it is read: its version, its references, and what is not read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from execpolicy.document.syntax.fields import Fields, Problems, wrong_type
from execpolicy.document.syntax.nodes import JsonArray, JsonNumber, JsonObject, Member, Node, Text
from execpolicy.document.syntax.wording import did_you_mean, listed, quoted
from execpolicy.loaders.contents import Ignored, Unknown
from execpolicy.loaders.openapi.extensions import EXTENSIONS, PREFIX, Place
from execpolicy.loaders.openapi.references import REFERENCE, References

SWAGGER, OPENAPI = "swagger", "openapi"
_VERSIONS = {SWAGGER: ("2.0",), OPENAPI: ("3.0", "3.1")}


def is_openapi(document: Node) -> bool:
    """Whether a document names a version of OpenAPI or Swagger; the version may be unknown."""
    return isinstance(document, JsonObject) and (SWAGGER in document.members or OPENAPI in document.members)


class Definition:
    """An OpenAPI document while it is read.

    Args:
        problems: collects everything that is wrong in the file.
        root: the document. Its texts may hold unknown values (SRC-5).
    """

    def __init__(self, problems: Problems, root: JsonObject) -> None:
        self.problems = problems
        self.root = root
        self.references = References(problems, root)
        self._ignored: dict[str, Ignored] = {}
        self._unknowns: dict[str, Unknown] = {}
        self._read: set[int] = set()  # the objects whose extensions are checked
        #: Whether it is Swagger 2.
        self.is_swagger = SWAGGER in root.members
        #: Whether an operation that was read has an integration.
        self.has_integrations = False
        self._check_version()

    @property
    def ignored(self) -> tuple[Ignored, ...]:
        """What is not read so far, each once."""
        return tuple(self._ignored.values())

    @property
    def unknowns(self) -> tuple[Unknown, ...]:
        """What the document does not say so far, each once."""
        return tuple(self._unknowns.values())

    def not_said(self, name: str, reason: str, at: Node) -> None:
        """Note what the document does not say."""
        self._unknowns.setdefault(name, Unknown(name, reason, self.problems.source, self.problems.span(at)))

    def ignore(self, what: str, member: Member) -> None:
        """Note a part that is not read; only the first of its kind is noted."""
        start, end, _ = member
        source = self.problems.source
        self._ignored.setdefault(what, Ignored(what, source, source.span(start, end)))

    def object_at(self, node: Node, what: str, place: Place, known: Iterable[str]) -> Fields | None:
        """The fields of an object of the document, behind a reference where it is one; None if there is an error.

        Extensions of others, unknown ones and those of other places are not among them: they are listed or reported.

        Args:
            node: the object, or a reference to it.
            what: what messages call it.
            place: where it stands.
            known: the fields that OpenAPI has here, beside extensions.
        """
        found = self.references.resolved(node, what)
        if found is None:
            return None
        if not isinstance(found, JsonObject):
            wrong_type(self.problems, found, what, "an object")
            return None
        self._check_extensions(found, place)
        here = [name for name, extension in EXTENSIONS.items() if place in extension.places]
        own = {name: member for name, member in found.members.items() if name in here or name[:2] != "x-"}
        return Fields(self.problems, found._replace(members=own), what, (*known, *here))

    def check_other_places(self, *skipped: Node | None) -> None:
        """Report extensions in objects that ``object_at`` has not returned; API Gateway does not read them there.

        Args:
            skipped: parts of the document that are not used.
        """
        leave = {id(node.members) for node in skipped if isinstance(node, JsonObject)}
        for node in _objects(self.root, leave):
            if id(node.members) not in self._read:
                for name, member in node.members.items():
                    if name.startswith(PREFIX):
                        self._check_place(name, member, None)

    def _check_extensions(self, node: JsonObject, place: Place) -> None:
        if id(node.members) in self._read:
            return
        self._read.add(id(node.members))
        for name, member in node.members.items():
            if name.startswith(PREFIX):
                self._check_place(name, member, place)
            elif name.startswith("x-"):
                self.ignore(f"the extension {quoted(name)}", member)

    def _check_place(self, name: str, member: Member, place: Place | None) -> None:
        extension = EXTENSIONS.get(name)
        if extension is None:
            message = f"found {quoted(name)}, which is no extension of API Gateway that is known here"
            self.problems.report_name(member, message, did_you_mean(name, EXTENSIONS))
        elif place is None and extension.places == (Place.TAG,):
            self.ignore(f"the extension {quoted(name)}", member)
        elif place not in extension.places:
            where = listed(extension.places)
            message = f"found {quoted(name)} in a place in which API Gateway does not read it"
            self.problems.report_name(member, message, f"it belongs to {where}")
        elif not extension.is_read:
            self.ignore(f"the extension {quoted(name)}", member)

    def _check_version(self) -> None:
        name = SWAGGER if self.is_swagger else OPENAPI
        member = self.root.members.get(name)
        if member is None:
            message = 'found a document without "openapi" and "swagger"'
            self.problems.report(self.root, message, 'give its version, such as "openapi": "3.0.1"', "SRC-1")
            return
        _, _, value = member
        text = value.value if isinstance(value, Text) else value.text if isinstance(value, JsonNumber) else None
        if text is None:
            wrong_type(self.problems, value, name, "a string")
        elif not any(text == known or text.startswith(f"{known}.") for known in _VERSIONS[name]):
            message = f"found the version {quoted(text)} of {name}, expected {listed(_VERSIONS[name])}"
            self.problems.report(value, message, "API Gateway imports Swagger 2.0 and OpenAPI 3", "SRC-1")


def _objects(root: Node, leave: set[int]) -> Iterator[JsonObject]:
    """Every object of a document, without those under the ones to leave out."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, JsonArray):
            waiting.extend(node.items)
        elif isinstance(node, JsonObject) and id(node.members) not in leave:
            yield node
            waiting.extend(value for name, (_, _, value) in node.members.items() if name != REFERENCE)
