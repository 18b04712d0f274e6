"""What an OpenAPI or Swagger file describes: id, region, stage and account from the file or from the user (SRC-1)."""

from __future__ import annotations

import pytest

from execpolicy.loaders.contents import ReadOptions, TemplateContents
from execpolicy.loaders.kinds import only_api, parse_contents

EXPORT = """\
openapi: 3.0.1
servers:
  - url: https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com/{basePath}
    variables: {basePath: {default: prod}}
paths:
  /orders: {get: {}}
"""


def read(text: str, **options: str) -> TemplateContents:
    return parse_contents(text, ReadOptions(**options), name="some.yaml")  # type: ignore[arg-type]  # no parameters


def said(contents: TemplateContents) -> tuple[str, str, str, str]:
    (api,) = only_api(contents, ReadOptions()).values
    return api.id, api.region, api.account, api.stage.name


@pytest.mark.rule("SRC-1")
def test_an_export_names_the_id_the_region_and_the_stage() -> None:
    assert said(read(EXPORT, type="REST")) == ("a1b2c3d4e5", "eu-west-1", "123456789012", "prod")


@pytest.mark.rule("SRC-1")
def test_what_the_user_gives_precedes_what_an_export_names() -> None:
    given = read(EXPORT, type="REST", api_id="f6g7", region="us-west-2", account="111122223333", stage="test")
    assert said(given) == ("f6g7", "us-west-2", "111122223333", "test")
