"""The answers of the playground: the texts of its editors become files, and commands of execpolicy read them.

The worker of the page imports this module in Pyodide, and tests import it in CPython. It decides nothing: each answer
is what a command writes, with the places that its JSON names.
"""

from __future__ import annotations

import io
import json
import shlex
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any, NamedTuple

from execpolicy.cli.main import main
from execpolicy.errors import Source

#: The editors whose texts are JSON or YAML; the name of the file says which.
_POLICIES = ("identity", "boundary", "scp", "resource", "api", "before")
#: Those of the policies on the side of the caller.
_OF_CALLER = ("identity", "boundary", "scp")
#: Those that the page has once they are added.
_ADDED = ("boundary", "scp")
#: The files of the other editors.
_FIXED_NAMES = {
    "authorizer": "authorizer.json",
    "claims": "claims.json",
    "context": "context.json",
    "invariants": "invariants.txt",
}
#: The fields of a question that are not editors.
_FIELDS = ("mode", "caller", "on", "call", "headers", "stage", "name", "compared", "reached")
#: What is called: an API of a file, or an ARN with policies.
_MODES = ("api", "policies")
#: The words for the exit codes of all commands, and for those of each.
_UNUSABLE = {2: "unusable input", 4: "internal error"}
_OUTCOMES = {
    "check": {0: "allowed", 1: "denied", 3: "indeterminate"},
    "lint": {0: "no warnings", 1: "findings"},
    "diff": {0: "equal", 1: "different", 3: "not known"},
    "who": {0: "found", 3: "not known"},
    "prove": {0: "proven", 1: "refuted", 3: "not known"},
}


class Question(NamedTuple):
    """What the page contains: the texts of its editors by name, and its other fields."""

    texts: Mapping[str, str]
    fields: Mapping[str, str]

    @property
    def is_call(self) -> bool:
        """Whether an API is called."""
        return self.fields["mode"] == "api"

    def file(self, editor: str) -> str | None:
        """The name of the file with the text of an editor; None if the editor is empty."""
        text = self.texts[editor]
        if not text.strip():
            return None
        return _FIXED_NAMES.get(editor) or f"{editor}.{'json' if text.lstrip()[0] in '{[' else 'yaml'}"

    def options(self, *editors: str) -> Iterator[str]:
        """The options that name the files of editors, such as ``--identity=identity.json``."""
        for editor in editors:
            name = self.file(editor)
            if name is not None:
                yield f"--{_OPTIONS.get(editor, editor)}={name}"


#: The options that are not called as their editors.
_OPTIONS = {"authorizer": "authorizer-output"}


class Mark(NamedTuple):
    """A part of the text of an editor, in UTF-16 code units, as the strings of JavaScript are counted."""

    editor: str
    start: int
    end: int
    kind: str
    words: str


class Run(NamedTuple):
    """What a command wrote, and its exit code."""

    code: int
    out: str
    err: str


class QuestionError(ValueError):
    """A question that is not one of the page."""


def answer(kind: str, question: str) -> str:
    """The answer to a question of the page, as JSON.

    Args:
        kind: ``check``, ``lint``, ``diff``, ``who`` or ``prove``.
        question: a JSON object of texts: one for each editor, and one for each other field.

    Returns:
        A JSON object: ``exit``, the exit code of the command; ``outcome``, its word; ``text``, what it wrote;
        ``notes``, what it wrote to standard error; ``marks``; ``command``, which writes the same text.

    Raises:
        QuestionError: it is no question of the page.
    """
    answer_of = _ANSWERS.get(kind)
    if answer_of is None:
        raise QuestionError(f"found the question {kind!r}, expected one of {', '.join(_ANSWERS)}")
    return json.dumps(answer_of(parse_question(question)))


def parse_question(text: str) -> Question:
    """The question of a JSON object. What it lacks is empty.

    Raises:
        QuestionError: it has an unknown field, a value that is no text, or an unknown mode.
    """
    found = json.loads(text)
    editors = (*_POLICIES, *_FIXED_NAMES)
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        raise QuestionError("found a question that is no object of texts")
    unknown = sorted(found.keys() - {*editors, *_FIELDS})
    if unknown:
        raise QuestionError(f"found the unknown field {unknown[0]!r}")
    question = Question(
        {editor: found.get(editor, "") for editor in editors},
        {field: found.get(field, "").strip() for field in _FIELDS} | {"mode": found.get("mode", _MODES[0])},
    )
    if question.fields["mode"] not in _MODES:
        raise QuestionError(f"found the mode {question.fields['mode']!r}, expected one of {', '.join(_MODES)}")
    return question


