"""Things are created before they are updated and finished."""

from __future__ import annotations

from tests.helpers.values import MODES, made, many


def test_things_are_created_before_they_are_updated_and_finished() -> None:
    names = ["finished_at", "updatedAt", "created_at", "started-at", "expires_at"]
    moment = {"type": "string", "format": "date-time"}
    schema = {"type": "object", "required": names, "properties": dict.fromkeys(names, moment)}
    order = ["created_at", "started-at", "updatedAt", "finished_at", "expires_at"]
    for mode in MODES:
        for value in many(schema, 30, mode=mode):
            moments = [value[name][:19] for name in order]
            assert moments == sorted(moments)


def test_an_example_does_not_turn_time_around() -> None:
    moment = {"type": "string", "format": "date-time"}
    schema = {
        "type": "object",
        "required": ["updated_at", "created_at"],
        "properties": {
            "updated_at": {**moment, "example": "2019-05-01T00:00:00Z"},
            "created_at": moment,
        },
    }
    value = made(schema)
    assert value["created_at"] < value["updated_at"]


def test_a_moment_that_must_be_a_certain_one_stays() -> None:
    fixed = {"type": "string", "format": "date", "const": "2031-01-01"}
    names = {"created_on": fixed, "updated_on": {"type": "string", "format": "date"}}
    assert made({"properties": names, "required": [*names]})["created_on"] == "2031-01-01"


def test_what_is_known_of_a_moment_stays() -> None:
    day = {"type": "string", "format": "date"}
    names = {"created_on": day, "updated_on": day}
    value = made({"properties": names, "required": [*names]}, known={"created_on": "2031-01-01"})
    assert value["created_on"] == "2031-01-01"
