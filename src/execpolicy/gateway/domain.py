"""Custom domain names, public and private, and where their base paths lead."""

from __future__ import annotations

from typing import NamedTuple

from execpolicy.document.policy import Policy


class Mapped(NamedTuple):
    """A base path of a custom domain, and the stage of this API that it leads to. The empty path catches the rest.

    >>> Mapped("orders", stage="prod").path
    'orders'
    """

    path: str
    stage: str
    #: The API it leads to, where that is another one.
    api_id: str | None = None


class Domain(NamedTuple):
    """A custom domain name. A private one has an id, a policy of its own, and the endpoints it is associated with.

    >>> Domain("api.example.com", mappings=(Mapped("", stage="prod"),)).is_private
    False
    """

    name: str
    mappings: tuple[Mapped, ...]
    id: str | None = None
    policy: Policy | None = None
    associated_endpoints: tuple[str, ...] = ()

    @property
    def is_private(self) -> bool:
        """Whether it can be called through VPC endpoints alone."""
        return self.id is not None
