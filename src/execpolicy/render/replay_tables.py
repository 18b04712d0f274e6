"""The result of a replay as Markdown and HTML. No text of a log is read as markup of either."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, tzinfo

from execpolicy.bulk.replay_result import CallChange, Replay, ReplayGroup
from execpolicy.bulk.replay_score import Score
from execpolicy.document.syntax.wording import counted
from execpolicy.render.html_page import html_page, html_text
from execpolicy.render.markdown import code, escaped
from execpolicy.render.replay import group_details, lines_below, summary_of
from execpolicy.render.replay_examples import example_words
from execpolicy.render.replay_score import case_lines, disagreement_details, score_words

#: The most groups that a comment on a pull request has room for.
MOST_ROWS = 100
_CLASSES = {CallChange.NEWLY_REFUSED: "bad", CallChange.NEWLY_ADMITTED: "good", CallChange.UNKNOWN: "half"}


def replay_to_markdown(replay: Replay, *, zone: tzinfo = UTC) -> str:
    """The result as a section of Markdown."""
    return "".join(f"{line}\n" for line in _markdown(replay, zone))


def _markdown(replay: Replay, zone: tzinfo) -> Iterator[str]:
    yield "## execpolicy replay"
    yield ""
    yield f"{escaped(summary_of(replay, zone))}: {_counts(replay)}."
    if replay.groups:
        yield ""
        yield "| change | calls | route | caller | why |"
        yield "|---|---|---|---|---|"
        for group in replay.groups[:MOST_ROWS]:
            why = "<br>".join(map(escaped, group_details(group, zone)))
            yield f"| {group.change} | {group.calls} | {code(group.route or '-')} | {code(group.caller)} | {why} |"
    if len(replay.groups) > MOST_ROWS:
        yield from ("", f"The table has the first {MOST_ROWS} of {len(replay.groups)} groups.")
    if replay.score is not None:
        yield ""
        yield from _score_markdown(replay.score, zone)
    below = list(lines_below(replay, zone))
    if below:
        yield ""
        yield from (f"{'  ' * line.depth}- {escaped(line.text)}" for line in below)


def _score_markdown(score: Score, zone: tzinfo) -> Iterator[str]:
    yield f"The old version and AWS: {escaped(score_words(score))}."
    if score.causes or score.not_comparable:
        yield ""
    yield from (f"- not known: {number} ({escaped(cause)})" for cause, number in score.causes.items())
    yield from (f"- not comparable: {number} ({escaped(reason)})" for reason, number in score.not_comparable.items())
    for each in score.disagreements[:MOST_ROWS]:
        details = "; ".join(map(escaped, disagreement_details(each, zone)))
        yield from ("", f"{counted(each.calls, 'call')}: {escaped(each.text)}. {details}", "")
        # Four spaces make a block of code, whatever the text has.
        yield from (f"    {line}" for line in case_lines(each))


def _counts(replay: Replay) -> str:
    return ", ".join(f"{number} {change}" for change, number in replay.counts.items())


def replay_to_html(replay: Replay, *, zone: tzinfo = UTC) -> str:
    """The result as a page of HTML without a script."""
    return html_page("execpolicy replay", _body(replay, zone))


def _body(replay: Replay, zone: tzinfo) -> Iterator[str]:
    yield f"<p>{html_text(summary_of(replay, zone))}: {html_text(_counts(replay))}.</p>"
    if replay.groups:
        heads = ("change", "calls", "route", "caller", "why", "examples")
        yield f"<table><thead><tr>{''.join(f'<th>{each}</th>' for each in heads)}</tr></thead><tbody>"
        yield from (_row(group, zone) for group in replay.groups)
        yield "</tbody></table>"
    if replay.score is not None:
        yield from _score_html(replay.score, zone)
    yield from (f"<p>{html_text(line.text)}</p>" for line in lines_below(replay, zone))


def _score_html(score: Score, zone: tzinfo) -> Iterator[str]:
    yield f"<h2>The old version and AWS</h2><p>{html_text(score_words(score))}.</p>"
    yield from (f"<p>not known: {number} ({html_text(cause)})</p>" for cause, number in score.causes.items())
    for reason, number in score.not_comparable.items():
        yield f"<p>not comparable: {number} ({html_text(reason)})</p>"
    for each in score.disagreements:
        details = "<br>".join(map(html_text, disagreement_details(each, zone)))
        case = "\n".join(map(html_text, case_lines(each)))
        heading = html_text(f"{counted(each.calls, 'call')}: {each.text}")
        yield f"<p><b>{heading}</b><br>{details}</p><pre>{case}</pre>"


def _row(group: ReplayGroup, zone: tzinfo) -> str:
    why = "<br>".join(map(html_text, group_details(group, zone)))
    examples = "<br>".join(html_text(example_words(each, zone)) for each in group.examples)
    cells = (
        f'<td class="{_CLASSES.get(group.change, "none")}">{html_text(group.change)}</td>',
        f"<td>{group.calls}</td>",
        f"<td><code>{html_text(group.route or '-')}</code></td>",
        f"<td><code>{html_text(group.caller)}</code></td>",
        f"<td>{why}</td>",
        f"<td>{examples}</td>",
    )
    return f"<tr>{''.join(cells)}</tr>"
