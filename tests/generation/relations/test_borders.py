"""Where relations stop: at what the document fixes, at other names, and at what isn't valid."""

from __future__ import annotations

from typing import Any

import pytest

from tests.helpers.running import Serve, json_of, thing

TEXT, NUMBER, AMOUNT = {"type": "string"}, {"type": "integer"}, {"type": "number", "minimum": 0}


def obj(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(properties), "properties": properties}


def shown(serve: Serve, schema: Any, *prefer: str) -> list[Any]:
    """Return replies of a schema, each valid by the second engine."""
    mock = serve(thing({"200": json_of(schema)}))
    found = []
    for wish in prefer or [f"seed={n}" for n in range(20)]:
        reply = mock.get(headers={"prefer": wish})
        assert reply.status_code == 200, reply.text
        assert mock.faults(reply) == []
        found.append(reply.json())
    return found


FIXED = {
    "an example": {**AMOUNT, "example": 7.5},
    "a constant": {"const": 7.5},
    "the one value of an enum": {"enum": [7.5]},
}


@pytest.mark.parametrize("total", FIXED.values(), ids=FIXED)
def test_what_the_document_says_of_a_value_stays(serve: Serve, total: Any) -> None:
    line = obj(quantity=NUMBER, unit_price=AMOUNT, total=total)
    assert {one["total"] for one in shown(serve, line, "code=200")} == {7.5}


def test_a_limit_of_the_document_is_kept(serve: Serve) -> None:
    line = obj(quantity={**NUMBER, "minimum": 5}, unit_price={**AMOUNT, "minimum": 100},
               total={**AMOUNT, "maximum": 10})  # fmt: skip
    assert all(one["total"] <= 10 for one in shown(serve, line))


@pytest.mark.parametrize("mode", ["minimal", "boundary"])
def test_values_at_the_limits_stay_there(serve: Serve, mode: str) -> None:
    line = obj(quantity={**NUMBER, "minimum": 2}, unit_price=AMOUNT, total=AMOUNT)
    shown(serve, line, f"dynamic={mode}")


NAMES = {
    "snake_case": ("quantity", "unit_price", "line_total"),
    "camelCase": ("quantity", "unitPrice", "lineTotal"),
    "PascalCase": ("Quantity", "UnitPrice", "LineTotal"),
    "kebab-case": ("quantity", "unit-price", "line-total"),
    "cents": ("qty", "price_cents", "total_cents"),
    "Stripe's names": ("quantity", "unit_amount", "amount_total"),
    "seats": ("seats", "seat_price", "amount"),
}


@pytest.mark.parametrize("names", NAMES.values(), ids=NAMES)
def test_the_style_of_a_name_does_not_matter(serve: Serve, names: tuple[str, str, str]) -> None:
    count, price, total = names
    for line in shown(serve, obj(**{count: NUMBER, price: NUMBER, total: NUMBER})):
        assert line[total] == line[count] * line[price]


def test_amounts_may_be_texts_and_objects(serve: Serve) -> None:
    money = obj(amount={**TEXT, "pattern": "^[0-9]+[.][0-9]{2}$"}, currency=TEXT)
    order = obj(items={"type": "array", "minItems": 2, "items": obj(price=money, quantity=NUMBER)},
                total=money)  # fmt: skip
    for one in shown(serve, order):
        lines = [round(float(i["price"]["amount"]) * 100) * i["quantity"] for i in one["items"]]
        assert round(float(one["total"]["amount"]) * 100) == sum(lines)
        assert len({i["price"]["currency"] for i in one["items"]} | {one["total"]["currency"]}) == 1


def test_a_summary_inside_an_order_adds_up(serve: Serve) -> None:
    lines = {"type": "array", "minItems": 1, "items": obj(total=AMOUNT)}
    order = obj(lineItems=lines, totals=obj(subtotal=AMOUNT, shipping=AMOUNT, total=AMOUNT))
    for one in shown(serve, order):
        totals = one["totals"]
        assert totals["subtotal"] == pytest.approx(sum(line["total"] for line in one["lineItems"]))
        assert totals["total"] == pytest.approx(totals["subtotal"] + totals["shipping"])


