"""Moments of one object: their order, and the status, flags, ages and lengths beside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from mock_server.generation.relations.members import Members, ObjectPlan
from mock_server.generation.values.words import plain, table, word_set

# The place of each event among those of its record.
_RANKS: Mapping[str, float] = table(
    (
        "created creation inserted registered submitted queued requested joined signup signed_up",
        0.0,
    ),
    (
        "placed order ordered booked booking purchased reserved issued invoice hired hire opened",
        0.0,
    ),
    ("started start begin began accepted confirmed authorized authorised approved", 1.0),
    ("trial_start valid_from period_start starts effective", 1.0),
    ("paid captured payment charged", 1.5),
    ("packed picked prepared processed", 2.0),
    ("shipped shipping dispatched shipment", 2.4),
    ("delivered delivery received", 2.6),
    ("returned refunded", 2.8),
    ("updated update modified changed edited last_updated last_modified", 3.0),
    ("finished finish completed completion ended end ends closed resolved", 4.0),
    ("cancelled canceled deleted archived terminated termination trial_end period_end left", 4.0),
    ("check_in checkin departure departs depart pickup pick_up arrival_date", 4.2),
    ("check_out checkout arrival arrives return dropoff drop_off", 4.6),
)
_FUTURE = word_set(
    "expires expire expiry expiration valid_until valid_to valid_through due renews renewal"
    " deadline eta sunset next_billing next_run next_payment next_invoice estimated_delivery"
    " expected_delivery best_before exp"
)
_ENDINGS = word_set("at on date time datetime timestamp utc day ts")
_BIRTHS = word_set("birth_date date_of_birth dob birthday birthdate born born_on birth")
_AGES = word_set("age age_years age_in_years")
_NIGHTS = word_set("nights number_of_nights night_count num_nights")
_STATUSES = word_set("status state order_status payment_status fulfillment_status")
# How far a record has come with a status; those without a number are ends of their own.
_STAGES: Mapping[str, float | None] = table(
    ("draft new pending created open placed queued submitted requested", 0.0),
    ("confirmed accepted approved authorized active processing", 1.0),
    ("paid captured", 1.5),
    ("packed", 2.0),
    ("shipped dispatched in_transit", 2.4),
    ("delivered received", 2.6),
    ("completed finished closed resolved", 4.0),
    ("returned refunded cancelled canceled archived deleted failed rejected terminated", None),
)
# Events that only some records have: those in one row are told of by the same statuses.
_OPTIONAL: Mapping[str, frozenset[str]] = {
    event: word_set(events)
    for events in (
        "paid", "captured", "packed", "shipped dispatched", "delivered", "completed finished",
        "closed", "resolved", "cancelled canceled", "refunded", "returned", "archived", "deleted",
        "terminated", "confirmed", "approved", "rejected",
    )
    for event in events.split()
}  # fmt: skip
_DAY = 86_400
_FIRST_DAY = date(1970, 1, 1).toordinal()
_FIRST_FUTURE, _FUTURES = 7, 53
_LEAST_SECONDS = 1_000_000_000


def stem(name: str) -> str:
    """Return the name of an event without the words for a moment: `paid` for `paidAt`."""
    words = plain(name).split("_")
    while len(words) > 1 and words[-1] in _ENDINGS:
        words.pop()
    if len(words) > 1 and words[0] in ("date", "time"):
        words = [word for word in words[1:] if word not in ("of",)]
    return "_".join(words)


def rank(name: str) -> float | None:
    """Return the place of an event among those of its record; None for a name of no event."""
    told = stem(name)
    return _RANKS.get(told, _RANKS.get(told.rpartition("_")[2]))


def is_future(name: str) -> bool:
    """Return whether a moment of that name lies ahead, as an expiry does."""
    told = stem(name)
    return told in _FUTURE or told.rpartition("_")[2] in _FUTURE


class Moment:
    """A moment in one of the forms that members have: a date, a date-time, or seconds."""

    __slots__ = ("_is_thousandth", "_old", "kind", "seconds")

    def __init__(self, value: Any) -> None:
        """Read a value. Raises ValueError for what is no moment."""
        self._old = value
        self._is_thousandth = False
        if type(value) is str:
            self._read_text(value)
        elif type(value) is int and value >= _LEAST_SECONDS:
            self.kind = "seconds"
            self._is_thousandth = value > _LEAST_SECONDS * 100
            self.seconds = value // 1000 if self._is_thousandth else value
        else:
            raise ValueError("no moment")

    def _read_text(self, text: str) -> None:
        if len(text) == 10:
            self.kind = "date"
            self.seconds = (date.fromisoformat(text).toordinal() - _FIRST_DAY) * _DAY
            return
        self.kind = "date-time"
        moment = datetime.fromisoformat(text)
        offset = moment.utcoffset()
        days = moment.toordinal() - _FIRST_DAY
        self.seconds = ((days * 24 + moment.hour) * 60 + moment.minute) * 60 + moment.second
        if offset:
            self.seconds -= int(offset.total_seconds())

    def at(self, seconds: int) -> Any:
        """Return another moment in the form of this one."""
        if self.kind == "seconds":
            return seconds * 1000 if self._is_thousandth else seconds
        found = datetime.fromtimestamp(seconds, UTC)
        if self.kind == "date":
            return found.date().isoformat()
        return found.isoformat()[:19] + ("Z" if str(self._old).endswith("Z") else "+00:00")


def read_moment(value: Any) -> Moment | None:
    """Return the moment that a value is; None if it's none."""
    try:
        return Moment(value)
    except (ValueError, OverflowError):
        return None


