from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.http_messages.media_types import (
    MediaType,
    accepted,
    concrete,
    find_media_type,
    parse_media_type,
)
from tests.helpers.effort import is_linear

HTML = MediaType("text", "html", (("charset", "utf-8"),))
# RFC 9110, section 12.5.1.
RFC_ACCEPT = (
    "text/*;q=0.3, text/plain;q=0.7, text/plain;format=flowed, "
    "text/plain;format=fixed;q=0.4, */*;q=0.5"
)
# What the HttpURLConnection of older Javas sends: a lone star, weights without their zero.
JAVA_ACCEPT = "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2"


def parsed(text: str) -> MediaType | None:
    try:
        return parse_media_type(text)
    except ValueError:
        return None


# Text made of the grammar's own pieces gets further in than random text does.
pieces = st.sampled_from([*'/;=,"\\*+ \t', "q", "0.5", "a", "text", "json", "charset", "é", "\n"])
hostile_text = st.text() | st.lists(pieces).map("".join)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("application/json", MediaType("application", "json"), id="plain"),
        pytest.param("Text/HTML", MediaType("text", "html"), id="upper case"),
        pytest.param(" text/html\t", MediaType("text", "html"), id="space around"),
        pytest.param("image/*", MediaType("image", "*"), id="range"),
        pytest.param("*/*", MediaType("*", "*"), id="range of all"),
        pytest.param("text/html;charset=utf-8", HTML, id="RFC 9110, first form"),
        pytest.param('Text/HTML;Charset="utf-8"', HTML, id="RFC 9110, second form"),
        pytest.param('text/html; charset="utf-8"', HTML, id="RFC 9110, third form"),
        pytest.param("text/html;charset=UTF-8", HTML, id="RFC 9110, fourth form"),
        pytest.param("text/html ; ;; charset=utf-8;", HTML, id="empty parameters"),
        pytest.param(r'a/b;x="1;\"2\",\3"', MediaType("a", "b", (("x", '1;"2",3'),)), id="quoted"),
        pytest.param('a/b;x=""', MediaType("a", "b", (("x", ""),)), id="empty value"),
        pytest.param("a/b;X=Ab", MediaType("a", "b", (("x", "Ab"),)), id="value keeps its case"),
    ],
)
def test_a_media_type_is_read(text: str, expected: MediaType) -> None:
    assert parse_media_type(text) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("", "'' is no media type", id="empty"),
        pytest.param("json", "'json' is no media type; one looks like application/json", id="one"),
        pytest.param("/json", "is no media type", id="no type"),
        pytest.param("text/", "is no media type", id="no subtype"),
        pytest.param("text /html", "is no media type", id="space inside"),
        pytest.param("*/json", r"only \*/\* may start with a star", id="star then subtype"),
        pytest.param("text/html, text/plain", "can't be read from ', text/plain' on", id="a list"),
        pytest.param("a/b;charset", "can't be read from 'charset' on", id="no value"),
        pytest.param("a/b;x =1", "a parameter looks like ;name=value", id="space before ="),
        pytest.param('a/b;x="1', "can't be read from", id="unclosed quote"),
        pytest.param('a/b;x="1"2', "can't be read from '2' on", id="after the quote"),
        pytest.param('a/b;x="1\n"', "can't be read from", id="line break in the quote"),
        pytest.param("a/b;x=1;X=2", "has the parameter 'x' twice", id="named twice"),
        pytest.param("x" * 99, r"'x{59}…' is no media type", id="long text is cut"),
    ],
)
def test_nonsense_is_refused_in_plain_words(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_media_type(text)


@pytest.mark.parametrize(
    ("text", "suffix", "traits"),
    [
        pytest.param("application/json", "", {"json"}, id="json"),
        pytest.param("application/problem+json", "json", {"json"}, id="json suffix"),
        pytest.param("text/json", "", {"json", "text"}, id="old json"),
        pytest.param("application/json-seq", "", set(), id="json texts in a row"),
        pytest.param("application/xml", "", {"xml"}, id="xml"),
        pytest.param("text/xml", "", {"xml", "text"}, id="text xml"),
        pytest.param("image/svg+xml", "xml", {"xml"}, id="xml suffix"),
        pytest.param("application/a+b+json", "json", {"json"}, id="last plus counts"),
        pytest.param("text/*", "", {"range", "text"}, id="text range"),
        pytest.param("*/*", "", {"range"}, id="range of all"),
    ],
)
def test_traits_follow_from_the_name(text: str, suffix: str, traits: set[str]) -> None:
    media_type = parse_media_type(text)
    assert media_type.suffix == suffix
    assert {t for t in ("json", "xml", "text", "range") if getattr(media_type, f"is_{t}")} == traits


def test_charset_is_lower_case_or_none() -> None:
    assert parse_media_type("text/html;charset=ISO-8859-1").charset == "iso-8859-1"
    assert parse_media_type("text/html;format=flowed").charset is None


@pytest.mark.parametrize("text", ["text/html;charset=utf-8", r'a/b;x="1;\"2\"\\";y="";z=3', "*/*"])
def test_a_media_type_is_written_as_it_is_read(text: str) -> None:
    assert str(parse_media_type(text)) == text


@pytest.mark.parametrize(
    ("declared", "sent", "expected"),
    [
        pytest.param("application/json", "application/json", "application/json", id="same"),
        pytest.param("Application/JSON", "application/json", "Application/JSON", id="case"),
        pytest.param("*/* text/* text/csv", "text/csv", "text/csv", id="exact wins"),
        pytest.param("*/* text/* text/csv", "text/html", "text/*", id="type wins over all"),
        pytest.param("*/* text/* text/csv", "image/png", "*/*", id="all"),
        pytest.param("text/csv image/*", "video/mp4", None, id="none"),
        pytest.param("application/json", "application/problem+json", None, id="suffix is no match"),
        pytest.param("a/b", "a/b;charset=utf-8", "a/b", id="charset ignored"),
        pytest.param("a/b", "a/b;boundary=x", "a/b", id="boundary ignored"),
        pytest.param("a/b;charset=utf-8", "a/b;charset=UTF-8", "a/b;charset=utf-8", id="declared"),
        pytest.param("a/b;charset=utf-8", "a/b", "a/b;charset=utf-8", id="declared, not sent"),
        pytest.param("a/b;charset=utf-8", "a/b;charset=latin1", None, id="contradicted"),
        pytest.param("*/* a/b;v=1", "a/b;v=2", "*/*", id="contradicted, wider one left"),
        pytest.param("a/b a/b;v=1 a/b;v=2", "a/b;v=2", "a/b;v=2", id="parameter met wins"),
        pytest.param("a/b;v=1 a/b", "a/b", "a/b", id="parameter missing loses"),
        pytest.param("a/b;v=1 a/b;v=1;w=2", "a/b;w=2;v=1", "a/b;v=1;w=2", id="most met wins"),
        pytest.param("nonsense */*", "a/b", "*/*", id="unreadable key passed over"),
        pytest.param("", "a/b", None, id="nothing declared"),
    ],
)
def test_the_most_specific_declared_key_is_found(
    declared: str, sent: str, expected: str | None
) -> None:
    assert find_media_type(declared.split(), parse_media_type(sent)) == expected


def test_accept_ranks_as_the_rfc_says() -> None:
    """The table of RFC 9110, section 12.5.1; `level=3` has 0.3 by erratum 7138."""
    offered = [
        "text/html",  # 0.3
        "text/html;level=3",  # 0.3
        "text/plain;format=fixed",  # 0.4
        "image/jpeg",  # 0.5
        "text/plain",  # 0.7
        "text/plain;format=flowed",  # 1
    ]
    assert accepted(RFC_ACCEPT, offered) == [*reversed(offered[2:]), *offered[:2]]


@pytest.mark.parametrize(
    ("accept", "offered", "expected"),
    [
        pytest.param("", "a/b c/d", "a/b c/d", id="absent"),
        pytest.param(" ", "a/b c/d", "a/b c/d", id="blank"),
        pytest.param(" , ,", "a/b c/d", "a/b c/d", id="empty members"),
        pytest.param("*/*", "a/b c/d", "a/b c/d", id="everything"),
        pytest.param("c/d, a/b", "a/b c/d", "a/b c/d", id="ties keep the offered order"),
        pytest.param("a/b;q=0.1, c/d;q=0.2", "a/b c/d", "c/d a/b", id="by weight"),
        pytest.param("a/b;q=0.5, */*;q=0.1", "c/d a/b", "a/b c/d", id="the rest last"),
        pytest.param("*/*, a/b;q=0", "a/b c/d", "c/d", id="zero excludes"),
        pytest.param("a/*;q=0, a/b", "a/b a/c", "a/b", id="specific range decides"),
        pytest.param("a/b", "c/d", "", id="nothing left"),
        pytest.param("A/B;Q=0.5", "a/b", "a/b", id="case"),
        pytest.param("a/b;q=0;v=1, */*", "a/b;v=1 a/b", "a/b", id="weight before a parameter"),
        pytest.param("a/b;v=1", "a/b", "", id="parameter not offered"),
        pytest.param("a/b;charset=utf-8", "a/b", "a/b", id="charset not offered"),
        pytest.param("a/b;charset=x", "a/b;charset=utf-8", "", id="another charset"),
        pytest.param("application/json", "application/problem+json", "", id="suffix is no match"),
        pytest.param("a/b;q=2, c/d", "a/b c/d", "c/d", id="weight too large is skipped"),
        pytest.param("a/b;q=x, c/d", "a/b c/d", "c/d", id="weight without a number is skipped"),
        pytest.param("a/b;q=1;q=0, c/d", "a/b c/d", "c/d", id="two weights are skipped"),
        pytest.param('a/b;x="1, c/d', "a/b c/d", "a/b c/d", id="all malformed"),
        pytest.param('a/b;x=",c/d,"', "c/d", "", id="a quoted comma parts nothing"),
        pytest.param(JAVA_ACCEPT, "application/json", "application/json", id="old Java"),
        pytest.param("a/b;q=0.3333333, c/d;q=.4", "a/b c/d", "c/d a/b", id="generous weights"),
        pytest.param("image/png", "image/* text/*", "image/*", id="offered range"),
        pytest.param("image/*;q=0.5, image/png;q=0", "image/*", "", id="usual type excluded"),
        pytest.param("a/b;q=0.2, */*;q=0.1", "c/* a/*", "a/* c/*", id="offered ranges ranked"),
        pytest.param("*/*;q=0.1", "nonsense", "nonsense", id="unreadable key under everything"),
        pytest.param("a/b", "nonsense", "", id="unreadable key under nothing else"),
    ],
)
def test_accept_picks_and_ranks(accept: str, offered: str, expected: str) -> None:
    assert accepted(accept, offered.split()) == expected.split()


@pytest.mark.parametrize(
    ("key", "accept", "expected"),
    [
        pytest.param("text/csv", "image/png", "text/csv", id="already concrete"),
        pytest.param("a/b;v=1", "", "a/b;v=1", id="with its parameters"),
        pytest.param("*/*", "", "application/json", id="all"),
        pytest.param("*/*", "*/*", "application/json", id="all for all"),
        pytest.param("*/*", "text/*", "text/plain", id="all narrowed by Accept"),
        pytest.param("*/*", "*/*, application/json;q=0", "text/plain", id="all but json"),
        pytest.param("text/*", "", "text/plain", id="text"),
        pytest.param("image/*", "", "image/png", id="image"),
        pytest.param("application/*", "", "application/json", id="application"),
        pytest.param("chemical/*", "", "chemical/octet-stream", id="a type without a usual one"),
        pytest.param("image/*", "image/webp", "image/webp", id="named"),
        pytest.param("image/*", "image/webp;q=0.5, image/gif", "image/gif", id="named, better"),
        pytest.param("image/*", "image/webp;q=0.5, */*", "image/png", id="usual, better"),
        pytest.param("image/*", "image/png;q=0, image/*", "image/png", id="no other is known"),
        pytest.param("image/*", "text/html", "image/png", id="not accepted at all"),
        pytest.param("text/*", 'text/x;v="1 2"', 'text/x;v="1 2"', id="named with a parameter"),
    ],
)
def test_a_range_becomes_a_type_to_send(key: str, accept: str, expected: str) -> None:
    assert concrete(key, accept) == expected


@given(hostile_text)
def test_parse_raises_nothing_but_value_error(text: str) -> None:
    media_type = parsed(text)
    assert media_type is None or parse_media_type(str(media_type)) == media_type


@given(hostile_text, st.lists(hostile_text | st.sampled_from(["*/*", "text/*", "text/html"])))
def test_accept_never_fails_and_invents_nothing(accept: str, offered: list[str]) -> None:
    assert set(accepted(accept, offered)) <= set(offered)


@given(hostile_text, st.sampled_from(["*/*", "text/*", "image/*", "chemical/*"]))
def test_what_is_sent_lies_within_what_is_offered(accept: str, key: str) -> None:
    sent = parse_media_type(concrete(key, accept))
    assert parse_media_type(key).covers(sent) and not sent.is_range


HOSTILE: dict[str, Callable[[int], str]] = {
    "commas": lambda n: "," * n,
    "semicolons": lambda n: "a/b" + ";" * n,
    "quotes": lambda n: '"' * (n + 1),
    "quotes and backslashes": lambda n: "a/b;x=" + '"\\' * n,
    "backslashes in a quote": lambda n: 'a/b;x="' + "\\" * (n + 1),
    "a name without an end": lambda n: "a/b;" + "x" * n,
    "spaces": lambda n: "a/b" + " " * n + "x",
    "semicolons and spaces": lambda n: "a/b" + "; " * n + "x",
    "one range again and again": lambda n: "text/x;q=0.1," * n,
    "many parameters": lambda n: ",".join(f"text/x;v={i}" for i in range(n)),
    "many ranges": lambda n: ",".join(f"a{i}/*" for i in range(n)),
    "one long range": lambda n: "a/b" + "".join(f";x{i}=1" for i in range(n)),
    "a long weight": lambda n: "a/b;q=0." + "1" * n,
}


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize(
    "use",
    [
        pytest.param(lambda text: accepted(text, ["*/*", "text/x", "image/*"]), id="accepted"),
        pytest.param(lambda text: concrete("*/*", text), id="concrete"),
        pytest.param(parsed, id="parse"),
    ],
)
def test_hostile_text_costs_no_more_than_its_length(
    use: Callable[[str], object], hostile: Callable[[int], str]
) -> None:
    assert is_linear(hostile, use, 500)
