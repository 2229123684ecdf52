"""Which document a command took, if none was given on its command line."""

from __future__ import annotations

import click
from click.core import ParameterSource

from mock_server.cli.configured import configured
from mock_server.settings import Settings, environment_name


def document_taken(context: click.Context, settings: Settings) -> str | None:
    """Return a line that says which document was taken; None if the command line names it."""
    source = context.get_parameter_source("document")
    if source is ParameterSource.COMMANDLINE:
        return None
    if settings.document is not None:
        from mock_server.project import document_name

        is_in_file = source is ParameterSource.DEFAULT_MAP
        place = (
            configured(context)["document"].place if is_in_file else environment_name("document")
        )
        return f"No DOCUMENT was given; {place} names {document_name(settings)}"
    return (
        "No DOCUMENT was given; this is the shipped one, the Chroma Sync Service's"
        f" (mock-server {context.info_name} FILE takes yours)"
    )
