"""What a request does to the items of a session, and what it is answered from them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from mock_server.contract import is_conditional
from mock_server.errors import (
    Conflict,
    Gone,
    InvalidRequest,
    NotFound,
    PreconditionFailed,
    PreconditionRequired,
    Violation,
)
from mock_server.generation import Entities, Unsatisfiable, ValueShape, plain
from mock_server.http_messages import Request
from mock_server.paging import SchemaPlace, paging_of
from mock_server.schemas import Schema
from mock_server.sessions import Changes, Collection, Item, Items, Session, item_etag
from mock_server.state import names
from mock_server.state.ids import new_id
from mock_server.state.patches import patched
from mock_server.state.queries import Query, QueryReader, equal_keys, key_of_value, selected
from mock_server.state.resource import Place, Resource, Role
from mock_server.state.shapes import Bodies
from mock_server.state.values import Form, at, filled, merged, named_as, put, replaced
from mock_server.validation import ABSENT, Arguments

_AROUND = ValueShape(defaults=True)
_TRUE = {"deleted", "success", "ok", "succeeded", "removed", "is_deleted"}


class _Unmade:
    """What stands for a body that is made from its schema, as without state."""


UNMADE: Any = _Unmade()


class Asked(NamedTuple):
    """A request to an operation with state; `items` are those of its session."""

    request: Request
    arguments: Arguments
    session: Session
    items: Items

    @property
    def seed(self) -> str:
        """What values are made from."""
        return self.session.seed


@dataclass(slots=True)
class ListedItems:
    """The items of a list in their order, each shown when it is asked for."""

    there: Collection
    numbers: Sequence[int]
    show: Callable[[Item], Any]

    def total(self, size: int) -> int:
        """All of them."""
        return len(self.numbers)

    def index_of(self, own: Any, total: int) -> int | None:
        """The index of the item with an id."""
        item = self.there.items.get(str(own))
        if item is None:
            return None
        if self.numbers is self.there.numbers:
            return bisect_left(self.numbers, item.number)
        return self.numbers.index(item.number) if item.number in self.numbers else None

    def id_at(self, index: int) -> Any:
        """The id of the item at an index."""
        return self.there.at(self.numbers[index]).id if 0 <= index < len(self.numbers) else None

    def token(self, index: int) -> Any:
        """None: there is no schema to make one of."""
        return None

    def shown(self, first: int, end: int) -> list[Any]:
        """The items from one index to another."""
        return [self.show(self.there.at(number)) for number in self.numbers[first:end]]


@dataclass(slots=True)
class Answer:
    """What a request is answered: a body or a list, and the changes to commit with it.

    `touched` says what was read and written, for the explanation.
    """

    value: Any = None
    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    changes: Changes = field(default_factory=Changes)
    items: ListedItems | None = None
    touched: list[str] = field(default_factory=list)


class Store:
    """One resource: how its items are made, shown and found."""

    def __init__(self, resource: Resource, entities: Entities, seeds: Sequence[Any]) -> None:
        self.resource = resource
        self.entities = entities
        self.main = Form(resource.forms[0]) if resource.forms else None
        self._seeds = seeds
        self._forms: dict[int, Form] = {}
        # Stores by the shape of their item's path, and by what a foreign id calls them.
        self.by_path: Mapping[str, Store] = {}
        self.by_thing: Mapping[str, Store] = {}

    @property
    def name(self) -> str:
        """The name of its collection."""
        return self.resource.name

    def form(self, place: SchemaPlace) -> Form:
        """The compiled form of a place."""
        known = self._forms.get(id(place))
        if known is None:
            known = self._forms[id(place)] = Form(place)
        return known

    def id_of(self, value: Any) -> str | None:
        """The id of a value, as a path has it."""
        key = self.resource.key
        return key_of_value(at(value, key.steps)) if key is not None else None

    def show(self, item: Item, place: SchemaPlace, seed: str) -> Any:
        """An item in the form of a reply, made once for each version."""
        form = self.form(place)
        found = item.forms.get(form.key)
        if found is None:
            own = self.main is not None and form.key == self.main.key
            found = form.shown(
                item.value, self.entities, (seed, f"state {self.name} {item.id}"), own
            )
            key = self.resource.key
            if isinstance(found, dict) and key is not None and key.steps[0] in place.members:
                found = put(found, key.steps, at(item.value, key.steps))
            item.forms[form.key] = found
        return found

    # What it starts with

    def begin(self, items: Items, seed: str, parents: tuple[str, ...], clock: float) -> Collection:
        """The collection, with what it starts with."""
        there = items[self.name]
        scope = "/".join((self.name, *parents))
        if scope not in items.seeded:
            items.seeded.add(scope)
            self._start(there, seed, parents, clock)
        return there

    def _start(self, there: Collection, seed: str, parents: tuple[str, ...], clock: float) -> None:
        for value in self._seeds if not parents else ():
            id = self.id_of(value)
            if id is not None:
                there.put(Item(id, value, there.last + 1))
        missing = self.resource.items - (len(self._seeds) if not parents else 0)
        for _ in range(max(0, missing)):
            item = self.make(there, seed, None, {}, {}, parents, clock)
            # Of what nothing can be made for there are none.
            if item is not None and self.main is not None and self.main.place.accepts(item.value):
                there.put(item)

    def make(
        self,
        there: Collection,
        seed: str,
        own: Any,
        sent: Mapping[str, Any],
        asked: Mapping[str, SchemaPlace],
        parents: tuple[str, ...],
        clock: float,
    ) -> Item | None:
        """A new item; None if no id is left for it. Raises Unsatisfiable."""
        assert self.main is not None
        key = self.resource.key
        if own is None and key is not None:
            own = new_id(
                key, there, self.entities, f"{seed} {self.name} {'/'.join(parents)}", set()
            )
            if own is None:
                return None
        plain_ones = {n: v for n, v in sent.items() if not isinstance(v, dict | list)}
        known = plain_ones if key is None else {**plain_ones, key.steps[-1]: own}
        seeds = (seed, f"state {self.name} {'/'.join(parents)} {own}")
        try:
            made = self.main.made(self.entities, seeds, known)
        except Unsatisfiable:  # what was sent may be enough
            made = {}
        value = filled(self.main, sent, made, asked) if sent or asked else made
        value = self.main.stamped(value, clock, is_new=True) if isinstance(value, dict) else value
        if key is not None and isinstance(value, dict):
            value = put(value, key.steps, own)
        value = self.whole(value, made)
        links = frozenset(zip(self.relations, parents, strict=False))
        id = "/".join((*parents, key_of_value(own) or "")) if key is not None else "/".join(parents)
        return Item(id, value, there.last + 1, links=links)

    # What the control API and tests do

    def values(self, session: Session) -> Mapping[str, Any]:
        """The values of the items by id, in the order in which they came."""
        items = session.items.begin([self.name])
        assert isinstance(items, Items), "items elsewhere aren't listed here"
        self.begin(items, session.seed, (), session.clock.now())
        return items.values(self.name)

    def fill(self, session: Session, values: Sequence[Any]) -> None:
        """Put values in the place of all items. Raises InvalidRequest, and then nothing changes."""
        items = session.items.begin([self.name])
        assert isinstance(items, Items), "items elsewhere aren't filled here"
        made, violations = [], list[Violation]()
        for index, value in enumerate(values):
            where = ("request", "body", "items", str(index))
            violations += [v for s in self._schemas for v in s.violations(value, where)]
            id = self.id_of(value) if self.resource.key is not None else ""
            if id is None:
                named = ".".join(self.resource.key.steps) if self.resource.key else ""
                message = f"item {index} of {self.name} has no {named}, which is its id"
                violations.append(Violation(where, f"/items/{index}", "required", message))
            else:
                made.append(Item(id, value, index + 1))
        if violations:
            told = "; ".join(violation.message for violation in violations[:3])
            raise InvalidRequest(f"{told}.", violations)
        items.empty(self.name)
        items.commit(Changes({(self.name, item.id): item for item in made}))

    @property
    def _schemas(self) -> tuple[Schema, ...]:
        return self.main.place.certain if self.main is not None else ()

    @property
    def is_at_top(self) -> bool:
        """Whether an id alone leads to an item."""
        item = self.resource.item
        return self.resource.key is not None and item is not None and not item.parents

    def whole(self, value: Any, more: Any) -> Any:
        """A value with the rest of another one, if its schema can't be without that."""
        assert self.main is not None
        if self.main.place.accepts(value) or not isinstance(value, dict):
            return value
        rest = more if isinstance(more, dict) else {}
        members = self.main.place.members
        # A request may say something in another form than replies show it in.
        fitting = {n: v for n, v in value.items() if n not in members or members[n].accepts(v)}
        wholes = ({**rest, **value}, {**rest, **fitting})
        return next(filter(self.main.place.accepts, wholes), value)

    @cached_property
    def relations(self) -> tuple[str, ...]:
        """The names before the parameters of the item's path, but for its own."""
        place = self.resource.item
        return relations_of(place) if place is not None else ()


