"""Recognition: which operations of a document keep, show and change the same items."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from mock_server.contract import Contract, Operation, Parameter
from mock_server.generation import plain
from mock_server.paging import SchemaPlace
from mock_server.state import names
from mock_server.state.identity import Key, key_of
from mock_server.state.meanings import (
    acts,
    creates,
    deletes_one,
    is_partial,
    is_passing,
    links,
    requires_nothing,
    says_bulk,
    says_partial,
    updates,
    updates_by_query,
)
from mock_server.state.paths import PathSteps
from mock_server.state.resource import Place, Recognised, Resource, Role
from mock_server.state.shapes import Bodies, Shape

# How many items a collection begins with if no operation adds any.
USUAL_ITEMS = 3
Roles = dict[Role, Bodies]


def recognised(contract: Contract) -> Recognised:
    """The collections, items and singletons of a document."""
    return Recognition(contract.operations).result()


@dataclass
class Found:
    """An item's path on the way to a resource."""

    path: PathSteps
    roles: Roles
    collection: PathSteps
    around: Roles = field(default_factory=dict)
    why: list[str] = field(default_factory=list)

    @property
    def all(self) -> Roles:
        """The roles at the item and at its collection."""
        return {**self.around, **self.roles}


class Recognition:
    """Finds the resources of a contract's operations."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        self._by_path: dict[str, dict[str, Bodies]] = {}
        self._paths: dict[str, PathSteps] = {}
        for operation in operations:
            if operation.fault is None:
                bodies = Bodies(operation)
                self._by_path.setdefault(bodies.path.shape, {})[operation.method] = bodies
                self._paths.setdefault(bodies.path.shape, bodies.path)
        self._stateless: dict[str, str] = {}
        self._taken: set[str] = set()
        # A document of which most PUTs leave alone what isn't sent means all of them.
        puts = [m["PUT"] for s, m in self._by_path.items() if "PUT" in m and s.endswith("/{}")]
        merging = sum(says_partial(put) or requires_nothing(put) for put in puts)
        self._puts_merge = merging >= 3 and 4 * merging >= 3 * len(puts)

    def result(self) -> Recognised:
        """The resources, in the order of their paths, and why others are none."""
        resources = [self._resource(found) for found in self._items()]
        known = [one for one in resources if one is not None]
        known = self._merged(known)
        self._taken = {
            b.operation.id for one in known for place in one.places for b in place.roles.values()
        }
        known = [self._with_views(one) for one in known]
        known = [self._with_actions(one) for one in known]
        known += self._singletons(known)
        self._explain_the_rest()
        return Recognised(tuple(known), self._stateless)

    # Items and their collections

    def _items(self) -> Iterator[Found]:
        for shape, path in self._paths.items():
            if path.is_item:
                found = self._item(path, self._by_path[shape])
                if found is not None:
                    yield found

    def _item(self, path: PathSteps, methods: Mapping[str, Bodies]) -> Found | None:
        roles = self._item_roles(path, methods)
        around, collection = self._collection(path, roles)
        self._by_body(collection, roles)
        found = Found(path, roles, collection, around)
        reason = _unfit(found)
        if reason is None:
            return found
        for bodies in found.all.values():
            self._stateless.setdefault(bodies.operation.id, reason)
        return None

    def _item_roles(self, path: PathSteps, methods: Mapping[str, Bodies]) -> Roles:
        roles: Roles = {}
        read = methods.get("GET")
        if read is not None and read.reply.kind == "item":
            roles["read"] = read
        roles |= self._changes(methods, path.parent)
        if "delete" not in roles and (other := self._behind(path, names.DELETES)):
            roles["delete"] = other
        if not roles.keys() & {"replace", "patch"} and (other := self._behind(path, names.UPDATES)):
            roles["patch"] = other
        return roles

    def _changes(self, methods: Mapping[str, Bodies], at: PathSteps | None = None) -> Roles:
        """PUT, PATCH, POST and DELETE on an item's own path, by what they do."""
        roles: Roles = {}
        methods = {m: b for m, b in methods.items() if m in ("GET", "DELETE") or not acts(b)}
        put, patch, post = (methods.get(method) for method in ("PUT", "PATCH", "POST"))
        create = self._by_path.get(at.shape, {}).get("POST") if at is not None else None
        if patch is not None and patch.request.kind != "none":
            if patch.request.kind == "list" and "json-patch" not in _types(patch):
                self._bulk(patch)
            else:
                roles["patch"] = patch
        if put is not None and put.request.kind == "item":
            is_part = is_partial(put, create) or self._puts_merge
            roles["patch" if "patch" not in roles and is_part else "replace"] = put
        if post is not None and post.request.kind == "item":
            if creates(post) and "replace" not in roles:
                roles["create"] = post
            elif not roles.keys() & {"patch", "replace"} and not says_bulk(post):
                roles["patch"] = post
        elif (
            post is not None and updates_by_query(post) and not roles.keys() & {"patch", "replace"}
        ):
            roles["patch"] = post
        if (delete := methods.get("DELETE")) is not None and deletes_one(
            delete, methods.get("GET")
        ):
            roles["delete"] = delete
        return roles

    def _by_body(self, at: PathSteps, roles: Roles) -> None:
        """PUT and PATCH beside the collection that take one item, whose id stands in the body."""
        shown = [b.reply for b in roles.values() if b.reply.kind == "item"]
        for method, role in _BY_BODY:
            bodies = self._by_path.get(at.shape, {}).get(method)
            if bodies is None or role in roles or bodies.request.item is None:
                continue
            is_one = bodies.request.kind == "item" and any(map(bodies.request.is_like, shown))
            if is_one and any(plain(name) == "id" for name in bodies.request.item.members):
                roles[role] = bodies

    def _behind(self, path: PathSteps, words: frozenset[str]) -> Bodies | None:
        """An operation in RPC style: `POST /pets/{id}/update`."""
        for word in sorted(words):
            methods = self._by_path.get(f"{path.shape}/{word}", {})
            for method in ("POST", "PUT", "PATCH", "DELETE"):
                if method in methods and methods[method].operation.method != "GET":
                    return methods[method]
        return None

    def _collection(self, path: PathSteps, roles: Roles) -> tuple[Roles, PathSteps]:
        """List and create: at the path without the id, else where the same things are met."""
        at = path.parent
        around = self._around(at, roles)
        missing = {"list", "create"} - around.keys()
        if "create" in roles:
            missing -= {"create"}
        if missing and not around.keys() & {"list"}:
            for other in self._elsewhere(at, roles):
                for role, bodies in self._around(other, roles).items():
                    if role in missing and role not in around:
                        around[role] = bodies
                        at = other if role == "list" or "list" not in around else at
        put = roles.get("replace")
        is_made = "create" in around or "create" in roles
        if not is_made and put is not None and "201" in put.operation.responses:
            around["create"] = put
        return around, at

    def _around(self, at: PathSteps, roles: Roles) -> Roles:
        around: Roles = {}
        methods = self._by_path.get(at.shape, {})
        listing, post = methods.get("GET"), methods.get("POST")
        if listing is not None and listing.reply.kind == "list":
            around["list"] = listing
        elif listing is None:
            listing = self._rpc(at, names.LISTS, "GET", "POST")
            if listing is not None and listing.reply.kind == "list":
                around["list"] = listing
        if post is None:
            post = self._rpc(at, names.CREATES, "POST", "PUT")
        if post is not None and (reason := _no_create(post, roles, around)) is None:
            around["create"] = post
        elif post is not None and reason is not None:
            self._stateless.setdefault(post.operation.id, reason)
        for method in ("PUT", "PATCH", "DELETE"):
            if method in methods and "list" in around and methods[method].request.kind != "item":
                self._bulk(methods[method])
        return around

    def _rpc(self, at: PathSteps, words: frozenset[str], *allowed: str) -> Bodies | None:
        for word in sorted(words):
            methods = self._by_path.get(f"{at.shape}/{word}", {})
            found = next((methods[method] for method in allowed if method in methods), None)
            if found is not None:
                return found
        return None

    def _elsewhere(self, at: PathSteps, roles: Roles) -> Iterator[PathSteps]:
        """Other paths, without a parameter at their end, that show or make the same things."""
        own = names.single(at.name)
        forms = [roles[role].reply for role in ("read", "patch", "replace") if role in roles]
        for shape, path in self._paths.items():
            if shape == at.shape or not path.is_plain or names.single(path.name) != own:
                continue
            if len(path.variables) > len(at.variables) + 1:
                continue
            methods = self._by_path[shape]
            shown = [methods[m].reply for m in ("GET", "POST") if m in methods]
            is_alike = any(form.is_like(reply) for form in forms for reply in shown)
            if is_alike and f"{shape}/{{}}" not in self._by_path:
                yield path

    def _bulk(self, bodies: Bodies) -> None:
        self._stateless.setdefault(
            bodies.operation.id, "changes many items at once, which state doesn't follow"
        )

    # Resources

    def _resource(self, found: Found) -> Resource | None:
        variable = found.path.variable or ""
        parameter = self._parameter(found, variable)
        forms = tuple(_forms(found))
        key = key_of(parameter, found.path.name, forms) if parameter is not None else None
        if key is None:
            reason = f"no member of the item is found to be its id, {{{variable}}}"
            for bodies in found.all.values():
                self._stateless.setdefault(bodies.operation.id, reason)
            return None
        is_made = "create" in found.all
        is_met = is_made or "list" in found.around
        collection = Place(found.collection, found.around, parents=found.collection.variables)
        item = Place(found.path, found.roles, variable, found.path.parent.variables)
        return Resource(
            name=_name(found.collection, found.path),
            collection=collection if found.around else None,
            item=item,
            key=key,
            forms=forms,
            why=_reason(found, key),
            items=0 if is_made else USUAL_ITEMS if is_met else 0,
            is_open=not is_met,
        )

    @staticmethod
    def _parameter(found: Found, variable: str) -> Parameter | None:
        declared = (p for b in found.roles.values() for p in b.operation.parameters)
        return next((p for p in declared if p.location == "path" and p.name == variable), None)

    def _merged(self, resources: Sequence[Resource]) -> list[Resource]:
        """Those of one kind at several paths are one store, whose shortest path is its own."""
        kept: list[Resource] = []
        for resource in sorted(resources, key=lambda one: len(_item_path(one).steps)):
            own = next((one for one in kept if _is_same(one, resource)), None)
            if own is None:
                kept.append(resource)
                continue
            views = tuple(self._as_views(resource, own))
            kept[kept.index(own)] = replace(own, views=(*own.views, *views))
        order = [one.name for one in resources]
        kept = _named_apart(kept)
        return sorted(kept, key=lambda one: order.index(one.name) if one.name in order else 0)

    def _as_views(self, resource: Resource, own: Resource) -> Iterator[Place]:
        made = resource.roles.get("create")
        is_kept = made is not None and not any(
            links(b) for p in resource.places for r, b in p.roles.items() if r == "create"
        )
        for place in resource.places:
            roles = dict(place.roles)
            for role in ("replace", "create"):
                if role in roles and links(roles[role]):
                    roles["link"] = roles.pop(role)
            if "delete" in roles and not is_kept and "delete" in own.roles:
                roles["unlink"] = roles.pop("delete")
            yield replace(place, roles=roles, relation=place.path.name)

    def _with_views(self, resource: Resource) -> Resource:
        """A resource with the other paths that list its items or make new ones."""
        views = []
        for shape, path in self._paths.items():
            if not path.is_plain or self._is_own(resource, shape):
                continue
            roles = self._view_roles(resource, path, self._by_path[shape])
            roles = {role: b for role, b in roles.items() if b.operation.id not in self._taken}
            if roles:
                parents = path.variables
                views.append(Place(path, roles, parents=parents, relation=path.name))
                self._taken |= {b.operation.id for b in roles.values()}
        return replace(resource, views=(*resource.views, *views))

    def _with_actions(self, resource: Resource) -> Resource:
        """A resource with what is done to one item and answered with it."""
        if resource.item is None:
            return resource
        above, forms, views = resource.item.path.shape, _shapes(resource), []
        for shape, path in self._paths.items():
            steps = path.steps[len(resource.item.path.steps) :]
            is_behind = len(steps) == 1 and "{" not in steps[0] and shape.startswith(f"{above}/")
            is_custom = shape.startswith(f"{above}:")
            for method, bodies in self._by_path[shape].items() if is_behind or is_custom else ():
                is_free = (
                    method in ("POST", "PUT", "PATCH") and bodies.operation.id not in self._taken
                )
                reply = bodies.reply
                if is_free and reply.kind == "item" and any(map(reply.is_like, forms)):
                    self._taken.add(bodies.operation.id)
                    roles: Roles = {"action": bodies}
                    views.append(Place(path, roles, _variable(path), resource.item.parents))
        return replace(resource, views=(*resource.views, *views))

    @staticmethod
    def _is_own(resource: Resource, shape: str) -> bool:
        return any(place.path.shape == shape for place in resource.places)

    def _view_roles(
        self, resource: Resource, path: PathSteps, methods: Mapping[str, Bodies]
    ) -> Roles:
        roles: Roles = {}
        own = names.single((resource.collection or resource.item or _NOWHERE).path.name)
        called = names.single(path.name)
        is_called_so = (
            called == own or f"_{called}".endswith(f"_{own}") or own.endswith(f"_{called}")
        )
        forms = _shapes(resource)
        listing, post = methods.get("GET"), methods.get("POST")
        above = path.item_above
        is_below = above is not None and self._is_own(resource, above.shape)
        is_below = is_below and f"{path.shape}/{{}}" not in self._by_path
        if listing is not None and listing.reply.kind == "list" and not is_passing(path):
            alike = any(form.is_like(listing.reply) for form in forms)
            is_beside = resource.collection and path.parent.shape == resource.collection.path.shape
            if alike and (is_called_so or is_below or is_beside):
                roles["list"] = listing
        if post is not None and (is_called_so or creates(post)) and "list" in roles:
            reply = post.reply
            if links(post):
                roles["link"] = post
            elif post.request.kind == "item" and any(form.is_like(reply) for form in forms):
                roles["create"] = post
        return roles

    # Singletons

    def _singletons(self, known: Sequence[Resource]) -> list[Resource]:
        taken = {
            b.operation.id for one in known for place in one.places for b in place.roles.values()
        }
        found = []
        for shape, path in self._paths.items():
            methods = {m: b for m, b in self._by_path[shape].items() if b.operation.id not in taken}
            roles = self._singleton_roles(path, methods)
            if roles is not None:
                found.append(self._singleton(path, roles))
        return _named_apart(found)

    def _singleton_roles(self, path: PathSteps, methods: Mapping[str, Bodies]) -> Roles | None:
        read = methods.get("GET")
        if read is None or not path.is_plain or read.reply.kind != "item" or is_passing(path):
            return None
        if f"{path.shape}/{{}}" in self._by_path and "PATCH" not in methods:
            return None
        if any(p.location == "query" and p.required for p in read.operation.parameters):
            return None
        roles = self._changes({m: b for m, b in methods.items() if m != "POST"})
        post = methods.get("POST")
        if post is not None and not roles.keys() & {"patch", "replace"}:
            is_alike = post.request.shares(read.reply) or updates(post)
            if post.request.kind == "item" and is_alike and not acts(post):
                roles["patch"] = post
        written = [roles[role] for role in ("patch", "replace") if role in roles]
        if not written or not any(
            b.request.shares(read.reply) or b.reply.is_like(read.reply) or updates(b)
            for b in written
        ):
            return None
        return {"read": read, **roles}

    def _singleton(self, path: PathSteps, roles: Roles) -> Resource:
        forms = tuple(b.reply.item for b in roles.values() if b.reply.item is not None)
        item = Place(path, roles, parents=path.variables)
        why = f"{_said(roles)} at {_shown(path)}: one item without an id"
        name = "/".join(step for step in path.steps if "{" not in step)
        return Resource(name, None, item, None, forms, why, is_open=True)

    def _explain_the_rest(self) -> None:
        for methods in self._by_path.values():
            for bodies in methods.values():
                if bodies.operation.method == "GET":
                    continue
                self._stateless.setdefault(bodies.operation.id, _rest(bodies))


