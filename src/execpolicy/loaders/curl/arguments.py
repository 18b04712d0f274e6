"""The arguments of a curl command: its options with their values, and its URL (SRC-6)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from execpolicy.document.syntax.wording import nearest, quoted
from execpolicy.loaders.curl.options import OPTIONS, REFUSED, CurlOption, Effect
from execpolicy.loaders.curl.shell_words import ShellWord
from execpolicy.loaders.written_text import WrittenText

#: The most options in one word, such as -sSL.
MAX_LETTERS = 50
_COMMANDS = ("curl", "curl.exe")


class GivenOption(NamedTuple):
    """An option of the command: its name as it is written, its value, and a variable of the shell in the value."""

    effect: Effect
    name: WrittenText
    value: WrittenText
    variable: WrittenText | None = None


class CurlArguments(NamedTuple):
    """The word ``curl``, the options in their order, and the URL."""

    command: WrittenText
    options: tuple[GivenOption, ...]

    def every(self, *effects: Effect) -> list[GivenOption]:
        """The options with one of these effects, in their order."""
        return [given for given in self.options if given.effect in effects]

    def first(self, *effects: Effect) -> GivenOption | None:
        """The first option with one of these effects."""
        return next(iter(self.every(*effects)), None)

    def last(self, effect: Effect) -> GivenOption | None:
        """The last option with an effect: of many options curl uses the last one."""
        return next(reversed(self.every(effect)), None)

    @property
    def url(self) -> WrittenText:
        """The only URL; raises RequestError if there is none, or a second one."""
        found = self.every(Effect.URL)
        if not found:
            raise self.command.error("found a curl command without a URL", "paste the whole command")
        if len(found) > 1:
            raise found[1].value.error("found a second URL, expected one call", "keep one of them")
        return found[0].value


def read_arguments(words: Sequence[ShellWord], name: str) -> CurlArguments:
    """The arguments of a command.

    Args:
        words: the words of the command.
        name: what messages call the command.

    Raises:
        RequestError: it is no curl command, or an option is not known here; with the place.
    """
    if words and words[0].text.value in ("$", "%", ">"):  # the prompt of a shell
        words = words[1:]
    if not words:
        raise WrittenText.whole("", name).error("found nothing, expected a curl command", "such as curl https://…")
    command = words[0].text
    if command.value.replace("\\", "/").rpartition("/")[2] not in _COMMANDS:
        advice = "paste a command that begins with curl"
        raise command.error(f"found {quoted(command.value)}, expected a curl command", advice)
    rest = list(words[1:])
    for word in rest:
        if word.text.value.startswith("^"):
            advice = "copy it for a POSIX shell instead, such as bash"
            raise word.text.error("found a ^, with which cmd.exe writes its quotes", advice)
    return CurlArguments(command, tuple(_options(rest)))


def _options(words: list[ShellWord]) -> Iterator[GivenOption]:
    words.reverse()
    only_urls = False
    while words:
        word = words.pop()
        text = word.text.value
        if only_urls or not text.startswith("-") or text == "-":
            yield GivenOption(Effect.URL, word.text, word.text, word.variable)
        elif text == "--":
            only_urls = True
        elif text.startswith("--"):
            option = _known(word.text, text[2:])
            yield _given(option, word.text, words)
        else:
            yield from _letters(word, words)


def _letters(word: ShellWord, words: list[ShellWord]) -> Iterator[GivenOption]:
    """The options of a word such as -sSXPOST: the first one that takes a value takes the rest of the word."""
    text = word.text.value
    for at in range(1, len(text)):
        if at > MAX_LETTERS:
            advice = "paste the command as it is typed"
            raise word.text.error(f"found more than {MAX_LETTERS} options in one word", advice)
        letter = word.text.part(at, at + 1)
        option = _known(letter, text[at])
        name = letter._replace(value=f"-{text[at]}")
        if option.takes_value and at + 1 < len(text):
            yield GivenOption(option.effect, name, word.text.part(at + 1, len(text)), word.variable)
            return
        yield _given(option, name, words)


def _given(option: CurlOption, name: WrittenText, words: list[ShellWord]) -> GivenOption:
    if not option.takes_value:
        return GivenOption(option.effect, name, name)
    if not words:
        raise name.error(f"found {name.value} without its value", "paste the whole command")
    word = words.pop()
    return GivenOption(option.effect, name, word.text, word.variable)


def _known(place: WrittenText, name: str) -> CurlOption:
    option = OPTIONS.get(name)
    if option is not None:
        return option
    dashed = f"-{name}" if len(name) == 1 else f"--{name}"
    if name in REFUSED:
        raise place.error(f"found {dashed}, which is not read", REFUSED[name])
    switched_on = OPTIONS.get(name.removeprefix("no-"))
    if switched_on is not None and switched_on.effect is Effect.NONE and not switched_on.takes_value:
        return _SWITCH
    advice = "remove it if it does not change the call"
    if "=" in name and name.partition("=")[0] in OPTIONS:
        advice = "curl takes a value after a space"
    else:
        meant = nearest(name, [each for each in OPTIONS if len(each) > 1]) if len(name) > 1 else None
        advice = f"did you mean --{meant}?" if meant is not None else advice
    raise place.error(f"found {dashed}, which is not an option of curl that is understood here", advice)


#: The option --no-x of an option --x that is on by default.
_SWITCH = CurlOption("no", Effect.NONE, takes_value=False)