def relations_of(place: Place) -> tuple[str, ...]:
    """What leads to each parent of a place: the name before its parameter."""
    steps = place.path.steps
    found = []
    for index, step in enumerate(steps):
        for name in place.path.variables:
            if step == f"{{{name}}}" and name != place.variable:
                found.append(names.single(steps[index - 1]) if index else name)
    return tuple(found)


class StatefulOperation:
    """One operation with state: what its requests do, by its role."""

    def __init__(self, store: Store, place: Place, role: Role, bodies: Bodies) -> None:
        self.store, self.place, self.role, self.bodies = store, place, role, bodies
        self._operation = bodies.operation
        self._declared = set(bodies.operation.responses)
        self._does: Callable[[Asked, Collection, Answer], None] = getattr(self, f"_{role}")
        self._own_parents = store.resource.item.parents if store.resource.item else ()

    @cached_property
    def list_place(self) -> SchemaPlace:
        """The place of an item in the reply's list."""
        item = self.bodies.reply.item
        assert item is not None
        return item

    @cached_property
    def _queries(self) -> QueryReader:
        place = self.store.main.place if self.store.main is not None else self.list_place
        return QueryReader(place, frozenset(self._paging_names()))

    def _paging_names(self) -> Iterator[str]:
        """The names of the parameters that say which page is wanted."""
        found = self.bodies.response
        for key in found[1].content if found is not None else ():
            paged = paging_of(self._operation, found[1], key) if found is not None else None
            yield from (p.steps[0] for p in paged.parameters) if paged is not None else ()

    @cached_property
    def names(self) -> frozenset[str]:
        """The collections that a request may read or change."""
        stores = [self.store, *(store for _, store in self._foreign)]
        above = self.place.path.item_above
        while above is not None:
            stores += [self.store.by_path[above.shape]] if above.shape in self.store.by_path else []
            above = above.item_above
        cascading = {names.single(name) for name in self.store.resource.cascade}
        stores += [store for thing, store in self.store.by_thing.items() if thing in cascading]
        return frozenset(store.name for store in stores)

    def answer(self, asked: Asked) -> Answer:
        """What a request is answered. Raises a Problem, and then nothing is changed."""
        items, clock = asked.items, asked.session.clock.now()
        answer = Answer()
        self._check_parents(asked, items, clock)
        scope = self._scope(asked)
        there = self.store.begin(items, asked.seed, scope, clock)
        self._does(asked, there, answer)
        return answer

    def _path(self, asked: Asked, name: str) -> str:
        return key_of_value(asked.arguments.path.get(name)) or ""

    def _scope(self, asked: Asked) -> tuple[str, ...]:
        """The values of the parents that the item's own path names."""
        known = self.place.path.variables
        if not all(name in known for name in self._own_parents):
            own = len(self._own_parents)
            found = [name for name in known if name != self.place.variable]
            return tuple(self._path(asked, name) for name in found[:own]) if own else ()
        return tuple(self._path(asked, name) for name in self._own_parents)

    def _check_parents(self, asked: Asked, items: Items, clock: float) -> None:
        """Raises NotFound for an item above that isn't there."""
        above = self.place.path.item_above
        while above is not None:
            store = self.store.by_path.get(above.shape)
            if store is not None and not store.resource.is_open:
                *scope, own = (self._path(asked, name) for name in above.variables)
                parents = (
                    tuple(scope) if store.resource.item and store.resource.item.parents else ()
                )
                there = store.begin(items, asked.seed, parents, clock)
                if "/".join((*parents, own)) not in there.items:
                    raise NotFound(f"There is no {names.single(store.name)} {own}.")
            above = above.item_above

    # One item

    def _id(self, asked: Asked) -> str:
        own = self.place.variable
        if own is None and self.store.resource.key is not None:  # it stands in the body
            value = self._sent(asked)
            return self.store.id_of(value) or ""
        scope = self._scope(asked)
        return (
            "/".join((*scope, self._path(asked, own)))
            if own is not None
            else "/".join(self._path(asked, name) for name in self.place.parents)
        )

    def _item(self, asked: Asked, there: Collection, answer: Answer) -> Item:
        """The item that a request is about. Raises NotFound, or Gone if that is declared."""
        id = self._id(asked)
        item = there.items.get(id)
        if item is None and self.store.resource.is_open and id not in there.gone:
            item = self._made_at_need(asked, there, answer)
        if item is None:
            own = id.rpartition("/")[2]
            told = f"There is no {names.single(self.store.name)} {own}".rstrip()
            if id in there.gone and "410" in self._declared:
                raise Gone(f"{told} any more.")
            raise NotFound(f"{told}.")
        if not self._belongs(asked, item):
            own = id.rpartition("/")[2]
            raise NotFound(f"There is no {names.single(self.store.name)} {own} there.")
        answer.changes.met[(self.store.name, id)] = item.version if id in there.items else None
        return item

    def _belongs(self, asked: Asked, item: Item) -> bool:
        """Whether an item isn't one of other parents than those of the path."""
        known = dict(item.links)
        relations = relations_of(self.place)
        values = [
            self._path(asked, n) for n in self.place.path.variables if n != self.place.variable
        ]
        return all(
            known.get(relation, value) == value
            for relation, value in zip(relations, values, strict=False)
        )

    def _made_at_need(self, asked: Asked, there: Collection, answer: Answer) -> Item | None:
        own = asked.arguments.path.get(self.place.variable) if self.place.variable else None
        clock = asked.session.clock.now()
        scope = self._scope(asked) or tuple(
            self._path(asked, name) for name in self.place.parents if own is None
        )
        return self.store.make(there, asked.seed, own, {}, {}, scope, clock)

    def _check_conditions(self, asked: Asked, item: Item) -> None:
        """Raises PreconditionFailed and PreconditionRequired where the contract declares them."""
        wanted = asked.request.header("if-match")
        if wanted is None:
            if "428" in self._declared:
                raise PreconditionRequired("If-Match is missing: it says which version is changed.")
            return
        tags = {tag.strip() for tag in wanted.split(",")}
        is_declared = self._operation.response_for(412) is not None
        if is_declared and "*" not in tags and item_etag(item) not in tags:
            raise PreconditionFailed("The item isn't the version that If-Match names any more.")

    # The roles

    def _read(self, asked: Asked, there: Collection, answer: Answer) -> None:
        item = self._item(asked, there, answer)
        answer.changes.met.clear()
        answer.touched.append(f"read {self.store.name} {item.id}")
        self._answer_item(asked, item, answer)

    def _list(self, asked: Asked, there: Collection, answer: Answer) -> None:
        query = self._queries.read(asked.arguments.query)
        numbers = selected(there, query, self._within(asked, there))
        show = self.store.show
        place, seed = self.list_place, asked.seed
        answer.items = ListedItems(there, numbers, lambda item: show(item, place, seed))
        answer.touched += self._told(query, len(numbers))

    def _told(self, query: Query, count: int) -> Iterator[str]:
        yield f"read {self.store.name}, {count} found"
        if query.ignored:
            yield f"no member is filtered by {', '.join(query.ignored)}"

    def _within(self, asked: Asked, there: Collection) -> Sequence[int] | None:
        """The numbers of the items of the parents that the path names."""
        found: Sequence[int] | None = None
        for relation, name in zip(relations_of(self.place), self._variables, strict=False):
            index = (("in", self._relation(relation)), self._membership(relation))
            numbers = there.equal(*index, self._path(asked, name))
            found = numbers if found is None else [n for n in found if n in set(numbers)]
        return found

    @cached_property
    def _variables(self) -> list[str]:
        return [name for name in self.place.path.variables if name != self.place.variable]

    def _relation(self, relation: str) -> str:
        """The name of a link: the parent, or how the items stand to another of their own kind."""
        own = names.single(self.store.resource.name.rpartition("/")[2])
        called = names.single(self.place.path.name)
        is_same = called == own or self.place.variable is not None
        return relation if is_same else f"{called} of {relation}"

    def _membership(self, relation: str) -> Callable[[Item], Sequence[str]]:
        """What says that an item belongs to a parent: its links, and members that name it."""
        link = self._relation(relation)
        members = self.store.main.by_plain if self.store.main is not None else {}
        forms = [relation, f"{relation}s", *(f"{relation}_{key}" for key in names.KEYS[:5])]
        if link != relation:
            forms = ["parent", "parent_id"] if "sub" in link or "child" in link else []
        properties = equal_keys(*((members[form],) for form in forms if form in members))

        def keys(item: Item) -> Sequence[str]:
            linked = [value for name, value in item.links if name == link]
            return list(dict.fromkeys([*linked, *properties(item)]))

        return keys

    def _create(self, asked: Asked, there: Collection, answer: Answer) -> None:
        store, key = self.store, self.store.resource.key
        sent = self._members(asked)
        own = asked.arguments.path.get(self.place.variable) if self.place.variable else None
        if own is None and key is not None:
            given = at(sent, key.steps)
            is_theirs = given is not None and not key.place.says("readOnly", True)
            own = given if is_theirs and key.accepts(given) else None
        scope = self._scope(asked)
        id = "/".join((*scope, key_of_value(own) or "")) if own is not None else None
        if id is not None and id in there.items:
            raise Conflict(f"There is a {names.single(store.name)} {id} already.")
        self._check_unique(sent, there)
        clock = asked.session.clock.now()
        item = store.make(there, asked.seed, own, sent, self._may_send, scope, clock)
        if item is None:
            raise Conflict(f"No id is left for another item of {store.name}.")
        item = self._linked(asked, item)
        item = self._with_foreign(asked, item, answer)
        answer.changes.met[(store.name, item.id)] = None
        self._store(item, answer, "created")
        self._answer_item(asked, item, answer)
        answer.status = 201 if "201" in self._declared else answer.status

    @cached_property
    def _may_send(self) -> Mapping[str, SchemaPlace]:
        """The members of a request by their names in snake_case."""
        place = self.bodies.request.item
        return {} if place is None else {plain(n): member for n, member in place.members.items()}

    def _linked(self, asked: Asked, item: Item) -> Item:
        """An item that belongs to the parents of the path, by link and by the members for that."""
        relations = relations_of(self.place)
        pairs = {
            (self._relation(relation), self._path(asked, name))
            for relation, name in zip(relations, self._variables, strict=False)
        }
        value = item.value
        for relation, name in zip(relations, self._variables, strict=False):
            value = self._naming_parent(value, relation, asked.arguments.path.get(name))
        return Item(item.id, value, item.number, item.version, item.links | frozenset(pairs))

    def _naming_parent(self, value: Any, relation: str, own: Any) -> Any:
        form = self.store.main
        for name in (f"{relation}_{key}" for key in names.KEYS[:5]) if form else ():
            member = form.by_plain.get(name) if form else None
            if form and member is not None and form.place.members[member].accepts(own):
                return {**value, member: own}
        return value

    def _check_unique(self, sent: Mapping[str, Any], there: Collection, but: str = "") -> None:
        """Raises Conflict for a value that the document says no two items have (`x-unique`)."""
        form = self.store.main
        for name, member in form.place.members.items() if form else ():
            if name in sent and member.says("x-unique", True):
                key = key_of_value(sent[name])
                numbers = there.equal(("=", name), equal_keys((name,)), key)
                if any(there.at(number).id != but for number in numbers):
                    raise Conflict(f"Another of {self.store.name} has this {name}.")

    def _replace(self, asked: Asked, there: Collection, answer: Answer) -> None:
        id = self._id(asked)
        is_known = id in there.items or (self.store.resource.is_open and id not in there.gone)
        if not is_known and ("201" in self._declared or self.store.resource.is_singleton):
            self._create(asked, there, answer)
            return
        item = self._item(asked, there, answer)
        self._check_conditions(asked, item)
        form, place = self.store.main, self.bodies.request.item
        assert form is not None
        value = replaced(form, item.value, self._members(asked), place)
        value = self.store.whole(value, item.value)
        self._changed(asked, there, item, value, answer)

    def _patch(self, asked: Asked, there: Collection, answer: Answer) -> None:
        item = self._item(asked, there, answer)
        self._check_conditions(asked, item)
        form = self.store.main
        assert form is not None
        media_type = (asked.request.header("content-type") or "").partition(";")[0].strip().lower()
        if media_type == "application/json-patch+json" or isinstance(asked.arguments.body, list):
            value = patched(item.value, asked.arguments.body)
        else:
            keeps_null = media_type != "application/merge-patch+json"
            value = merged(item.value, self._members(asked), form.place, keeps_null)
        self._changed(asked, there, item, value, answer)

    def _changed(
        self, asked: Asked, there: Collection, item: Item, value: Any, answer: Answer
    ) -> None:
        form, key = self.store.main, self.store.resource.key
        assert form is not None
        if key is not None and isinstance(value, dict):
            value = put(value, key.steps, at(item.value, key.steps))
        violations = [
            violation
            for schema in form.place.certain
            for violation in schema.violations(value, ("request", "body"))
        ]
        if violations and form.place.accepts(item.value):
            told = "; ".join(violation.message for violation in violations[:3])
            raise InvalidRequest(f"The item would break its schema: {told}.", violations)
        self._check_unique(value, there, item.id)
        value = form.stamped(value, asked.session.clock.now(), is_new=False)
        changed = Item(item.id, value, item.number, item.version + 1, item.links)
        changed = self._with_foreign(asked, changed, answer)
        self._store(changed, answer, "changed")
        self._answer_item(asked, changed, answer)

    def _delete(self, asked: Asked, there: Collection, answer: Answer) -> None:
        item = self._item(asked, there, answer)
        self._check_conditions(asked, item)
        answer.changes.removals.add((self.store.name, item.id))
        if item.id not in there.items:  # one that is made at need has to be known to go
            there.gone.add(item.id)
        answer.touched.append(f"deleted {self.store.name} {item.id}")
        self._cascade(asked, item, answer)
        reply = self.bodies.reply
        if reply.kind != "item" or reply.item is None:
            answer.value = None if reply.kind == "none" else UNMADE
            return
        shown = self.store.show(item, reply.item, asked.seed)
        if isinstance(shown, dict):
            shown = {
                name: True if plain(name) in _TRUE and "boolean" in place.types else shown[name]
                for name, place in reply.item.members.items()
                if name in shown or (plain(name) in _TRUE and "boolean" in place.types)
            } or shown
        # Of what says nothing of the item any reply is as good as another.
        answer.value = self._enveloped(asked, shown) if shown else UNMADE

    def _cascade(self, asked: Asked, item: Item, answer: Answer) -> None:
        """Take away what is stated to go with an item."""
        relation = names.single(self.store.resource.name.rpartition("/")[2])
        for name in self.store.resource.cascade:
            store = self.store.by_thing.get(names.single(name))
            if store is None:
                continue
            there = asked.items[store.name]
            forms = (f"{relation}_{key}" for key in names.KEYS[:5])
            members = store.main.by_plain if store.main is not None else {}
            places = [(members[form],) for form in (relation, *forms) if form in members]
            keys = equal_keys(*places)
            for number in list(there.numbers):
                one = there.at(number)
                if (relation, item.id) in one.links or item.id in keys(one):
                    answer.changes.removals.add((store.name, one.id))
                    answer.touched.append(f"deleted {store.name} {one.id}")

    def _action(self, asked: Asked, there: Collection, answer: Answer) -> None:
        """Something that is done to an item: it changes only the stage that the action names."""
        item = self._item(asked, there, answer)
        value = self._staged(item.value)
        if value is not item.value:
            form = self.store.main
            assert form is not None
            value = form.stamped(value, asked.session.clock.now(), is_new=False)
            item = Item(item.id, value, item.number, item.version + 1, item.links)
            self._store(item, answer, "changed")
        self._answer_item(asked, item, answer)

    def _staged(self, value: Any) -> Any:
        verb = names.single(self.place.path.name.rpartition(":")[2])
        reply = self.bodies.reply.item
        for name, member in reply.members.items() if reply is not None else ():
            for hint in member.hints if isinstance(value, dict) else ():
                if isinstance(hint, str) and names.is_done(verb, plain(hint)):
                    return {**value, name: hint}
        return value

    def _link(self, asked: Asked, there: Collection, answer: Answer) -> None:
        """Add an item that exists to another one."""
        self._relink(asked, there, answer, is_added=True)

    def _unlink(self, asked: Asked, there: Collection, answer: Answer) -> None:
        self._relink(asked, there, answer, is_added=False)

    def _relink(self, asked: Asked, there: Collection, answer: Answer, is_added: bool) -> None:
        id = self._path(asked, self.place.variable) if self.place.variable else self._named(asked)
        item = there.items.get(id)
        if item is None:
            raise NotFound(f"There is no {names.single(self.store.name)} {id}.")
        pairs = frozenset(
            (self._relation(relation), self._path(asked, name))
            for relation, name in zip(relations_of(self.place), self._variables, strict=False)
        )
        links = item.links | pairs if is_added else item.links - pairs
        answer.changes.met[(self.store.name, id)] = item.version
        changed = Item(item.id, item.value, item.number, item.version + 1, links)
        self._store(changed, answer, "linked" if is_added else "unlinked")
        self._answer_item(asked, changed, answer)

    def _named(self, asked: Asked) -> str:
        """The id of an item that a body names."""
        sent = self._sent(asked)
        return next((k for v in sent.values() if (k := key_of_value(v)) is not None), "")

    # What they share

    def _store(self, item: Item, answer: Answer, word: str) -> None:
        answer.changes.puts[(self.store.name, item.id)] = item
        answer.touched.append(f"{word} {self.store.name} {item.id}")

    def _sent(self, asked: Asked) -> Mapping[str, Any]:
        body = asked.arguments.body
        if body is ABSENT:
            if self.bodies.request.kind == "none" and self.role == "patch":
                return asked.arguments.query
            return {}
        inner = at(body, self.bodies.request.steps)
        return inner if isinstance(inner, dict) else {}

    def _members(self, asked: Asked) -> dict[str, Any]:
        """What was sent of the item, by the names of its members, without what is only read."""
        form, sent = self.store.main, self._sent(asked)
        assert form is not None
        place = self.bodies.request.item
        if place is not None:
            own = {n for n, member in place.members.items() if member.says("readOnly", True)}
            sent = {name: value for name, value in sent.items() if name not in own}
        named = named_as(form, sent)
        if form.is_closed:
            named = {name: value for name, value in named.items() if name in form.place.members}
        return named

    def _with_foreign(self, asked: Asked, item: Item, answer: Answer) -> Item:
        """An item whose foreign ids are those of items that are there, made at need."""
        value = item.value
        for name, store in self._foreign:
            told = value.get(name) if isinstance(value, dict) else None
            if told is None:
                continue
            there = store.begin(asked.items, asked.seed, (), asked.session.clock.now())
            if key_of_value(told) in there.items:
                continue
            if name not in self._sent_names(asked) and there.numbers:
                own = there.at(there.numbers[0])
                key = store.resource.key
                value = {**value, name: at(own.value, key.steps)} if key else value
                continue
            key = store.resource.key
            if key is not None and key.accepts(told):
                clock = asked.session.clock.now()
                made = store.make(there, asked.seed, told, {}, {}, (), clock)
                if made is not None:
                    answer.changes.puts[(store.name, made.id)] = made
                    answer.touched.append(f"created {store.name} {made.id}")
        if value is item.value:
            return item
        return Item(item.id, value, item.number, item.version, item.links)

    def _sent_names(self, asked: Asked) -> set[str]:
        form = self.store.main
        return set(named_as(form, self._sent(asked))) if form else set()

    @cached_property
    def _foreign(self) -> list[tuple[str, Store]]:
        """The members that have the id of an item of another collection."""
        form, key = self.store.main, self.store.resource.key
        found = []
        for name, member in form.place.members.items() if form else ():
            words = plain(name).split("_")
            store = self.store.by_thing.get("_".join(words[:-1]))
            is_id = words[-1] in names.KEYS[:5] and member.types & {"string", "integer"}
            is_own = key is not None and key.steps == (name,)
            if store is not None and is_id and not is_own and store.is_at_top:
                found.append((name, store))
        return found

    def _answer_item(self, asked: Asked, item: Item, answer: Answer) -> None:
        reply = self.bodies.reply
        if reply.kind == "item" and reply.item is not None:
            answer.value = self._enveloped(asked, self.store.show(item, reply.item, asked.seed))
        else:
            answer.value = None if reply.kind == "none" else UNMADE
        self._add_headers(asked, item, answer)

    def _add_headers(self, asked: Asked, item: Item, answer: Answer) -> None:
        declared = self._header_names
        if "etag" in declared or self._has_versions:
            answer.headers["ETag"] = item_etag(item)
        own = self.store.resource.item
        if "location" in declared and own is not None and own.variable is not None:
            path = "/" + "/".join(own.path.steps)
            values = {**asked.arguments.path, own.variable: item.id.rpartition("/")[2]}
            for name in own.path.variables:
                path = path.replace(f"{{{name}}}", str(values.get(name, "")))
            answer.headers["Location"] = asked.request.prefix + path

    @cached_property
    def _has_versions(self) -> bool:
        """Whether an operation on the item has conditions on its version."""
        return any(is_conditional(one.operation) for one in self.place.roles.values())

    @cached_property
    def _header_names(self) -> set[str]:
        responses = self._operation.responses.items()
        return {h.name.lower() for code, r in responses if code[0] == "2" for h in r.headers}

    def _enveloped(self, asked: Asked, value: Any) -> Any:
        """A value in what stands around it in the reply."""
        steps, root = self.bodies.reply.steps, self.bodies.reply.root
        if not steps or root is None:
            return value
        seeds = (asked.seed, f"state {self._operation.id}")
        around = self._around.get(asked.seed)
        if around is None:
            around = self._made_around(root, seeds)
            if len(self._around) < 16:
                self._around[asked.seed] = around
        return put(around if isinstance(around, dict) else {}, steps, value)

    def _made_around(self, root: SchemaPlace, seeds: tuple[str, str]) -> Any:
        try:
            return self.store.entities.value(root.possible[0], seeds, {}, _AROUND)
        except Unsatisfiable:  # the check of the reply tells what is missing
            return {}

    @cached_property
    def _around(self) -> dict[str, Any]:
        return {}


