"""Security schemes: what each requires, and what is accepted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import yaml

from tests.support.served import NO, Raw, Served, Table, operation, reason, served

_ROWS = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))
SCHEMES, REQUIREMENTS = _ROWS["schemes"], _ROWS["requirements"]


def tables() -> Iterator[Table]:
    """Yield the schemes, and how requirements are put together."""
    text = (
        "A mock knows no secrets: whatever has the form that a scheme asks for is taken, and a"
        " handler can refuse it. `--no-security` asks for nothing."
    )
    columns = ("scheme", "nothing sent", "challenge", "wrong form", "credentials", "")
    declared = {f"s{n}": scheme["declared"] for n, scheme in enumerate(SCHEMES)}
    paths = {f"/{n}": {"get": operation(security=[{f"s{n}": []}])} for n in range(len(SCHEMES))}
    with served(paths, "3.1.0", components={"securitySchemes": declared}) as server:
        rows = [_row(server, f"/{n}", scheme) for n, scheme in enumerate(SCHEMES)]
    yield Table("Security schemes", text, columns, rows)
    yield Table("Security requirements", "", ("", "supported"), list(_requirements()))


def _row(server: Served, path: str, scheme: Raw) -> list[str]:
    none = server.ask("GET", path)
    challenge = none.headers.get("www-authenticate", "")
    shown = f"`{challenge}`" if challenge else "–"
    wrong = _status(server, path, scheme["wrong"]) if "wrong" in scheme else "–"
    taken = _status(server, path, scheme["good"])
    why = reason(scheme.get("reason", ""), none.status_code == 401, scheme["name"])
    return [scheme["name"], str(none.status_code), shown, wrong, taken, why]


def _status(server: Served, path: str, sent: Raw) -> str:
    target = path + sent.get("query", "")
    return str(server.ask("GET", target, headers=sent.get("headers")).status_code)


def _requirements() -> Iterator[list[str]]:
    paths = {
        f"/{n}": {"get": operation(**({"security": row["security"]} if "security" in row else {}))}
        for n, row in enumerate(REQUIREMENTS)
    }
    declared = {"key": SCHEMES[0]["declared"], "token": {"type": "oauth2", "flows": {}}}
    components = {"securitySchemes": declared}
    with served(paths, "3.0.4", security=[{"key": []}], components=components) as server:
        for n, row in enumerate(REQUIREMENTS):
            asked = [_status(server, f"/{n}", sent) for sent in row["tried"]]
            is_so = asked == [str(sent["status"]) for sent in row["tried"]]
            yield [row["name"], "yes" if is_so else NO]
