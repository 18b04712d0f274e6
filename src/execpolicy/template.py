"""The public ``Template``: what files describe, by logical id: APIs, callers, policies, VPC endpoints."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from execpolicy._base.frozen import Frozen
from execpolicy.api import Api
from execpolicy.arguments import flag, instance, text, text_or_none
from execpolicy.document.syntax.wording import did_you_mean, quoted
from execpolicy.errors import UsageError
from execpolicy.gateway.model.stage_name import unnamed_stage
from execpolicy.gateway.model.variants import Variants
from execpolicy.loaders.contents import Ignored, TemplateContents, Unknown

if TYPE_CHECKING:
    from typing import Self

    from execpolicy.document.policy import Policy
    from execpolicy.engine.caller import Caller
    from execpolicy.gateway.model.api_definition import ApiDefinition
    from execpolicy.literals import FileKindName, OpenApiTypeName

_T = TypeVar("_T")
#: The name of a document without a file.
_UNNAMED = "<template>"


class Template(Frozen):
    """What one or several files describe. ``load`` reads files, ``parse`` a document.

    A caller or policy that depends on the truth of a condition raises UsageError when it is looked up: the error names
    the value that decides. ``callers.variants("PartnerRole")`` is such a caller, and
    ``vpc_endpoints.variants("Endpoint")`` such a policy, as ``Api.invoke`` takes it. An API that depends on a value has
    variants itself. The name of a caller may have parts that are not known: a decision that depends on them is
    indeterminate and names them.

    Args:
        contents: what a loader has read.
        stage: the name of the stage that is called, of each API that has several.

    Attributes:
        kind: the kind of the files, such as ``cloudformation``; several kinds are separated by commas.
        apis: each Api by its logical id.
        callers: each user, and a session of each role, as a Caller by its logical id.
        policies: the policies that are resources, by logical id.
        vpc_endpoints: the policy of each VPC endpoint for execute-api, by logical id.
        unknowns: what is not known, each with ``name``, ``place`` and ``reason``.
        ignored: what is not read because it cannot bear on authorization, each with ``what`` and ``place``.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_IAM.html

    >>> template = Template.parse('''
    ... Resources:
    ...   Partner:
    ...     Type: AWS::IAM::Role
    ...     Properties:
    ...       AssumeRolePolicyDocument: {Version: "2012-10-17", Statement: []}
    ...       ManagedPolicyArns: ["arn:aws:iam::aws:policy/AmazonAPIGatewayInvokeFullAccess"]
    ... ''')
    >>> template.callers["Partner"].principal.arn
    'arn:aws:iam::123456789012:role/Partner'
    """

    __slots__ = ("apis", "callers", "ignored", "kind", "policies", "unknowns", "vpc_endpoints")
    kind: str
    apis: Mapping[str, Api]
    callers: TemplateParts[Caller]
    policies: TemplateParts[Policy]
    vpc_endpoints: TemplateParts[Policy]
    unknowns: tuple[Unknown, ...]
    ignored: tuple[Ignored, ...]

    def __init__(self, contents: TemplateContents, *, stage: str | None = None) -> None:
        read = instance(contents, TemplateContents, "contents")
        self._set(
            kind=read.kind,
            apis=_Apis(read, text_or_none(stage, "stage")),
            callers=TemplateParts("caller", read.callers, "callers"),
            policies=TemplateParts("policy", read.policies),
            vpc_endpoints=TemplateParts("VPC endpoint", read.vpc_endpoints, "vpc_endpoints"),
            unknowns=read.unknowns,
            ignored=read.ignored,
        )

    @classmethod
    def load(
        cls,
        *paths: str | os.PathLike[str],
        kind: FileKindName | None = None,
        stage: str | None = None,
        parameters: Mapping[str, str] | None = None,
        conditions: Mapping[str, bool] | None = None,
        account: str | None = None,
        region: str | None = None,
        type: OpenApiTypeName | None = None,
        terraform_source: str | os.PathLike[str] | None = None,
        allow_outside: bool = False,
    ) -> Self:
        """Read one or several files. What refers to a resource of another file is not known.

        Args:
            paths: the files.
            kind: the kind of the files; by default their content says it.
            stage: the name of the stage that is called, of each API that has several.
            parameters: values for the parameters of a template, by name.
            conditions: which conditions of a template are true, by name, where no value is known that says it.
            account: the account that the template is deployed to; a template does not say it.
            region: the region that it is deployed to.
            type: REST or HTTP, where an OpenAPI file does not say it.
            terraform_source: the folder with the sources of a plan or a state of Terraform, in which places are shown
                and which say what a plan does not show of blocks and expressions.
            allow_outside: whether a file may name files outside of its project, as for ``Api.load``.

        Raises:
            ExecPolicyError: a file cannot be read, or is not valid; the error has all problems of the file.
            UsageError: an argument is of the wrong type or is not used, or two files have the same logical id.
        """
        from execpolicy.loaders.given_options import read_options
        from execpolicy.loaders.kinds import load_contents
        from execpolicy.loaders.merged_contents import merged_contents

        if not paths:
            raise UsageError("load takes the paths of files, found none", advice='write Template.load("template.yaml")')
        options = read_options(
            stage=stage,
            parameters=parameters,
            conditions=conditions,
            account=account,
            region=region,
            type=type,
            terraform_source=terraform_source,
        )
        allows = flag(allow_outside, "allow_outside")
        read = [(path, load_contents(path, options, kind=kind, allow_outside=allows)) for path in paths]
        return cls(merged_contents([(os.fspath(path), contents) for path, contents in read]), stage=stage)

    @classmethod
    def parse(
        cls,
        document: str | bytes | Mapping[str, Any],
        *,
        kind: FileKindName | None = None,
        stage: str | None = None,
        parameters: Mapping[str, str] | None = None,
        conditions: Mapping[str, bool] | None = None,
        account: str | None = None,
        region: str | None = None,
        type: OpenApiTypeName | None = None,
    ) -> Self:
        """Read the content of a file: JSON or YAML as text or UTF-8, or the same document as a mapping.

        Errors are those of ``load``. They call the document ``<template>``; the places of a mapping are those in its
        JSON text, indented by two.

        Args:
            document: the document.
            kind: as for ``load``, and so are the others.
            stage: the name of the stage that is called.
            parameters: values for the parameters of a template.
            conditions: which conditions of a template are true.
            account: the account that the template is deployed to.
            region: the region that it is deployed to.
            type: REST or HTTP, where an OpenAPI file does not say it.
        """
        from execpolicy.loaders.document_text import text_of
        from execpolicy.loaders.given_options import read_options
        from execpolicy.loaders.kinds import parse_contents

        options = read_options(
            stage=stage, parameters=parameters, conditions=conditions, account=account, region=region, type=type
        )
        return cls(parse_contents(text_of(document, _UNNAMED), options, name=_UNNAMED, kind=kind), stage=stage)

    def _shown(self) -> str:
        return f"<Template: {self.kind}, APIs {sorted(self.apis)}, callers {sorted(self.callers)}>"


class NoSuchPartError(UsageError, KeyError):
    """A template has no part with a logical id."""


class TemplateParts(Mapping[str, _T]):
    """The parts of a template by logical id. To look up one that depends on what is not known raises UsageError.

    Args:
        what: what messages call a part.
        variants: the parts.
        attribute: the attribute of the template, if ``Api.invoke`` takes a part with variants.
    """

    def __init__(self, what: str, variants: Mapping[str, Variants[_T]], attribute: str = "") -> None:
        self._what = what
        self._variants = dict(variants)
        self._attribute = attribute

    def __getitem__(self, name: str) -> _T:
        found = self._found(name)
        try:
            return found.only(f"the {self._what} {name}")
        except UsageError as error:
            if not self._attribute:
                raise
            advice = f"{error.advice}, or give {self._attribute}.variants({quoted(name)}) to Api.invoke"
            raise UsageError(error.message, advice=advice) from None

    def variants(self, name: str) -> Variants[_T]:
        """The part for each value of what is not known, as ``Api.invoke`` takes a caller, or the policy of an endpoint.

        Args:
            name: the logical id.

        Raises:
            UsageError: there is no such part.

        >>> template = Template.parse('''
        ... Parameters: {Stage: {Type: String}}
        ... Conditions: {IsProd: !Equals [!Ref Stage, prod]}
        ... Resources:
        ...   Partner:
        ...     Type: AWS::IAM::Role
        ...     Condition: IsProd
        ...     Properties: {AssumeRolePolicyDocument: {Version: "2012-10-17", Statement: []}}
        ... ''')
        >>> template.callers.variants("Partner").conditions
        ('IsProd',)
        """
        return self._found(name)

    def _found(self, name: str) -> Variants[_T]:
        found = self._variants.get(text(name, f"the logical id of a {self._what}"))
        if found is None:
            advice = did_you_mean(name, self._variants) if self._variants else "the file describes none"
            raise NoSuchPartError(f"found no {self._what} {quoted(name)} in the template", advice=advice)
        return found

    def __contains__(self, name: object) -> bool:
        return name in self._variants

    def __iter__(self) -> Iterator[str]:
        return iter(self._variants)

    def __len__(self) -> int:
        return len(self._variants)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, TemplateParts):
            return NotImplemented
        return self._variants == other._variants

    __hash__ = None  # type: ignore[assignment]  # as of a dict

    def __repr__(self) -> str:
        return f"<{self._what} by logical id: {sorted(self._variants)}>"


class _Apis(TemplateParts[Api]):
    """The APIs of a template, with the stage that is called: that of the file, the only one, or the given one.

    One that depends on what is not known has variants (SRC-9).
    """

    def __init__(self, contents: TemplateContents, stage: str | None) -> None:
        super().__init__("API", {name: Variants((Api.from_variants(found),)) for name, found in contents.apis.items()})
        self._stages = dict(contents.stages)
        self._stage = stage

    def __getitem__(self, name: str) -> Api:
        return super().__getitem__(name).each(lambda variant: variant.with_stage(self._stage_of(name, variant)))

    def _stage_of(self, name: str, api: ApiDefinition) -> str | None:
        # An API with one stage that has a name is called at this stage.
        is_used = self._stage is not None and (len(api.stages) > 1 or unnamed_stage(api, self._stage) is not None)
        return self._stages.get(name) or (self._stage if is_used else None)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, _Apis):
            return NotImplemented
        return super().__eq__(other) and (self._stages, self._stage) == (other._stages, other._stage)

    __hash__ = None
