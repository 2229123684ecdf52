"""Which operation a path and a method lead to; the cost doesn't grow with their number."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Generic, NamedTuple, TypeVar
from urllib.parse import parse_qsl, unquote

from mock_server.contract.model import ANY_METHOD

Target = TypeVar("Target")
# Up to so many known paths are all named if a request has an unknown path.
MOST_NAMED = 3
# Only so many characters of a path are compared: the time grows with the square of them.
MOST_COMPARED = 200
_NAME = re.compile(r"\{([^{}]+)\}")


class Match(NamedTuple, Generic[Target]):
    """The match of a path: the target, and the path's variables, still percent-encoded.

    `by_path` is whether the path alone decided the match, without the query. `others` are the
    other targets of the same path, with their variables; the rest of a request decides between
    them. `is_forgiven` is whether the path matched only after a slash at its end was added or
    removed.
    """

    target: Target
    variables: dict[str, str]
    by_path: bool = True
    others: tuple[tuple[Target, dict[str, str]], ...] = ()
    is_forgiven: bool = False


class _Way(NamedTuple, Generic[Target]):
    """A target, the variables' names as they stand in its path, and what it asks for.

    That is a query, and a fragment, which no server ever sees.
    """

    target: Target
    names: tuple[str, ...]
    query: frozenset[tuple[str, str]]
    fragment: str


@dataclass(slots=True)
class _Step(Generic[Target]):
    """What may come after a prefix of a path: a literal, a pattern, or any one segment."""

    literals: dict[str, _Step[Target]] = field(default_factory=dict)
    # With how much of each is literal, most first.
    patterns: list[tuple[int, re.Pattern[str], _Step[Target]]] = field(default_factory=list)
    any_segment: _Step[Target] | None = None
    # By method; if the query has a say, the way that asks for most comes first.
    ways: dict[str, list[_Way[Target]]] = field(default_factory=dict)


class Routes(Generic[Target]):
    """A trie of path segments. Concrete ones match before templated ones (OAS, section 4.8.8.2)."""

    def __init__(self) -> None:
        self._root: _Step[Target] = _Step()
        self._paths: dict[str, None] = {}
        self._methods: set[str] = set()

    def add(self, method: str, key: str, target: Target) -> Target | None:
        """Add a path to a target; return the target that the path leads to already, if any.

        The path may ask for a query, as some documents' do (`/orders?state=open`). A fragment
        (`/orders#stream`) never reaches a server: the targets of the same path without it share
        that path.
        """
        whole, _, fragment = key.partition("#")
        path, _, query = whole.partition("?")
        step = self._root
        names: list[str] = []
        for segment in path.split("/")[1:]:
            step = _next(step, segment, names)
        self._paths[path] = None
        self._methods.add(method)
        asked = frozenset(parse_qsl(query, keep_blank_values=True))
        way = _Way(target, tuple(names), asked, fragment)
        ways = step.ways.setdefault(method, [])
        for taken in ways:
            if (taken.query, taken.fragment) == (way.query, way.fragment):
                return taken.target
        ways.append(way)
        ways.sort(key=lambda way: -len(way.query))
        return None

    def match(self, method: str, path: str, query: str = "") -> Match[Target] | None:
        """Return the match of a request's path, as it is written in the request line."""
        return self._straight(method, path, query) or self._searched(method, path, query)

    def _straight(self, method: str, path: str, query: str) -> Match[Target] | None:
        """Return the match on the most specific way, without backtracking; usually it is enough."""
        step, values = self._root, []
        if "%" in path:
            return None
        for segment in path.split("/")[1:]:
            behind = step.literals.get(segment)
            if behind is None:
                behind = step.any_segment
                if behind is None or step.patterns or not segment:
                    return None
                values.append(segment)
            step = behind
        return _matched(_ways(step, method), values, query)

    def _searched(self, method: str, path: str, query: str) -> Match[Target] | None:
        for step, values in _walk(self._root, path.split("/"), 1, ()):
            match = _matched(_ways(step, method), values, query)
            if match is not None:
                return match
        return None

    def methods(self, path: str) -> list[str]:
        """Return the methods that are known on a path; none if the path is unknown."""
        steps = _walk(self._root, path.split("/"), 1, ())
        return list(dict.fromkeys(method for step, _ in steps for method in step.ways))

    def has_method(self, method: str) -> bool:
        """Return whether any path is known with a method of that name."""
        return method in self._methods

    def known_as(self, path: str) -> str:
        """Return a path as it is known: with or without a slash at its end.

        The slash is forgiven unless two known paths differ only by it.
        """
        other = path[:-1] if path.endswith("/") else f"{path}/"
        return other if other and not self.methods(path) and self.methods(other) else path

    def close_to(self, path: str) -> list[str]:
        """Return known paths similar to this one, the closest first; all if there are few."""
        path = path[:MOST_COMPARED]
        asked = path.split("/")
        filled = {_filled(known, asked): known for known in self._paths}
        near = [filled[text] for text in get_close_matches(path, filled, n=3, cutoff=0.6)]
        return near or (list(self._paths) if len(self._paths) <= MOST_NAMED else [])