def test_a_status_is_no_state_of_a_country(serve: Serve) -> None:
    job = obj(state={"enum": ["queued", "running"]}, region=TEXT, name=TEXT)
    assert all(one["state"] in ("queued", "running") for one in shown(serve, job))
    server = obj(region={"enum": ["eu-west-1", "us-east-1"]}, zone=TEXT, phone=TEXT)
    assert all("-" in one["region"] for one in shown(serve, server))


@pytest.mark.parametrize(
    ("country", "known"),
    [({"enum": ["DE", "FR"]}, ("DE", "FR")), ({"const": "Japan"}, ("Japan",)),
     ({**TEXT, "example": "CH"}, ("CH",)), ({"enum": ["Atlantis"]}, ("Atlantis",))],
    ids=str,
)  # fmt: skip
def test_a_place_is_one_that_the_document_allows(
    serve: Serve, country: Any, known: tuple[str, ...]
) -> None:
    cities = {"Berlin": "DE", "Hamburg": "DE", "Munich": "DE", "Lyon": "FR", "Nantes": "FR",
              "Osaka": "Japan", "Zurich": "CH"}  # fmt: skip
    for one in shown(serve, obj(city=TEXT, country=country), "code=200"):
        assert one["country"] in known
        assert one["country"] == "Atlantis" or cities[one["city"]] == one["country"]


def test_places_with_prefixes_are_apart(serve: Serve) -> None:
    both = obj(billing_city=TEXT, billing_country=TEXT, shippingCity=TEXT, shippingCountry=TEXT)
    pairs = [(one["billing_city"], one["shippingCity"]) for one in shown(serve, both)]
    assert any(one != other for one, other in pairs)


def test_a_point_of_geo_json_has_the_longitude_first(serve: Serve) -> None:
    pair = {"type": "array", "minItems": 2, "maxItems": 2, "items": {"type": "number"}}
    stop = obj(city=TEXT, country=TEXT, location=obj(type={"const": "Point"}, coordinates=pair))
    bounds = {"Portland": (-122.6742, 45.5202), "Berlin": (13.3846, 52.5323)}
    points = {one["city"]: tuple(one["location"]["coordinates"]) for one in shown(serve, stop)}
    assert all(points.get(city, point) == point for city, point in bounds.items())
    assert all(-180 <= lng <= 180 and -90 <= lat <= 90 for lng, lat in points.values())


def test_a_required_moment_moves_the_status(serve: Serve) -> None:
    moment = {**TEXT, "format": "date-time"}
    order = obj(status={"enum": ["pending", "delivered"]}, created_at=moment, delivered_at=moment)
    assert {one["status"] for one in shown(serve, order)} == {"delivered"}


def test_an_optional_moment_that_has_not_come_is_left_out(serve: Serve) -> None:
    moment = {**TEXT, "format": "date-time"}
    order = obj(status={"enum": ["pending", "paid"]}, created_at=moment)
    order["properties"]["paid_at"] = moment
    for one in shown(serve, order):
        assert ("paid_at" in one) is (one["status"] == "paid")


def test_counts_that_a_list_may_not_have_stay_valid(serve: Serve) -> None:
    lists = obj(items={"type": "array", "minItems": 3, "items": obj(a=TEXT)},
                count={**NUMBER, "maximum": 2})  # fmt: skip
    assert all(one["count"] <= 2 for one in shown(serve, lists))


def test_alternatives_stay_valid(serve: Serve) -> None:
    card = obj(kind={"const": "card"}, number={**TEXT, "pattern": "^[0-9]{16}$"}, last4=TEXT)
    bank = obj(kind={"const": "bank"}, iban=TEXT)
    payment = {"oneOf": [card, bank]}
    for one in shown(serve, obj(payment=payment, currency=TEXT)):
        assert one["payment"]["kind"] in ("card", "bank")
        if "last4" in one["payment"]:
            assert one["payment"]["number"].endswith(one["payment"]["last4"])
