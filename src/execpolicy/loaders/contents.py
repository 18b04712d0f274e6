"""What a loader reads from a file: APIs, policies, callers, and what is not known. Plain data."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from execpolicy.document.policy import Policy
from execpolicy.document.syntax.folder_files import ON_DISK, FolderFiles
from execpolicy.document.syntax.wording import listed
from execpolicy.engine.caller import Caller
from execpolicy.errors import Source, Span, UsageError
from execpolicy.gateway.model.api_definition import ApiDefinition
from execpolicy.gateway.model.variants import Variants


class ReadOptions(NamedTuple):
    """What the user gives besides the file.

    Attributes:
        stage: the name of the stage that is called; ``kinds.only_api`` selects it, a loader needs it only where the
            file names no stage.
        name: the logical id of the API, where the file has several.
        parameters: the values of parameters of a template, by name.
        conditions: the truth of conditions of a template, by name, where values do not say it.
        account, region, api_id: what AWS assigns at deployment; None for a placeholder.
        type: ``REST`` or ``HTTP`` where an OpenAPI file cannot say it.
        terraform_source: the folder of the sources of a plan or a state of Terraform: they have the places that are
            shown, and what a plan does not show of blocks and expressions.
        source_option: what gives these sources, as messages name it.
        source_files: reads these sources. Both follow from the file, and are no options of a user.
        endpoint_ids: the ids of VPC endpoints of a template, by logical id, in place of placeholders. They follow from
            a call, and are no option of a user.
    """

    stage: str | None = None
    name: str | None = None
    parameters: Mapping[str, str] = MappingProxyType({})
    conditions: Mapping[str, bool] = MappingProxyType({})
    account: str | None = None
    region: str | None = None
    api_id: str | None = None
    type: str | None = None
    terraform_source: str | None = None
    source_option: str = "--terraform-source DIR or terraform_source="
    source_files: FolderFiles = ON_DISK
    endpoint_ids: Mapping[str, str] = MappingProxyType({})

    def with_api_id(self, ids: Mapping[str, str], what: str) -> Mapping[str, str]:
        """The ids of the APIs of a file, with the one that the user gives for the API that is named, or the only one.

        Args:
            ids: the ids by logical id or address.
            what: what the file is, in words.

        Raises:
            UsageError: an id is given for a file with several APIs, and no name.
        """
        if self.api_id is None:
            return ids
        if self.name is None and len(ids) > 1:
            message = f"found api_id= for a {what} with {len(ids)} APIs: {listed(ids, 'and')}"
            raise UsageError(message, advice="give name= with the one that has this id")
        return {name: self.api_id if self.name in (None, name) else found for name, found in ids.items()}


#: No options.
NOTHING_GIVEN = ReadOptions()


class Unknown(NamedTuple):
    """A value that is not known.

    Attributes:
        name: such as ``the parameter VpcEndpointId``.
        reason: why it is not known, and how to give it.
        source, span: where the file uses it first.
    """

    name: str
    reason: str
    source: Source
    span: Span

    @property
    def place(self) -> str:
        """``file:line:column``."""
        return _place(self.source, self.span)


class Ignored(NamedTuple):
    """A part of a file that is not read, because it cannot bear on authorization: what it is, and its place."""

    what: str
    source: Source
    span: Span

    @property
    def place(self) -> str:
        """``file:line:column``."""
        return _place(self.source, self.span)


def _place(source: Source, span: Span) -> str:
    return f"{source.name}:{span.line}:{span.column}"


class TemplateContents(NamedTuple):
    """What a file describes, by logical id or address.

    Attributes:
        kind: the name of the kind of file, as in ``FILE_KINDS``.
        apis: the APIs.
        callers: users, roles (as a session of the role) and what else calls.
        policies: the policies, each of the kind that follows from where it is attached.
        vpc_endpoints: the policies of VPC endpoints.
        unknowns: what is not known, each once.
        ignored: what is not read.
        stages: the stage that the file itself selects, by API; templates select none.
    """

    kind: str
    apis: Mapping[str, Variants[ApiDefinition]]
    callers: Mapping[str, Variants[Caller]] = MappingProxyType({})
    policies: Mapping[str, Variants[Policy]] = MappingProxyType({})
    vpc_endpoints: Mapping[str, Variants[Policy]] = MappingProxyType({})
    unknowns: tuple[Unknown, ...] = ()
    ignored: tuple[Ignored, ...] = ()
    stages: Mapping[str, str] = MappingProxyType({})