_BY_BODY: tuple[tuple[str, Role], ...] = (("PUT", "replace"), ("PATCH", "patch"))
_NOWHERE = Place(PathSteps(()), {})


def _variable(path: PathSteps) -> str | None:
    """The last parameter of a path: the id of the item that something is done to."""
    return path.variables[-1] if path.variables else None


def _unfit(found: Found) -> str | None:
    """Why an item's path isn't one of items that are kept; None if it is."""
    roles = found.all
    is_changed = bool(roles.keys() & {"replace", "patch", "delete", "create"})
    if not roles:
        return "neither an item nor a list of them is known by its reply"
    if is_passing(found.path.parent) and not (
        "list" in roles and roles.keys() & {"replace", "patch", "delete"}
    ):
        return f"{found.path.name} are computed or handed out once"
    if roles.keys() == {"read"}:
        return "its items can only be read one by one"
    if not roles.keys() & {"read", "list"}:
        return "its items can't be read"
    if not is_changed and not {"read", "list"} <= roles.keys():
        return "its items can't be read by an id"
    if roles.keys() == {"list", "delete"} or roles.keys() & {"read", "create", "replace", "patch"}:
        return None
    return "too few of its operations are known"


def _no_create(post: Bodies, roles: Roles, around: Roles) -> str | None:
    """Why a POST on a collection makes no item; None if it does."""
    if post.request.kind == "list" or says_bulk(post):
        return "takes many items at once"
    is_below = post.request.kind == "item" and post.path.item_above is not None
    attaches = "attach" in plain(post.operation.id) or not creates(post)
    if is_below and attaches and links(post):
        return "a link: it adds what exists already"
    if post.reply.kind == "list":
        return "answers a list, so it makes no single item"
    if post.request.kind == "none" and post.reply.kind == "none":
        return "neither takes nor shows an item"
    shown = [b.reply for r, b in (roles | around).items() if b.reply.kind in ("item", "list")]
    is_item = post.reply.kind == "item" and any(post.reply.is_like(one) for one in shown)
    if is_item or creates(post) or post.response is None or post.response[0] == 201:
        return None
    given = [b.request for r, b in roles.items() if r in ("replace", "patch")]
    if any(post.request.is_like(one) for one in (*shown, *given)):
        return None
    if any(post.request.shares(one) for one in shown):
        return None
    return "its reply isn't such an item"


