"""Schemas of JSON Schema's older drafts in the words of 2020-12, for whoever walks schemas.

The engine judges by each draft itself; what is generated, coerced or counted is found by walking.
Draft 4 to draft 7, and 2019-09: json-schema.org/draft/2020-12/release-notes and the like.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from mock_server.core import Tokens

_DRAFTS = (
    "http://json-schema.org/draft-04/schema",
    "http://json-schema.org/draft-06/schema",
    "http://json-schema.org/draft-07/schema",
    "https://json-schema.org/draft/2019-09/schema",
)
_DRAFT_4, _DRAFT_7 = 0, 2
# What each draft was the first to have; those before don't mind it.
_NEW: tuple[frozenset[str], ...] = (
    frozenset({"const", "contains", "propertyNames"}),
    frozenset({"if", "then", "else"}),
    frozenset({
        "dependentRequired", "dependentSchemas", "minContains", "maxContains", "unevaluatedItems",
        "unevaluatedProperties", "contentSchema", "$anchor", "$recursiveRef",
    }),
    frozenset({"prefixItems", "$dynamicRef", "$dynamicAnchor"}),
)  # fmt: skip
_NO_STEPS: Mapping[Tokens, Tokens] = MappingProxyType({})


class ModernSchema(NamedTuple):
    """A schema in the words of 2020-12, and the steps that are others in the one as written."""

    raw: Any
    steps: Mapping[Tokens, Tokens] = _NO_STEPS

    def written(self, tokens: Tokens) -> Tokens:
        """The steps to the same schema below this one as it is written."""
        for length in (2, 1) if self.steps else ():
            if tokens[:length] in self.steps:
                return (*self.steps[tokens[:length]], *tokens[length:])
        return tokens


def modern(schema: Any, dialect: str) -> ModernSchema:
    """A schema of a dialect in the words of 2020-12."""
    if not isinstance(schema, dict) or dialect not in _DRAFTS:
        return ModernSchema(schema)
    draft = _DRAFTS.index(dialect)
    if "$ref" in schema and draft <= _DRAFT_7:
        return ModernSchema({"$ref": schema["$ref"]})  # what stands beside it is ignored
    unknown = frozenset().union(*_NEW[draft:])
    new = {key: value for key, value in schema.items() if key not in unknown}
    steps: dict[Tokens, Tokens] = {}
    if draft == _DRAFT_4:
        _put_bounds(new)
    _put_items(new, steps)
    if draft <= _DRAFT_7:
        _put_dependencies(new, steps)
    if "$recursiveRef" in new:
        new["$dynamicRef"] = new.pop("$recursiveRef")
    return ModernSchema(new, steps)


def _put_bounds(new: dict[str, Any]) -> None:
    """In draft 4 a bound is exclusive if another keyword says so."""
    for bound in ("minimum", "maximum"):
        keyword = f"exclusive{bound.title()}"
        if new.pop(keyword, False) is True and bound in new:
            new[keyword] = new.pop(bound)


def _put_items(new: dict[str, Any], steps: dict[Tokens, Tokens]) -> None:
    """Until 2019-09 a list of items is what `prefixItems` is now, and the rest is additional."""
    additional = new.pop("additionalItems", None)
    if not isinstance(new.get("items"), list):
        return
    new["prefixItems"] = new.pop("items")
    steps |= {("prefixItems", n): ("items", n) for n in range(len(new["prefixItems"]))}
    if additional is not None:
        new["items"] = additional
        steps["items",] = ("additionalItems",)


def _put_dependencies(new: dict[str, Any], steps: dict[Tokens, Tokens]) -> None:
    """Until draft 7 one keyword has the properties and the schemas that others ask for."""
    told = new.pop("dependencies", None)
    for name, other in told.items() if isinstance(told, dict) else ():
        keyword = "dependentRequired" if isinstance(other, list) else "dependentSchemas"
        new[keyword] = {**new.get(keyword, {}), name: other}
        steps["dependentSchemas", name] = ("dependencies", name)