def _run(question: Question, arguments: Sequence[str]) -> Run:
    """Run a command in a new folder that has the files."""
    out, err = io.StringIO(), io.StringIO()
    with tempfile.TemporaryDirectory() as folder, chdir(folder):
        for editor, text in question.texts.items():
            name = question.file(editor)
            if name is not None:
                # Half of a pair of UTF-16 is written as it is: whoever reads the file reports it.
                Path(name).write_text(text, "utf-8", "surrogatepass", newline="")
        with redirect_stdout(out), redirect_stderr(err):
            try:
                code = main(arguments)
            except SystemExit as stop:
                code = int(stop.code or 0)
    return Run(code, out.getvalue(), err.getvalue())


def _written(question: Question, arguments: Sequence[str], *options: str) -> tuple[dict[str, Any], Any]:
    """The answer that a command writes, and its JSON; None if it has none.

    Args:
        question: the question with the texts.
        arguments: the verb and its arguments, which may end with ``--`` and what follows it.
        options: options that only the text has.
    """
    verb, *rest = arguments
    run = _run(question, [verb, *options, *rest])
    usable = run.code not in _UNUSABLE
    data = json.loads(_run(question, [verb, "--format=json", *rest]).out) if usable else None
    command = shlex.join(["execpolicy", verb, *options, *rest])
    found = {
        "exit": int(run.code),
        "outcome": (_OUTCOMES[verb] | _UNUSABLE)[run.code],
        "text": run.out if usable else run.err,
        "notes": run.err if usable else "",
        "marks": [],
        "command": command,
    }
    return found, data


def _not_answered(words: str) -> dict[str, Any]:
    """An answer that says what is missing in the page."""
    return {"exit": 2, "outcome": "incomplete", "text": words, "notes": "", "marks": [], "command": ""}


def _check(question: Question) -> dict[str, Any]:
    """What ``execpolicy check`` says of the request or of the call."""
    caller = [f"--as={question.fields['caller']}"] if question.fields["caller"] else []
    if question.is_call:
        if question.file("api") is None:
            return _not_answered("Write an API file or a template: the call goes to an API.")
        headers = [f"--header={line.strip()}" for line in question.fields["headers"].splitlines() if line.strip()]
        files = question.options("api", *_OF_CALLER, "authorizer", "claims", "context")
        options = [*files, *caller, *_of_api(question), *headers, "--", *question.fields["call"].split(None, 1)]
    else:
        files = question.options(*_OF_CALLER, "resource", "context")
        options = [*files, *(caller or ["--as=anonymous"]), f"--on={question.fields['on']}"]
    found, data = _written(question, ["check", *options])
    if data is not None:
        found["marks"] = _as_data(_deciding(question, data))
    return found


def _of_api(question: Question) -> list[str]:
    """The options that say which API and which stage of a file are meant."""
    given = {"stage": question.fields["stage"], "api-name": question.fields["name"]}
    return [f"--{option}={value}" for option, value in given.items() if value]


def _deciding(question: Question, data: Mapping[str, Any]) -> Iterator[Mark]:
    """The statements that decide; where none allows, the parts for which those that could do not apply."""
    decisions = [data] if "layers" in data else [step["decision"] for step in data["steps"] if step["decision"]]
    for decision in decisions:
        for layer in decision["layers"]:
            for policy in layer["policies"]:
                for statement in policy["statements"]:
                    yield from _of_statement(question, policy["name"], statement, decision, layer["layer"])


def _of_statement(
    question: Question, file: str, statement: Mapping[str, Any], decision: Mapping[str, Any], layer: str
) -> Iterator[Mark]:
    editor, name = file.partition(".")[0], statement["sid"] or f"Statement[{statement['index']}]"
    if editor not in question.texts:
        return
    if statement["determining"]:
        words = f"{statement['effect']} {name} decides"
        yield _mark(
            question, editor, statement["span"], "allows" if statement["effect"] == "Allow" else "denies", words
        )
    elif layer in decision["blocked_by"] and statement["effect"] == "Allow" and statement["failed"] is not None:
        clause = statement["clauses"][statement["failed"]]
        words = clause["note"] or f"{clause['element']} does not match"
        yield _mark(question, editor, clause["span"], "fails", f"Allow {name} does not apply: {words}")


def _as_data(marks: Iterable[Mark]) -> list[dict[str, Any]]:
    """Marks as JSON has them, each once: several gates of a call may depend on one statement."""
    return [mark._asdict() for mark in dict.fromkeys(marks)]


def _mark(question: Question, editor: str, span: Mapping[str, int], kind: str, words: str) -> Mark:
    """A mark for a span, whose lines and columns count from 1."""
    source = Source(editor, question.texts[editor])
    start, end = source.offset(span["line"], span["column"]), source.offset(span["end_line"], span["end_column"])
    return Mark(editor, _utf16(source.text, start), _utf16(source.text, end), kind, words)


def _utf16(text: str, offset: int) -> int:
    """An offset in UTF-16 code units: a character beyond U+FFFF has two."""
    return len(text[:offset].encode("utf-16-le", "surrogatepass")) // 2


