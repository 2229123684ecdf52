"""Whether a client kept to the contract: exchanges to lines that a person reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from mock_server.core import parse_json, shortened
from mock_server.errors import Violation
from mock_server.secrecy import OperationSecrets, Secrets
from mock_server.sessions.journal import Exchange, Outgoing

# The most different breaches that are listed; the others are counted.
MOST_BREACHES = 50


class ContractBreach(NamedTuple):
    """One way in which a client broke the contract: a request, and what was wrong with it.

    `operation` is empty for a request that leads to none.
    """

    operation: str
    request: str
    faults: tuple[str, ...]

    def lines(self, times: int) -> Iterator[str]:
        """Yield the breach in lines, the request first."""
        often = "" if times == 1 else f" ({times} times)"
        yield f"  {self.operation or 'no operation'}: {self.request}{often}"
        for fault in self.faults:
            yield f"    {fault}"


def breach_of(exchange: Exchange, secrets: Secrets) -> ContractBreach | None:
    """Return how the request of an exchange broke the contract; None if it didn't.

    What is secret is masked. The client isn't judged by what is wrong with the reply, nor if it
    left before the reply.
    """
    reply = exchange.reply
    own = secrets.of(exchange.operation)
    if exchange.outgoing is not None:
        return _receiver_s_breach(exchange, exchange.outgoing, own)
    if reply is None:
        return None
    if not exchange.operation:
        is_refused = reply.source == "refusal"
        detail = own.text(_detail(reply.body)) if is_refused else ""
        return ContractBreach("", _request(exchange, own), (detail,)) if is_refused else None
    found = tuple(_violation_line(v) for v in reply.violations if v.location[:1] == ("request",))
    return ContractBreach(exchange.operation, _request(exchange, own), found) if found else None


def _receiver_s_breach(
    exchange: Exchange, outgoing: Outgoing, own: OperationSecrets
) -> ContractBreach | None:
    """Return how a callback or webhook, or what its receiver answered, broke the contract."""
    answered = exchange.reply.violations if exchange.reply is not None else ()
    found = tuple(map(_violation_line, (*outgoing.violations, *answered)))
    request = f"{exchange.method} {outgoing.origin}{own.path(exchange.path)}"
    return ContractBreach(outgoing.event, shortened(request), found) if found else None


def _request(exchange: Exchange, secrets: OperationSecrets) -> str:
    query = secrets.query(exchange.query)
    return shortened(f"{exchange.method} {secrets.path(exchange.path)}{'?' * bool(query)}{query}")


def _violation_line(violation: Violation) -> str:
    return violation.message + (f" (rule {violation.rule})" if violation.rule else "")


def _detail(body: bytes) -> str:
    """Return the detail of a problem document (RFC 9457)."""
    document: Any = parse_json(body)
    return str(document["detail"])


class Verdict:
    """The count of the requests, and of the ways in which they broke the contract.

    `secrets` returns what is secret in them, which a reload changes.
    """

    def __init__(self, secrets: Callable[[], Secrets] = Secrets) -> None:
        self._secrets = secrets
        self.requests = 0
        self.breaches: dict[ContractBreach, int] = {}
        self.violating = 0
        self.unmatched = 0

    @property
    def is_broken(self) -> bool:
        """Return whether the contract was broken at all."""
        return bool(self.violating or self.unmatched)

    def add(self, exchange: Exchange) -> None:
        """Judge one more exchange."""
        breach = breach_of(exchange, self._secrets())
        # Pages beside the contract's paths, and preflights, aren't requests of the contract.
        self.requests += bool(exchange.operation or breach)
        if breach is not None:
            self._note(breach)

    def _note(self, breach: ContractBreach) -> None:
        self.violating += breach.operation != ""
        self.unmatched += breach.operation == ""
        if breach in self.breaches or len(self.breaches) < MOST_BREACHES:
            self.breaches[breach] = self.breaches.get(breach, 0) + 1

    def lines(self) -> list[str]:
        """Return how many requests there were, and each breach of the contract."""
        return [self.summary, *self.details()]

    @property
    def summary(self) -> str:
        """Return the verdict in one line."""
        if not self.requests:
            return "No requests."
        judged = [
            f"{self.violating} broke the contract" if self.violating else "",
            f"{self.unmatched} led to no operation" if self.unmatched else "",
        ]
        told = ", ".join(filter(None, judged)) or "none broke the contract"
        return f"{self.requests} request{'s' * (self.requests != 1)}, {told}."

    def details(self) -> Iterator[str]:
        """Yield each breach, in the order in which they came first."""
        for breach, times in self.breaches.items():
            yield from breach.lines(times)
        untold = self.violating + self.unmatched - sum(self.breaches.values())
        if untold:
            yield f"  and {untold} more"
