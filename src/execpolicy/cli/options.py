"""Options that several verbs share."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from execpolicy.cli.terminal import ALWAYS, AUTO, NEVER
from execpolicy.render.formats import DEFAULT_FORMAT, FORMATS

OptionGroup = argparse._ArgumentGroup

#: No search takes a number of steps of so many digits.
_TOO_LONG = 16


class StoreOnce(argparse.Action):
    """An option that can be given once. argparse itself keeps the last value without an error."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[object] | None,
        option_string: str | None = None,
    ) -> None:
        if getattr(namespace, self.dest) is not None:
            parser.error(f"{option_string} is given twice: give it once")
        setattr(namespace, self.dest, values)


def add_option(group: OptionGroup, option: str | tuple[str, ...], metavar: str, help: str) -> None:
    """An option with one value; its short name, if it has one, precedes the long one."""
    names = (option,) if isinstance(option, str) else option
    group.add_argument(*names, action=StoreOnce, metavar=metavar, help=help)


def add_repeatable(group: OptionGroup, option: str | tuple[str, ...], metavar: str, help: str) -> None:
    """An option with one value that can be repeated."""
    names = (option,) if isinstance(option, str) else option
    group.add_argument(*names, action="append", default=[], metavar=metavar, help=f"{help}. Repeatable")


def add_files(group: OptionGroup, option: str, action: str, help: str) -> None:
    """A repeatable option with one or more files: one list of all (``extend``), or a list of lists (``append``)."""
    group.add_argument(option, action=action, nargs="+", default=[], metavar="FILE", help=help)


def add_output_options(parser: argparse.ArgumentParser) -> None:
    """The options for the output."""
    group = parser.add_argument_group("output")
    group.add_argument(
        "--format",
        action=StoreOnce,
        choices=tuple(FORMATS),
        help=f"text for people, JSON for programs (default: {DEFAULT_FORMAT})",
    )
    group.add_argument("-q", "--quiet", action="store_true", help="write no output; the exit code gives the outcome")
    add_colour_and_debug(group)


def add_colour_and_debug(group: OptionGroup) -> None:
    """The options of every verb that writes text."""
    group.add_argument(
        "--color",
        action=StoreOnce,
        choices=(AUTO, ALWAYS, NEVER),
        help="colour the text (default: auto, which is on a terminal unless NO_COLOR is set)",
    )
    group.add_argument("--debug", action="store_true", help="show the traceback of an internal error")


def add_template_options(group: OptionGroup) -> None:
    """What the user gives besides a file that describes APIs, as ``cli/template.py`` reads it."""
    add_option(group, "--api-name", "NAME", "the logical id of the API, if the file describes several")
    add_template_values(group)
    add_option(group, "--kind", "KIND", "the kind of the file (default: by its content)")


#: The options of ``add_template_options``, by their names in the parsed options.
TEMPLATE_OPTIONS = (
    *("api_name", "parameter", "parameters", "condition", "account", "region", "api_id", "type", "terraform_source"),
    "kind",
)


def add_template_values(group: OptionGroup) -> None:
    """What a file that describes APIs does not say, whichever of its APIs is meant."""
    add_repeatable(group, "--parameter", "NAME=VALUE", "the value of a parameter of the template")
    add_option(
        group,
        "--parameters",
        "FILE",
        "values of parameters: JSON or YAML, as the AWS CLI takes them or an object of values by name",
    )
    add_repeatable(group, "--condition", "NAME=true|false", "whether a condition of the template is true")
    add_option(group, "--account", "ID", "the account that a template is deployed to (default: a placeholder)")
    add_option(group, "--region", "NAME", "the region that a template is deployed to (default: a placeholder)")
    add_option(group, "--api-id", "ID", "the id of the API that a template describes (default: its logical id)")
    add_option(group, "--type", "TYPE", "REST or HTTP, where an OpenAPI file does not say it")
    add_option(
        group,
        "--terraform-source",
        "DIR",
        "the folder with the sources of a plan or a state of Terraform: places are shown in them, and they say whether "
        "dynamic makes a block, which resource an attribute names, and which policy is a document",
    )


def add_source_of_callers(group: OptionGroup) -> None:
    """The option for the sources of a file of callers, as ``cli/callers_file.py`` reads it."""
    add_option(
        group,
        SOURCE_OF_CALLERS,
        "DIR",
        "as --terraform-source, for a plan or a state of Terraform that describes the callers and no API",
    )


#: The option for the sources of a file of callers.
SOURCE_OF_CALLERS = "--terraform-source-callers"


def add_budget(group: OptionGroup) -> None:
    """The steps that a search of all requests may take."""
    group.add_argument(
        "--budget",
        action=StoreOnce,
        metavar="STEPS",
        type=positive_number,
        help="how many steps the search may take; if they are not enough, the answer is not known",
    )


def positive_number(text: str) -> int:
    """A number of at least 1.

    Raises:
        argparse.ArgumentTypeError: the text is another one.
    """
    if not (text.isascii() and text.isdecimal() and len(text) < _TOO_LONG and int(text)):
        raise argparse.ArgumentTypeError(f"found {text!r}, expected a number of steps, such as 100000")
    return int(text)


def add_allow_outside(group: OptionGroup) -> None:
    """The option that lets files name files outside of their project."""
    group.add_argument(
        "--allow-outside",
        action="store_true",
        help="let case and API files name files outside of their project, the nearest folder above them that holds "
        ".git or pyproject.toml",
    )
