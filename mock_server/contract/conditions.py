"""Which operations speak of versions: entity tags, dates of change, and conditions on them."""

from __future__ import annotations

from mock_server.contract.model import Operation

_VALIDATORS = frozenset({"etag", "last-modified"})
_CONDITIONS = frozenset({"if-match", "if-none-match", "if-modified-since", "if-unmodified-since"})


def is_conditional(operation: Operation) -> bool:
    """Return whether an operation declares 304 or 412, a validator, or a condition on one.

    A validator is ETag or Last-Modified of a successful reply (RFC 9110, section 8.8).
    """
    if not {"304", "412"}.isdisjoint(operation.responses):
        return True
    sent = {p.name.lower() for p in operation.parameters if p.location == "header"}
    successes = (r for code, r in operation.responses.items() if code[0] == "2")
    named = {header.name.lower() for response in successes for header in response.headers}
    return not (sent.isdisjoint(_CONDITIONS) and named.isdisjoint(_VALIDATORS))
