"""A path leads to the most specific operation, whatever the order and however many there are."""

from __future__ import annotations

import itertools
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from urllib.parse import quote, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.contract.routes import MOST_NAMED, Routes, base_and_bare
from tests.helpers.effort import calls


def routes(*paths: str, method: str = "GET") -> Routes[str]:
    """Routes on which each path leads to itself."""
    found: Routes[str] = Routes()
    for path in paths:
        found.add(method, path, path)
    return found


def led(found: Routes[str], path: str, method: str = "GET", query: str = "") -> str | None:
    match = found.match(method, path, query)
    return match and match.target


# Specific before general -----------------------------------------------------------------------

PETS = [
    "/pets/{id}",
    "/pets/mine",
    "/pets/{id}/toys",
    "/pets/mine/{what}",
    "/{anything}/mine",
    "/pets/{name}.{ext}",
    "/pets/{name}.json",
    "/pets/photo-{id}",
]


@pytest.mark.parametrize("order", [PETS, PETS[::-1], sorted(PETS), [*PETS[3:], *PETS[:3]]])
@pytest.mark.parametrize(
    ("asked", "template", "variables"),
    [
        ("/pets/7", "/pets/{id}", {"id": "7"}),
        ("/pets/mine", "/pets/mine", {}),
        ("/pets/mines", "/pets/{id}", {"id": "mines"}),
        ("/pets/mine/toys", "/pets/mine/{what}", {"what": "toys"}),
        ("/pets/7/toys", "/pets/{id}/toys", {"id": "7"}),
        ("/cats/mine", "/{anything}/mine", {"anything": "cats"}),
        ("/pets/rex.png", "/pets/{name}.{ext}", {"name": "rex", "ext": "png"}),
        ("/pets/rex.json", "/pets/{name}.json", {"name": "rex"}),
        ("/pets/a.b.c", "/pets/{name}.{ext}", {"name": "a", "ext": "b.c"}),
        ("/pets/photo-7", "/pets/photo-{id}", {"id": "7"}),
        ("/pets/photo-", "/pets/{id}", {"id": "photo-"}),
        ("/pets/.png", "/pets/{id}", {"id": ".png"}),
    ],
)
def test_the_most_specific_path_wins_whatever_the_order(
    order: list[str], asked: str, template: str, variables: dict[str, str]
) -> None:
    match = routes(*order).match("GET", asked)
    assert match is not None
    assert (match.target, match.variables) == (template, variables)


@pytest.mark.parametrize(
    "path", ["/", "/pets", "/pets/", "/pets/7/", "/pets//toys", "/Pets/7", "/pets/7/toys/1", ""]
)
def test_a_path_that_none_describes_leads_nowhere(path: str) -> None:
    assert routes(*PETS).match("GET", path) is None
    assert routes(*PETS).methods(path) == []


def test_a_way_that_ends_nowhere_is_left_for_another() -> None:
    found = routes("/a/b/c", "/a/{x}/d", "/{y}/b/e", "/{y}/{x}/{z}")
    assert led(found, "/a/b/c") == "/a/b/c"
    assert led(found, "/a/b/d") == "/a/{x}/d"
    assert led(found, "/a/b/e") == "/{y}/b/e"
    assert led(found, "/a/b/f") == "/{y}/{x}/{z}"
    match = found.match("GET", "/a/b/f")
    assert match is not None
    assert match.variables == {"y": "a", "x": "b", "z": "f"}


@pytest.mark.parametrize(
    ("template", "asked", "variables"),
    [
        ("/c/{base}...{head}", "/c/main...dev", {"base": "main", "head": "dev"}),
        ("/c/{base}...{head}", "/c/v1.0...v1.1", {"base": "v1.0", "head": "v1.1"}),
        ("/c/{base}...{head}", "/c/a....b", {"base": "a", "head": ".b"}),
        ("/c/{base}...{head}", "/c/a.b", None),
        ("/c/{base}...{head}", "/c/...b", None),
        ("/c/{base}...{head}", "/c/a...", None),
        ("/f/{name}.{ext}.gz", "/f/a.tar.gz", {"name": "a", "ext": "tar"}),
        ("/f/{name}.{ext}.gz", "/f/a.gz", None),
        ("/v1/{name}:cancel", "/v1/op:cancel", {"name": "op"}),
        ("/v1/{name}:cancel", "/v1/op:delete", None),
        ("/({a},{b})", "/(1,2)", {"a": "1", "b": "2"}),
        ("/x{a}{b}", "/x12", {"a": "1", "b": "2"}),
        ("/x{a}{b}", "/x1", None),
        ("/a+b{c}*", "/a+bc*", {"c": "c"}),
        ("/{a}-{a}", "/1-2", {"a": "2"}),
        ("/r/{id}\n", "/r/5", None),
    ],
)
def test_a_segment_may_hold_more_than_one_variable(
    template: str, asked: str, variables: dict[str, str] | None
) -> None:
    match = routes(template).match("GET", asked)
    assert (match and match.variables) == variables


