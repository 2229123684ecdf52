"""Discriminators in the words of JSON Schema: a value is judged by the schema that it names.

OAS 3.0.4, section 4.7.25; 3.1.1, section 4.8.25; 3.2.0, section 4.25. They call a discriminator a
hint, which doesn't change what is valid, and say that validation should fail where the value
leads to no schema. What follows from that here:

- Beside `oneOf` or `anyOf` the alternative that is named judges alone, and what is told is what is
  wrong by that one; whether the value would fit another one too doesn't matter.
- A text that names nothing is refused, if every alternative has a name. A name is a key of the
  mapping, that of a component, or what `enum` and `const` of an alternative list. With
  `defaultMapping` that alternative judges, as it does where the property is missing.
- Where it is missing otherwise, or no text, the schema is judged as if there were no discriminator:
  whether the property is required is for `required` to say.
- Beside neither it is for those that extend the schema by `allOf`. A text that names none of them
  is refused; what they ask for isn't asked of the schema itself. A value that names another one
  than judges it doesn't satisfy that one: so of alternatives that share a parent one is left.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from itertools import chain
from typing import Any, NamedTuple

from mock_server.core import Tokens, reference_to
from mock_server.documents import Document, Documents
from mock_server.schemas.hierarchy import Families, SchemaPlace, mapping_of

# Under these keys of a discriminator stands what it asks for; no document has them.
ADDED = OTHERS, UNKNOWN, NAMED = "(others)", "(unknown)", "(named)"
# What a mere reference may have.
_REFERENCE = {"$ref", "description", "summary", "title"}

Json = dict[str, Any]


class _Names(NamedTuple):
    """The texts that name one schema, and those to be shown, which are what its author meant."""

    every: frozenset[str]
    shown: tuple[str, ...]


class Discriminators:
    """The discriminators of a contract's documents; `found` has the identity of each."""

    def __init__(self, documents: Documents, found: Set[int]) -> None:
        self._found = found
        self._families = Families(documents)

    def judged(self, document: Document, data: Any) -> Any:
        """A document whose schemas with a discriminator are as the engine judges by them."""
        return self._walked(data, document, ()) if self._found else data

    def _walked(self, value: Any, document: Document, tokens: Tokens) -> Any:
        if isinstance(value, list):
            return [self._walked(v, document, (*tokens, i)) for i, v in enumerate(value)]
        if not isinstance(value, dict):
            return value
        new = {key: self._walked(v, document, (*tokens, key)) for key, v in value.items()}
        here = SchemaPlace(document.uri, tokens)
        if (name := self._property_name(value)) is not None:
            new = self._discriminated(new, name, document, here)
        return new if here.name is None else self._extending(new, here)

    def _property_name(self, schema: Json) -> str | None:
        told = schema.get("discriminator")
        name = told.get("propertyName") if isinstance(told, dict) else None
        return name if isinstance(name, str) and id(told) in self._found else None

    def _discriminated(
        self, schema: Json, name: str, document: Document, here: SchemaPlace
    ) -> Json:
        for keyword in ("oneOf", "anyOf"):
            if isinstance(schema.get(keyword), list):
                return self._with_alternatives(schema, name, keyword, document, here)
        return self._with_children(schema, name, document, here)

    def _with_alternatives(
        self, schema: Json, name: str, keyword: str, document: Document, here: SchemaPlace
    ) -> Json:
        told, branches = schema["discriminator"], schema[keyword]
        written = self._families.value(here)[keyword]
        places = [self._families.referred(branch, document) for branch in written]
        names = [self._names(place, name, told, document) for place in places]
        default = self._families.mapped(told.get("defaultMapping"), document)
        default = default if default in places else None
        excluded = [
            _others(name, names, index, default is not None and place != default)
            for index, place in enumerate(places)
        ]
        asked: Json = {OTHERS: [{"not": others} for others in excluded]}
        if default is None and all(of_one.every for of_one in names):
            asked[UNKNOWN] = _unknown(name, names, self._families.listed(here, name))
        chosen = [_chosen(branch, index, here) for index, branch in enumerate(branches)]
        return {**_asking(schema, asked), keyword: chosen}

    def _with_children(
        self, schema: Json, name: str, document: Document, here: SchemaPlace
    ) -> Json:
        told = schema["discriminator"]
        children = self._families.extending(here)
        names = [self._names(child, name, told, document, here) for child in children]
        mapped = _Names(frozenset(mapping_of(told)), tuple(mapping_of(told)))
        asked: Json = {NAMED: self._children_by_name(name, children, names, here)}
        lists_itself = self._families.texts(schema, name, here.uri)
        if (children or mapped.every) and "defaultMapping" not in told and not lists_itself:
            known = {*self._families.listed(here, name), here.name or ""}
            asked[UNKNOWN] = _unknown(name, [mapped, *names], known)
        return _with(_asking(schema, asked), _ref(here, UNKNOWN))

    def _children_by_name(
        self,
        name: str,
        children: Sequence[SchemaPlace],
        names: Sequence[_Names],
        parent: SchemaPlace,
    ) -> list[Json]:
        """What is asked of each child: that a value doesn't name another one."""
        of = dict(zip(children, names, strict=True))
        found = []
        for child in children:
            own = [of[one] for one in (child, *self._families.extending(child)) if one in of]
            kept = frozenset(
                chain(self._families.listed(child, name, parent), *(n.every for n in own))
            )
            others = frozenset(chain(*(n.every for n in names))) - kept
            shown = list(dict.fromkeys(chain(*(n.shown for n in own))))
            found.append(
                {"if": _naming(name, others), "then": {"properties": {name: {"enum": shown}}}}
            )
        return found

    def _extending(self, schema: Json, here: SchemaPlace) -> Json:
        """A component that extends others, as their discriminators have it."""
        for parent in self._families.extended(here):
            told = self._families.value(parent)
            if self._property_name(told) is not None and not {"oneOf", "anyOf"} & told.keys():
                index = self._families.extending(parent).index(here)
                schema = _with(schema, _ref(parent, NAMED, index))
        return schema

    def _names(
        self,
        place: SchemaPlace | None,
        name: str,
        told: Json,
        document: Document,
        without: SchemaPlace | None = None,
    ) -> _Names:
        """The names of one schema; none where it stands by itself."""
        if place is None:
            return _Names(frozenset(), ())
        mapping = mapping_of(told).items()
        explicit = [
            key for key, target in mapping if self._families.mapped(target, document) == place
        ]
        implicit = [place.name] if place.name and place.name not in mapping_of(told) else []
        shown = explicit or list(self._families.listed(place, name, without)) or implicit
        return _Names(frozenset([*explicit, *implicit]), tuple(shown))


