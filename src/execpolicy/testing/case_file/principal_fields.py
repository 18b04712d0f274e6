"""Writes a principal as the fields of a caller of a case file."""

from __future__ import annotations

from typing import Any

from execpolicy.language.principal import Principal


def principal_fields(principal: Principal) -> dict[str, Any]:
    """A principal as the fields of a caller of a case file.

    Args:
        principal: a principal whose name is known.

    >>> from execpolicy.language.principal import Principal
    >>> principal_fields(Principal.parse("arn:aws:iam::111122223333:user/Ann", org_id="o-example00"))
    {'principal': 'arn:aws:iam::111122223333:user/Ann', 'org_id': 'o-example00'}
    """
    fields: dict[str, Any] = {"principal": principal.arn}
    if principal.session_name is not None and principal.path is not None:
        fields["role_path"] = principal.path
    if principal.federated_by is not None:
        by = principal.federated_by
        what = "root" if by.kind == "root" else f"user/{by.name}"
        fields["federated_by"] = f"arn:{by.partition}:iam::{by.account}:{what}"
    for name in ("unique_id", "org_id", "canonical_user"):
        if getattr(principal, name) is not None:
            fields[name] = getattr(principal, name)
    if principal.org_paths is not None:
        fields["org_paths"] = list(principal.org_paths)
    if principal.tags is not None:
        fields["tags"] = dict(principal.tags)
    if principal.management_account:
        fields["management_account"] = True
    return fields
