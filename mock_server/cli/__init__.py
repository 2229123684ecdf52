"""The command line. Exit codes: 0 fine, 1 findings, 2 wrong use or nothing that can be served."""

from __future__ import annotations

import click

from mock_server import __version__
from mock_server.cli.check import check
from mock_server.cli.completion import completion
from mock_server.cli.coverage import coverage
from mock_server.cli.errors import errors
from mock_server.cli.exec import exec_
from mock_server.cli.output import Group
from mock_server.cli.proxy import proxy
from mock_server.cli.routes import routes
from mock_server.cli.send import send, verify
from mock_server.cli.serve import serve
from mock_server.cli.settings import settings


@click.group(cls=Group)
@click.version_option(__version__, prog_name="mock-server", message="%(prog)s %(version)s")
def main() -> None:
    """A contract-first mock server: give it an OpenAPI document, get the API.

    Without a DOCUMENT the commands take the one that comes with the package, the Chroma Sync
    Service's.
    """


for _command in (
    check,
    completion,
    coverage,
    errors,
    exec_,
    proxy,
    routes,
    send,
    serve,
    settings,
    verify,
):
    main.add_command(_command)
