"""Forty relations of generated values, over thirty seeds each of three realistic documents."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from faker.providers.person import en_US

import mock_server
from tests.helpers.running import Mock, Serve

HERE = Path(__file__).parent
SEEDS = range(30)
NOW = datetime(2031, 5, 6, 7, 8, 9, tzinfo=UTC)
PLACES = Path(mock_server.__file__).parent / "generation" / "relations" / "places.csv"
CITIES = {row["city"]: row for row in csv.DictReader(PLACES.read_text("utf-8").splitlines())}
FIRST_NAMES = frozenset(en_US.Provider.first_names)
Check = Callable[[Any], bool]


def cents(value: Any) -> int:
    """Return an amount in cents; whole ones are cents already in the third document."""
    return round(float(value) * 100)


def moment(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def luhn(number: str) -> bool:
    digits = [int(c) for c in reversed(number)]
    return sum(d if n % 2 == 0 else sum(divmod(2 * d, 10)) for n, d in enumerate(digits)) % 10 == 0


def ean(number: str) -> bool:
    return sum(int(c) * (1, 3)[n % 2] for n, c in enumerate(number)) % 10 == 0


def vin(text: str) -> bool:
    letters = "0123456789.ABCDEFGH..JKLMN.P.R..STUVWXYZ"
    weights = "8765432X098765432"
    values = [letters.index(c) % 10 for c in text]
    rest = sum(v * (10 if w == "X" else int(w)) for v, w in zip(values, weights, strict=True)) % 11
    return text[8] == "0123456789X"[rest]


def iban(text: str) -> bool:
    moved = text[4:] + text[:4]
    return int("".join(str(int(c, 36)) for c in moved)) % 97 == 1


def isbn(text: str) -> bool:
    digits = re.sub("[^0-9Xx]", "", text)
    if len(digits) == 13:
        return ean(digits)
    return sum((10 if c in "Xx" else int(c)) * (10 - n) for n, c in enumerate(digits)) % 11 == 0


def years(birth: str) -> int:
    born, today = date.fromisoformat(birth), NOW.date()
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def happened(order: Any, event: str, *statuses: str) -> bool:
    return (order[f"{event}_at"] is not None) is (order["status"] in statuses)


def ordered(*texts: Any) -> bool:
    found = [moment(text) for text in texts if text is not None]
    return found == sorted(found)


SHOP: Mapping[str, Check] = {
    "a line is quantity times price": lambda o: all(
        cents(line["total"]) == round(line["quantity"] * float(line["unit_price"]) * 100)
        for line in o["items"]
    ),
    "the subtotal is the sum of the lines": lambda o: cents(o["subtotal"])
    == sum(cents(line["total"]) for line in o["items"]),
    "the total is the subtotal, tax and shipping less the discount": lambda o: cents(o["total"])
    == cents(o["subtotal"]) + cents(o["tax"]) + cents(o["shipping"]) - cents(o["discount"]),
    "no amount is negative": lambda o: all(
        o[name] >= 0 for name in ("subtotal", "tax", "shipping", "discount", "total")
    ),
    "the tax is a part of the subtotal": lambda o: o["tax"] <= o["subtotal"] * 0.3 + 0.01,
    "the payment is the total": lambda o: cents(o["payment"]["amount"]) == cents(o["total"]),
    "there is one currency": lambda o: len(
        {o["currency"], o["payment"]["currency"], o["grand"]["currency"]}
        | {line["currency"] for line in o["items"]}
    ) == 1,
    "the count is that of the items": lambda o: o["item_count"] == len(o["items"]),
    "city, state, code of the country and postal code are of one place": lambda o: (
        lambda a, p: (a["state"], a["country"], a["postal_code"])
        == (p["state"], p["alpha2"], p["postal"])
    )(o["shipping_address"], CITIES[o["shipping_address"]["city"]]),
    "a line has the price of its product": lambda o: all(
        line["unit_price"] == line["product"]["price"] for line in o["items"]
    ),
    "the telephone number has the prefix of the country": lambda o: o["shipping_address"]["phone"]
    .startswith("+" + CITIES[o["shipping_address"]["city"]]["calling"]),
    "the recipient is a person": lambda o: o["shipping_address"]["name"].split()[0]
    in FIRST_NAMES,
    "an order is placed, paid, shipped and delivered in this order": lambda o: ordered(
        o["placed_at"], o["paid_at"], o["shipped_at"], o["delivered_at"]
    ),
    "it is created before it is updated": lambda o: ordered(o["created_at"], o["updated_at"]),
    "it is paid if the status says so": lambda o: happened(
        o, "paid", "paid", "shipped", "delivered"
    ),
    "it is shipped if the status says so": lambda o: happened(o, "shipped", "shipped", "delivered"),
    "it is delivered if the status says so": lambda o: happened(o, "delivered", "delivered"),
    "it is cancelled if the status says so": lambda o: happened(o, "cancelled", "cancelled"),
    "a flag agrees with its moment": lambda o: o["is_paid"] is (o["paid_at"] is not None),
    "the estimated delivery lies ahead": lambda o: date.fromisoformat(o["estimated_delivery"])
    > NOW.date(),
    "a full name is that of its parts": lambda o: o["customer"]["name"]
    == f"{o['customer']['first_name']} {o['customer']['last_name']}",
    "the card number passes its check": lambda o: luhn(o["payment"]["card_number"]),
    "the last digits are those of the card": lambda o: o["payment"]["card_number"]
    .endswith(o["payment"]["last4"]),
    "an article number passes its check": lambda o: all(
        ean(line["product"]["ean"]) for line in o["items"]
    ),
}  # fmt: skip
TRAVEL: Mapping[str, Check] = {
    "a stay begins before it ends": lambda b: b["checkIn"] < b["checkOut"],
    "it has the nights between its days": lambda b: (
        date.fromisoformat(b["checkOut"]) - date.fromisoformat(b["checkIn"])
    ).days == b["nights"],
    "it costs its nights": lambda b: cents(b["totalPrice"])
    == round(b["nights"] * float(b["nightlyRate"]) * 100),
    "it is booked before it begins": lambda b: b["bookedAt"][:10] <= b["checkIn"],
    "an age is that of the birth date": lambda b: b["guest"]["age"]
    == years(b["guest"]["dateOfBirth"]),
    "a guest is a person": lambda b: b["guest"]["name"].split()[0] in FIRST_NAMES,
    "the guests are counted": lambda b: b["guestCount"] == len(b["guests"]),
    "country, its code, the coordinates and the time zone are of the city": lambda b: (
        lambda h, p: (h["country"], h["countryCode"], h["timezone"])
        == (p["country"], p["alpha2"], p["zone"])
        and abs(h["latitude"] - float(p["latitude"])) < 0.1
        and abs(h["longitude"] - float(p["longitude"])) < 0.1
    )(b["hotel"], CITIES[b["hotel"]["city"]]),
    "site, domain and e-mail address are of one host": lambda b: (
        httpx.URL(b["hotel"]["website"]).host
        == b["hotel"]["domain"] == b["hotel"]["email"].partition("@")[2]
    ),
    "a flight departs before it arrives": lambda b: moment(b["flight"]["departureAt"])
    < moment(b["flight"]["arrivalAt"]),
    "a car is returned after it is picked up": lambda b: b["rental"]["pickup_date"]
    < b["rental"]["return_date"],
    "the number of a vehicle passes its check": lambda b: vin(b["rental"]["vin"]),
    "a price adds up": lambda b: (
        lambda p: cents(p["total"])
        == cents(p["baseFare"]) + cents(p["taxes"]) + cents(p["serviceFee"]) - cents(p["discount"])
    )(b["airfare"]),
    "a discount is its share": lambda b: 0 <= b["airfare"]["discountPercent"] <= 100,
}  # fmt: skip
COMPANY: Mapping[str, Check] = {
    "site, domain and e-mail address are of the company": lambda a: (
        httpx.URL(a["website"]).host == a["domain"] == a["support_email"].partition("@")[2]
        and re.sub("[^a-z]", "", a["company_name"].lower())[:5] in a["domain"].replace("-", "")
    ),
    "the account number passes its check": lambda a: iban(a["iban"]),
    "a subscription starts before it ends": lambda a: a["subscription"]["start_date"]
    < a["subscription"]["end_date"],
    "a trial in seconds starts before it ends": lambda a: a["subscription"]["trial_start"]
    < a["subscription"]["trial_end"],
    "what expires lies ahead": lambda a: moment(a["subscription"]["expires_at"]) > NOW,
    "seats cost their price": lambda a: a["subscription"]["amount"]
    == a["subscription"]["seats"] * a["subscription"]["price_per_unit"],
    "lines in cents add up": lambda a: a["invoice"]["amount_subtotal"]
    == sum(line["quantity"] * line["unit_amount"] for line in a["invoice"]["lines"]),
    "the tax is that of the rate": lambda a: (
        lambda i: abs(i["amount_tax"] - i["amount_subtotal"] * i["tax_rate"] / 100) <= 1
        or i["tax_rate"] <= 1
    )(a["invoice"]),
    "paid and due are the total": lambda a: a["invoice"]["amount_paid"] + a["invoice"]["amount_due"]
    == a["invoice"]["amount_total"] == a["invoice"]["amount_subtotal"] + a["invoice"]["amount_tax"],
    "an employee has one name": lambda a: (
        lambda e: e["full_name"] == f"{e['first_name']} {e['last_name']}"
    )(a["employee"]),
    "the age of an employee is that of the birth date": lambda a: a["employee"]["age"]
    == years(a["employee"]["birth_date"]),
    "a flag says whether somebody left": lambda a: a["employee"]["is_terminated"]
    is (a["employee"]["terminated_at"] is not None),
    "what is done is a part of all, in percent": lambda a: (
        lambda p: p["completed_tasks"] <= p["total_tasks"]
        and abs(p["progress"] - 100 * p["completed_tasks"] / p["total_tasks"]) <= 1
    )(a["project"]),
    "the members are counted": lambda a: a["project"]["member_count"]
    == len(a["project"]["members"]),
    "a percentage is one": lambda a: 0 <= a["project"]["utilization_percent"] <= 100,
    "progress never falls": lambda a: (
        lambda told: told == sorted(told)
    )([one["progress"] for one in a["project"]["history"]]),
    "an address and its point are of one place": lambda a: (
        lambda d, p: (d["province"], d["zip"], d["country"])
        == (p["state"], p["postal"], p["country"])
        and abs(d["location"]["lat"] - float(p["latitude"])) < 0.1
        and abs(d["location"]["lng"] - float(p["longitude"])) < 0.1
    )(a["office"]["address"], CITIES[a["office"]["address"]["town"]]),
    "a telephone number is of the address beside it": lambda a: a["office"]["phone"]
    .startswith("+" + CITIES[a["office"]["address"]["town"]]["calling"]),
    "a book's number passes its check": lambda a: isbn(a["office"]["book"]["isbn"]),
}  # fmt: skip
DOCUMENTS: Mapping[str, tuple[str, Mapping[str, Check]]] = {
    "shop": ("/orders/5a5f3c5e-7b0e-4b52-8a4f-0d0f0a0b0c0d", SHOP),
    "travel": ("/bookings/7", TRAVEL),
    "company": ("/account", COMPANY),
}


def at_now(mock: Mock) -> Mock:
    assert mock.client.put("/_mock/clock", json={"now": NOW.isoformat()}).is_success
    return mock


def test_there_are_at_least_forty_relations() -> None:
    assert sum(len(checks) for _, checks in DOCUMENTS.values()) >= 40


@pytest.mark.parametrize("name", DOCUMENTS)
def test_each_relation_holds_for_each_seed(serve: Serve, name: str) -> None:
    path, checks = DOCUMENTS[name]
    mock = at_now(serve(HERE / f"{name}.yaml"))
    broken: dict[str, list[int]] = {}
    for seed in SEEDS:
        reply = mock.get(path, headers={"prefer": f"seed={seed}"})
        assert reply.status_code == 200, reply.text
        assert mock.faults(reply) == []
        for relation, holds in checks.items():
            if not holds(reply.json()):
                broken.setdefault(relation, []).append(seed)
    assert broken == {}


def test_a_list_and_its_items_agree(serve: Serve) -> None:
    mock = at_now(serve(HERE / "shop.yaml"))
    for order in mock.get("/orders").json():
        assert mock.get(f"/orders/{order['id']}").json() == order
        assert [relation for relation, holds in SHOP.items() if not holds(order)] == []


def test_values_are_the_same_all_day(serve: Serve) -> None:
    mock = at_now(serve(HERE / "shop.yaml"))
    path = DOCUMENTS["shop"][0]
    first = mock.get(path).json()
    mock.client.put("/_mock/clock", json={"now": (NOW + timedelta(hours=9)).isoformat()})
    assert mock.get(path).json() == first
    mock.client.put("/_mock/clock", json={"now": (NOW + timedelta(days=99)).isoformat()})
    later = mock.get(path).json()
    assert {n for n in first if first[n] != later[n]} <= {"estimated_delivery"}
