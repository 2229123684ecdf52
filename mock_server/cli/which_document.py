"""Which document a command took, if none was given on its command line."""

from __future__ import annotations

from typing import Any

import click
from click.core import ParameterSource

from mock_server.settings import environment_name


def document_taken(context: click.Context, document: Any) -> str | None:
    """Return a line that says which document was taken; None if the command line names it."""
    if context.get_parameter_source("document") is ParameterSource.COMMANDLINE:
        return None
    if document is not None:
        return f"No DOCUMENT was given; {environment_name('document')} names {document}"
    return (
        "No DOCUMENT was given; this is the shipped one, the Chroma Sync Service's"
        f" (mock-server {context.info_name} FILE takes yours)"
    )
