"""The calls about webhooks, each named by its operation in the control API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mock_server.core import parse_duration
from mock_server.errors import InvalidRequest
from mock_server.http_messages import Request
from mock_server.outgoing import Sender, Signing
from mock_server.sessions import Session


class WebhookCalls:
    """The control API's calls that send webhooks, and say how they are signed."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    def list_webhooks(self, session: Session) -> dict[str, Any]:
        """Return the names of the webhooks, and how many messages wait to be sent."""
        return {"webhooks": self._sender.events, "pending": len(session.pending)}

    def send_webhook(
        self,
        session: Session,
        name: str,
        body: Mapping[str, Any] | None = None,
        request: Request | None = None,
    ) -> None:
        """Send a webhook to its receiver, in the background."""
        wanted = dict(body or {})
        if "delay" in wanted:
            try:
                wanted["delay"] = parse_duration(wanted["delay"])
            except ValueError as error:
                raise InvalidRequest(f"delay: {error}.", []) from None
        host = (request.header("host") or "") if request is not None else ""
        port = host.rpartition(":")[2]
        self._sender.send(session, name, wanted, int(port) if port.isdecimal() else None)

    def set_signing(self, session: Session, body: Mapping[str, Any]) -> None:
        """Set by which scheme, and with which secret, this session's messages are signed."""
        session.signing = Signing(body["scheme"], body["secret"])

    def clear_signing(self, session: Session) -> None:
        """Sign this session's messages as the settings say."""
        session.signing = None
