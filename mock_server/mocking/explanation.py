"""Why a request was answered as it was."""

from __future__ import annotations

from mock_server.http_messages import Reply, Request, told_bytes
from mock_server.mocking.responder import CandidateReply, Target
from mock_server.sessions import StateSnapshot

# Clients give up on replies whose headers are longer than 8 to 16 KiB in all.
MOST_HEADER_BYTES = 2_000


def nearest(found: list[CandidateReply]) -> list[CandidateReply]:
    """What didn't apply, with the fewest differences first."""
    return sorted(
        (entry for entry in found if entry.differences), key=lambda entry: len(entry.differences)
    )


def explained(reply: Reply, request: Request, target: Target, met: StateSnapshot) -> Reply:
    """A reply that says why it was chosen, in its header `Mock-Explanation`.

    Behind that come those that didn't apply, the nearest first, each with what kept it.
    """
    found = target.responder.considered(request, target, met)
    parts = [f"{target.responder.operation.id}: {reply.source}, {reply.why or 'refused'}"]
    if reply.is_undeclared:
        parts += [f"undeclared: {violation.message}" for violation in reply.violations]
    parts += target.notes
    for entry in nearest(found):
        part = f"{entry.source}: {', '.join(map(str, entry.differences))}"
        if sum(map(len, parts)) + len(part) > MOST_HEADER_BYTES:
            parts.append("…")
            break
        parts.append(part)
    told = (b"mock-explanation", told_bytes(" | ".join(parts)))
    return reply._replace(headers=[*reply.headers, told])
