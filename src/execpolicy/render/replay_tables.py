"""The result of a replay as Markdown and HTML. No text of a log is read as markup of either."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, tzinfo

from execpolicy.bulk.replay_result import CallChange, Replay, ReplayGroup
from execpolicy.render.html_page import html_page, html_text
from execpolicy.render.markdown import code, escaped
from execpolicy.render.replay import example_words, group_details, lines_below, summary_of

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
    below = list(lines_below(replay, zone))
    if below:
        yield ""
        yield from (f"{'  ' * line.depth}- {escaped(line.text)}" for line in below)


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
    yield from (f"<p>{html_text(line.text)}</p>" for line in lines_below(replay, zone))


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
