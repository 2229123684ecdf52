"""A report as one HTML page that needs nothing else: no script, no font, no request."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from mock_server.coverage.parts import KINDS
from mock_server.coverage.report import ALL, Entry, Figure, Report
from mock_server.coverage.text import doubts, said

_STYLE = """
:root { color-scheme: light dark; --ink: light-dark(#1b2430, #e6ebf2);
  --soft: light-dark(#5b6776, #9aa7b8); --page: light-dark(#f6f7f9, #12161c);
  --card: light-dark(#fff, #1a2029); --line: light-dark(#dde2e9, #2c3542);
  --good: light-dark(#1a7f4b, #4cc38a); --bad: light-dark(#b3261e, #ff8a80); }
* { box-sizing: border-box }
body { margin: 0 auto; padding: 2rem 1rem 4rem; max-width: 60rem; background: var(--page);
  color: var(--ink); font: 1rem/1.5 system-ui, sans-serif }
h1 { margin: 0; font-size: 1.6rem } h1 small { color: var(--soft); font-weight: 400 }
p { margin: .3rem 0; color: var(--soft) }
table { width: 100%; border-collapse: collapse }
section, details { margin-top: 1rem; background: var(--card); border: 1px solid var(--line);
  border-radius: .6rem }
section { padding: .4rem 1rem }
th, td { padding: .45rem .5rem; text-align: left; border-top: 1px solid var(--line) }
thead th { border: 0; color: var(--soft); font-size: .85rem; font-weight: 500 }
tbody th { font-weight: 500; white-space: nowrap }
tr.all th, tr.all td { font-weight: 700 }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
.bar { width: 40% }
meter { width: 100%; height: .8rem }
label { display: inline-flex; gap: .5rem; margin-top: 1.2rem; cursor: pointer }
summary { padding: .6rem 1rem; cursor: pointer; font-weight: 600; border-radius: .6rem }
summary span { color: var(--soft); font-weight: 400; margin-left: .5rem }
:focus-visible { outline: 3px solid light-dark(#2563eb, #8ab4ff); outline-offset: 2px }
ul { list-style: none; margin: 0; padding: 0 1rem .6rem }
li { display: grid; grid-template-columns: 4.5rem 1fr; gap: .2rem .5rem; padding: .35rem 0;
  border-top: 1px solid var(--line); overflow-wrap: anywhere }
li b { color: var(--bad) } li.met b { color: var(--good); font-weight: 500 }
code { grid-column: 2; color: var(--soft); font-size: .85rem }
body:has(#missing:checked) li.met { display: none }
@media (max-width: 36rem) { .bar { display: none } }
@media print { label { display: none } }
"""


def as_html(report: Report) -> str:
    """Return the whole page."""
    return "\n".join(_page(report)) + "\n"


def _page(report: Report) -> Iterator[str]:
    subject = report.subject
    title = escape(f"Coverage of {subject.title}")
    yield '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield (
        '<meta http-equiv="Content-Security-Policy"'
        " content=\"default-src 'none'; style-src 'unsafe-inline'\">"
    )
    yield f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>"
    yield f"<h1>{title} <small>{escape(subject.version)}</small></h1>"
    counted = said(report.exchanges.counted)
    yield f"<p>Met by {counted}. Places are those in {escape(subject.file)}.</p>"
    yield from (f"<p>{escape(line)}</p>" for line in doubts(report))
    yield from _table(report)
    yield '<label><input type="checkbox" id="missing" checked> Only what wasn\'t met</label>'
    for kind in report.figures:
        if kind != ALL:
            yield from _kind(report, kind)
    yield "</main>\n</body>\n</html>"


def _table(report: Report) -> Iterator[str]:
    yield '<section>\n<table>\n<thead><tr><th scope="col">Part</th><th scope="col" class="bar">'
    yield '</th><th scope="col" class="number">Met</th><th scope="col" class="number">Share</th>'
    yield "</tr></thead>\n<tbody>"
    for kind, figure in report.figures.items():
        yield _row(kind, figure)
    yield "</tbody>\n</table>\n</section>"


def _row(kind: str, figure: Figure) -> str:
    row = ' class="all"' if kind == ALL else ""
    hint = f' title="{escape(KINDS[kind])}"' if kind in KINDS else ""
    meter = f'<meter min="0" max="{figure.of}" value="{figure.met}" aria-label="{kind}"></meter>'
    return (
        f'<tr{row}><th scope="row"{hint}>{kind}</th><td class="bar">{meter}</td>'
        f'<td class="number">{figure.met} of {figure.of}</td><td class="number">{figure}</td></tr>'
    )


def _kind(report: Report, kind: str) -> Iterator[str]:
    missing = report.missing(kind)
    told = f"{len(missing)} not met" if missing else "all met"
    yield f"<details{' open' if missing else ''}>"
    yield f"<summary>{kind}<span>{told}</span></summary>\n<ul>"
    yield from (_line(entry) for entry in report.entries if entry.kind == kind)
    yield "</ul>\n</details>"


def _line(entry: Entry) -> str:
    state, row = ("met", ' class="met"') if entry.met else ("not met", "")
    where = f"{entry.place} {entry.pointer}" if entry.place else "added at run time"
    return f"<li{row}><b>{state}</b> {escape(entry.text)}<code>{escape(where)}</code></li>"
