"""A call of a running server's control API."""

from __future__ import annotations

import json
import os
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, Request, build_opener

from mock_server.errors import WrongUse
from mock_server.settings import environment_name

SECONDS = 30


def server_url(url: str | None, host: str, port: int) -> str:
    """Return the address of a running server: the named one, else that of the settings."""
    own = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    return (url or os.environ.get(environment_name("url")) or own).rstrip("/")


def control_call(base: str, path: str, body: Any, token: str | None) -> None:
    """Post a value to a path of the control API. Raises WrongUse."""
    headers = {"Content-Type": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    try:
        request = Request(f"{base}{path}", json.dumps(body).encode(), headers, method="POST")
        if request.type not in ("http", "https"):
            raise ValueError("expected one that starts with http://")
        # A mock stands on this machine or beside it: no proxy leads there.
        with build_opener(ProxyHandler({})).open(request, timeout=SECONDS):
            return
    except HTTPError as error:
        raise WrongUse(_problem(error.read(), error.code)) from None
    except URLError as error:
        reason = getattr(error.reason, "strerror", None) or error.reason
        raise WrongUse(f"no mock server can be reached at {base}: {reason}") from None
    except (ValueError, OSError) as error:
        raise WrongUse(f"{base} is no address of a mock server: {error}") from None


def _problem(body: bytes, code: int) -> list[str]:
    """Return what a problem document says, a line for each violation."""
    try:
        document = json.loads(body)
        lines = [str(one["message"]) for one in document.get("violations", ())]
        return lines or [str(document["detail"])]
    except (ValueError, TypeError, KeyError):
        return [f"the server answers with {code}; is its control API on?"]
