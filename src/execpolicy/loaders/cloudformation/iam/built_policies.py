"""Policy documents that a template does not contain, as nodes at the place of what stands for them (SRC-8)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from execpolicy.document.model import NEW_VERSION
from execpolicy.document.syntax.nodes import JsonObject, Node
from execpolicy.document.unknown_value import unknown_text
from execpolicy.loaders.built_nodes import list_at, object_at, text_at
from execpolicy.loaders.cloudformation.iam.aws_managed import AwsManagedPolicy

#: The names of the unknown values of a document whose content is not known, by the effect of their statements.
_IN_EFFECT: Final = {"Allow": "what {} allows", "Deny": "what {} denies"}
_OF_EFFECT: Final = re.compile(r"what (.+) (?:allows|denies)")


def unknown_statements(names: Iterable[str], at: Node) -> JsonObject:
    """A document with a principal whose content is not known: any number of statements, whoever they name."""
    return _document([text_at(unknown_text(name), at) for name in names], at)


def unknown_document(names: Iterable[str], at: Node) -> JsonObject:
    """A document whose content is not known: for each name an Allow and a Deny of actions that are not known.

    What it allows and what it denies are two unknown values: neither follows from the other.

    Args:
        names: what the content is that of, such as ``the managed policy arn:…``.
        at: the node that stands for the document.
    """
    statements = [
        _statement(effect, (unknown_text(words.format(name)),), "*", at)
        for name in names
        for effect, words in _IN_EFFECT.items()
    ]
    return _document(statements, at)


def name_of_content(name: str) -> str:
    """What an unknown value of such a document is the content of; the name of every other value as it is.

    >>> name_of_content("what the policy denies"), name_of_content("the parameter Stage")
    ('the policy', 'the parameter Stage')
    """
    match = _OF_EFFECT.fullmatch(name)
    return name if match is None else match[1]


def full_access(at: Node, *, principal: bool = False) -> JsonObject:
    """A document that allows everything: FullAWSAccess, or the default policy of a VPC endpoint."""
    return _document([_statement("Allow", ("*",), "*", at, principal=principal)], at)


def aws_managed_document(policy: AwsManagedPolicy, at: Node) -> JsonObject:
    """What a policy that AWS manages allows on execute-api."""
    statements = [
        _statement("Allow", granted.actions, granted.resource.format(partition=policy.partition), at)
        for granted in policy.statements or ()
    ]
    return _document(statements, at)


def _document(statements: Sequence[Node], at: Node) -> JsonObject:
    return object_at({"Version": text_at(NEW_VERSION, at), "Statement": list_at(statements, at)}, at)


def _statement(effect: str, actions: Iterable[str], resource: str, at: Node, *, principal: bool = False) -> JsonObject:
    members: dict[str, Node | None] = {
        "Effect": text_at(effect, at),
        "Principal": text_at("*", at) if principal else None,
        "Action": list_at([text_at(action, at) for action in actions], at),
        "Resource": text_at(resource, at),
    }
    return object_at(members, at)
