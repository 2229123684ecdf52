"""State: what was posted can be read.

`stated` finds the collections, items and singletons of a document, as `state.yaml` corrects them.
`kept` makes of them what answers the requests of each operation.
"""

from mock_server.state.answers import (
    NOTHING_KEPT,
    UNMADE,
    Asked,
    Kept,
    ListedItems,
    StatefulOperation,
    Store,
    kept,
)
from mock_server.state.described import state_lines
from mock_server.state.resource import Recognised
from mock_server.state.seeds import seeds_of
from mock_server.state.statements import stated

__all__ = [
    "NOTHING_KEPT",
    "UNMADE",
    "Asked",
    "Kept",
    "ListedItems",
    "Recognised",
    "StatefulOperation",
    "Store",
    "kept",
    "seeds_of",
    "state_lines",
    "stated",
]