def _ways(step: _Step[Target], method: str) -> list[_Way[Target]] | None:
    return step.ways.get(method) or step.ways.get(ANY_METHOD)


def _matched(
    ways: list[_Way[Target]] | None, values: Sequence[str], query: str
) -> Match[Target] | None:
    """Return the first way whose query is part of the sent query, with the others."""
    if not ways:
        return None
    by_path = not ways[0].query
    if by_path and len(ways) == 1:
        return Match(ways[0].target, dict(zip(ways[0].names, values, strict=True)))
    sent = frozenset(parse_qsl(query, keep_blank_values=True))
    open_ways = [
        (way.target, dict(zip(way.names, values, strict=True))) for way in ways if way.query <= sent
    ]
    if not open_ways:
        return None
    return Match(*open_ways[0], by_path, tuple(open_ways[1:]))


def _filled(template: str, asked: list[str]) -> str:
    """Return a template with the requested segments in place of its variables."""
    segments = template.split("/")
    return "/".join(
        asked[i] if "{" in segment and i < len(asked) else segment
        for i, segment in enumerate(segments)
    )


def _next(step: _Step[Target], segment: str, names: list[str]) -> _Step[Target]:
    """Return the step behind a segment of a template; create it if it doesn't exist."""
    found = _NAME.findall(segment)
    names.extend(found)
    if not found:
        return step.literals.setdefault(unquote(segment), _Step())
    if _NAME.fullmatch(segment):
        step.any_segment = step.any_segment or _Step()
        return step.any_segment
    pattern = _pattern(segment)
    for _, known, behind in step.patterns:
        if known.pattern == pattern.pattern:
            return behind
    behind = _Step()
    step.patterns.append((len(_NAME.sub("", segment)), pattern, behind))
    # The more of a segment is literal, the more specific it is.
    step.patterns.sort(key=lambda entry: -entry[0])
    return behind


def _pattern(segment: str) -> re.Pattern[str]:
    """Return the pattern of a segment with more than one lone variable, as `{name}.{ext}`.

    A variable ends before the first occurrence of the literal behind it. Without backtracking,
    the time grows only with the length of the segment.
    """
    pieces = _NAME.split(segment)  # literal, name, literal, name, …, literal
    first, *middle, last = (re.escape(unquote(piece)) for piece in pieces[::2])
    atoms = "".join(f"(?>(.+?){literal})" for literal in middle)
    return re.compile(f"{first}{atoms}(.+){last}", re.DOTALL)


def _walk(
    step: _Step[Target], segments: list[str], index: int, values: tuple[str, ...]
) -> Iterator[tuple[_Step[Target], tuple[str, ...]]]:
    """Yield every way through the trie, the most specific first."""
    if index == len(segments):
        if step.ways:
            yield step, values
        return
    segment = segments[index]
    literal = unquote(segment) if "%" in segment else segment
    if literal in step.literals:
        yield from _walk(step.literals[literal], segments, index + 1, values)
    for _, pattern, behind in step.patterns:
        if found := pattern.fullmatch(segment):
            yield from _walk(behind, segments, index + 1, values + found.groups())
    if step.any_segment is not None and segment:
        yield from _walk(step.any_segment, segments, index + 1, (*values, segment))


def base_and_bare(path: str, base_paths: Iterable[str]) -> Iterator[str]:
    """Yield a path as the contract has it, then behind each base path of its servers."""
    yield path
    for base in base_paths:
        yield base + path
