"""What stops the benchmark."""

from __future__ import annotations


class Failed(Exception):
    """A server or a tool didn't do its part; the message says which, and what it said."""
