"""What a file that is read in several ways describes: its readings made one (SRC-5, SRC-9)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from execpolicy.document.syntax.fields import Problems
from execpolicy.document.syntax.nodes import Node
from execpolicy.errors import PolicySyntaxError
from execpolicy.gateway.model.api_definition import ApiDefinition
from execpolicy.loaders.cloudformation.iam.read import CallersAndPolicies
from execpolicy.loaders.cloudformation.readings import Merge, TemplateReading
from execpolicy.loaders.cloudformation.stack import Findings
from execpolicy.loaders.contents import TemplateContents


class FileReading(NamedTuple):
    """What one reading found, and the assumptions that it made."""

    assumed: TemplateReading
    apis: Mapping[str, ApiDefinition]
    identities: CallersAndPolicies


@contextmanager
def reported(problems: Problems, document: Node) -> Iterator[None]:
    """Collects the errors of a reading, so that those of other readings are found too."""
    try:
        yield
    except PolicySyntaxError as error:
        problems.refused(document, error)


def merged_contents(
    kind: str, problems: Problems, readings: Sequence[FileReading], findings: Findings
) -> TemplateContents:
    """What all readings of a file found, each part with its variants.

    Args:
        kind: the kind of the file.
        problems: those of the file.
        readings: its readings.
        findings: what is not known in the file, and what is not read.
    """
    merge = Merge(problems.source, [each.assumed for each in readings])
    return TemplateContents(
        kind,
        apis=merge.parts([each.apis for each in readings], may_be_missing=True),
        callers=merge.parts([each.identities.callers for each in readings]),
        policies=merge.parts([each.identities.policies for each in readings], may_be_missing=True),
        vpc_endpoints=merge.parts([each.identities.vpc_endpoints for each in readings]),
        unknowns=findings.unknowns,
        ignored=findings.ignored,
    )
