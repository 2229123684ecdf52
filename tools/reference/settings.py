"""The page of settings, from the one table of them."""

from __future__ import annotations

from mock_server.settings import environment_name, table
from tools.reference.markdown import MADE, code
from tools.reference.markdown import table as markdown_table

_SHOWN = {"None": "", "True": "on", "False": "off"}
_HEAD = f"""# Settings

{MADE}
`serve`, `exec`, `errors` and `proxy` take these settings. Each is an option on the command line
and an environment variable. The option wins over the variable; an empty variable counts as unset.
The document itself is an argument, or `{environment_name("document")}`.

In pytest the settings are members of `[tool.mock-server]` in `pyproject.toml`, named like the
variable without `MOCK_SERVER_`, in lower case: `strict_parameters = true`. `host`, `port`,
`reload`, `log_level`, `log_format` and `color` have no meaning there. The command line doesn't
read `pyproject.toml`.

"""


def page() -> str:
    """Return the whole page."""
    head = ("option", "environment variable", "default", "meaning")
    return _HEAD + markdown_table(head, (cells(setting) for setting in table()))


def cells(setting: tuple[str, str, str, str]) -> list[str]:
    """Return the cells of a setting's row."""
    flags, variable, default, words = setting
    options = ", ".join(map(code, flags.split("/")))
    return [options, code(variable), _SHOWN.get(default, code(default)), words]
