"""Paths as the steps that lead to a collection, an item, or something that is done to one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache

_PARAMETER = re.compile(r"\{([^{}]+)\}")
_SUFFIX = re.compile(r"\.(?:json|xml|\{[^{}]+\})$")


@dataclass(frozen=True)
class PathSteps:
    """A path without a slash, or a suffix such as `.json`, at its end."""

    steps: tuple[str, ...]

    @cached_property
    def variable(self) -> str | None:
        """The name of the parameter that is the whole of its last step; None without one."""
        return variable_of(self.steps[-1]) if self.steps else None

    @property
    def parent(self) -> PathSteps:
        """The path without its last step."""
        return PathSteps(self.steps[:-1])

    @cached_property
    def shape(self) -> str:
        """The same for all paths that differ only in the names of their parameters."""
        return "/" + "/".join(_PARAMETER.sub("{}", step) for step in self.steps)

    @cached_property
    def is_item(self) -> bool:
        """Whether it ends with a parameter behind a name: `/pets/{id}`."""
        is_named = len(self.steps) > 1 and "{" not in self.steps[-2]
        return self.variable is not None and is_named

    @cached_property
    def is_plain(self) -> bool:
        """Whether its last step is a name alone."""
        return bool(self.steps) and "{" not in self.steps[-1] and ":" not in self.steps[-1]

    @cached_property
    def name(self) -> str:
        """The last step that is a name: `pets` of `/pets/{id}`."""
        return next((step for step in reversed(self.steps) if "{" not in step), "")

    @cached_property
    def variables(self) -> tuple[str, ...]:
        """The names of all parameters in it."""
        return tuple(name for step in self.steps for name in _PARAMETER.findall(step))

    @property
    def item_above(self) -> PathSteps | None:
        """The nearest item that it stands below; None without one."""
        for end in range(len(self.steps) - 1, 1, -1):
            above = PathSteps(self.steps[:end])
            if above.is_item:
                return above
        return None


def variable_of(step: str) -> str | None:
    """The name of the parameter that is all of a step."""
    found = _PARAMETER.fullmatch(step)
    return found[1] if found else None


@lru_cache(4_096)
def path_steps(path: str) -> PathSteps:
    """The steps of a path as the document writes it."""
    bare = _SUFFIX.sub("", path.rstrip("/"))
    return PathSteps(tuple(step for step in bare.split("/") if step))
