"""What the settings name, loaded and checked: document, fixtures, handlers, pyproject.toml."""

from mock_server.project.check import document_findings, findings, unique
from mock_server.project.handlers import Handler, bind
from mock_server.project.loader import Project, read_project
from mock_server.project.pyproject import given, read_table

__all__ = [
    "Handler",
    "Project",
    "bind",
    "document_findings",
    "findings",
    "given",
    "read_project",
    "read_table",
    "unique",
]
