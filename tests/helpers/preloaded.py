"""The modules that the processes of tests have imported when they begin: those of the commands."""

from __future__ import annotations

import gc
from importlib import import_module

NAMES = (
    "mock_server.app",
    "mock_server.cli",
    "mock_server.cli.exec_runner",
    "mock_server.coverage.report_files",
    "mock_server.proxy.app",
    "mock_server.server.uvicorn_server",
    "uvicorn.protocols.http.httptools_impl",
    "uvloop",
    "watchfiles",
)
for _name in NAMES:
    import_module(_name)
gc.freeze()  # or every process would copy what its collector looks at
