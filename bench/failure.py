"""The error that stops the benchmark."""

from __future__ import annotations


class Failed(Exception):
    """A server or a tool that failed; the message names it and quotes its output."""
