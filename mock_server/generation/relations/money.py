"""Totals: a line is quantity times price, an order the sum of its lines and what is added to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from mock_server.generation.relations.amounts import amount_forms, read_amount, rounded
from mock_server.generation.relations.members import Members, ObjectPlan
from mock_server.generation.values.words import plain, word_set

_QUANTITIES = word_set("quantity qty units nights hours days seats number_of_units copies")
_PRICES = word_set(
    "price unit_price unit_amount unit_cost price_each price_per_unit item_price nightly_rate"
    " hourly_rate daily_rate rate_per_night price_per_night unit_rate seat_price rate cost"
)
_LINE_TOTALS = word_set(
    "total line_total subtotal total_price amount total_amount line_amount extended_price"
    " price_total net_amount total_cost item_total"
)
_LISTS = word_set(
    "items line_items lines order_items order_lines products positions entries cart_items"
    " invoice_items invoice_lines rows articles charges"
)
_SUBTOTALS = word_set(
    "subtotal sub_total items_total items_subtotal net_total net net_amount total_before_tax"
    " total_excluding_tax base_price base_fare base_amount room_total merchandise_total"
)
_TAXES = word_set("tax taxes vat sales_tax tax_total total_tax gst vat_amount taxes_and_fees")
_ADDED = word_set(
    "shipping shipping_cost shipping_fee shipping_total delivery_fee delivery_cost delivery"
    " freight postage tip gratuity service_fee handling_fee handling surcharge service_charge"
    " resort_fee cleaning_fee booking_fee fees"
)
_DISCOUNTS = word_set(
    "discount discounts discount_total total_discount coupon_discount promo_discount savings"
)
_TOTALS = word_set(
    "total grand_total total_price total_amount order_total total_due gross_total gross total_cost"
    " final_price final_amount amount invoice_total total_including_tax price_total"
)
_WHOLE = _TOTALS - _SUBTOTALS
_PAID, _DUE = (
    word_set("paid total_paid"),
    word_set("due balance_due balance remaining outstanding"),
)
_RATES = word_set("tax_rate vat_rate tax_percent tax_percentage vat_percent")
_OFF = word_set("discount_percent discount_percentage discount_rate percent_off")
_PRODUCTS = word_set("product item article variant room ticket fare plan service")
# Objects that hold the figures of the object around them.
_SUMMARIES = word_set("totals summary pricing price_summary amounts price_breakdown costs")
_PAYMENTS = word_set("payment transaction charge")
_UNITS = ("_cents", "_in_cents", "_minor", "_minor_units", "_amount", "_value")
_MOST_TAX, _USUAL_TAX = Decimal("0.3"), Decimal("0.1")
_MOST_OFF, _USUAL_OFF = Decimal("0.5"), Decimal("0.1")
ZERO = Decimal(0)


@lru_cache(2_048)
def figure(name: str) -> str:
    """Return what an amount's name stands for: `tax` for `tax_amount` and for `amountTax`."""
    told = plain(name)
    for unit in _UNITS:
        if told.endswith(unit) and told != unit.lstrip("_"):
            return told.removesuffix(unit)
    return told.removeprefix("amount_") or told


def _names(plan: ObjectPlan) -> Mapping[str, str]:
    """Return the members of an object by what they stand for as amounts."""
    found: Mapping[str, str] | None = plan.memory.get("figures")
    if found is None:
        by_figure = {figure(own): own for own in reversed(plan.members)}
        found = plan.memory["figures"] = {**by_figure, **plan.names}
    return found


def has_amounts(plan: ObjectPlan) -> bool:
    """Return whether an object has amounts that may depend on each other."""
    names = _names(plan).keys()
    groups = (_PRICES, _SUBTOTALS | _LINE_TOTALS | _TOTALS, _TAXES, _ADDED, _DISCOUNTS, _DUE,
              _SUMMARIES | _PAYMENTS, _PRODUCTS, _LISTS)  # fmt: skip
    return sum(not words.isdisjoint(names) for words in groups) > 1


def has_products(plan: ObjectPlan) -> bool:
    """Return whether an object has a price and a product, which may have one too."""
    return bool(plan.named(_PRODUCTS)) and not _PRICES.isdisjoint(_names(plan))