def _lint(question: Question) -> dict[str, Any]:
    """What ``execpolicy lint`` finds in the texts that are in use."""
    editors = ("api", "identity") if question.is_call else ("identity", "resource")
    # The kinds of the others do not follow from their texts.
    checked = [((), editors), *(((f"--policy-kind={editor}",), (editor,)) for editor in _ADDED)]
    found = [
        _findings(question, options, files)
        for options, names in checked
        if (files := [name for name in map(question.file, names) if name is not None])
    ]
    return _together(found) if found else _not_answered("There is no policy to check.")


def _findings(question: Question, options: Sequence[str], files: Sequence[str]) -> dict[str, Any]:
    """What ``execpolicy lint`` finds in files of a kind."""
    found, data = _written(question, ["lint", "--isolated", *options, *files], "--verbose")
    if data is not None:
        found["marks"] = _as_data(mark for finding in data["findings"] for mark in _of_finding(question, finding))
    return found


def _together(found: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Several answers as one: that of the highest exit code, with the texts of all that found something."""
    with_findings = [each for each in found if each["marks"] or each["exit"]] or found[:1]
    return max(found, key=lambda each: each["exit"]) | {
        "text": "\n".join(each["text"] for each in with_findings),
        "notes": "".join(each["notes"] for each in found),
        "marks": [mark for each in found for mark in each["marks"]],
        "command": "\n".join(each["command"] for each in found),
    }


def _of_finding(question: Question, finding: Mapping[str, Any]) -> Iterator[Mark]:
    editor, words = finding["file"].partition(".")[0], f"{finding['rule']}: {finding['message']}"
    for location in finding["locations"][:1]:
        start, end = location["span"]["start"]["offset"], location["span"]["end"]["offset"]
        text = question.texts[editor]
        yield Mark(editor, _utf16(text, start), _utf16(text, end), finding["severity"], words)


def _diff(question: Question) -> dict[str, Any]:
    """What ``execpolicy diff`` says of the old version and the one in the editor."""
    compared = question.fields["compared"] or ("api" if question.is_call else "resource")
    before, after = question.file("before"), question.file(compared) if compared in _POLICIES else None
    if before is None or after is None:
        return _not_answered(
            "Write the old version: press “Use the present text as the old version”, then change the text."
        )
    kind = ["--api", *_of_api(question)] if compared == "api" else [f"--kind={compared}"]
    found, data = _written(question, ["diff", *kind, before, after])
    if data is not None:
        found["outcome"] = data["parts"][0]["verdict"] if len(data["parts"]) == 1 else found["outcome"]
        found["marks"] = _as_data(mark for part in data["parts"] for mark in _of_witnesses(question, part))
    return found


def _of_witnesses(question: Question, part: Mapping[str, Any]) -> Iterator[Mark]:
    for witness in (*part["newly_allowed"], *part["newly_denied"]):
        for statement in (witness["after"] or {}).get("statements", ()):
            editor = statement["policy"].partition(".")[0]
            if editor in question.texts and statement.get("line"):
                place = {"line": statement["line"], "column": statement["column"]}
                span = {**place, "end_line": place["line"], "end_column": place["column"] + 1}
                yield _mark(question, editor, span, "differs", "decides a request of the difference")


def _who(question: Question) -> dict[str, Any]:
    """What ``execpolicy who`` says of the callers that get through."""
    api = question.file("api")
    if not question.is_call or api is None:
        return _not_answered("Who gets through is found for an API: choose a call to an API, and write an API file.")
    reached = question.fields["reached"] or question.fields["call"]
    found, _ = _written(
        question, ["who", f"--api={api}", *_of_api(question), "--", *reached.split(None, 1)], "--verbose"
    )
    return found


def _prove(question: Question) -> dict[str, Any]:
    """What ``execpolicy prove`` says of the invariants."""
    invariants, subject = question.file("invariants"), "api" if question.is_call else "resource"
    if invariants is None:
        return _not_answered("Write invariants, one on a line, such as: nobody may call DELETE /orders/**")
    if question.file(subject) is None:
        return _not_answered("Write the API file or the resource policy that the invariants are about.")
    more = _of_api(question) if question.is_call else []
    found, _ = _written(
        question, ["prove", f"--from-file={invariants}", *question.options(subject), *more], "--verbose"
    )
    return found


_ANSWERS: dict[str, Callable[[Question], dict[str, Any]]] = {
    "check": _check,
    "lint": _lint,
    "diff": _diff,
    "who": _who,
    "prove": _prove,
}
#: The kinds of questions.
KINDS = tuple(_ANSWERS)


def prepare(kind: str) -> None:
    """Answer a small question, so that the modules which the kind needs are imported.

    Args:
        kind: one of ``KINDS``.
    """
    api = {"schema": "execpolicy/api/1", "id": "a", "type": "REST", "region": "eu-west-1", "account": "111122223333"}
    text = json.dumps(api | {"stages": ["prod"], "routes": {"GET /": {}}})
    question = {"mode": "api", "api": text, "before": text, "call": "GET /", "invariants": "nobody may call GET /"}
    answer(kind, json.dumps(question))