def _asking(schema: Json, asked: Json) -> Json:
    return {**schema, "discriminator": {UNKNOWN: True, **schema["discriminator"], **asked}}


def _ref(holder: SchemaPlace, *steps: str | int) -> Json:
    """What the discriminator of the schema at a place asks for, at those steps."""
    return {"$ref": reference_to(holder.uri, (*holder.tokens, "discriminator", *steps))}


def _with(schema: Json, asked: Json) -> Json:
    parts = schema.get("allOf")
    return {**schema, "allOf": [*(parts if isinstance(parts, list) else ()), asked]}


def _chosen(branch: Any, index: int, here: SchemaPlace) -> Any:
    """An alternative for the values that name no other one; of those that do no more is told."""
    if not isinstance(branch, dict | bool):
        return branch
    asked = {"allOf": [_ref(here, UNKNOWN), _ref(here, OTHERS, index)]}
    if isinstance(branch, bool) or branch.keys() <= _REFERENCE:
        return {"if": asked, "then": branch, "else": asked}
    return _with(branch, asked)


def _naming(name: str, texts: Iterable[str]) -> Json:
    """An object that has one of those texts there."""
    named = {"properties": {name: {"enum": sorted(texts)}}}
    return {"type": "object", "required": [name], **named}


def _others(name: str, names: Sequence[_Names], index: int, unless_named: bool) -> Json:
    """An object that names another alternative or, where that one is the default, none."""
    every = frozenset(chain(*(of_one.every for of_one in names)))
    others = _naming(name, every - names[index].every)
    if not unless_named:
        return others
    return {"anyOf": [others, {"type": "object", "not": _naming(name, every)}]}


def _unknown(name: str, names: Sequence[_Names], known: Iterable[str]) -> Json:
    """No object has a text there that isn't known."""
    every = sorted({*known, *chain(*(of_one.every for of_one in names))})
    shown = list(dict.fromkeys(chain(*(of_one.shown for of_one in names))))
    text = {"type": "string", "not": {"enum": every}}
    return {
        "if": {"type": "object", "required": [name], "properties": {name: text}},
        "then": {"properties": {name: {"enum": shown}}},
    }