def _own_place(place: Place, bodies: Bodies) -> Place:
    """The place of one operation, which may stand at another path than the others of its kind."""
    path = bodies.path
    if path.shape == place.path.shape and path.variable == place.variable:
        return place
    is_named = place.variable in path.variables
    variable = place.variable if is_named else path.variable
    parents = tuple(name for name in path.variables if name != variable)
    return Place(path, place.roles, variable, parents, place.relation)


class Kept(NamedTuple):
    """What is kept: the stores by name, and the operations with state by their ids."""

    stores: Mapping[str, Store]
    operations: Mapping[str, StatefulOperation]


NOTHING_KEPT = Kept({}, {})


def kept(
    resources: Sequence[Resource], entities: Entities, seeds: Mapping[str, Sequence[Any]]
) -> Kept:
    """What is kept of those resources; `seeds` are the values that collections start with."""
    stores = [Store(one, entities, seeds.get(one.name, ())) for one in resources]
    by_path = {s.resource.item.path.shape: s for s in stores if s.resource.item is not None}
    by_thing = {
        names.single(s.name): s for s in stores if s.main is not None and s.resource.key is not None
    }
    found: dict[str, StatefulOperation] = {}
    for store in stores:
        store.by_path, store.by_thing = by_path, by_thing
        if store.main is None:
            continue
        for place in store.resource.places:
            for role, bodies in place.roles.items():
                if bodies.operation.id not in found or role == "replace":
                    own = _own_place(place, bodies)
                    found[bodies.operation.id] = StatefulOperation(store, own, role, bodies)
    return Kept({store.name: store for store in stores if store.main is not None}, found)
