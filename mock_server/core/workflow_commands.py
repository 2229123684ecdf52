"""Workflow commands of GitHub Actions, which annotate lines of files."""

from __future__ import annotations

from collections.abc import Mapping

# As GitHub's own toolkit escapes them (actions/toolkit, packages/core/src/command.ts).
_IN_MESSAGES: Mapping[str, str] = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_IN_PROPERTIES: Mapping[str, str] = {**_IN_MESSAGES, ":": "%3A", ",": "%2C"}


def workflow_command(name: str, properties: Mapping[str, object], message: str) -> str:
    """Return `::NAME key=value,…::MESSAGE`, escaped."""
    listed = ",".join(f"{k}={_escaped(str(v), _IN_PROPERTIES)}" for k, v in properties.items())
    head = f"{name} {listed}" if listed else name
    return f"::{head}::{_escaped(message, _IN_MESSAGES)}"


def _escaped(text: str, escapes: Mapping[str, str]) -> str:
    return "".join(escapes.get(character, character) for character in text)
