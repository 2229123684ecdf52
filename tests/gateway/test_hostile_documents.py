"""Documents and requests that ask for far too much are answered, or refused with the limit."""

from __future__ import annotations

import pytest

from tests.helpers.hostile import HEAVY, QUICK, Hostile, corpus
from tests.helpers.running import Mock, Serve

CORPUS = list(corpus())
REFUSED = [one for one in CORPUS if one.limit]


def sent(mock: Mock, one: Hostile) -> tuple[int, str]:
    """The status and the text of the reply to the request that asks for too much."""
    if one.body is not None:
        reply = mock.post(HEAVY, json=one.body)
    else:
        reply = mock.get(HEAVY, headers={"Prefer": "dynamic=true"})
    return reply.status_code, reply.text


@pytest.mark.parametrize("one", CORPUS, ids=lambda one: one.name)
def test_a_hostile_request_is_answered_and_so_are_those_after_it(
    serve: Serve, one: Hostile
) -> None:
    mock = serve(one.text)
    first, again = sent(mock, one), sent(mock, one)
    assert first[0] == one.status
    assert first == again
    assert mock.get(QUICK).json() == 1


@pytest.mark.parametrize("one", REFUSED, ids=lambda one: one.name)
def test_a_refusal_names_the_schema_and_the_limit(serve: Serve, one: Hostile) -> None:
    _, text = sent(serve(one.text), one)
    assert f"more than {one.limit}" in text
    assert "#/" in text
