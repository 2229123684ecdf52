"""Values of standard headers, each by the grammar of its own specification."""

from mock_server.generation.header_values.contents import query_types
from mock_server.generation.header_values.message import DAY, HeaderMessage
from mock_server.generation.header_values.table import FIELDS, Field, Phase
from mock_server.generation.header_values.times import deprecated_since

__all__ = [
    "DAY",
    "FIELDS",
    "Field",
    "HeaderMessage",
    "Phase",
    "deprecated_since",
    "query_types",
]
