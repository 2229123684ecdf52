"""What the settings name, loaded and checked: document, fixtures, handlers, pyproject.toml."""

from mock_server.project.check import document_findings, findings, unique
from mock_server.project.handlers import Handler, bind
from mock_server.project.loader import Parts, read_parts
from mock_server.project.pyproject import given, read_table

__all__ = [
    "Handler",
    "Parts",
    "bind",
    "document_findings",
    "findings",
    "given",
    "read_parts",
    "read_table",
    "unique",
]
