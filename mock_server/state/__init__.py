"""State: what was posted can be read.

`stated` finds the collections, items and singletons of a document, as `state.yaml` corrects them.
`stateful_operations` makes of them what answers the requests of each operation.
"""

from mock_server.state.answers import (
    UNMADE,
    Asked,
    ListedItems,
    StatefulOperation,
    stateful_operations,
)
from mock_server.state.described import state_lines
from mock_server.state.resource import Recognised
from mock_server.state.seeds import seeds_of
from mock_server.state.statements import stated

__all__ = [
    "UNMADE",
    "Asked",
    "ListedItems",
    "Recognised",
    "StatefulOperation",
    "seeds_of",
    "state_lines",
    "stated",
    "stateful_operations",
]
