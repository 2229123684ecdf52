"""What the start says of the control API, and the token that it makes if there has to be one."""

from __future__ import annotations

import sys
from dataclasses import replace
from secrets import token_urlsafe
from urllib.parse import quote

from mock_server.cli.output import say, tell
from mock_server.settings import Settings


def with_token(settings: Settings) -> Settings:
    """Return the settings, with a token generated for this run if one is needed.

    The token is printed only on a terminal: other output may be a log that many people can read.
    """
    from mock_server.control import Access

    if not settings.control or not Access.of(settings).is_closed or not sys.stderr.isatty():
        return settings
    token = token_urlsafe()
    tell(f"Token of the control API, for this run: {token}")
    return replace(settings, control_token=token)


def say_who_has_access(settings: Settings, url: str) -> None:
    """Print the address of the console, and in a line who can use the control API.

    The console's address contains the token only on a terminal.
    """
    from mock_server.control import Access

    access = Access.of(settings)
    if settings.control and not access.is_closed:
        _say_where_the_console_is(settings.control_token, f"{url}/_mock/")
    if not settings.control:
        say("Control API: off")
    elif access.is_closed:
        say("Control API: nobody, until it has a token")
        tell(
            f"The control API is refused, because other machines reach {settings.host} and there"
            " is no token: set --control-token or MOCK_SERVER_CONTROL_TOKEN, or turn it off with"
            " --no-control."
        )
    else:
        say(f"Control API: {access}")


def _say_where_the_console_is(token: str | None, url: str) -> None:
    if token is not None and sys.stderr is not None and sys.stderr.isatty():
        tell(f"Console: {url}#token={quote(token, safe='')}")
    else:
        say(f"Console: {url}")