NAMES = ["a", "b", "{x}", "{y}", "{x}.b", "p{x}"]


@given(
    st.lists(st.lists(st.sampled_from(NAMES), min_size=1, max_size=3), min_size=1, max_size=6),
    st.lists(st.sampled_from(["a", "b", "c", "a.b", "pa", "p"]), min_size=1, max_size=3),
)
def test_what_matches_is_what_the_specification_says(
    templates: Sequence[list[str]], asked: list[str]
) -> None:
    """Of the templates that fit, no other is more specific at the first segment that differs."""
    paths = list(dict.fromkeys("/" + "/".join(t) for t in templates))
    fitting = [t for t in templates if len(t) == len(asked) and all(map(fits, t, asked))]
    target = led(routes(*paths), "/" + "/".join(asked))
    if not fitting:
        assert target is None
        return
    assert target is not None
    best = min(tuple(map(specificity, template)) for template in fitting)
    assert tuple(map(specificity, target.split("/")[1:])) == best


def fits(template: str, segment: str) -> bool:
    if template == "{x}.b":
        return len(segment) > 2 and segment.endswith(".b")
    if template == "p{x}":
        return len(segment) > 1 and segment.startswith("p")
    return template.startswith("{") or template == segment


def specificity(template: str) -> int:
    """Return the less, the more specific."""
    if "{" not in template:
        return 0
    return 3 if template in ("{x}", "{y}") else 2 if template == "p{x}" else 1


# Percent-encoding ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("template", "asked", "variables"),
    [
        ("/a b/{x}", "/a%20b/c", {"x": "c"}),
        ("/a%20b/{x}", "/a%20b/c", {"x": "c"}),
        ("/café", "/caf%C3%A9", {}),
        ("/caf%c3%a9", "/caf%C3%A9", {}),
        ("/{x}/end", "/a%2Fb/end", {"x": "a%2Fb"}),
        ("/{x}", "/%7Bx%7D", {"x": "%7Bx%7D"}),
        ("/{x}", "/%", {"x": "%"}),
        ("/{x}", "/%zz", {"x": "%zz"}),
        ("/{a}.{b}", "/%C3%A9.%20", {"a": "%C3%A9", "b": "%20"}),
        ("/pets", "/%70%65ts", {}),
        ("/a/b", "/a%2Fb", None),
        ("/100%25", "/100%25", {}),
        ("/100%2525", "/100%25", None),
    ],
)
def test_what_is_percent_encoded_is_the_same_path(
    template: str, asked: str, variables: dict[str, str] | None
) -> None:
    match = routes(template).match("GET", asked)
    assert (match and match.variables) == variables


@given(
    st.text(min_size=1).filter(lambda text: not set(text) & set("/{}%?#") and text.isprintable())
)
def test_any_literal_is_met_by_its_encoding(text: str) -> None:
    found = routes(f"/{text}/{{x}}")
    match = found.match("GET", f"/{quote(text, safe='')}/{quote(text, safe='')}")
    assert match is not None
    assert unquote(match.variables["x"]) == text


# Methods and queries ---------------------------------------------------------------------------


def test_methods_are_told_of_a_path_that_is_known() -> None:
    found: Routes[str] = Routes()
    for method, path in (("GET", "/a/{x}"), ("PUT", "/a/{y}"), ("POST", "/a/b"), ("GET", "/c")):
        found.add(method, path, f"{method} {path}")
    assert found.methods("/a/z") == ["GET", "PUT"]
    assert sorted(found.methods("/a/b")) == ["GET", "POST", "PUT"]
    assert led(found, "/a/b", "POST") == "POST /a/b"
    assert led(found, "/a/b", "DELETE") is None
    put = found.match("PUT", "/a/z")
    assert put is not None
    assert put.variables == {"y": "z"}


