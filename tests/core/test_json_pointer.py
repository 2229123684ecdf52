"""A JSON pointer is read and written by RFC 6901."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.core.json_pointer import Tokens, pointer_of, tokens_of


@pytest.mark.parametrize(
    ("pointer", "tokens"),
    [
        ("", ()),
        ("/", ("",)),
        ("/a/0", ("a", "0")),
        ("/a~1b/m~0n", ("a/b", "m~n")),
        ("/~01", ("~1",)),
        ("/%C3%A9%20%25", ("é %",)),
        ("/a%2Fb", ("a", "b")),
        ("/a%7E1b", ("a/b",)),
        ('/ /"', (" ", '"')),
    ],
)
def test_pointers_are_read_as_fragments(pointer: str, tokens: Tokens) -> None:
    assert tokens_of(pointer) == tokens


@given(st.lists(st.text(st.characters(exclude_characters="%", exclude_categories=["Cs"]))))
def test_a_pointer_leads_back_to_its_steps(steps: list[str]) -> None:
    assert tokens_of(pointer_of(tuple(steps))) == tuple(steps)


def test_a_pointer_starts_with_a_slash() -> None:
    with pytest.raises(ValueError, match="starts with"):
        tokens_of("a/b")
