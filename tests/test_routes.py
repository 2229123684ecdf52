"""Which operation a path and a method lead to."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations

import pytest

from mock_server.routes import Routes, base_and_bare


def routes(*paths: str, method: str = "GET") -> Routes[str]:
    """Paths, each of which leads to itself."""
    found: Routes[str] = Routes()
    for path in paths:
        assert found.add(method, path, path) is None
    return found


def led(paths: Sequence[str], path: str, query: str = "") -> tuple[str, dict[str, str]] | None:
    """Where a path leads, with its variables."""
    match = routes(*paths).match("GET", path, query)
    return match and (match.target, match.variables)


@pytest.mark.parametrize("order", list(permutations(["/a/{x}", "/a/b", "/{y}/b", "/a/b-{z}"])))
@pytest.mark.parametrize(
    ("path", "target", "variables"),
    [
        ("/a/b", "/a/b", {}),
        ("/a/c", "/a/{x}", {"x": "c"}),
        ("/c/b", "/{y}/b", {"y": "c"}),
        ("/a/b-c", "/a/b-{z}", {"z": "c"}),
    ],
    ids=["concrete", "templated", "templated-first", "partly-templated"],
)
def test_the_most_concrete_path_matches_first_in_whatever_order_they_were_added(
    order: tuple[str, ...], path: str, target: str, variables: dict[str, str]
) -> None:
    assert led(order, path) == (target, variables)


def test_a_concrete_way_that_ends_blind_gives_way_to_a_templated_one() -> None:
    assert led(["/a/b/c", "/{x}/b/d"], "/a/b/d") == ("/{x}/b/d", {"x": "a"})


@pytest.mark.parametrize(
    ("template", "path", "variables"),
    [
        ("/c/{base}...{head}", "/c/main...next", {"base": "main", "head": "next"}),
        ("/c/{base}...{head}", "/c/main", None),
        ("/c/{base}...{head}", "/c/...next", None),
        ("/f/{name}.{ext}", "/f/read.me", {"name": "read", "ext": "me"}),
        ("/f/{name}.{ext}", "/f/a.tar.gz", {"name": "a", "ext": "tar.gz"}),
        ("/f/{name}.{ext}", "/f/a.", None),
        ("/f/{name}.json", "/f/a.json", {"name": "a"}),
        ("/f/{name}.json", "/f/ajson", None),
        ("/f/v{n}", "/f/v", None),
        ("/f/{x}", "/f/", None),
        ("/f/{x}", "/f/a/b", None),
        ("/f/{x}", "/f/a%2Fb", {"x": "a%2Fb"}),
        ("/f/{x}", "/f/a%20b", {"x": "a%20b"}),
        ("/f/", "/f/", {}),
        ("/f/", "/f", None),
        ("/", "/", {}),
        ("/a b", "/a%20b", {}),
        ("/a%20b", "/a%20b", {}),
        ("/caf%C3%A9/{x}", "/caf%c3%a9/1", {"x": "1"}),
        ("/a/b", "/%61/b", {}),
        ("/a/b", "/A/b", None),
    ],
)
def test_a_path_leads_through_its_template(
    template: str, path: str, variables: dict[str, str] | None
) -> None:
    assert led([template], path) == (None if variables is None else (template, variables))


def test_of_two_patterns_the_one_with_more_literal_text_matches() -> None:
    for order in permutations(["/{a}.{b}", "/{a}.tar.{b}"]):
        assert led(order, "/x.tar.gz") == ("/{a}.tar.{b}", {"a": "x", "b": "gz"})


@pytest.mark.parametrize(
    ("query", "target"),
    [
        ("", "/o"),
        ("state=open", "/o?state=open"),
        ("more=1&state=open", "/o?state=open"),
        ("state=open&by=me", "/o?state=open&by=me"),
        ("state=shut", "/o"),
    ],
)
def test_a_query_in_a_key_has_to_be_part_of_the_one_that_was_sent(query: str, target: str) -> None:
    for order in permutations(["/o", "/o?state=open", "/o?state=open&by=me"]):
        found = led(order, "/o", query)
        assert found == (target, {})


def test_a_path_known_only_with_a_query_leads_nowhere_without_it() -> None:
    assert led(["/o?state=open"], "/o") is None


@pytest.mark.parametrize(("key", "by_path"), [("/o", True), ("/o?a=1", False)])
def test_a_match_says_whether_the_path_alone_decided_it(key: str, by_path: bool) -> None:
    match = routes(key).match("GET", "/o", "a=1")
    assert match is not None and match.by_path is by_path


def test_a_fragment_never_reaches_a_server_and_is_left_out() -> None:
    assert led(["/o#second"], "/o") == ("/o#second", {})


@pytest.mark.parametrize(
    ("method", "path"), [("PUT", "/a"), ("get", "/a"), ("GET", "/b"), ("GET", "/a/b")]
)
def test_an_unknown_method_or_path_leads_nowhere(method: str, path: str) -> None:
    assert routes("/a").match(method, path) is None


@pytest.mark.parametrize(
    ("path", "methods"),
    [("/a/b", ["PUT", "GET", "POST"]), ("/a/c", ["GET", "POST"]), ("/a", []), ("/z/z", [])],
)
def test_methods_are_those_of_every_way_that_a_path_leads(path: str, methods: list[str]) -> None:
    found: Routes[int] = Routes()
    for number, (method, key) in enumerate(
        [("GET", "/a/{x}"), ("POST", "/a/{x}"), ("PUT", "/a/b"), ("GET", "/a/b")]
    ):
        found.add(method, key, number)
    assert found.methods(path) == methods


FOUR = ["/pets", "/pets/{id}", "/orders/{id}/items", "/users"]


@pytest.mark.parametrize(
    ("paths", "asked", "near"),
    [
        (FOUR, "/pet", ["/pets"]),
        (FOUR, "/order/7/items", ["/orders/{id}/items"]),
        (FOUR, "/zzzzzzzzzz", []),
        (FOUR[:3], "/zzzzzzzzzz", FOUR[:3]),
        ([], "/a", []),
    ],
    ids=["misspelt", "with-variable", "like-none", "few", "none"],
)
def test_close_to_names_the_known_paths_that_look_alike(
    paths: list[str], asked: str, near: list[str]
) -> None:
    assert routes(*paths).close_to(asked)[: max(1, len(near))] == near


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("/a", "/a"),
        ("/a/{x}", "/a/{y}"),
        ("/{x}.{y}", "/{a}.{b}"),
        ("/a", "/a#b"),
        ("/a?q=1&r=2", "/a?r=2&q=1"),
        ("/a%20b", "/a b"),
    ],
)
def test_the_second_of_two_equal_ways_is_refused(first: str, second: str) -> None:
    found = routes(first)
    assert found.add("GET", second, second) == first
    assert found.add("PUT", second, second) is None
    match = found.match("GET", first.partition("?")[0].replace(" ", "%20"), "q=1&r=2")
    assert match is not None and match.target == first


def test_a_path_is_served_bare_and_behind_each_base_path() -> None:
    assert list(base_and_bare("/a", ["/v1", "/v2"])) == ["/a", "/v1/a", "/v2/a"]