def test_methods_are_told_apart_by_case() -> None:
    assert led(routes("/a", method="COPY"), "/a", "copy") is None


def test_what_stands_there_already_is_told_and_stays() -> None:
    found = routes("/a/{x}")
    assert found.add("GET", "/a/{y}", "second") == "/a/{x}"
    assert found.add("PUT", "/a/{y}", "third") is None
    assert led(found, "/a/1") == "/a/{x}"


def test_a_path_may_ask_for_a_query() -> None:
    found = routes("/orders", "/orders?state=open", "/orders?state=open&page=1", "/orders#top")
    assert led(found, "/orders") == "/orders"
    assert led(found, "/orders", query="state=closed") == "/orders"
    assert led(found, "/orders", query="page=2&state=open") == "/orders?state=open"
    assert led(found, "/orders", query="page=1&state=open&x=y") == "/orders?state=open&page=1"


# Many paths ------------------------------------------------------------------------------------


@pytest.mark.parametrize("asked", ["/r7/items/5", "/r7/5/x", "/nowhere/5", "/r7/items/%35"])
def test_to_find_a_path_among_many_takes_as_long_as_among_few(asked: str) -> None:
    def among(count: int) -> Routes[str]:
        templates = ("/r{}/items/{{id}}", "/r{}/{{id}}/x", "/r{}/items")
        return routes(*(t.format(n) for n, t in itertools.product(range(count), templates)))

    few, many = among(10), among(1_000)
    assert led(few, asked) == led(many, asked)
    assert calls(lambda: many.match("GET", asked)) == calls(lambda: few.match("GET", asked))
    assert calls(lambda: many.methods(asked)) == calls(lambda: few.methods(asked))


@pytest.mark.parametrize(
    "template",
    ["/{a}.{b}.zip", "/{a}-{b}-{c}-{d}-{e}", "/{a}{b}{c}{d}{e}!", "/x{a}y{b}z"],
)
@pytest.mark.parametrize("segment", ["." * 60_000, "-" * 60_000 + "/", "xy" * 30_000, "a" * 60_000])
def test_a_long_segment_takes_no_longer_than_its_length(template: str, segment: str) -> None:
    """An expression that goes back and forth would take minutes."""
    found = routes(template)
    with within(10):
        match = found.match("GET", f"/{segment}")
    assert match is None or match.target == template


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Raise an error if the block takes too long."""

    def give_up(*_: object) -> None:
        raise TimeoutError(f"it takes more than {seconds} s")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


# Close paths -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "near"),
    [
        ("/v1/pet/7", ["/v1/pets/{id}"]),
        ("/v1/pets/7/toy", ["/v1/pets/{id}/toys"]),
        ("/pets", ["/v1/pets"]),
        ("/v1/petss", ["/v1/pets"]),
        ("/completely/else", []),
    ],
)
def test_paths_that_look_alike_are_named(asked: str, near: list[str]) -> None:
    found = routes("/v1/pets", "/v1/pets/{id}", "/v1/pets/{id}/toys", "/v1/owners/{id}", "/health")
    assert found.close_to(asked)[: len(near) or None] == near


def test_of_few_paths_all_are_named() -> None:
    paths = ["/first", "/second/{x}", "/third"]
    assert len(paths) == MOST_NAMED
    assert routes(*paths).close_to("/zzz") == paths


@pytest.mark.parametrize(
    "path", ["/" + "a" * 60_000, "/a/" + "xy" * 30_000, "/" * 60_000, "/a" * 30_000]
)
def test_to_look_for_close_paths_takes_no_longer_for_a_long_one(path: str) -> None:
    found = routes(*(f"/a{n}/{{id}}" for n in range(50)))
    assert calls(lambda: found.close_to(path)) < 100_000


# Base paths ------------------------------------------------------------------------------------


def test_a_path_is_served_bare_and_behind_each_base_path() -> None:
    assert list(base_and_bare("/pets", ["/v1", "/api/v2"])) == ["/pets", "/v1/pets", "/api/v2/pets"]
    assert list(base_and_bare("/pets", [])) == ["/pets"]
