"""The members of one generated object, as far as a relation may change them."""

from __future__ import annotations

from collections.abc import Collection, Container, Hashable, Mapping, Sequence
from typing import Any

from mock_server.documents import BrokenRef
from mock_server.generation.schema.schema import SchemaSource
from mock_server.generation.values.words import plain
from mock_server.schemas import types_of

_NO_SCHEMAS: Mapping[str, SchemaSource] = {}
_NOTHING_KEPT: Mapping[Any, Any] = {}


class ObjectPlan:
    """What holds for all generated objects of one schema with the same members.

    `schemas` are those of the members that the schema names, `required` are those that have to be
    there, `fixed` those whose values the document gives. `owners` are the names of the schemas that
    the object has. `names` leads from each name in snake_case
    to the name as it is.
    """

    def __init__(
        self,
        members: tuple[str, ...],
        schemas: Mapping[str, SchemaSource] = _NO_SCHEMAS,
        required: Container[str] = (),
        fixed: Container[str] = (),
        owners: Collection[str] = (),
    ) -> None:
        self.members = members
        self.owners = owners
        self.names = {plain(name): name for name in reversed(members)}
        self.schemas = schemas
        self.required = required
        self.fixed = fixed
        # The members that may have members of their own; those of unknown schemas are among them.
        self.deep = tuple(name for name in members if _may_be_deep(schemas.get(name)))
        # What lets such objects agree, once that is found.
        self.rules: Sequence[Any] | None = None
        self._named: dict[frozenset[str], tuple[tuple[str, str], ...]] = {}
        # What relations have found out about all such objects, by their own keys.
        self.memory: dict[Hashable, Any] = {}

    def named(self, words: frozenset[str]) -> tuple[tuple[str, str], ...]:
        """Return the members whose name in snake_case is one of the words, with both names."""
        found = self._named.get(words)
        if found is None:
            pairs = ((name, own) for name, own in self.names.items() if name in words)
            found = self._named[words] = tuple(pairs)
        return found

    def accepts(self, name: str, value: Any) -> bool:
        """Return whether a member may have a value, by its own schema."""
        schema = self.schemas.get(name)
        return schema is None or schema.is_valid(value)

    def enum(self, name: str) -> list[Any]:
        """Return the values that a member's schema lists; none if it lists none."""
        schema = self.schemas.get(name)
        raw = schema.raw if schema is not None else None
        listed = raw.get("enum") if isinstance(raw, dict) else None
        return listed if isinstance(listed, list) else []


def _may_be_deep(schema: SchemaSource | None) -> bool:
    if schema is None:
        return True
    try:
        return not types_of(schema).names.isdisjoint(("object", "array"))
    except BrokenRef:
        return True


class Members:
    """The members of one object; those that are fixed or kept stay as they are.

    `kept` are members by name: True for all of a member, or what of it is kept. `around` are the
    members of the object around it, which changes with it.
    """

    __slots__ = ("around", "is_changed", "kept", "plan", "value")

    def __init__(
        self,
        plan: ObjectPlan,
        value: dict[str, Any],
        kept: Mapping[Any, Any] = _NOTHING_KEPT,
        around: Members | None = None,
    ) -> None:
        self.plan = plan
        self.value = value
        self.kept = kept
        self.around = around
        self.is_changed = False

    def _change(self) -> None:
        self.is_changed = True
        if self.around is not None:
            self.around.is_changed = True

    def may_change(self, name: str) -> bool:
        """Return whether a member's value is up to the generator."""
        return name in self.value and name not in self.plan.fixed and not self.kept.get(name)

    def put(self, name: str, *forms: Any) -> bool:
        """Give a member the first of the values that its schema accepts.

        Return whether it has one of them now.
        """
        for form in forms:
            if self.value.get(name) == form and type(self.value.get(name)) is type(form):
                return True
            if self.may_change(name) and self.plan.accepts(name, form):
                self._set(name, form)
                self._change()
                return True
        return False

    def put_known(self, name: str, form: Any) -> None:
        """Give a member a value that its schema is known to accept."""
        if self.value.get(name) != form:
            self.value[name] = form
            self._change()

    def _set(self, name: str, form: Any) -> None:
        """Set a member; an object stays the same one, which others may have taken note of."""
        old = self.value[name]
        if isinstance(old, dict) and isinstance(form, dict):
            old.update(form)
        else:
            self.value[name] = form

    def leave_out(self, name: str) -> bool:
        """Let a member be null, or leave it out; return whether that is possible."""
        if self.value.get(name) is None:
            return True
        if not self.may_change(name):
            return False
        if name in self.plan.schemas and self.plan.accepts(name, None):
            self.value[name] = None
            self._change()
            return True
        if name not in self.plan.required:
            del self.value[name]
            self._change()
            return True
        return False

    def named(self, words: frozenset[str]) -> Sequence[tuple[str, str]]:
        """Return the members whose name in snake_case is one of the words, with both names."""
        return [pair for pair in self.plan.named(words) if pair[1] in self.value]

    def first(self, words: frozenset[str]) -> str | None:
        """Return the first member with one of those names; None without one."""
        for _, own in self.plan.named(words):
            if own in self.value:
                return own
        return None
