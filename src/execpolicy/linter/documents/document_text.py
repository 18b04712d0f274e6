"""The text of a policy as AWS gets it."""

from __future__ import annotations

from execpolicy.document.policy import Policy


def json_text_of(policy: Policy) -> str | None:
    """The text of a policy that is a JSON text of its own; None for others, such as one in YAML or in a template."""
    text = policy.decoded_text.strip()
    root = policy.root
    return text if text.startswith("{") and text == policy.decoded_text[root.start : root.end] else None
