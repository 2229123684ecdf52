"""The control API under `/_mock`, WireMock's paths under `/__admin`, and the docs page."""

from mock_server.control.api import Control
from mock_server.control.guard import Access
from mock_server.control.item_calls import ItemCalls
from mock_server.control.pages import pages
from mock_server.control.state_calls import StateCalls
from mock_server.control.stubs import read_conditions

__all__ = ["Access", "Control", "ItemCalls", "StateCalls", "pages", "read_conditions"]
