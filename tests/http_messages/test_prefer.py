"""`Prefer` (RFC 7240) and Prism's query parameters are read; what can't be read is said."""

from __future__ import annotations

import pytest

from mock_server.core.durations import Delay
from mock_server.errors import InvalidRequest
from mock_server.http_messages.faults import Fault
from mock_server.http_messages.messages import NO_PREFERENCE, Preference, Request
from mock_server.http_messages.prefer import (
    asks_leniency,
    preference_word,
    read_preference,
    refusal_preferences,
)
from tests.helpers.effort import is_linear


def asking(prefer: str | None = None, query: str = "") -> Request:
    headers = {} if prefer is None else {b"prefer": prefer.encode("latin-1")}
    return Request("GET", "/thing", query, headers, b"")


@pytest.mark.parametrize(
    ("prefer", "expected"),
    [
        ("code=404", Preference(code=404)),
        ('code="404"', Preference(code=404)),
        ("CODE=404", Preference(code=404)),
        ("  code = 404  ", Preference(code=404)),
        ("example=Cat", Preference(example="Cat")),
        ('example="a, b; c=d"', Preference(example="a, b; c=d")),
        (r'example="say \"hi\" \\o/"', Preference(example=r'say "hi" \o/')),
        ("example=käse", Preference(example="käse")),
        ("example=two words", Preference(example="two words")),
        ("example=", Preference(example="")),
        ("dynamic=true", Preference(dynamic="true")),
        ("dynamic=false", Preference(dynamic="false")),
        ("seed=7", Preference(seed="7")),
        ("code=404, example=cat,seed=a", Preference(code=404, example="cat", seed="a")),
        ("code=404, code=500", Preference(code=404)),
        ("code=404, CODE=500", Preference(code=404)),
        (",, code=404 ,", Preference(code=404)),
        ("wait=5", Preference(unknown=("wait",))),
        ("respond-async, code=404", Preference(code=404, unknown=("respond-async",))),
        ("code=404;a=b; c", Preference(code=404, unknown=("code;a", "code;c"))),
        ('code=404; a="x, code=500"', Preference(code=404, unknown=("code;a",))),
        ('example="open, code=404', Preference(example='"open, code=404')),
        ("", NO_PREFERENCE),
        (" , ;, =x", NO_PREFERENCE),
    ],
)
def test_the_header_is_read_by_its_grammar(prefer: str, expected: Preference) -> None:
    assert read_preference(asking(prefer)) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("__code=404", Preference(code=404)),
        ("a=1&__code=404&__example=cat", Preference(code=404, example="cat")),
        ("__example=a%20b%2Cc+d", Preference(example="a b,c d")),
        ("__dynamic=true&__seed=7", Preference(dynamic="true", seed="7")),
        ("__seed=", Preference(seed="")),
        ("__codes=404&a__code=404&__=1", NO_PREFERENCE),
        ("code=404", NO_PREFERENCE),
        ("", NO_PREFERENCE),
    ],
)
def test_prisms_query_parameters_ask_for_the_same(query: str, expected: Preference) -> None:
    assert read_preference(asking(query=query)) == expected


def test_the_query_parameters_are_ignored_where_the_header_is() -> None:
    query = "__code=500&__dynamic=nonsense&__seed=1"
    assert read_preference(asking("example=cat", query)) == Preference(example="cat")
    assert read_preference(asking("", query)) == NO_PREFERENCE


@pytest.mark.parametrize(
    ("prefer", "told"),
    [
        ("code=4xx", "the preference code is '4xx'; expected a status of three digits"),
        ("code=99", "the preference code is '99'"),
        ("code=4040", "the preference code is '4040'"),
        ("code=600", "the preference code is '600'"),
        ("code=101", "the preference code is '101'; expected .* from 200 on"),
        ("code", "the preference code is ''"),
        ("code=-404", "the preference code is '-404'"),
        ("dynamic=1", "the preference dynamic is '1'; expected true, false"),
        ("dynamic=TRUE", "the preference dynamic is 'TRUE'"),
        ("dynamic", "the preference dynamic is ''"),
        ("code=a, dynamic=b", "code is 'a'.*dynamic is 'b'"),
    ],
)
def test_a_value_that_cannot_be_read_is_an_invalid_request(prefer: str, told: str) -> None:
    with pytest.raises(InvalidRequest, match=told) as caught:
        read_preference(asking(prefer))
    assert {v.location for v in caught.value.violations} == {("request", "header", "prefer")}


