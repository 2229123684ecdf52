"""A contract-first mock server: give it an OpenAPI document, get the API.

The public Python API is what `__all__` lists, and `mock_server.testing`. Names are imported when
they are first used, so that `import mock_server` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mock_server.app import create_app
    from mock_server.errors import (
        ContentTooLarge,
        Forbidden,
        InvalidRequest,
        MethodNotAllowed,
        NotAcceptable,
        NotFound,
        Problem,
        StartError,
        TooManyRequests,
        Unauthorized,
        Unavailable,
        UnreadableContent,
        UnsupportedMediaType,
    )
    from mock_server.fixtures import Records
    from mock_server.pytest_plugin.mock_api import MockApi
    from mock_server.settings import Settings

__version__ = "0.1.0"

__all__ = [
    "ContentTooLarge",
    "Forbidden",
    "InvalidRequest",
    "MethodNotAllowed",
    "MockApi",
    "NotAcceptable",
    "NotFound",
    "Problem",
    "Records",
    "Settings",
    "StartError",
    "TooManyRequests",
    "Unauthorized",
    "Unavailable",
    "UnreadableContent",
    "UnsupportedMediaType",
    "create_app",
]

# Every other public name is a problem class.
_MODULES = (
    ("create_app", "mock_server.app"),
    ("Settings", "mock_server.settings"),
    ("Records", "mock_server.fixtures"),
    ("MockApi", "mock_server.pytest_plugin.mock_api"),
)


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = dict(_MODULES).get(name, "mock_server.errors")
    return getattr(import_module(module), name)
