"""Cities with what belongs to them, and the members of an object that describe one place."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any
from zlib import crc32

from mock_server.generation.relations.members import Members, ObjectPlan
from mock_server.generation.values.words import word_set

Child = Callable[[str], Members | None]


@dataclass(frozen=True, slots=True)
class Place:
    """A city. `alpha2` and `alpha3` are the codes of its country (ISO 3166-1)."""

    city: str
    state: str
    state_code: str
    postal: str
    country: str
    alpha2: str
    alpha3: str
    calling: str
    zone: str
    latitude: float
    longitude: float


def _read() -> Iterator[Place]:
    """Yield the places in the file beside this module."""
    text = files(__package__).joinpath("places.csv").read_text("utf-8")
    for row in csv.DictReader(text.splitlines()):
        latitude, longitude = float(row.pop("latitude")), float(row.pop("longitude"))
        yield Place(**row, latitude=latitude, longitude=longitude)


PLACES: Sequence[Place] = tuple(_read())
_BY_CITY: Mapping[Any, Place] = {place.city: place for place in PLACES}


def _degrees(number: float, old: Any) -> Iterator[Any]:
    yield f"{number:.4f}" if isinstance(old, str) else number
    yield round(number) if isinstance(old, int) else round(number, 2)


def _dialled(place: Place, old: Any) -> Iterator[Any]:
    """Yield a telephone number of a country: the old one behind its prefix (ITU-T E.164)."""
    digits = "".join(c for c in str(old) if c.isdigit())[-10:].rjust(10, "5")
    yield f"+{place.calling}-{digits[:3]}-{digits[3:6]}-{digits[6:]}"
    yield f"+{place.calling}{digits}"
    yield f"+{place.calling} {digits}"


def _country(place: Place, old: Any) -> Iterator[Any]:
    codes = (place.alpha2, place.alpha3)
    is_code = isinstance(old, str) and len(old) <= 3
    yield from (*codes, place.country) if is_code else (place.country, *codes)
    yield from map(str.lower, codes)


def _code(place: Place, old: Any) -> Iterator[Any]:
    is_long = isinstance(old, str) and len(old) == 3
    yield from (place.alpha3, place.alpha2) if is_long else (place.alpha2, place.alpha3)
    yield place.alpha2.lower()


def _state(place: Place, old: Any) -> Iterator[Any]:
    is_code = isinstance(old, str) and len(old) <= 3
    yield from (place.state_code, place.state) if is_code else (place.state, place.state_code)


def _state_code(place: Place, old: Any) -> Iterator[Any]:
    yield place.state_code
    yield f"{place.alpha2}-{place.state_code}"


def _calling(place: Place, old: Any) -> Iterator[Any]:
    yield int(place.calling) if isinstance(old, int) else f"+{place.calling}"
    yield place.calling


Forms = Callable[[Place, Any], Iterator[Any]]
_KINDS: Mapping[str, Forms] = {
    "city": lambda place, old: iter((place.city,)),
    "state": _state,
    "state_code": _state_code,
    "postal": lambda place, old: iter((place.postal, place.postal.replace(" ", ""))),
    "country": _country,
    "country_code": _code,
    "zone": lambda place, old: iter((place.zone,)),
    "latitude": lambda place, old: _degrees(place.latitude, old),
    "longitude": lambda place, old: _degrees(place.longitude, old),
    "phone": _dialled,
    "calling": _calling,
}
_WORDS = {
    word: kind
    for kind, words in {
        "city": "city town locality city_name municipality",
        "state": "state region province county state_name state_province administrative_area",
        "state_code": "state_code region_code province_code subdivision_code",
        "postal": "postal_code zip zip_code zipcode postcode postal",
        "country": "country country_name",
        "country_code": "country_code country_iso2 iso2 alpha2 country_iso country_iso_code",
        "zone": "timezone time_zone tz",
        "latitude": "latitude lat",
        "longitude": "longitude lng lon long",
        "phone": "phone phone_number mobile telephone tel mobile_phone",
        "calling": "calling_code dial_code dialing_code phone_prefix phone_country_code",
    }.items()
    for word in words.split()
}
# One of these has to be there, so that a group of members is a place; a region may be a server's.
_SURE = frozenset({"city", "postal", "country", "country_code"})
_POINTS = word_set("geo location coordinates position coords geolocation geo_location point"
    " lat_lng latlng")  # fmt: skip
_PAIRS = frozenset({"coordinates"})
_PHONES = frozenset(word for word, kind in _WORDS.items() if kind == "phone")


def groups(plan: ObjectPlan) -> dict[str, dict[str, str]]:
    """Return the members that describe a place: their kinds by name, for each prefix of names."""
    found: dict[str, dict[str, str]] | None = plan.memory.get("places")
    if found is None:
        found = plan.memory["places"] = _groups(plan)
    return found


def _groups(plan: ObjectPlan) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for name, own in plan.names.items():
        prefix, kind = _split(name)
        if kind is not None:
            found.setdefault(prefix, {})[own] = kind
    return {
        prefix: kinds
        for prefix, kinds in found.items()
        if len(kinds) > 1 and not _SURE.isdisjoint(kinds.values())
    }


def _split(name: str) -> tuple[str, str | None]:
    """Return the prefix and the kind of a name: `billing` and city for `billing_city`."""
    words = name.split("_")
    for start in range(len(words)):
        kind = _WORDS.get("_".join(words[start:]))
        if kind is not None:
            return "_".join(words[:start]), kind
    return name, None


def has_places(plan: ObjectPlan) -> bool:
    """Return whether an object describes a place, or may have a telephone number of one."""
    return bool(groups(plan) or plan.named(_PHONES))


def agree_on_places(members: Members, child: Child) -> None:
    """Let the members that describe a place be of one place, with the point inside the object."""
    found = groups(members.plan)
    for prefix, kinds in found.items():
        place = _put_place(members, kinds)
        if place is not None and not prefix:
            _put_points(members, place, child)
    if "" not in found:
        _agree_on_phone(members, child)


# The forms that the members of a group may have for a place, by the city.
Fitting = Mapping[str, tuple[Place, Mapping[str, Any]]]


def _put_place(members: Members, kinds: Mapping[str, str]) -> Place | None:
    """Let members be of one place: of the city that is there, else of any; None if none fits."""
    value = members.value
    fitting = _fitting(members, kinds)
    if not fitting:
        return None
    known = [own for own, kind in kinds.items() if kind == "city"]
    found = next((fitting[value[own]] for own in known if value.get(own) in fitting), None)
    if found is None:
        text = "".join(str(value.get(own)) for own in known or kinds)
        found = list(fitting.values())[crc32(text.encode()) % len(fitting)]
    place, forms = found
    for own, form in forms.items():
        members.put_known(own, form)
    for own, kind in kinds.items():
        if kind == "phone" and isinstance(value.get(own), str):
            members.put(own, *_dialled(place, value[own]))
    return place


def _fitting(members: Members, kinds: Mapping[str, str]) -> Fitting:
    """Return the places that all members may be of, by their cities.

    Without members that stay as they are, that is the same for all objects with values alike.
    """
    value = members.value
    if not all(members.may_change(own) for own in kinds if value.get(own) is not None):
        return dict(_all_fitting(members, kinds))
    alike = tuple([(own, _likeness(value.get(own))) for own in kinds])
    found: Fitting | None = members.plan.memory.get(alike)
    if found is None:
        found = members.plan.memory[alike] = dict(_all_fitting(members, kinds))
    return found


def _likeness(value: Any) -> tuple[type, int]:
    """Return what the form of a member depends on: its type, and the length of a code."""
    return type(value), min(len(value), 4) if isinstance(value, str) else 0


def _all_fitting(
    members: Members, kinds: Mapping[str, str]
) -> Iterator[tuple[str, tuple[Place, Mapping[str, Any]]]]:
    for place in PLACES:
        forms = _forms(members, kinds, place)
        if forms is not None:
            yield place.city, (place, forms)


def _forms(members: Members, kinds: Mapping[str, str], place: Place) -> dict[str, Any] | None:
    """Return the forms of a place that members may have; None if one of them has none."""
    found: dict[str, Any] = {}
    for own, kind in kinds.items():
        old = members.value.get(own)
        if old is None or kind == "phone":
            continue
        forms = list(_KINDS[kind](place, old))
        if members.may_change(own):
            accepted = [form for form in forms if members.plan.accepts(own, form)]
            if not accepted:
                return None
            found[own] = accepted[0]
        elif old not in forms:
            return None
    return found


def _put_points(members: Members, place: Place, child: Child) -> None:
    for _, own in members.named(_POINTS):
        if isinstance(members.value[own], list):
            _put_pair(members, own, place)
        elif (inner := child(own)) is not None:
            kinds = {n: kind for name, n in inner.plan.names.items()
                     if (kind := _split(name)[1]) in ("latitude", "longitude")}  # fmt: skip
            for name, kind in kinds.items():
                inner.put(name, *_KINDS[kind](place, inner.value[name]))
            pair = inner.first(_PAIRS)
            if pair is not None and isinstance(inner.value[pair], list):
                _put_pair(inner, pair, place)


def _put_pair(members: Members, name: str, place: Place) -> None:
    """Put a pair of coordinates, the longitude first (RFC 7946, section 3.1.1)."""
    old = members.value[name]
    if len(old) == 2 and all(isinstance(one, int | float) for one in old):
        members.put(name, [place.longitude, place.latitude])


def _agree_on_phone(members: Members, child: Child) -> None:
    """Let a telephone number have the prefix of the one address beside it."""
    phones = [own for _, own in members.named(_PHONES) if isinstance(members.value[own], str)]
    if not phones:
        return
    addresses = [
        inner
        for own in members.plan.deep
        if (inner := child(own)) is not None and groups(inner.plan)
    ]
    if len(addresses) != 1:
        return
    kinds = groups(addresses[0].plan).get("", {})
    cities = (addresses[0].value.get(own) for own, kind in kinds.items() if kind == "city")
    place = next((_BY_CITY[city] for city in cities if city in _BY_CITY), None)
    if place is not None:
        for own in phones:
            members.put(own, *_dialled(place, members.value[own]))