def test_a_query_parameter_that_cannot_be_read_is_named() -> None:
    with pytest.raises(InvalidRequest) as caught:
        read_preference(asking(query="__code=abc"))
    assert [v.location for v in caught.value.violations] == [("request", "query", "__code")]


def test_what_a_refused_request_preferred_is_known_by_name_whatever_the_values() -> None:
    assert refusal_preferences(asking("code=abc, respond-async, example=x"))[1] == [
        "code", "respond-async", "example",
    ]  # fmt: skip
    assert refusal_preferences(asking(query="__code=404&b=c")) == ({}, ["code"], None)
    assert refusal_preferences(asking()) == ({}, [], None)


def test_what_is_to_go_wrong_is_honoured_with_a_refusal_too() -> None:
    honoured, ignored, fault = refusal_preferences(
        asking("code=404, fault=drip, over=2s, handling=strict")
    )
    assert honoured == {"fault": "drip", "over": "2s"}
    assert ignored == ["code"]
    assert fault == Fault("drip", over=2)


def test_what_cannot_be_read_is_not_honoured_with_a_refusal() -> None:
    assert refusal_preferences(asking("fault=dripp, delay=1s")) == ({}, ["fault", "delay"], None)


@pytest.mark.parametrize(
    ("prefer", "fault"),
    [
        ("fault=reset", Fault("reset")),
        ("fault=content-length", Fault("content-length")),
        ("fault=drip, over=500ms", Fault("drip", over=0.5)),
        ("delay=250ms", Fault(delay=Delay(0.25, 0.25))),
        ("delay=100ms..500ms", Fault(delay=Delay(0.1, 0.5))),
        ('delay="250ms~0.4"', Fault(delay=Delay(0.25, 0.25, 0.4))),
        ("fault=503, retry-after=2s", Fault("503", retry_after=2)),
        ("code=503, retry-after=1m", Fault(retry_after=60)),
        ("code=503, over=2s", None),
    ],
)
def test_what_is_to_go_wrong_can_be_preferred(prefer: str, fault: Fault | None) -> None:
    assert read_preference(asking(prefer)).wrong == fault


@pytest.mark.parametrize(
    ("prefer", "told"),
    [
        ("fault=dripp", "fault can't be read: 'dripp' is no fault; expected reset, .* mean drip"),
        ("fault=", "expected reset, close, truncated, malformed, .* 429 or 503"),
        ("delay=soon", "delay can't be read: .* expected a length of time such as 250ms"),
        ("retry-after=2", "retry-after can't be read: '2' is no length of time"),
        ("fault=drip, over=x", "over can't be read: 'x' is no length of time"),
    ],
)
def test_what_is_to_go_wrong_but_cannot_be_read_is_told_with_what_there_is(
    prefer: str, told: str
) -> None:
    with pytest.raises(InvalidRequest, match=told):
        read_preference(asking(prefer))


@pytest.mark.parametrize(
    ("prefer", "asked"),
    [("handling=lenient", True), ("HANDLING=Lenient", True), ("handling=strict", False),
     ("handling=strict, handling=lenient", False), ("lenient", False), (None, False)],
)  # fmt: skip
def test_leniency_is_asked_for_by_its_name(prefer: str | None, asked: bool) -> None:
    assert asks_leniency(asking(prefer)) is asked


@pytest.mark.parametrize(
    ("value", "text"),
    [("cat", "cat"), ("a b", '"a b"'), ('say "hi"', r'"say \"hi\""'), ("a\\b", r'"a\\b"'),
     ("", '""'), ("a,b", '"a,b"')],
)  # fmt: skip
def test_what_was_honoured_can_be_read_again(value: str, text: str) -> None:
    assert preference_word(value) == text
    assert read_preference(asking(f"example={text}")) == Preference(example=value)


@pytest.mark.parametrize("piece", ['"', '"\\', "a;", ",;="])
def test_a_hostile_header_costs_no_more_than_its_length(piece: str) -> None:
    # An odd number of pieces leaves a quote open.
    requests = lambda n: asking(f"example={piece * (n + 1)}")  # noqa: E731
    assert is_linear(requests, read_preference, 1_000)
