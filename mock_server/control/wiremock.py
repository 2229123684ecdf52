"""WireMock's calls for the journal, in WireMock's shapes, so that its clients can read it."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from mock_server.control.exchanges import header_texts, joined
from mock_server.control.filters import Filter, is_unmatched
from mock_server.control.har import url_of as whole_url_of
from mock_server.control.journal_calls import found_exchange, refused
from mock_server.control.moments import written
from mock_server.control.patterns import Pattern, url_of
from mock_server.control.state_calls import Replies, scenarios_of
from mock_server.errors import NotFound
from mock_server.http_messages import Reply
from mock_server.secrecy import Secrets
from mock_server.sessions import Exchange, Session, shown_exchange

_NUMBER = 2**48 - 1


class WireMockCalls:
    """The calls that WireMock's clients make."""

    def __init__(self, replies: Replies, secrets: Secrets) -> None:
        self._replies = replies
        self._secrets = secrets

    def wiremock_requests(
        self, session: Session, limit: int | None = None, since: str | None = None
    ) -> dict[str, Any]:
        """Return all exchanges, the newest first."""
        try:
            found = Filter({"since": since}).found(session.journal)[::-1]
        except ValueError as error:
            raise refused("since", str(error)) from None
        shown = [self._event(exchange) for exchange in found[:limit]]
        return {"requests": shown, "meta": {"total": len(found)}, "requestJournalDisabled": False}

    def wiremock_request(self, session: Session, id: str) -> dict[str, Any]:
        """Return one exchange."""
        return self._event(found_exchange(session, UUID(id).int & _NUMBER))

    async def wiremock_count(self, session: Session, body: Mapping[str, Any]) -> dict[str, Any]:
        """Return how many exchanges match a pattern."""
        count = len(await Pattern(body).found(session.journal))
        return {"count": count, "requestJournalDisabled": False}

    async def wiremock_find(self, session: Session, body: Mapping[str, Any]) -> dict[str, Any]:
        """Return the requests that match a pattern."""
        return self._requests(await Pattern(body).found(session.journal))

    def wiremock_unmatched(self, session: Session) -> dict[str, Any]:
        """Return the requests for which the contract has no operation."""
        return self._requests(filter(is_unmatched, session.journal))

    def wiremock_clear(self, session: Session) -> dict[str, Any]:
        """Forget all exchanges."""
        session.journal.clear()
        return {}

    def wiremock_clear_by_post(self, session: Session) -> dict[str, Any]:
        """Forget all exchanges, by the older call."""
        return self.wiremock_clear(session)

    def wiremock_scenarios(self, session: Session) -> dict[str, Any]:
        """Return every scenario."""
        known = scenarios_of(self._replies, session).values()
        scenarios = [
            {
                "id": scenario["name"],
                "name": scenario["name"],
                "state": scenario["state"],
                "possibleStates": scenario["states"],
            }
            for scenario in known
        ]
        return {"scenarios": scenarios}

    def wiremock_reset_scenarios(self, session: Session) -> dict[str, Any]:
        """Put all scenarios back into the states in which they started."""
        session.restart()
        return {}

    def wiremock_set_scenario(
        self, session: Session, name: str, body: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """Put a scenario into a state; without a state, into the one in which it started."""
        known = scenarios_of(self._replies, session)
        state = (body or {}).get("state")
        if name not in known or (state is not None and state not in known[name]["states"]):
            wanted = f"scenario {name}" if name not in known else f"state {state} of {name}"
            raise NotFound(f"There is no {wanted}.")
        if state is None:
            session.restart(name)
        else:
            session.move(name, state)
        return {}

    def wiremock_reset(self, session: Session) -> dict[str, Any]:
        """Undo all that happened in the session."""
        session.reset()
        return {}

    def _requests(self, exchanges: Iterable[Exchange]) -> dict[str, Any]:
        shown = [_request(shown_exchange(e, self._secrets).exchange) for e in exchanges]
        return {"requests": shown, "requestJournalDisabled": False}

    def _event(self, exchange: Exchange) -> dict[str, Any]:
        shown = shown_exchange(exchange, self._secrets).exchange
        reply = shown.reply
        response = {"status": 0} if reply is None else _response(reply)
        return {
            "id": str(UUID(int=exchange.id)),
            "request": _request(shown),
            "responseDefinition": {**response, "fromConfiguredStub": bool(exchange.operation)},
            "response": response,
            "wasMatched": not is_unmatched(exchange),
            "timing": {"totalTime": round(exchange.seconds * 1_000)},
        }


def _request(exchange: Exchange) -> dict[str, Any]:
    body = exchange.request_body
    return {
        "url": url_of(exchange),
        "absoluteUrl": whole_url_of(exchange),
        "method": exchange.method,
        "headers": joined(header_texts(exchange.request_headers)),
        "cookies": {},
        "browserProxyRequest": False,
        "loggedDate": round(exchange.started * 1_000),
        "loggedDateString": written(exchange.started),
        "body": body.decode("utf-8", "replace"),
        "bodyAsBase64": b64encode(body).decode(),
    }


def _response(reply: Reply) -> dict[str, Any]:
    return {
        "status": reply.status,
        "headers": joined(header_texts(reply.headers)),
        "body": reply.body.decode("utf-8", "replace"),
        "bodyAsBase64": b64encode(reply.body).decode(),
    }
