"""The policies of the VPC endpoints of a template for execute-api (SRC-8)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from execpolicy.document.kinds import PolicyKind
from execpolicy.document.policy import Policy
from execpolicy.document.unknown_value import UnknownName, has_unknown, parts_of
from execpolicy.loaders.cloudformation.iam.built_policies import full_access
from execpolicy.loaders.cloudformation.iam.documents import PolicyDocuments
from execpolicy.loaders.cloudformation.iam.properties import VPC_ENDPOINT, list_ignored, properties_of

#: What the names of the endpoint services of execute-api end with, and of their FIPS endpoints.
_SERVICES: Final = (".execute-api", ".execute-api-fips")


def vpc_endpoint_policies(documents: PolicyDocuments) -> Iterator[tuple[str, Policy]]:
    """The policies of the VPC endpoints for execute-api, by logical id.

    An endpoint without a policy has the default policy of AWS, which allows everything (EVL-7).
    """
    stack = documents.stack
    for resource in stack.of_type(VPC_ENDPOINT):
        fields = properties_of(stack, resource)
        service = fields.text("ServiceName")
        if service is None or not _may_be_execute_api(service):
            stack.ignore(
                resource.properties, f"the VPC endpoint {resource.logical_id}, which is not one of execute-api"
            )
            continue
        list_ignored(stack, resource)
        node = fields.value("PolicyDocument")
        document = full_access(resource.name, principal=True) if node is None else node
        policy = documents.policy(document, "PolicyDocument", PolicyKind.VPC_ENDPOINT)
        if policy is not None:
            yield resource.logical_id, policy


def _may_be_execute_api(service: str) -> bool:
    """Whether a name is that of the service, or has unknown parts and may be."""
    if not has_unknown(service):
        return service.endswith(_SERVICES)
    parts = [".*" if isinstance(part, UnknownName) else re.escape(part) for part in parts_of(service)]
    examples = (f"com.amazonaws.us-east-1{end}" for end in _SERVICES)
    pattern = re.compile("".join(parts))
    return service.endswith(_SERVICES) or any(pattern.fullmatch(example) for example in examples)
