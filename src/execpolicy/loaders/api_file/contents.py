"""What an API file describes: one API."""

from __future__ import annotations

import json

from execpolicy.document.syntax.fields import Problems, without_editor_schema
from execpolicy.document.syntax.nodes import JsonObject, Node, Text
from execpolicy.gateway.model.api_definition import ApiDefinition
from execpolicy.gateway.model.variants import Variants
from execpolicy.loaders.api_file.document import read_api_file
from execpolicy.loaders.api_file.unknown_texts import with_unknown_texts
from execpolicy.loaders.contents import ReadOptions, TemplateContents

#: The name of the API of a file that describes one and gives it no name.
ONLY_API = "api"


def read_api_file_contents(problems: Problems, document: Node, options: ReadOptions) -> TemplateContents:
    """What an API file describes; errors are those of ``read_api_file``."""
    document = with_unknown_texts(problems, without_editor_schema(problems, document))
    api = read_api_file(problems, document, stage=options.stage)
    _, _, stage = document.members.get("stage", (0, 0, None)) if isinstance(document, JsonObject) else (0, 0, None)
    selected = {ONLY_API: _known_name(api, stage.value)} if isinstance(stage, Text) else {}
    return TemplateContents("execpolicy", {ONLY_API: Variants((api,))}, stages=selected)


def _known_name(api: ApiDefinition, stage: str) -> str:
    """The name of a stage in the API, which has another one for a name that is not known (SRC-9)."""
    written = json.dumps(stage)
    return next((part.key for part in api.unknown_parts if part.path == ("stages",) and part.written == written), stage)