def has_summary(plan: ObjectPlan) -> bool:
    """Return whether an object has another with its figures, or with its payment."""
    return bool(plan.named(_SUMMARIES) or plan.named(_PAYMENTS))


class Figures:
    """The amounts of one object by what they stand for."""

    def __init__(self, members: Members) -> None:
        self.members = members

    def name(self, words: frozenset[str]) -> str | None:
        """Return the member that stands for one of the words; None without one that has an amount.

        The order of the object decides between several.
        """
        value, plan = self.members.value, self.members.plan
        candidates = plan.memory.get(words)
        if candidates is None:
            found = {own for name, own in _names(plan).items() if name in words}
            candidates = plan.memory[words] = [own for own in plan.members if own in found]
        for own in candidates:
            if read_amount(value.get(own)) is not None:
                return str(own)
        return None

    def amount(self, name: str | None) -> Decimal | None:
        """Return the amount of a member; None without one."""
        return None if name is None else read_amount(self.members.value[name])

    def put(self, name: str | None, amount: Decimal) -> bool:
        """Give a member an amount in the form that it has; return whether it has it now."""
        if name is None:
            return False
        old = self.members.value[name]
        return self.members.put(name, *amount_forms(old, amount))


def agree_on_money(members: Members) -> None:
    """Let the amounts of an object agree with each other, and with the lines that it has."""
    figures = Figures(members)
    lines = _lines(members)
    if lines is None:
        _agree_in_line(figures)
        return
    _agree_in_order(figures, sum(lines, ZERO))


def agree_on_price(members: Members, child: Callable[[str], Members | None]) -> None:
    """Let the price in a line be that of the product in it."""
    figures = Figures(members)
    price = figures.name(_PRICES)
    for _, own in members.named(_PRODUCTS) if price is not None else ():
        inner = child(own)
        amount = None if inner is None else Figures(inner).amount(Figures(inner).name(_PRICES))
        if amount is not None:
            figures.put(price, amount)


def agree_beside(members: Members, child: Callable[[str], Members | None]) -> None:
    """Let a summary and a payment inside an object agree with its lines and its total."""
    lines = _lines(members)
    figures = Figures(members)
    for _, own in members.named(_SUMMARIES):
        inner = child(own)
        if inner is None:
            continue
        summary = Figures(inner)
        if lines is not None:
            _agree_in_order(summary, sum(lines, ZERO))
        total = summary.amount(summary.name(_TOTALS))
        if total is not None:
            figures.put(figures.name(_TOTALS), total)
    total = figures.amount(figures.name(_TOTALS))
    for _, own in members.named(_PAYMENTS) if total is not None else ():
        inner = child(own)
        if inner is not None and total is not None:
            paid = Figures(inner)
            paid.put(paid.name(_TOTALS), total)


def _lines(members: Members) -> list[Decimal] | None:
    """Return the amounts of an object's lines; None if it has no lines with amounts."""
    for _, name in members.plan.named(_LISTS):
        listed = members.value.get(name)
        if isinstance(listed, list) and listed:
            amounts = [line_amount(one) for one in listed]
            if None not in amounts:
                return [amount for amount in amounts if amount is not None]
    return None


class _Line(NamedTuple):
    """The members of a line that may have its amount, and its prices and quantities."""

    totals: tuple[str, ...]
    prices: tuple[str, ...]
    counts: tuple[str, ...]


@lru_cache(1_024)
def _line(members: tuple[str, ...]) -> _Line:
    figures = [(figure(name), name) for name in members]
    totals = [own for name, own in figures if name in _LINE_TOTALS and name != "subtotal"]
    totals += [own for name, own in figures if name == "subtotal"]
    prices = (own for name, own in figures if name in _PRICES)
    counts = (own for name, own in figures if name in _QUANTITIES)
    return _Line(tuple(totals), tuple(prices), tuple(counts))


def line_amount(line: Any) -> Decimal | None:
    """Return what a line adds to its order; None for what is no line."""
    if not isinstance(line, dict):
        return None
    known = _line(tuple(line))
    total = _first_amount(line, known.totals)
    if total is not None:
        return total
    price = _first_amount(line, known.prices)
    if price is None:
        return None
    count = _first_amount(line, known.counts)
    return price if count is None else price * count