def has_events(plan: ObjectPlan) -> bool:
    """Return whether an object has moments that depend on each other, or on what is beside them."""
    found = _events(plan)
    is_aged = bool(plan.named(_BIRTHS) and plan.named(_AGES))
    return is_aged or len(found.ranked) > 1 or bool(found.optional or found.flagged or found.ahead)


def agree_on_events(members: Members, today: int | None) -> None:
    """Let the moments of an object follow each other, and agree with what stands beside them.

    `today` is the day of the clock in days since 1970; moments of a future kind lie behind it.
    """
    _agree_with_status(members)
    _put_in_order(members)
    _agree_with_flags(members)
    _agree_on_nights(members)
    if today is not None:
        _put_ahead(members, today)
    _agree_on_age(members, today)


class _Events(NamedTuple):
    """The members of an object that are moments: with their ranks, optional ones, those ahead."""

    ranked: Sequence[tuple[float, str]]
    optional: Sequence[tuple[str, str, frozenset[str]]]
    flagged: Sequence[tuple[str, frozenset[str]]]
    ahead: Sequence[str]


def _events(plan: ObjectPlan) -> _Events:
    found: _Events | None = plan.memory.get("events")
    if found is None:
        found = plan.memory["events"] = _new_events(plan)
    return found


def _new_events(plan: ObjectPlan) -> _Events:
    ranks = [
        (place, name, own)
        for name, own in plan.names.items()
        if not is_future(name) and (place := rank(name)) is not None
    ]
    ordered = sorted(ranks, key=lambda one: one[0])
    stems = {own: stem(name) for name, own in plan.names.items()}
    return _Events(
        [(place, own) for place, _, own in ordered],
        [
            (told, own, _OPTIONAL[told])
            for own, told in stems.items()
            if told in _OPTIONAL and plan.named(_STATUSES)
        ],
        [
            (own, _flags(stem(name)))
            for _, name, own in ranks
            if stem(name) != name and any(plan.named(frozenset({f})) for f in _flags(stem(name)))
        ],
        [own for name, own in plan.names.items() if is_future(name)],
    )


def _flags(event: str) -> frozenset[str]:
    """Return the names that a flag for an event may have."""
    return frozenset({event, f"is_{event}", f"has_{event}", f"was_{event}"})


def _moments(members: Members) -> Iterator[tuple[float, str, Moment]]:
    for place, own in _events(members.plan).ranked:
        moment = read_moment(members.value.get(own))
        if moment is not None:
            yield place, own, moment


def _put_in_order(members: Members) -> None:
    """Let the moments rise with the rank of their events; later ones are later by a day or hour."""
    before: tuple[float, Moment, int] | None = None
    for place, own, moment in _moments(members):
        seconds = moment.seconds
        if before is not None and before[0] != place:
            least = before[2]
            step = _DAY if "date" in (before[1].kind, moment.kind) else 3_600
            is_equal_fine = place - before[0] < 0.3
            is_late = seconds > least or (seconds == least and is_equal_fine)
            if not is_late and members.put(own, moment.at(least + step)):
                seconds = least + step
        before = place, moment, seconds


