"""Numbers that count or measure what stands beside them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, TypeGuard

from mock_server.generation.relations.members import Members, ObjectPlan
from mock_server.generation.values.words import plain, singular, word_set

# Of an object with one list alone.
_ALONE = word_set(
    "count size length item_count items_count number_of_items num_items total_items"
    " total_quantity_of_items"
)
_COUNTING = word_set("count num number total n")
_GENERIC = word_set("items data results entries records rows list values elements content hits")
_DONE = word_set("completed done processed finished succeeded completed_count completed_steps"
    " completed_tasks processed_count")  # fmt: skip
_OF = word_set("total total_count total_steps total_tasks steps_total goal target")
_PROGRESS = word_set("progress percent_complete percentage_complete progress_percent"
    " completion completion_percentage percent_done")  # fmt: skip
_PERCENT = ("percent", "percentage", "pct", "progress")
_HISTORIES = word_set("history events updates steps timeline tracking tracking_events milestones"
    " activities log stages")  # fmt: skip


def has_counts(plan: ObjectPlan) -> bool:
    """Return whether an object may have the number of something in it."""
    several = (name.split("_") for name in plan.names if "_" in name)
    ends = {word for words in several for word in (words[0], words[-1])}
    return bool(plan.named(_ALONE)) or not ends.isdisjoint(_COUNTING)


def has_progress(plan: ObjectPlan) -> bool:
    """Return whether an object says how much of something is done, or has a percentage."""
    return bool(plan.named(_DONE) and plan.named(_OF)) or bool(_percentages(plan))


def agree_on_counts(members: Members) -> None:
    """Let the counts of an object be those of its lists."""
    value = members.value
    lists = {name: value[name] for name in members.plan.deep if type(value.get(name)) is list}
    for name, values in lists.items():
        for own in _counts_of(members, plain(name)):
            members.put(own, len(values))
    if len(lists) != 1:
        return
    ((name, values),) = lists.items()
    if plain(name) in _GENERIC or any(isinstance(one, dict) for one in values):
        for _, own in members.named(_ALONE):
            if _is_number(members.value[own]):
                members.put(own, len(values))


def _counts_of(members: Members, of: str) -> list[str]:
    names = members.plan.memory.get(("counts", of))
    if names is None:
        one = singular(of)
        forms = (f"{of}_count", f"{one}_count", f"num_{of}", f"number_of_{of}", f"total_{of}",
                 f"{of}_total", f"count_{of}", f"n_{of}")  # fmt: skip
        names = members.plan.memory["counts", of] = frozenset(forms)
    return [own for _, own in members.named(names) if _is_number(members.value[own])]


def agree_on_progress(members: Members) -> None:
    """Let what is done be at most the whole, and the progress their quotient in percent."""
    value = members.value
    done, whole = members.first(_DONE), members.first(_OF)
    if done and whole and _is_number(value[done]) and _is_number(value[whole]):
        if value[done] > value[whole]:
            first, second = value[done], value[whole]
            if not members.put(whole, first) or not value[done] <= value[whole]:
                members.put(done, second)
        progress = members.first(_PROGRESS)
        if progress and _is_number(value[progress]) and value[whole]:
            share = Decimal(value[done]) / Decimal(value[whole]) * 100
            members.put(progress, int(share), float(round(share, 1)))
    for own in _percentages(members.plan):
        number = value.get(own)
        if _is_number(number) and not 0 <= number <= 100:
            members.put(own, abs(number) % 101, 50)


def _percentages(plan: ObjectPlan) -> list[str]:
    return [own for name, own in plan.names.items() if name.rpartition("_")[2] in _PERCENT]


def agree_in_history(name: str, values: list[Any]) -> None:
    """Let the progress in a list of events never fall."""
    if plain(name) not in _HISTORIES or not all(isinstance(one, dict) for one in values):
        return
    for key in {n for one in values for n in one if plain(n) in _PROGRESS}:
        told = [one.get(key) for one in values]
        if all(map(_is_number, told)):
            for one, number in zip(values, sorted(told), strict=True):
                one[key] = number


def _is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)
