"""The error catalogue: for each status and example a request that leads there, tried beforehand."""

from mock_server.catalogue.candidates import statuses
from mock_server.catalogue.catalogue import as_text, catalogue

__all__ = ["as_text", "catalogue", "statuses"]
