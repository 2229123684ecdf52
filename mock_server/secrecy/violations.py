"""Violations that quote no secret."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from mock_server.core import COUNTING, resolved, shown_value, value_at
from mock_server.errors import Violation
from mock_server.secrecy.contract_secrets import OperationSecrets
from mock_server.secrecy.texts import MASKED, TextMask
from mock_server.secrecy.values import masked_value, secret_places


def discreet_in_request(violation: Violation, secrets: OperationSecrets, value: Any) -> Violation:
    """Return a request's violation without secrets; `value` is its body's or the parameter's."""
    if not secrets.is_on:
        return violation
    _, location, *steps = violation.location
    if location in ("path", "query", "header", "cookie") and steps:
        name, *steps = steps
        if secrets.hides(location, name) or secrets.hides_property(location, name):
            return _bare(violation, f"{name} in the {location}", 3)
    return _discreet(violation, f"in the {location}", steps, value, secrets.request)


def discreet_in_reply(violation: Violation, secrets: OperationSecrets, value: Any) -> Violation:
    """Return a reply's violation without secrets; `value` is that of its body."""
    if not secrets.is_on:
        return violation
    _, part, *steps = violation.location
    if part == "header" and steps:
        name, *steps = steps
        if secrets.hides_header_of_reply(name):
            return _bare(violation, f"{name} in the reply's header")
    return _discreet(violation, f"in the reply's {part}", steps, value, secrets.reply)


def _discreet(
    violation: Violation, where: str, steps: Sequence[str], value: Any, mask: TextMask
) -> Violation:
    if any(mask.is_secret(step) for step in steps):
        return _bare(violation, f"{'.'.join(steps)} {where}")
    message = mask.text(_without_quotes(violation.message, _instance(value, steps), mask))
    return violation if message == violation.message else replace(violation, message=message)


def _bare(violation: Violation, subject: str, steps: int | None = None) -> Violation:
    """Return a violation that states the place and the rule, but nothing of the value.

    A violation of a rule that counts stays as it is, since it doesn't quote the value.
    """
    if violation.keyword in COUNTING and (steps is None or len(violation.location) == steps):
        return violation
    message = f"{subject} is {MASKED} and breaks the rule {violation.keyword}"
    if steps is None:
        return replace(violation, message=message)
    return replace(violation, location=violation.location[:steps], pointer="", message=message)


def _without_quotes(message: str, instance: Any, mask: TextMask) -> str:
    """Return a message with the secrets masked that it quotes from a value."""
    places = list(secret_places(instance, mask))
    if places:
        message = message.replace(shown_value(instance), shown_value(masked_value(instance, mask)))
    for tokens in places:
        quoted = re.escape(shown_value(resolved(instance, tokens)))
        message = re.sub(rf"(?<!\w){quoted}(?!\w)", MASKED, message)
    return message


def _instance(value: Any, steps: Sequence[str]) -> Any:
    return value_at(value, tuple(int(step) if step.isdigit() else step for step in steps))
