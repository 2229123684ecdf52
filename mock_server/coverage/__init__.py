"""What of a contract was met, by the requests that came and the replies that they got."""

from mock_server.coverage.account import Account
from mock_server.coverage.parts import KINDS
from mock_server.coverage.report import Report, merged, report
from mock_server.coverage.tally import Counter, Tally
from mock_server.coverage.thresholds import Threshold, shortfalls

__all__ = [
    "KINDS",
    "Account",
    "Counter",
    "Report",
    "Tally",
    "Threshold",
    "merged",
    "report",
    "shortfalls",
]
