"""Finds the policy documents of items, each once, and makes policies of changed documents."""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterator, Sequence
from typing import NamedTuple

from execpolicy.api import Api
from execpolicy.document.policy import Policy
from execpolicy.document.syntax.nodes import Node, to_python
from execpolicy.errors import PolicySyntaxError, Source
from execpolicy.gateway.model.variants import values_of
from execpolicy.testing.case_file.calls import CallCase, SequenceCase
from execpolicy.testing.case_file.model import Case, Item
from execpolicy.testing.mutation.difference import difference, difference_of_texts
from execpolicy.testing.mutation.edits import apply_edits, edits, move_offsets, stands_in


def held_policies(item: Item) -> Iterator[Policy]:
    """The policies of an item, without the output of authorizers and documents that are tested themselves."""
    if isinstance(item, Case):
        if item.request is not None:
            yield from item.request.caller.policies
        yield from item.target.policies
    elif isinstance(item, CallCase):
        yield from _of_call(item)
    elif isinstance(item, SequenceCase):
        for call in item.calls:
            yield from _of_call(call)


def _of_call(item: CallCase) -> Iterator[Policy]:
    if item.api is not None:
        yield from _of_api(item.api)
    if item.call is not None:
        for caller in values_of(item.call.caller):
            yield from caller.policies
        yield from values_of(item.call.vpc_endpoint)


def _of_api(api: Api) -> Iterator[Policy]:
    for variant in api.variants:
        if variant.resource_policy is not None:
            yield variant.resource_policy
        yield from (domain.policy for domain in variant.domains if domain.policy is not None)


class SharedDocument(NamedTuple):
    """A policy document, all policies that were read from it, and the items that use one of them.

    A document that is used for two kinds, such as an identity policy and a boundary, is two policies.
    """

    policies: tuple[Policy, ...]
    items: tuple[int, ...]

    @property
    def policy(self) -> Policy:
        """The first of the policies."""
        return self.policies[0]

    @property
    def root(self) -> Node:
        return self.policy.root

    def in_place(self) -> bool:
        """Whether the text of the document can be changed: it has one, without escapes and aliases."""
        source, root = self.policy.source, self.root
        return source is not None and self.policy.decoded_text == source.text and stands_in(root, 0, len(source.text))


def shared_documents(items: Sequence[Item]) -> list[SharedDocument]:
    """All documents of the items, in the order of their first use."""
    policies: dict[Hashable, dict[int, Policy]] = {}
    holders: dict[Hashable, dict[int, None]] = {}
    keys: dict[int, Hashable] = {}
    for number, item in enumerate(items):
        for policy in held_policies(item):
            key = keys.get(id(policy))
            if key is None:
                key = keys[id(policy)] = _key(policy)
            policies.setdefault(key, {})[id(policy)] = policy
            holders.setdefault(key, {})[number] = None
    return [SharedDocument(tuple(found.values()), tuple(holders[key])) for key, found in policies.items()]


def _key(policy: Policy) -> Hashable:
    """The identity of the document of a policy."""
    if policy.source is None:
        return policy.name, policy.version_text, policy.id, policy.statements
    return policy.source.name, policy.source.text, policy.root.start, policy.root.end


class ChangedDocument(NamedTuple):
    """A changed document: the changed policies, and the diff."""

    policies: tuple[Policy, ...]
    diff: str


def change_document(document: SharedDocument, root: Node, *, in_place: bool) -> ChangedDocument | None:
    """The document with another root; None if that is not a valid policy.

    Args:
        document: the document.
        root: the root of the document, changed by the functions of ``tree``.
        in_place: the result of ``document.in_place()``.
    """
    try:
        return _in_text(document, root) if in_place else _laid_out(document, root)
    except PolicySyntaxError:
        return None


def _in_text(document: SharedDocument, root: Node) -> ChangedDocument:
    source = document.policy.source
    assert source is not None
    changes = edits(source.text, document.root, root)
    # A new source: policies with the same kind, name and text are equal, and caches could confuse them.
    new_source = Source(source.name, apply_edits(source.text, changes))
    node = move_offsets(root, changes)
    policies = [
        Policy.from_node(node, kind=policy.kind, name=policy.name, source=new_source) for policy in document.policies
    ]
    diff = difference(source.name, source.text, changes) or _difference_laid_out(document, root)
    return ChangedDocument(tuple(policies), diff)


def _laid_out(document: SharedDocument, root: Node) -> ChangedDocument:
    """Change a document that has no text to edit, such as Python objects."""
    new = to_python(root)
    assert isinstance(new, dict)
    policies = [Policy.parse(new, kind=policy.kind, name=policy.name) for policy in document.policies]
    return ChangedDocument(tuple(policies), _difference_laid_out(document, root))


def _difference_laid_out(document: SharedDocument, root: Node) -> str:
    return difference_of_texts(f"{document.policy.name} (laid out)", as_json_text(document.root), as_json_text(root))


def as_json_text(root: Node) -> str:
    """A document as indented JSON."""
    return json.dumps(to_python(root), indent=2, ensure_ascii=False)
