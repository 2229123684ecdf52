"""The pages of docs/reference that are made from the product's own tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import yaml
from click import Command, Context

from mock_server import errors
from mock_server.cli import main
from mock_server.generation.values.fakes import Fakes
from mock_server.generation.values.names import NAMES
from mock_server.generation.values.random_source import Source
from mock_server.settings import environment_name, table
from tests.support.page import COMMAND

FOLDER = Path(__file__).parents[2] / "docs" / "reference"
CONTROL = Path(errors.__file__).parent / "control" / "control.yaml"
# In characters, of the help that is shown.
WIDTH = 80
_MADE = f"`{COMMAND}` writes this page."


def settings() -> str:
    """Return the page of the settings, a row each."""
    rows = ((_flags(flag), f"`{variable}`", _default(default), words)
            for flag, variable, default, words in table())  # fmt: skip
    return f"""# Settings

{_MADE}

An option on the command line wins over its environment variable, and that over a
[file](../guides/configuration.md). In `mock-server.toml`, and in `[tool.mock-server]` of
`pyproject.toml`, a setting has the name of its variable without `MOCK_SERVER_`, in lower case. The
document itself can come from `{environment_name("document")}`, or be `document` in a file.

{_table(("option", "environment", "default", ""), rows)}
"""


def command_line() -> str:
    """Return the page of the commands with the help of each."""
    context = Context(
        main,
        info_name="mock-server",
        terminal_width=WIDTH,
        max_content_width=WIDTH,
        help_option_names=main.context_settings["help_option_names"],
    )
    commands = {name: main.get_command(context, name) for name in main.list_commands(context)}
    chapters = (_chapter(context, name, each) for name, each in commands.items() if each)
    return f"""# The command line

{_MADE}

Exit codes: 0 if all is well, 1 if something was found or broke the contract, 2 if the command
was used wrongly; `exec` ends with the code of the command that it ran.

{"".join(chapters).rstrip()}
"""


def control_paths() -> str:
    """Return the page of the control API's operations."""
    document = yaml.safe_load(CONTROL.read_text(encoding="utf-8"))
    rows = (
        (f"`{method.upper()}`", f"`{path}`", operation["summary"])
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if isinstance(operation, dict) and "summary" in operation
    )
    return f"""# Operations of the control API

{_MADE}

A running server has the whole document, with parameters, bodies and replies, at
`/_mock/openapi.yaml`; [the control API](control-api.md) says how it is used.

{_table(("method", "path", "what it does"), rows)}
"""


def problems() -> str:
    """Return the page of the problems that the server itself answers with."""
    rows = (
        (kind.title, ", ".join(map(str, kind.codes)), (kind.__doc__ or "").splitlines()[0])
        for kind in _kinds(errors.Problem)
    )
    return f"""# Problems

{_MADE}

A refusal has the body that the operation declares for its status. If none is declared, it is a
problem document (RFC 9457) with `type`, `title`, `status` and `detail`, and with `validation`, a
list of what broke the contract. The first status in a row that the operation declares is sent; if
none is, the first of all.

{_table(("title", "statuses", "when"), rows)}
"""


def names() -> str:
    """Return the page of the names of properties that decide what a text is like."""
    groups: dict[int, list[str]] = {}
    for name, text in NAMES.items():
        groups.setdefault(id(text), []).append(name)
    rows = (
        (
            ", ".join(f"`{name}`" for name in group),
            f"`{NAMES[group[0]](Source(group[0], Fakes()))}`",
        )
        for group in groups.values()
    )
    return f"""# Known names

{_MADE}

A text whose schema says nothing else goes by the name of its property, whole or as its last words:
`billing_city` is a city. Case and style don't matter (`billingCity`).

{_table(("names", "such as"), rows)}
"""


PAGES: dict[str, Callable[[], str]] = {
    "settings.md": settings,
    "command-line.md": command_line,
    "control-paths.md": control_paths,
    "problems.md": problems,
    "names.md": names,
}


def _kinds(kind: type[errors.Problem]) -> Iterator[type[errors.Problem]]:
    for below in kind.__subclasses__():
        if below.__module__ == errors.__name__:
            yield below
            yield from _kinds(below)


def _chapter(parent: Context, name: str, command: Command) -> str:
    with Context(command, info_name=name, parent=parent, terminal_width=WIDTH) as context:
        text = command.get_help(context)
    return f"## mock-server {name}\n\n```text\n{text}\n```\n\n"


def _flags(flag: str) -> str:
    return ", ".join(f"`{each}`" for each in flag.split("/"))


def _default(default: str) -> str:
    return {"None": "", "True": "on", "False": "off"}.get(default, f"`{default}`")


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [heads, ("---",) * len(heads), *rows]
    return "\n".join(
        "| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines
    )
