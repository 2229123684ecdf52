"""The service's answer, as far as it has come, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence

from mock_server.errors import Violation, WrongReply
from mock_server.http_messages import Reply
from mock_server.mocking import violation_headers
from mock_server.proxy.asked import Asked
from mock_server.proxy.bodies import Kept
from mock_server.proxy.upstream import Answer
from mock_server.validation import Judged, judge, summary

# An answer up to this size is held back until it is whole. So its head can state what is wrong in
# its body.
MOST_HELD_BYTES = 1024 * 1024

Headers = list[tuple[bytes, bytes]]


class Answered:
    """An answer of the service called `name`; of its body up to `limit` bytes are kept."""

    def __init__(self, asked: Asked, answer: Answer, name: str, limit: int) -> None:
        self.asked, self.answer, self.name = asked, answer, name
        self.kept = Kept(limit)

    def most_held(self, is_needed: bool) -> int | None:
        """Return the size up to which the answer is held back until it is whole.

        Return None if it isn't held back at all. `is_needed` is for an answer that another reply
        may yet replace.
        """
        answer, limit = self.answer, self.kept.most
        most = limit if is_needed else min(limit, MOST_HELD_BYTES)
        is_too_long = answer.length is not None and answer.length > most
        if answer.is_stream or (is_too_long and self.asked.method != "HEAD"):
            return None
        is_all_or_nothing = b"json" in answer.by_name.get(b"content-type", b"").lower()
        return most if is_needed or is_all_or_nothing or answer.length is not None else None

    def judge_head(self) -> Judged:
        """Judge the answer by its status and headers alone."""
        return self._judge(None)

    def judge(self) -> Judged:
        """Judge all of the answer."""
        if self.kept.is_whole or self.asked.target is None:
            return self._judge(self.kept.data if self.asked.method != "HEAD" else None)
        why = f"it is larger than {self.kept.most} bytes"
        return self._judge(None)._replace(unchecked=why)

    def cut_off(self, how: str) -> Judged:
        """Judge the answer as one that ended in the middle of its body."""
        message = f"{self.name} ended in the middle of the body: {how}"
        violation = Violation(("response", "body"), "", "incomplete", message)
        return Judged([*self.judge_head().violations, violation], "it isn't whole")

    def refusal(self, judged: Judged) -> WrongReply:
        """Return the problem that is sent instead of the answer."""
        said = f"The service answered {self.answer.status}. {summary(judged.violations)}"
        return WrongReply(said, judged.violations)

    def reply(self, judged: Judged) -> Reply:
        """Return the answer as the journal has it, with what is wrong in both directions."""
        unchecked = [*self.asked.judged.unchecked]
        if judged.unchecked and self.asked.target is not None:
            unchecked.append(f"the reply's body: {judged.unchecked}")
        why = f"passed on to {self.name}"
        if unchecked:
            why += f"; not checked: {', '.join(unchecked)}"
        violations = (*self.asked.violations, *judged.violations)
        answer = self.answer
        return Reply(answer.status, answer.headers, self.kept.data, "upstream", violations, why)

    def early_headers(self) -> Headers:
        """Return the headers about what is wrong that can be sent before the body has come."""
        answer = self.answer
        is_too_long = answer.length is not None and answer.length > self.kept.most
        found = [*self.asked.violations, *self.judge_head().violations]
        return [*violation_headers(found), *self._unchecked_header(is_too_long)]

    def headers(self, judged: Judged) -> Headers:
        """Return the headers about what is wrong that are sent once all of the body has come."""
        found = [*self.asked.violations, *judged.violations]
        is_unchecked = bool(judged.unchecked) and self.asked.target is not None
        return [*violation_headers(found), *self._unchecked_header(is_unchecked)]

    def _judge(self, body: bytes | None) -> Judged:
        target, answer = self.asked.target, self.answer
        if target is None:
            return Judged((), "the contract has no such operation")
        operation = target.responder.operation
        secrets = self.asked.secrets
        return judge(operation, answer.status, answer.headers, body, self.kept.most, secrets)

    def _unchecked_header(self, is_unchecked: bool) -> Sequence[tuple[bytes, bytes]]:
        request = ["request body"] if self.asked.judged.unchecked else []
        parts = [*request, *(["response body"] if is_unchecked else [])]
        return [(b"mock-unchecked", ", ".join(parts).encode())] if parts else []
