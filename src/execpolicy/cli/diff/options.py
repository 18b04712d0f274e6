"""The options of ``execpolicy diff``."""

from __future__ import annotations

from execpolicy.cli.options import (
    StoreOnce,
    add_allow_outside,
    add_budget,
    add_colour_and_debug,
    add_option,
    add_template_values,
)
from execpolicy.cli.paths_parser import VerbParser, paths_last
from execpolicy.document.kinds import PolicyKind
from execpolicy.render.github import GITHUB

COMMAND = "execpolicy diff"
TEXT, JSON, MARKDOWN = "text", "json", "markdown"
#: The option for the sources of the first version.
SOURCE_BEFORE = "--terraform-source-before"
LAXER, STRICTER, ANY = "laxer", "stricter", "any"
#: The kinds of policies of which versions are compared.
KINDS = tuple(kind.value for kind in PolicyKind if kind not in (PolicyKind.AUTHORIZER, PolicyKind.DOMAIN_NAME))

_USAGE = (
    "execpolicy diff BEFORE AFTER --kind KIND [option ...]\n"
    "       execpolicy diff BEFORE AFTER [--api] [--api-name NAME] [option ...]\n"
    "       execpolicy diff --git REVISION [--kind KIND] [option ...] -- FILE\n"
    "       execpolicy diff --planned PLAN [option ...]"
)
_DESCRIPTION = (
    "Compare two versions of a policy or of an API over all requests: what the new version lets in that the old one "
    "shut out, and conversely, each with a request that shows it."
)
_EPILOG = (
    "With --kind the files are policies, JSON or YAML. Else they are templates, OpenAPI files or API files, whose "
    "APIs, callers and policies are paired by logical id. - is standard input. "
    "Exit code: 0 equal, 1 different, 2 unusable input, 3 not known, 4 internal error."
)


def add_options(parser: VerbParser) -> None:
    """Describe the verb and add its options."""
    parser.usage, parser.description, parser.epilog = _USAGE, _DESCRIPTION, _EPILOG
    parser.reorder = paths_last
    versions = parser.add_argument_group("the versions")
    versions.add_argument("files", nargs="*", metavar="FILE", help="the old version and the new one")
    add_option(versions, "--git", "REVISION", "the old version is that of one file in a revision of its repository")
    versions.add_argument(
        "--planned", action="store_true", help="FILE is a plan of Terraform: compare what is there before and after it"
    )
    versions.add_argument(
        "--kind",
        action=StoreOnce,
        metavar="KIND",
        choices=KINDS,
        help=f"the kind of the policies: {', '.join(KINDS)}",
    )
    versions.add_argument("--api", action="store_true", help="the files describe APIs (the default)")
    add_option(versions, "--api-name", "NAME", "compare this API only, by its logical id")
    add_option(versions, "--stage", "NAME", "the stage, where the files of APIs do not name one")
    more = parser.add_argument_group("more about files that describe APIs")
    add_template_values(more)
    add_option(
        more,
        SOURCE_BEFORE,
        "DIR",
        "the sources of the old version, if it is a plan of Terraform; --terraform-source gives those of the new one "
        "(default with --git: the same folder in the revision)",
    )
    search = parser.add_argument_group("the search")
    add_option(
        search,
        "--within",
        "TEXT",
        "compare these requests only: 'GET /orders/**', a pattern of ARNs, or the limits of an invariant, such as "
        "'from 198.51.100.0/24'",
    )
    add_budget(search)
    add_allow_outside(search)
    output = parser.add_argument_group("output")
    output.add_argument(
        "--format",
        action=StoreOnce,
        choices=(TEXT, JSON, GITHUB, MARKDOWN),
        help="text for people; json; github: annotations after the text; markdown: for a comment on a pull request",
    )
    output.add_argument(
        "--fail-on",
        action=StoreOnce,
        choices=(LAXER, STRICTER, ANY),
        help="which difference is a failure, with exit code 1 (default: any)",
    )
    output.add_argument("-v", "--verbose", action="store_true", help="list what is taken for granted")
    output.add_argument("-q", "--quiet", action="store_true", help="write no output; the exit code gives the result")
    add_colour_and_debug(output)
