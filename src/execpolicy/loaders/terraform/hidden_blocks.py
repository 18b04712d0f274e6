"""Whether ``dynamic`` may make a block that a plan does not show, and that AWS fills in otherwise (SRC-4).

The configuration in a plan leaves out the blocks that ``dynamic`` makes. Where their ``for_each`` is known only after
apply, such a block looks like one that nobody wrote and that AWS fills in. Nothing in a plan tells them apart: a local
value may hold the result of ``timestamp()``. The sources show which blocks are written.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

from execpolicy.loaders.terraform.sections import Instance

#: Why it is not known whether ``dynamic`` makes a block of a resource; empty if nothing makes it.
WhyHidden: TypeAlias = Callable[[Instance, str], str]
#: What shows whether there is such a block.
GIVE_BLOCK: Final = "write the block, or give the state after apply"


def why_hidden_without_sources(option: str) -> WhyHidden:
    """Why it is not known whether ``dynamic`` makes a block, where the sources are not given.

    Args:
        option: what gives the sources.
    """
    reason = f"a plan does not show whether dynamic makes it: give the sources with {option}, {GIVE_BLOCK}"
    return lambda instance, name: reason
