"""The rules of errors about what a call has to say and does not."""

from __future__ import annotations

from typing import Final

#: The output of its Lambda authorizer (GW-14), and its headers (GW-32).
RULES_OF_NOT_GIVEN: Final = ("GW-14", "GW-32")
