"""An app in front of the real service: both directions validated, answers recorded as fixtures."""

from mock_server.proxy.app import Proxy, Proxying

__all__ = ["Proxy", "Proxying"]
