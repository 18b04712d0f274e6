"""How to read AWS's pages where they disagree or are silent."""

from __future__ import annotations

from typing import NamedTuple


class Readings(NamedTuple):
    """How to read AWS's pages where they disagree or are silent.

    ``cognito``: with a resource policy attached, a valid token still needs its Allow (``policy_alone``, GW-15), or the
    two combine by ``table_a``. ``lambda_authorizer``: ``table_a`` always (GW-14), or ``table_b``, as its heading
    has it for callers of another account. ``path``: ``as_sent`` goes into the ARN (GW-4), or ``normalised``, without
    repeated and trailing slashes and with percent-encoding undone.

    >>> Readings(path="normalised").cognito
    'policy_alone'
    """

    cognito: str = "policy_alone"
    lambda_authorizer: str = "table_a"
    path: str = "as_sent"


READINGS: dict[str, tuple[str, ...]] = {
    "cognito": ("policy_alone", "table_a"),
    "lambda_authorizer": ("table_a", "table_b"),
    "path": ("as_sent", "normalised"),
}
