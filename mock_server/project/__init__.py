"""What the settings name, loaded and checked: document, fixtures, handlers, pyproject.toml."""

from mock_server.project.check import check_report, document_findings, unique
from mock_server.project.check_report import FORMATS
from mock_server.project.configuration import Configured, read_configuration
from mock_server.project.handlers import Handler, bind
from mock_server.project.loader import Project, document_name, read_project
from mock_server.project.pyproject import given, read_table

__all__ = [
    "FORMATS",
    "Configured",
    "Handler",
    "Project",
    "bind",
    "check_report",
    "document_findings",
    "document_name",
    "given",
    "read_configuration",
    "read_project",
    "read_table",
    "unique",
]
