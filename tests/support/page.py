"""The page docs/reference/support.md, made from what was tried."""

from __future__ import annotations

from pathlib import Path

from tests.support import bodies, documents, formats, headers, keywords, parameters, security

PATH = Path(__file__).parents[2] / "docs" / "reference" / "support.md"
COMMAND = "make support"
GROUPS = (keywords, formats, parameters, bodies, headers, security, documents)
_HEAD = f"""# What is supported

Each row is tried against the server by a test, `tests/test_support.py`, which fails where this page
says anything else; `{COMMAND}` writes it anew. Where something isn't supported, the row says what
happens instead.
"""


def page() -> str:
    """Return all of it."""
    return "\n".join([_HEAD, *(str(table) for group in GROUPS for table in group.tables())])
