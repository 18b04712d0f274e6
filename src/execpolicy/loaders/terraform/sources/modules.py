"""The files of a configuration: the root module, and the modules that it calls by a local path (SRC-4)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cached_property
from typing import Final, NamedTuple

from execpolicy.document.project import resolve_in_project
from execpolicy.document.syntax.encoding import BOM, HCL_ENDING
from execpolicy.document.syntax.folder_files import ON_DISK, FolderFiles
from execpolicy.document.syntax.wording import quoted
from execpolicy.errors import ExecPolicyError, Source
from execpolicy.loaders.terraform.address import ModuleStep, ResourceAddress
from execpolicy.loaders.terraform.module_tree import ModuleTree
from execpolicy.loaders.terraform.sources.hcl_nodes import EMPTY_BODY, HclAttribute, HclBlock, HclBody
from execpolicy.loaders.terraform.sources.hcl_reader import read_hcl

#: The ending of files in the JSON syntax.
_JSON_ENDING: Final = ".tf.json"
#: The endings of files that OpenTofu reads in place of those of Terraform.
_UNREAD: Final = (".tofu", ".tofu.json")
#: The name of a folder is cut to this many characters in a message.
PATH_WIDTH: Final = 240
_LOCAL: Final = ("./", "../")
_ADVICE: Final = "give the folder in which terraform plan was run"


class WrittenBlock(NamedTuple):
    """A block, and the text of its file.

    Attributes:
        source: the text.
        block: the block.
        body: what it holds; nothing if another file overrides a part of it.
        is_overridden: whether another file overrides a part of it.
    """

    source: Source
    block: HclBlock
    body: HclBody
    is_overridden: bool = False


class WrittenAttribute(NamedTuple):
    """An attribute, and the text of its file."""

    source: Source
    attribute: HclAttribute


class SourceModule:
    """The files of one module: those of its folder that end with ``.tf``.

    Args:
        folder: the folder.
        root: the folder of the root module. It is the project of a module that is in no other project.
        files: reads the files.

    Attributes:
        folder: the folder.
        unread: the name of a file that is not read and that may change what the others say; empty without one.
    """

    def __init__(self, folder: str, root: str, files: FolderFiles) -> None:
        self.folder = folder
        self._root = root
        names, self.unread = _names(folder, files)
        self._files = [*self._read(names, files)]

    def path(self, reference: str) -> str:
        """The path of a file of the module, or of the folder of another module.

        Raises:
            ExecPolicyError: it is outside of the project.
        """
        return resolve_in_project(os.path.join(self.folder, f"main{HCL_ENDING}"), reference, otherwise=self._root)

    def _read(self, names: list[str], files: FolderFiles) -> Iterator[tuple[Source, HclBody]]:
        for name in names:
            path = self.path(name)
            source = Source(files.shown(path), files.text(path).removeprefix(BOM))
            yield source, read_hcl(source)

    @cached_property
    def blocks(self) -> dict[str, WrittenBlock]:
        """The blocks of resources, data sources, calls of modules and outputs. What is written twice is left out."""
        found: dict[str, WrittenBlock] = {}
        twice: set[str] = set()
        overridden: set[str] = set()
        for source, body in self._files:
            is_override = _is_override(source.name)
            for block in body.blocks:
                name = address_of_block(block)
                if name and is_override:
                    overridden.add(name)
                elif name:
                    twice.update([name] if name in found else [])
                    found[name] = WrittenBlock(source, block, block.body)
        return {
            name: each._replace(body=EMPTY_BODY, is_overridden=True) if name in overridden else each
            for name, each in found.items()
            if name not in twice
        }

    @cached_property
    def locals(self) -> dict[str, WrittenAttribute]:
        """The values of the blocks ``locals``, by name; what is written twice is left out."""
        found: dict[str, WrittenAttribute] = {}
        twice: set[str] = set()
        for source, body in self._files:
            for block in body.blocks_of("locals"):
                twice.update(found.keys() & block.body.attributes.keys())
                found.update((name, WrittenAttribute(source, each)) for name, each in block.body.attributes.items())
        return {name: each for name, each in found.items() if name not in twice}


class Sources:
    """The modules of a configuration, each read once.

    Args:
        folder: the folder of the root module.
        files: reads the files.

    Raises:
        PolicySyntaxError: a file of the root module is not HCL.
        ExecPolicyError: the folder or a file cannot be read, or the folder has no sources.
    """

    def __init__(self, folder: str, files: FolderFiles = ON_DISK) -> None:
        self._files = files
        self.root = SourceModule(folder, folder, files)
        self._modules = ModuleTree(self.root, self._called)
        self._by_folder: dict[str, SourceModule] = {os.path.realpath(folder): self.root}

    def module(self, steps: tuple[ModuleStep, ...]) -> SourceModule | None:
        """The module that calls lead to; None for one whose sources are not in a folder that a call names."""
        return self._modules.find(steps)

    def call(self, steps: tuple[ModuleStep, ...]) -> WrittenBlock | None:
        """The block of the last call of a path that is in the sources; None without one."""
        for length in range(len(steps), 0, -1):
            module = self.module(steps[: length - 1])
            if module is not None:
                return module.blocks.get(f"module.{steps[length - 1].name}")
        return None

    def block(self, address: ResourceAddress) -> WrittenBlock | None:
        """The block of a resource or of a data source."""
        module = self.module(address.modules)
        return None if module is None else module.blocks.get(address.name)

    def _called(self, caller: SourceModule, name: str) -> SourceModule | None:
        call = caller.blocks.get(f"module.{name}")
        written = call.body.text_in("source") if call is not None else None
        if written is None or not written.startswith(_LOCAL):
            return None
        folder = caller.path(written)
        real = os.path.realpath(folder)
        if real not in self._by_folder:
            self._by_folder[real] = SourceModule(folder, self.root.folder, self._files)
        return self._by_folder[real]


def _names(folder: str, files: FolderFiles) -> tuple[list[str], str]:
    """The names of the files of a module, and that of one that is not read and may change what they say."""
    try:
        names = sorted(files.names(folder))
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise ExecPolicyError(
            f"cannot read the folder {quoted(folder, PATH_WIDTH)}: {reason}", advice=_ADVICE
        ) from error
    names = [name for name in names if not name.startswith(".")]
    found = [name for name in names if name.endswith(HCL_ENDING)]
    if not found:
        raise ExecPolicyError(
            f"found no sources of Terraform in the folder {quoted(files.shown(folder), PATH_WIDTH)}", advice=_ADVICE
        )
    return found, next((name for name in names if name.endswith(_UNREAD) or _is_override(name, _JSON_ENDING)), "")


def _is_override(path: str, ending: str = HCL_ENDING) -> bool:
    """Whether the blocks of a file change those of the other files."""
    name = os.path.basename(path)
    return name == f"override{ending}" or name.endswith(f"_override{ending}")


def address_of_block(block: HclBlock) -> str:
    """The address of a block in its module; empty for other blocks."""
    match block.type, block.labels:
        case "resource", (type_name, name):
            return f"{type_name}.{name}"
        case "data", (type_name, name):
            return f"data.{type_name}.{name}"
        case ("module" | "output") as kind, (name,):
            return f"{kind}.{name}"
    return ""