def _forms(found: Found) -> Iterator[SchemaPlace]:
    """The places in which replies show the item, the fullest first."""
    for role in ("read", "create", "replace", "patch", "list"):
        bodies = found.all.get(role)
        if bodies is None or bodies.reply.item is None or bodies.reply.kind not in ("item", "list"):
            continue
        if role != "list" and bodies.reply.kind == "list":
            continue
        yield bodies.reply.item


def _shapes(resource: Resource) -> list[Shape]:
    own = (resource.collection, resource.item)
    roles = [b for place in own if place for b in place.roles.values()]
    return [b.reply for b in roles if b.reply.kind in ("item", "list")]


def _is_same(one: Resource, other: Resource) -> bool:
    """Whether two are one store: alike by their schemas, and called the same."""
    mine, its = _item_path(one), _item_path(other)
    if names.single(mine.name) != names.single(its.name) or mine.parent.item_above is not None:
        return False
    mine_shown, its_shown = _shapes(one), _shapes(other)
    if any(shape.is_like(form) for shape in mine_shown for form in its_shown):
        return True
    is_known = any(s.stems for s in mine_shown) and any(s.stems for s in its_shown)
    # What isn't made there exists already.
    is_made = "create" in other.roles or "replace" in other.roles
    return not is_known and not is_made and its.parent.item_above is not None


