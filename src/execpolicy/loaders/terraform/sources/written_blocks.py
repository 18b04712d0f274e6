"""Whether the sources show that nothing makes a block of a resource, which a plan does not show (SRC-4).

The sources show it if they have the whole block of the resource, as the plan has it, and no ``dynamic`` for the block.
"""

from __future__ import annotations

from typing import Final

from execpolicy.loaders.terraform.configuration import Configuration
from execpolicy.loaders.terraform.hidden_blocks import GIVE_BLOCK
from execpolicy.loaders.terraform.sections import Instance
from execpolicy.loaders.terraform.sources.modules import Sources
from execpolicy.loaders.terraform.sources.written_configuration import (
    Doubt,
    NotShownError,
    WrittenConfiguration,
    line_of,
)

_IS_MADE: Final = "dynamic may make it"


class WrittenBlocks:
    """The blocks of resources in the sources.

    Args:
        sources: the sources.
        configuration: the configuration in the plan.
    """

    def __init__(self, sources: Sources, configuration: Configuration) -> None:
        self._written = WrittenConfiguration(sources, Doubt(_IS_MADE, GIVE_BLOCK))
        self._configuration = configuration

    def why_hidden(self, instance: Instance, name: str) -> str:
        """Why it is not known whether ``dynamic`` makes a block of a resource; empty if nothing makes it.

        Args:
            instance: an instance of the resource.
            name: the name of the block.
        """
        address = instance.address
        try:
            written = self._written.block(address.modules, address.name)
            made = written.body.dynamic_blocks_of(name)
            if made:
                return f"{_IS_MADE} ({line_of(written.source, made[0])}): {GIVE_BLOCK}"
            self._written.pairs(written, address.name, self._configuration.expressions(address))
        except NotShownError as error:
            return error.reason
        return ""
