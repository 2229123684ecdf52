"""State: what was posted can be read.

`stated` finds the collections, items and singletons of a document, as `state.yaml` corrects them.
"""

from mock_server.state.described import state_lines
from mock_server.state.resource import Recognised
from mock_server.state.statements import stated

__all__ = ["Recognised", "state_lines", "stated"]
