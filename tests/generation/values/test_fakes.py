"""The import of Faker, which happens only when it is needed."""

from __future__ import annotations

from tests.helpers.values import printed


def imported(code: str) -> str:
    """Return whether a process has imported it that ran the code."""
    return printed(f"import sys\n{code}\nprint('faker' in sys.modules)")


def test_a_simple_error_body_needs_no_faker() -> None:
    code = """
from tests.helpers.values import made
names = ["error", "message", "code", "status", "id", "detail", "title", "type"]
made({"required": names, "properties": dict.fromkeys(names, {"type": "string"})})
"""
    assert imported(code) == "False\n"


def test_a_name_needs_faker_and_a_pattern_does_not() -> None:
    name = "from tests.helpers.drawing import texts\ntexts({}, 'city')"
    pattern = "from tests.helpers.drawing import texts\ntexts({'pattern': '^[a-z]{9}$'})"
    assert (imported(name), imported(pattern)) == ("True\n", "False\n")
