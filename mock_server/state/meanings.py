"""What an operation does to items, as far as its texts, its bodies and its path tell."""

from __future__ import annotations

import re
from contextlib import suppress

from mock_server.documents import BrokenRef
from mock_server.generation import plain
from mock_server.paging import SchemaPlace
from mock_server.schemas import required_names
from mock_server.state import names
from mock_server.state.paths import PathSteps
from mock_server.state.shapes import Bodies

_CREATES = re.compile(r"\b(?:creates?|adds?|new|registers?|inserts?)\b", re.IGNORECASE)
_UPDATES = re.compile(r"\b(?:updates?|modif(?:y|ies)|edits?|sets?)\b", re.IGNORECASE)
_PARTIAL = re.compile(
    r"only (?:the )?(?:\w+ )?(?:fields|properties|attributes|parameters|members|values)"
    r" (?:that (?:are|were) |you |which are )?(?:provided|specified|sent|included|given|passed|set)"
    r"|(?:unspecified|omitted|missing|not (?:provided|specified|sent|included)) (?:\w+ )?"
    r"(?:fields|properties|attributes|parameters|values)"
    r"|parameters? not provided|partial(?:ly)? updat|left unchanged|remain unchanged"
    r"|not (?:provided|specified) will (?:be|remain|not)",
    re.IGNORECASE,
)
_WHOLE = re.compile(r"\b(?:replaces?|overwrites?|entire|completely|full update)\b", re.IGNORECASE)
_MANY = re.compile(r"\b(?:bulk|batch(?:es)?|multiple|mass)\b", re.IGNORECASE)


def text_of(bodies: Bodies) -> str:
    """What the document says of an operation."""
    raw = bodies.operation.node.value
    found = (raw.get(key) for key in ("summary", "description")) if isinstance(raw, dict) else ()
    return " ".join(text for text in found if isinstance(text, str))


def _named(bodies: Bodies) -> str:
    """Its operationId and its summary as words."""
    raw = bodies.operation.node.value
    summary = raw.get("summary") if isinstance(raw, dict) else ""
    return f"{plain(bodies.operation.id).replace('_', ' ')} {summary or ''}"


def creates(bodies: Bodies) -> bool:
    """Whether its name or its summary says that it makes something new."""
    return bool(_CREATES.search(_named(bodies)))


def updates(bodies: Bodies) -> bool:
    """Whether its name or its summary says that it changes what is there."""
    return bool(_UPDATES.search(_named(bodies)))


def says_bulk(bodies: Bodies) -> bool:
    """Whether it says that it is about many items at once, and the items aren't batches."""
    found = _MANY.search(" ".join(_named(bodies).split()[:8]))
    return found is not None and not _MANY.search(plain(bodies.path.name).replace("_", " "))


def acts(bodies: Bodies) -> bool:
    """Whether it says that it does something else than to change the members of an item."""
    raw = bodies.operation.node.value
    summary = raw.get("summary") if isinstance(raw, dict) else ""
    first = str(summary or "").split()[:1]
    if first:
        return _verb(first[0]) in names.ACTIONS
    return plain(bodies.operation.id).partition("_")[0] in names.ACTIONS


def _verb(word: str) -> str:
    """A verb without the ending of its third person."""
    text = plain(word)
    forms = (text, text.removesuffix("s"), text.removesuffix("es"))
    return next((form for form in forms if form in names.ACTIONS), text)


def deletes_one(bodies: Bodies, read: Bodies | None) -> bool:
    """Whether a DELETE takes that one item away, rather than to cancel it and show it again."""
    first = _named(bodies).partition(" ")[0]
    if first in names.DETACHES:
        return False
    shows = read is not None and bodies.reply.kind == "item" and bodies.reply.is_like(read.reply)
    return not says_bulk(bodies) and not (acts(bodies) and shows)


def says_partial(bodies: Bodies) -> bool:
    """Whether the texts of an operation say that what isn't sent stays as it is."""
    return bool(_PARTIAL.search(text_of(bodies)))


def requires_nothing(bodies: Bodies) -> bool:
    """Whether a body of an operation may leave out each of its members."""
    item = bodies.request.item
    if item is None or _WHOLE.search(text_of(bodies)) or creates(bodies):
        return False
    if "201" in bodies.operation.responses:
        return False  # it makes whole items, too
    return not any(required_names(schema) for schema in item.schemas)


def is_partial(put: Bodies, create: Bodies | None) -> bool:
    """Whether a PUT changes only what is sent: the texts say so, or its body requires nothing.

    A body that is the one of the create requires nothing because an item doesn't, either.
    """
    if says_partial(put):
        return True
    item = put.request.item
    if item is None or not requires_nothing(put):
        return False
    made = create.request.item if create is not None else None
    return made is None or _targets(made) != _targets(item)


def _targets(place: SchemaPlace) -> set[str]:
    found = set()
    for schema in place.schemas:
        with suppress(BrokenRef):  # whoever checks the document reports it
            found.add(schema.target().uri)
    return found


def is_passing(path: PathSteps) -> bool:
    """Whether a path is about what is computed, searched or handed out once."""
    words = plain(path.name).split("_")
    return words[-1] in names.PASSING or plain(path.name) in names.WHOLE_PASSING


def links(bodies: Bodies) -> bool:
    """Whether a POST on a list takes nothing but the id of what is there already."""
    item = bodies.request.item
    if bodies.request.kind == "none":
        return True
    if item is None or not item.members:
        return False
    thing = names.single(bodies.path.name)
    keys = {plain(name) for name in item.members}
    own = {"id", "ids", *(f"{thing}_{key}" for key in ("id", "ids", "gid", "uuid"))}
    if keys <= own:
        return True
    required = {plain(n) for schema in item.schemas for n in required_names(schema)}
    return bool(required & {"id"}) and len(keys) <= 2


def updates_by_query(bodies: Bodies) -> bool:
    """Whether a POST without a body names members of the item in its query, and says so."""
    shown = bodies.reply.item
    named = {p.name for p in bodies.operation.parameters if p.location == "query"}
    if shown is None or bodies.request.kind != "none" or not named & shown.members.keys():
        return False
    return updates(bodies)
