"""What clients send where a value was to be written as text and wasn't: known by its look."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from mock_server.core import NUMBER_RANGE, tokens_of, value_at
from mock_server.errors import Violation

# What a language makes of a value, and what to send instead; None is nothing at all.
_HABITS: Mapping[str, tuple[str, str | None]] = {
    "True": ("Python's str(True)", "send true"),
    "False": ("Python's str(False)", "send false"),
    "None": ("Python's str(None)", None),
    "[object Object]": ("JavaScript's text for any object", "send its properties, or JSON"),
    "undefined": ("JavaScript's undefined", None),
    "NaN": ("a number that couldn't be computed", None),
    "null": ("a null that was written as text", None),
}
_ENCODED_OBJECT = re.compile(r"(?:\[|%5B)object(?: |\+|%20)Object(?:\]|%5D)", re.IGNORECASE)
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?[eE][+-]?[0-9]+")


def with_habit(violation: Violation, value: Any, required: bool) -> Violation:
    """A violation of a parameter's value, with the habit of clients that it shows, if any.

    `required` says whether the parameter can't be left out.
    """
    found = value_at(value, tokens_of(violation.pointer))
    if not isinstance(found, str):
        return violation
    hint = _hint(found, violation.message, required)
    return replace(violation, message=f"{violation.message}; {hint}") if hint else violation


def with_habit_of_text(message: str) -> str:
    """What is said of a text that can't be read, with the habit that the text shows, if any."""
    if _ENCODED_OBJECT.search(message) is None:
        return message
    habit, instead = _HABITS["[object Object]"]
    return f"{message}; {habit}? {instead}"


def _hint(text: str, message: str, required: bool) -> str:
    if text in ("True", "False") and "boolean" not in message:
        return ""
    if text in _HABITS:
        habit, instead = _HABITS[text]
        return f"{habit}? {instead or ('send a value' if required else 'leave it out')}"
    if _NUMBER.fullmatch(text) and not math.isfinite(float(text)):
        return f"this number is out of range, {NUMBER_RANGE}"
    return ""
