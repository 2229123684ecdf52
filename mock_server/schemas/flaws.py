"""Why a schema can't be used, in plain words."""

from __future__ import annotations

from mock_server.core import Tokens, one_of, shown_value, words_for
from mock_server.schemas.engine import ValidationError


def flaw_words(path: Tokens, error: ValidationError) -> str:
    """What a schema of JSON Schema's own schemas has to say of a keyword's value at those steps."""
    subject = next((f"`{step}`" for step in reversed(path) if isinstance(step, str)), "the schema")
    if path and isinstance(path[-1], int):
        subject = f"item {path[-1] + 1} of {subject}"
    wrong, expected = _words(error)
    return f"{subject} {wrong}; expected {expected}"


def _words(error: ValidationError) -> tuple[str, str]:
    kind, instance = error.kind.name, error.instance
    details = error.kind.as_dict()
    if kind == "anyOf" and "type" in error.schema_path:
        types = ("array", "boolean", "integer", "null", "number", "object", "string")
        return f"is {shown_value(instance)}", f"{one_of(types)}, or a list of these, each once"
    if kind in ("anyOf", "oneOf", "allOf", "falseSchema"):
        return f"is {shown_value(instance)}", "what JSON Schema allows there"
    value = details.get("types", details.get("limit", details.get("pattern")))
    if kind == "enum":
        value = details.get("options")
    return words_for(kind, instance, value, {}, details.get("unexpected", ()))
