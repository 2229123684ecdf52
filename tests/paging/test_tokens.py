"""Tokens: written, read again, and distinguished from foreign texts."""

from __future__ import annotations

from typing import Any

import pytest

from mock_server.paging.places import ValuePlace
from mock_server.paging.tokens import Spot, TokenForm, token_form

SPOTS = [Spot(0, 1), Spot(3, 3), Spot(40, 20), Spot(2_999, 1_000)]


class Only(ValuePlace):
    """A place for values of some kind."""

    def accepts(self, value: Any) -> bool:
        return bool(self.value(value))


def form_for(accepts: Any) -> TokenForm:
    form = token_form([Only("cursor", accepts)])
    assert form is not None
    return form


@pytest.mark.parametrize(
    "accepts",
    [
        lambda value: isinstance(value, str),
        lambda value: isinstance(value, str) and len(value) == 32,
        lambda value: isinstance(value, str) and len(value) <= 14,
        lambda value: isinstance(value, str) and set(value) <= set("0123456789abcdef"),
        lambda value: isinstance(value, str) and value.isdigit() and len(value) == 20,
        lambda value: isinstance(value, int),
    ],
    ids=["text", "32 characters", "14 at most", "hexadecimal", "digits", "number"],
)
def test_a_token_is_read_as_it_was_written(accepts: Any) -> None:
    form = form_for(accepts)
    tokens = [form.write(spot) for spot in SPOTS]
    assert [form.read(token) for token in tokens] == SPOTS
    assert all(map(accepts, tokens))
    assert len(set(tokens)) == len(tokens)


@pytest.mark.parametrize("token", ["", "abc", "YWJj", "p3.3", "é", "cDMuMw=x", 7, True, None, [1]])
def test_what_is_no_token_of_ours_is_none(token: Any) -> None:
    assert form_for(lambda value: isinstance(value, str)).read(token) is None


def test_there_is_no_form_where_nothing_may_stand() -> None:
    assert token_form([Only("cursor", lambda value: False)]) is None