def _first_amount(line: Mapping[str, Any], names: tuple[str, ...]) -> Decimal | None:
    amounts = (read_amount(line[name]) for name in names)
    return next((amount for amount in amounts if amount is not None), None)


def _agree_in_line(figures: Figures) -> None:
    """Let a line be quantity times price, and an object without lines its own sum."""
    count, price = figures.name(_QUANTITIES), figures.name(_PRICES)
    number, each = figures.amount(count), figures.amount(price)
    if number is not None and each is not None and count is not None and count != price:
        if number <= 0 and figures.put(count, Decimal(1)):
            number = Decimal(1)
        if figures.put(price, rounded(each, figures.members.value[price or ""])):
            each = figures.amount(price) or each
        product = rounded(number * each, figures.members.value[price or ""])
        subtotal = figures.name(_SUBTOTALS)
        if subtotal is not None and figures.name(_WHOLE) is not None:
            figures.put(subtotal, product)
            _agree_in_sum(figures, product)
        elif (total := figures.name(_LINE_TOTALS)) is not None:
            figures.put(total, product + _added(figures, product))
        return
    base = figures.amount(figures.name(_SUBTOTALS))
    if base is not None:
        _agree_in_sum(figures, base)
    elif figures.name(_TOTALS) is not None:
        _agree_on_paid(figures)


def _agree_in_order(figures: Figures, lines: Decimal) -> None:
    """Let an order be the sum of its lines, with what is added and taken off."""
    subtotal = figures.name(_SUBTOTALS)
    figures.put(subtotal, lines)
    _agree_in_sum(figures, lines)


def _agree_in_sum(figures: Figures, subtotal: Decimal) -> None:
    total = figures.name(_WHOLE)
    added = _added(figures, subtotal)
    if total is not None:
        figures.put(total, subtotal + added)
    _agree_on_paid(figures)


def _added(figures: Figures, subtotal: Decimal) -> Decimal:
    """Return what is added to a sum: taxes, which are plausible then, and costs, less discounts."""
    members = figures.members
    tax, off = figures.name(_TAXES), figures.name(_DISCOUNTS)
    rate, percent = members.first(_RATES), members.first(_OFF)
    if tax is not None:
        share = _share(members.value.get(rate or ""))
        _put_share(figures, tax, subtotal, share, _MOST_TAX, _USUAL_TAX)
    if off is not None:
        share = _share(members.value.get(percent or ""))
        _put_share(figures, off, subtotal, share, _MOST_OFF, _USUAL_OFF)
    plan = members.plan
    added = plan.memory.get("added")
    if added is None:
        added = plan.memory["added"] = [own for own in plan.members if figure(own) in _ADDED]
    costs = [read_amount(members.value.get(own)) or ZERO for own in added]
    return sum(costs, ZERO) + (figures.amount(tax) or ZERO) - (figures.amount(off) or ZERO)


def _share(value: Any) -> Decimal | None:
    """Return a rate as a share: 0.19 for 19 percent."""
    rate = read_amount(value)
    if rate is None or rate < 0 or rate > 100:
        return None
    return rate / 100 if rate > 1 else rate


def _put_share(
    figures: Figures,
    name: str,
    subtotal: Decimal,
    share: Decimal | None,
    most: Decimal,
    usual: Decimal,
) -> None:
    amount, like = figures.amount(name) or ZERO, figures.members.value[name]
    if share is not None:
        figures.put(name, rounded(subtotal * share, like))
    elif amount < 0 or amount > subtotal * most:
        figures.put(name, rounded(subtotal * usual, like)) or figures.put(name, ZERO)


def _agree_on_paid(figures: Figures) -> None:
    """Let what is paid and what is due be the total together."""
    total = figures.amount(figures.name(_TOTALS))
    paid, due = figures.name(_PAID), figures.name(_DUE)
    if total is None or due is None or due == figures.name(_TOTALS):
        return
    if paid is None:
        return
    amount = figures.amount(paid) or ZERO
    if amount > total or amount < 0:
        figures.put(paid, total)
        amount = figures.amount(paid) or ZERO
    figures.put(due, total - amount)
