"""A policy document: its kind, statements and text."""

from __future__ import annotations

import os
from collections.abc import Mapping

from execpolicy._base.characters import printable, with_unknown_in_words
from execpolicy._base.frozen import Frozen
from execpolicy._base.records import TYPE_CHECKING
from execpolicy.arguments import as_builtin
from execpolicy.document.fast_parse import FastParsed, parse_fast, parse_fast_objects, plain_copy
from execpolicy.document.kinds import PolicyKind
from execpolicy.document.model import OLD_VERSION, PrincipalEntry, Statement
from execpolicy.document.syntax.encoding import BOM, YAML_ENDINGS, decode
from execpolicy.document.syntax.nodes import SPACE, JsonObject, Node, Text, to_python, walk
from execpolicy.document.syntax.wording import counted, listed
from execpolicy.document.unknown_value import unknown_names
from execpolicy.errors import ExecPolicyError, Source, Span, UsageError

if TYPE_CHECKING:
    from typing import Any, Protocol

    from execpolicy.document.parse import Parsed
    from execpolicy.literals import PolicyKindName

    class Placed(Protocol):
        """A part of the model that has a place."""

        @property
        def start(self) -> int:
            """Its offset in the text that was read."""

        @property
        def end(self) -> int:
            """The offset after it."""


#: The name of a policy without a name.
UNNAMED = "<policy>"