def _item_path(resource: Resource) -> PathSteps:
    assert resource.item is not None
    return resource.item.path


def _name(collection: PathSteps, item: PathSteps) -> str:
    return item.name


def _named_apart(resources: Sequence[Resource]) -> list[Resource]:
    """Resources of the same name get those of the names before it, too."""
    counted: dict[str, int] = {}
    for one in resources:
        counted[one.name] = counted.get(one.name, 0) + 1
    named: list[Resource] = []
    seen: set[str] = set()
    for one in resources:
        name = one.name
        if counted[name] > 1:
            steps = [s for s in (one.item or _NOWHERE).path.steps if "{" not in s]
            name = "/".join(steps) or name
        while name in seen:
            name = f"{name}'"
        seen.add(name)
        named.append(replace(one, name=name))
    return named


def _reason(found: Found, key: Key) -> str:
    roles = list(found.all)
    where = f"items at {_shown(found.path)}"
    if found.collection.shape != found.path.parent.shape:
        where += f", collection at {_shown(found.collection)} by schema and name"
    return f"{', '.join(roles)}; {where}; {key.why}"


def _said(roles: Roles) -> str:
    return ", ".join(roles)


def _shown(path: PathSteps) -> str:
    return "/" + "/".join(path.steps)


def _types(bodies: Bodies) -> str:
    body = bodies.operation.body
    return " ".join(body.content) if body is not None else ""


def _rest(bodies: Bodies) -> str:
    if bodies.request.kind == "list":
        return "takes many items at once"
    if bodies.path.is_item and bodies.operation.method in ("PUT", "PATCH", "POST"):
        return "an action: what it takes isn't members of the item"
    if bodies.path.item_above is not None:
        return "an action: it changes an item only in what its reply names"
    return "belongs to no collection or item"