def _agree_with_status(members: Members) -> None:
    """Let an event be there if the status tells of it, and not before."""
    named = members.first(_STATUSES)
    status = members.value.get(named or "")
    if named is None or not isinstance(status, str) or plain(status) not in _STAGES:
        return
    for told, own, statuses in _events(members.plan).optional:
        if own not in members.value:
            continue
        if read_moment(members.value[own]) is None and members.value[own] is not None:
            continue
        if _has_happened(plain(status), told, statuses):
            if members.value[own] is None:
                _put_moment(members, own)
        elif not members.leave_out(own):
            _put_status(members, named, statuses)
            status = str(members.value[named])


def _has_happened(status: str, event: str, statuses: frozenset[str]) -> bool:
    if status in statuses:
        return True
    stage, place = _STAGES[status], _RANKS.get(event)
    if stage is None:
        # What was paid may be refunded, what was sent returned; a cancelled order is neither.
        return status in ("refunded", "returned") and place is not None and place < 2.8
    is_end = all(_STAGES.get(one) is None for one in statuses)
    return not is_end and place is not None and place <= stage


def _put_status(members: Members, name: str, statuses: frozenset[str]) -> None:
    listed = [one for one in members.plan.enum(name) if isinstance(one, str)]
    members.put(name, *(one for one in listed if plain(one) in statuses), *sorted(statuses))


def _put_moment(members: Members, name: str) -> None:
    """Give an event that has happened a moment, an hour after the first one."""
    first = min((moment.seconds for _, _, moment in _moments(members)), default=1_717_243_200)
    found = datetime.fromtimestamp(first + 3_600, UTC)
    text = found.isoformat()[:19] + "Z"
    members.put(name, text, text[:10], first + 3_600)


def _agree_with_flags(members: Members) -> None:
    """Let `is_paid` say whether there is a `paid_at`."""
    for own, flags in _events(members.plan).flagged:
        flag = members.first(flags)
        if own not in members.value:
            continue
        if flag is not None and flag != own and isinstance(members.value[flag], bool):
            is_there = members.value[own] is not None
            if not members.put(flag, is_there) and is_there:
                members.leave_out(own)


def _agree_on_nights(members: Members) -> None:
    """Let a stay have as many nights as lie between its days."""
    nights = members.first(_NIGHTS)
    if nights is None or not isinstance(members.value[nights], int):
        return
    days = {place: (own, moment) for place, own, moment in _moments(members) if place in (4.2, 4.6)}
    if len(days) != 2:
        return
    (_, first), (last, moment) = days[4.2], days[4.6]
    count = max(1, members.value[nights] % 15)
    if members.put(nights, count):
        members.put(last, moment.at(first.seconds + count * _DAY))
    between = read_moment(members.value[last])
    if between is not None:
        members.put(nights, max(1, round((between.seconds - first.seconds) / _DAY)))


def _put_ahead(members: Members, today: int) -> None:
    for own in _events(members.plan).ahead:
        moment = read_moment(members.value.get(own))
        if moment is not None:
            days = _FIRST_FUTURE + moment.seconds // _DAY % _FUTURES
            if moment.seconds // _DAY <= today or moment.seconds // _DAY > today + 2 * _FUTURES:
                members.put(own, moment.at((today + days) * _DAY))


def _agree_on_age(members: Members, today: int | None) -> None:
    """Let an age be the years since the birth."""
    birth = members.first(_BIRTHS)
    age = members.first(_AGES)
    moment = read_moment(members.value.get(birth or ""))
    if birth is None or age is None or moment is None or not isinstance(members.value[age], int):
        return
    now = date(1970, 1, 1) + timedelta(days=today if today is not None else 20_454)
    born = datetime.fromtimestamp(moment.seconds, UTC).date()
    years = now.year - born.year - ((now.month, now.day) < (born.month, born.day))
    if years >= 0 and members.put(age, years):
        return
    members.put(
        birth, moment.at(moment.seconds + round((years - members.value[age]) * 365.25) * _DAY)
    )