class Policy(Frozen):
    """A policy document of a known kind.

    Attributes:
        kind: what it is attached to.
        name: what messages call it, such as the path of its file.
        version: ``2012-10-17`` or ``2008-10-17``; the latter also where the document has no Version.
        id: the document's Id, or None.
        statements: in document order.
        source: the text, or None for a document given as Python objects.
        version_text: Version with its place, or None where the document has none.

    Places are read when they are first needed: by an explanation, or by ``statements``.
    Two policies are equal when kind, name and document are the same.

    >>> from execpolicy import Policy
    >>> policy = Policy.parse(
    ...     '{"Statement": {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*"}}', kind="identity"
    ... )
    >>> policy.statements[0].effect
    'Allow'

    See https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
    """

    __slots__ = (
        *("_is_part", "_objects", "_parsed", "_without_places"),
        *("compiled_sets", "id", "kind", "name", "source", "version"),
    )
    kind: PolicyKind
    name: str
    version: str
    id: str | None
    source: Source | None
    #: Whether it is a part of a larger text, whose values may be other than what stands there: those of a template.
    _is_part: bool
    #: A copy of a document that was given as Python objects, if ``fast_parse`` has parsed it.
    _objects: dict[str, Any] | None
    _without_places: tuple[Statement, ...] | None
    #: A cache of the engine: what it has compiled of sets of policies of which this is the first.
    compiled_sets: dict[object, Any]
    _parsed: Parsed | None

    def __init__(
        self,
        kind: PolicyKind,
        name: str,
        read: Parsed | FastParsed,
        source: Source | None,
        *,
        is_part: bool = False,
        objects: dict[str, Any] | None = None,
    ) -> None:
        if isinstance(read, FastParsed):
            version, id_value = read.version, read.id
            self._set(_without_places=read.statements, _parsed=None)
        else:
            version = read.version_text.value if read.version_text is not None else OLD_VERSION
            id_value = with_unknown_in_words(read.id_text.value) if read.id_text is not None else None
            self._set(_without_places=None, _parsed=read)
        self._set(kind=kind, name=name, version=version, id=id_value, source=source, _is_part=is_part)
        self._set(_objects=objects, compiled_sets={})

    def _placed(self) -> Parsed:
        """The document with all places, parsed when it is first needed."""
        parsed = self._parsed
        if parsed is None:
            from execpolicy.document.parse import parse_objects, parse_text

            # Two threads may both parse it, with equal results; the last one is kept.
            if self.source is not None:
                parsed, _ = parse_text(self.source.text, self.name, self.kind)
            else:
                assert self._objects is not None, "any other document is parsed with places"
                parsed = parse_objects(self._objects, self.name, self.kind)
            self._set(_parsed=parsed)
        return parsed

    @property
    def statements(self) -> tuple[Statement, ...]:
        """The statements, in document order."""
        return self._placed().statements

    @property
    def statements_without_places(self) -> tuple[Statement, ...]:
        """The statements, for uses that need no places: they may have none."""
        return self._without_places if self._without_places is not None else self._placed().statements

    @property
    def version_text(self) -> Text | None:
        """Version with its place."""
        return self._placed().version_text

    @property
    def is_part(self) -> bool:
        """Whether it is a part of a larger text, such as a template, or was read from YAML."""
        return self._is_part

    @property
    def decoded_text(self) -> str:
        """The text without escapes and without the output of a command around it, in which nodes have their offsets."""
        return self._placed().text

    @property
    def root(self) -> Node:
        """The document as nodes, each with its place."""
        return self._placed().root

    @property
    def unknown_values(self) -> tuple[str, ...]:
        """The names of the values of the document that are not known, each once, in order (SRC-10)."""
        if self._parsed is None:
            return ()  # a document that was parsed without places has none
        found: dict[str, None] = {}
        for node, _ in walk(self.root):
            texts = (node.value,) if isinstance(node, Text) else node.members if isinstance(node, JsonObject) else ()
            found.update(dict.fromkeys(name for text in texts for name in unknown_names(text)))
        return tuple(found)

    @classmethod
    def parse(
        cls, document: str | bytes | Mapping[str, Any], *, kind: PolicyKind | PolicyKindName, name: str | None = None
    ) -> Policy:
        """Read a policy document.

        Args:
            document: JSON as text or UTF-8 bytes, or the same document as a mapping. It may be escaped as API Gateway
                returns it, or be the output of an AWS command such as ``aws iam get-role-policy`` (POL-12).
            kind: what the document is attached to: identity, resource, boundary, session, scp, rcp, vpc_endpoint,
                authorizer or domain_name.
            name: what messages call it; ``<policy>`` by default.

        Raises:
            PolicySyntaxError: the document is not valid; ``errors`` has all problems.
            UsageError: the kind does not exist, or the document is neither text nor a mapping.
        """
        kind = PolicyKind.parse(kind)
        name = UNNAMED if name is None else name
        if not isinstance(name, str):
            raise UsageError(
                f"found a name of type {type(name).__name__}, expected a string", advice="str() converts a path"
            )
        name, document = as_builtin(name), as_builtin(document)
        if isinstance(document, Mapping):
            plain = plain_copy(document)
            fast = None if plain is None else parse_fast_objects(plain, kind)
            if fast is not None:
                return cls(kind, name, fast, None, objects=plain)
            from execpolicy.document.parse import parse_objects

            return cls(kind, name, parse_objects(document, name, kind), None)
        if isinstance(document, (bytes, bytearray)):
            document = decode(document, name)
        if not isinstance(document, str):
            raise UsageError(
                f"found a document of type {type(document).__name__}, expected text, bytes or a mapping",
                advice="Policy.load reads a file; documents in a list are parsed one by one",
            )
        text = document.removeprefix(BOM)
        fast = parse_fast(text, kind)
        if fast is not None:
            return cls(kind, name, fast, Source(name, text))
        from execpolicy.document.parse import parse_text

        return cls(kind, name, *parse_text(text, name, kind))

    @classmethod
    def load(cls, path: str | os.PathLike[str], *, kind: PolicyKind | PolicyKindName) -> Policy:
        """Read a policy document from a JSON or YAML file.

        Args:
            path: the file, which also names the policy in messages.
            kind: as for ``parse``.

        Raises:
            ExecPolicyError: the file cannot be read, or it is YAML and PyYAML is not installed.
            PolicySyntaxError: the document is not valid.
            UsageError: the kind does not exist, or ``path`` is not a path.
        """
        kind = PolicyKind.parse(kind)
        if not isinstance(path, (str, os.PathLike)) or not isinstance(os.fspath(path), str):
            raise UsageError(
                f"found a path of type {type(path).__name__}, expected a string or a path",
                advice="Policy.parse takes a document itself",
            )
        name = os.fspath(path)
        from execpolicy.document.syntax.files import read_bytes

        try:
            content = read_bytes(name)
        except ExecPolicyError as error:
            if "{" not in name:
                raise
            raise ExecPolicyError(
                error.message, advice="Policy.parse takes the text of a document"
            ) from error.__cause__
        return cls.from_file_text(decode(content, name), kind=kind, name=name)

    @classmethod
    def from_file_text(cls, text: str, *, kind: PolicyKind | PolicyKindName, name: str) -> Policy:
        """Read a policy document from the text of a JSON or YAML file.

        Args:
            text: the whole text.
            kind: as for ``parse``.
            name: the name of the file, which also names the policy in messages. The extensions ``.yaml`` and ``.yml``
                are those of YAML; with another name the first characters decide.

        Raises:
            ExecPolicyError: it is YAML, and PyYAML is not installed.
            PolicySyntaxError: the document is not valid.
            UsageError: the kind does not exist.
        """
        text = text.removeprefix(BOM)
        if text.lstrip(SPACE).startswith("{") and not name.endswith(YAML_ENDINGS):
            return cls.parse(text, kind=kind, name=name)  # needs no more modules
        from execpolicy.document.syntax.json_or_yaml import read_any
        from execpolicy.document.yaml_policy import is_yaml_policy

        if not is_yaml_policy(text, name):
            return cls.parse(text, kind=kind, name=name)
        kind = PolicyKind.parse(kind)
        problems, root = read_any(text, name)
        return cls.from_document(root, kind=kind, source=problems.source)

    @classmethod
    def from_document(cls, root: Node, *, kind: PolicyKind | PolicyKindName, source: Source) -> Policy:
        """Parse the policy document of a file whose text is read already, as ``from_file_text`` does.

        Args:
            root: the document, from ``read_any(source.text, source.name)``.
            kind: as for ``parse``.
            source: the whole text, with the name of the file.

        Raises:
            PolicySyntaxError: the document is not valid.
            UsageError: the kind does not exist.
        """
        kind, name, text = PolicyKind.parse(kind), source.name, source.text
        from execpolicy.document.parse import parse_text
        from execpolicy.document.syntax.json_or_yaml import is_yaml
        from execpolicy.document.yaml_policy import is_yaml_policy, policy_in_yaml

        if not is_yaml(text, name) and not isinstance(root, Text):
            return cls(kind, name, *parse_text(text, name, kind, root))
        if not is_yaml_policy(text, name):
            return cls.parse(text, kind=kind, name=name)  # the document is in a string
        found = policy_in_yaml(root, source, kind)
        return cls.from_node(found.root, kind=kind, name=name, source=found.source, text=found.text)

    @classmethod
    def from_node(
        cls, node: Node, *, kind: PolicyKind | PolicyKindName, name: str, source: Source, text: str | None = None
    ) -> Policy:
        """Parse a policy document that is a part of a larger text, such as a case file.

        Args:
            node: the document, from ``read_json(source.text)``.
            kind: as for ``parse``.
            name: what messages call the policy; its places are those of ``source``.
            source: the larger text.
            text: the text that was read, if it is not that of the source, which then has the offsets.

        Raises:
            PolicySyntaxError: the node is not a valid policy document.
            UsageError: the kind does not exist.
        """
        from execpolicy.document.parse import parse_node

        kind = PolicyKind.parse(kind)
        return cls(kind, name, parse_node(node, kind, source, text), source, is_part=True)

    def span(self, node: Placed | PrincipalEntry, first: int = 0, last: int | None = None) -> Span | None:
        """The place of a part of this policy in its text.

        Args:
            node: a statement, an element, a text, a principal entry or a condition of this policy.
            first: for a part of a text: its first offset in the value.
            last: the offset after it; by default the place is that of the whole text.

        Returns:
            The place, or None for a policy given as Python objects.
        """
        if self.source is None:
            return None
        if isinstance(node, PrincipalEntry):
            node = node.text
        if isinstance(node, Text) and last is not None:
            from execpolicy.document.syntax.json_strings import place_inside

            return self.source.span(*place_inside(self.decoded_text, node, first, last))
        return self.source.span(node.start, node.end)

    def place(self, node: Placed | PrincipalEntry, path: str = "") -> str:
        """The place as text: ``file:line:column``, or the policy's name and ``path`` where there are no lines."""
        span = self.span(node)
        if span is not None:
            return f"{self.source.name if self.source else self.name}:{span.line}:{span.column}"
        return f"{self.name}: {path}" if path else self.name

    def to_document(self) -> dict[str, Any]:
        """The document as Python objects, as ``json.loads`` returns it.

        A number that Python cannot write back exactly is returned as text, which has the same meaning in a condition.

        Raises:
            ExecPolicyError: the document has values that are not known.
        """
        unknown = self.unknown_values
        if unknown:
            raise ExecPolicyError(
                f"found a document with values that are not known: {listed(unknown, 'and')}",
                source=self.source,
                span=self.span(self.root),
                advice="give the values where the file is read, as in parameters={…}",
                rule="SRC-10",
            )
        document = to_python(self.root)
        assert isinstance(document, dict)
        return document

    def _identity(self) -> tuple[Any, ...]:
        if self.source is None:
            return self.kind, self.name, self.version_text, self.id, self.statements
        if self._is_part:
            return *self._place(), self.version_text, self.id, self.statements
        return self._place()

    def _place(self) -> tuple[Any, ...]:
        """Kind, name, text, and where the document begins: a larger text may contain the same one in several places."""
        text = self.source.text if self.source is not None else ""
        start = self._parsed.root.start if self._parsed is not None else len(text) - len(text.lstrip(SPACE))
        return self.kind, self.name, text, start

    def __hash__(self) -> int:
        return hash(self._place()) if self.source is not None else super().__hash__()

    def _shown(self) -> str:
        statements = counted(len(self.statements), "statement")
        return f"<Policy {printable(self.name)}: {self.kind.value}, {statements}>"

    def __reduce__(self) -> tuple[object, ...]:
        if self.source is None:
            return _parse_again, (self.to_document(), self.kind, self.name)
        if not self._is_part:
            return _parse_again, (self.source.text, self.kind, self.name)
        return _take_again, (self.root, self.kind, self.name, self.source, self.decoded_text)


def _parse_again(document: str | Mapping[str, Any], kind: PolicyKind, name: str) -> Policy:
    return Policy.parse(document, kind=kind, name=name)


def _take_again(root: Node, kind: PolicyKind, name: str, source: Source, text: str) -> Policy:
    return Policy.from_node(root, kind=kind, name=name, source=source, text=text)
