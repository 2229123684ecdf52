"""Coverage of the contract: which of its items were met by requests and replies."""

from mock_server.coverage.account import Account
from mock_server.coverage.formats import FORMATS
from mock_server.coverage.report import merged
from mock_server.coverage.report_files import (
    fetch_report,
    read_report,
    write_report,
)
from mock_server.coverage.runs import Runs
from mock_server.coverage.thresholds import Threshold, shortfalls

__all__ = [
    "FORMATS",
    "Account",
    "Runs",
    "Threshold",
    "fetch_report",
    "merged",
    "read_report",
    "shortfalls",
    "write_report",
]
