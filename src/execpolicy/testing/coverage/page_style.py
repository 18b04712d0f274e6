"""The style sheet of the HTML report."""

STYLE = """
:root {
  color-scheme: light dark;
  --page: #fff; --ink: #1f2328; --soft: #59636e; --line: #d1d9e0; --panel: #f6f8fa; --link: #0a58ca;
  --track: #dfe4e9; --good: #1a7f37; --good-bg: #eaf7ee; --half: #8a5a00; --half-bg: #fff6dc;
  --bad: #cf222e; --bad-bg: #ffeeee;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0d1117; --ink: #e6edf3; --soft: #9ba5b0; --line: #30363d; --panel: #161b22; --link: #6cb0ff;
    --track: #30363d; --good: #56d364; --good-bg: #10231a; --half: #e3b341; --half-bg: #2a220f;
    --bad: #ff8a80; --bad-bg: #2f1719;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
.wrap { max-width: 82rem; margin: 0 auto; padding: 0 1.5rem; }
h1 { font-size: 1.6rem; margin: 1.75rem 0 1rem; }
h2 { font-size: 1.15rem; margin: 0 0 .25rem; overflow-wrap: anywhere; }
h2 small { color: var(--soft); font-weight: normal; margin-left: .5rem; }
a { color: var(--link); }
code, .lines th { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; }

.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(13rem, 1fr)); gap: 1rem; margin: 0; }
.tile { background: var(--panel); border: 1px solid var(--line); border-radius: .5rem; padding: .75rem 1rem; }
.tile dt { color: var(--soft); font-size: .85rem; }
.tile dd { margin: 0; }
.tile b { font-size: 1.7rem; line-height: 1.3; }
.tile dd span { color: var(--soft); }
.bar { display: block; height: .4rem; border-radius: .2rem; background: var(--track); overflow: hidden; }
.bar i { display: block; height: 100%; background: var(--good); }

.summary { width: 100%; border-collapse: collapse; margin: 1.75rem 0 1.25rem; }
.summary caption { text-align: left; font-weight: 600; font-size: 1.15rem; padding-bottom: .4rem; }
.summary th, .summary td { padding: .35rem .75rem; border-bottom: 1px solid var(--line); text-align: right; }
.summary th:first-child, .summary td:nth-child(2), .summary th:nth-child(2) { text-align: left; }
.summary th { overflow-wrap: anywhere; }
.summary thead th { color: var(--soft); font-weight: 600; font-size: .85rem; white-space: nowrap; }
.summary tbody th { font-weight: normal; }
.summary tfoot td { font-weight: 600; }
.summary td { font-variant-numeric: tabular-nums; white-space: nowrap; }
.summary .bar { display: inline-block; width: 6rem; vertical-align: .1em; }
.percent { display: inline-block; min-width: 4.7em; }

.legend { display: flex; flex-wrap: wrap; gap: .75rem 2.5rem; font-size: .85rem; }
.legend dl { margin: 0; }
.legend dt { font-weight: 600; }
.legend dd { margin: .2rem 0 0; padding: 0 .6rem; border-left: 4px solid transparent; }
.legend dl:last-child dd { padding: 0; border: 0; }

.policy { margin: 2.25rem 0; scroll-margin-top: 1rem; }
.policy:has(> details:not([open])) { margin: .75rem 0; }
.policy summary { cursor: pointer; }
.policy summary h2 { display: inline; }
.policy > p, .policy details > p { margin: 0 0 .4rem; color: var(--soft); }
.lines { width: 100%; border-collapse: collapse; border: 1px solid var(--line); }
.lines th, .lines td { padding: 0 .75rem; vertical-align: baseline; text-align: left; }
.lines th { width: 1%; font-size: .8rem; font-weight: normal; line-height: 1.65; text-align: right; }
.lines th a { color: var(--soft); text-decoration: none; }
.lines td:nth-child(2) { border-left: 4px solid transparent; }
.lines td:last-child { width: 36%; font-size: .8rem; line-height: 1.65; }
.lines code { font-size: .8rem; line-height: 1.65; white-space: pre-wrap; overflow-wrap: anywhere; tab-size: 4; }
.lines p { margin: 0; padding-left: 1.4em; text-indent: -1.4em; }
.lines tr:target { outline: 2px solid var(--link); outline-offset: -2px; }
.gap td { color: var(--soft); }
.mark { display: inline-block; width: 1.4em; text-indent: 0; font-weight: 700; }
.of-clause { color: var(--soft); }
.of-clause.held { color: var(--half); }
.of-clause.never { color: var(--bad); }
.of-clause .mark { font-weight: 400; }

.legend .decided, .lines .decided td:nth-child(2) { border-left-color: var(--good); background: var(--good-bg); }
.legend .applied, .lines .applied td:nth-child(2) { border-left-color: var(--half); background: var(--half-bg); }
.legend .never:not(.c), .lines .never td:nth-child(2) { border-left-color: var(--bad); background: var(--bad-bg); }
.decided .of-statement { color: var(--good); }
.applied .of-statement { color: var(--half); }
.never .of-statement { color: var(--bad); }

.c { text-decoration: underline 2px; text-underline-offset: .25em; text-decoration-skip-ink: none; }
.c.held-and-stopped { text-decoration-color: var(--good); }
.c.stopped { text-decoration: underline 2px dashed var(--good); }
.c.held { text-decoration: underline 2px dashed var(--half); }
.c.never { text-decoration: underline 2px wavy var(--bad); }
.c.always-holds { text-decoration: none; }

.notes { margin: .6rem 0 0; padding-left: 3rem; color: var(--soft); font-size: .8rem; }
.notes li::marker { content: "[" counter(list-item) "] "; }
.notes li:target { color: var(--ink); outline: 2px solid var(--link); }
.unseen th { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
@media (max-width: 50rem) {
  .wrap { padding: 0 .75rem; }
  .summary .bar { display: none; }
  .summary th, .summary td { padding: .35rem .4rem; }
  .lines tr { display: grid; grid-template-columns: 3.5rem 1fr; }
  .lines th, .lines td:last-child { width: auto; }
  .lines td:last-child { grid-column: 2; padding-bottom: .2rem; }
}
@media print { .policy { break-inside: avoid-page; } }
"""
