"""Masks for recordings: in the place of each secret something that the contract accepts there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from mock_server.core import Tokens, pointer_of, resolved, with_value
from mock_server.generation import Generator, Unsatisfiable
from mock_server.schemas import Schema, item_schemas, property_schemas, schemas_within
from mock_server.secrecy import EVERYTHING, MASKED, TextMask, masked_leaf, secret_places
from mock_server.validation import ABSENT

_HEXADECIMAL = re.compile("[0-9A-Fa-f-]+")  # a UUID, a digest
# The most generated values that are tried, since one may be the secret itself.
_ATTEMPTS = 8

Accepts = Callable[[Any], bool]


class MaskedValue(NamedTuple):
    """A value without its secrets; `left_out` has the JSON pointers of what was removed."""

    value: Any
    left_out: tuple[str, ...] = ()


class FittingMasks:
    """Masks for the secrets of values, each one that a schema accepts in the secret's place."""

    def __init__(self, mask: TextMask, generator: Generator) -> None:
        self._mask, self._generator = mask, generator

    def masked(
        self, value: Any, schemas: Iterable[Schema], accepts: Accepts, is_whole: bool
    ) -> MaskedValue:
        """Return the value with its secrets masked, numbers by numbers.

        `schemas` are those of the value; `is_whole` is for a value that is secret itself. A member
        is left out if no mask is accepted for it. Raises ValueError if it can't be left out.
        """
        left_out = []
        places = list(secret_places(value, self._mask, EVERYTHING if is_whole else None))
        secrets = [resolved(value, tokens) for tokens in places]
        # From the end, so that what is left out of a list doesn't move the places still to come.
        for tokens in reversed(places):
            others = self._instead_of(resolved(value, tokens), _schemas_at([*schemas], tokens))
            fitting = (other for other in others if other not in secrets)
            value, is_there = _one_masked(value, tokens, fitting, accepts)
            if not is_there:
                left_out.append(pointer_of(tokens))
        return MaskedValue(value, tuple(reversed(left_out)))

    def leaf(self, value: Any, schema: Schema | None, accepts: Accepts) -> Any:
        """Return the mask of one secret; ABSENT if nothing is accepted."""
        schemas = [schema] if schema is not None else []
        return next(filter(accepts, self._instead_of(value, schemas)), ABSENT)

    def _instead_of(self, secret: Any, schemas: list[Schema]) -> Iterator[Any]:
        if isinstance(secret, str):
            yield from self._texts(secret)
        else:
            yield from (number for number in (0, 1) if number != secret)
        for schema in schemas:
            for attempt in range(_ATTEMPTS):
                made = self._made(schema, str(attempt))
                if made is not ABSENT and made != secret and isinstance(made, str | int | float):
                    yield made

    def _texts(self, secret: str) -> Iterator[str]:
        shapes = [masked_leaf(secret, self._mask), MASKED, "*" * len(secret)]
        if _HEXADECIMAL.fullmatch(secret):
            shapes.append(re.sub(r"\w", "0", secret))
        shapes.append(re.sub(r"[^\W\d_]", "x", re.sub(r"\d", "0", secret)))
        yield from (shape for shape in shapes if shape != secret)

    def _made(self, schema: Schema, seed: str) -> Any:
        try:
            return self._generator.value(schema, f"recorded/{seed}")
        except Unsatisfiable:
            return ABSENT


def _one_masked(
    value: Any, tokens: Tokens, others: Iterator[Any], accepts: Accepts
) -> tuple[Any, bool]:
    """Return the value with an accepted one of the others at `tokens`, and True.

    If none is accepted, return the value without what stands there, and False. Raises ValueError if
    that isn't accepted either.
    """
    for other in others:
        if accepts(changed := with_value(value, tokens, other)):
            return changed, True
    if tokens and accepts(changed := _without(value, tokens)):
        return changed, False
    where = ".".join(map(str, tokens)) or "the body"
    raise ValueError(f"the contract accepts no mask for {where}")


def without_secrets(value: Any, mask: TextMask) -> Any:
    """Return a value without its secret members and elements.

    Return ABSENT for a value that is secret itself.
    """
    if isinstance(value, str):
        return ABSENT if mask.text(value) != value else value
    if isinstance(value, list):
        kept = [without_secrets(element, mask) for element in value]
        return [element for element in kept if element is not ABSENT]
    if not isinstance(value, dict):
        return value
    secret = {tokens[0] for tokens in secret_places(value, mask) if len(tokens) == 1}
    members = {
        name: without_secrets(member, mask)
        for name, member in value.items()
        if name not in secret and not _is_whole(name, mask)
    }
    return {name: member for name, member in members.items() if member is not ABSENT}


def _is_whole(name: str, mask: TextMask) -> bool:
    hit = mask.hit(name)
    return hit is not None and hit.in_containers and hit.of_numbers


def _without(value: Any, tokens: Tokens) -> Any:
    """Return the value without what stands at `tokens`."""
    *around, last = tokens
    holder = resolved(value, tuple(around))
    if isinstance(holder, list):
        left: Any = [one for index, one in enumerate(holder) if index != last]
    else:
        left = {name: one for name, one in holder.items() if name != last}
    return with_value(value, tuple(around), left)


def _schemas_at(schemas: list[Schema], tokens: Tokens) -> list[Schema]:
    """Return the schemas of what stands at `tokens` in a value of these schemas."""
    for token in tokens:
        if isinstance(token, int):
            schemas = item_schemas(schemas, token)
        else:
            within = schemas_within(*schemas)
            named = property_schemas(within, "properties").get(token, [])
            others = [s for s in within if isinstance(s.raw.get("additionalProperties"), dict)]
            schemas = named or [schema.child("additionalProperties") for schema in others]
    return schemas
