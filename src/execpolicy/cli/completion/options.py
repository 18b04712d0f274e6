"""The options of ``execpolicy completion``."""

from __future__ import annotations

from execpolicy.cli.paths_parser import VerbParser

SHELLS = ("bash", "zsh", "fish")

_USAGE = "execpolicy completion {bash,zsh,fish}"
_DESCRIPTION = (
    "Write the completion of commands, options and files for a shell. It needs shtab: pip install "
    "'execpolicy[completion]'."
)
_EPILOG = (
    'bash: eval "$(execpolicy completion bash)" in ~/.bashrc. zsh: execpolicy completion zsh > a file _execpolicy in a '
    "folder of $fpath. fish: execpolicy completion fish > ~/.config/fish/completions/execpolicy.fish. "
    "Exit code: 0 written, 2 unusable input, 4 internal error."
)


def add_options(parser: VerbParser) -> None:
    """Describe the verb and add its options."""
    parser.usage, parser.description, parser.epilog = _USAGE, _DESCRIPTION, _EPILOG
    parser.add_argument("shell", choices=SHELLS, metavar="SHELL", help="bash, zsh or fish")
