"""Codes with a check digit: cards, articles, books, vehicles, and the last digits of a card."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from zlib import crc32

from mock_server.generation.relations.members import Members, ObjectPlan
from mock_server.generation.values.words import word_set

_VIN_VALUES = {**{str(n): n for n in range(10)}, **dict(zip("ABCDEFGH", range(1, 9), strict=True)),
               **dict(zip("JKLMN", range(1, 6), strict=True)), "P": 7, "R": 9,
               **dict(zip("STUVWXYZ", range(2, 10), strict=True))}  # fmt: skip
_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_VIN_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"


def luhn(digits: str) -> str:
    """Return digits whose last one is the check digit (ISO/IEC 7812-1, annex B)."""
    doubled = (int(c) * (2 - n % 2) for n, c in enumerate(reversed(digits[:-1])))
    return digits[:-1] + str(-sum(n // 10 + n % 10 for n in doubled) % 10)


def gtin(digits: str) -> str:
    """Return digits whose last one is the check digit (GS1 General Specifications, 7.9)."""
    weighted = (int(c) * (3 - 2 * (n % 2)) for n, c in enumerate(reversed(digits[:-1])))
    return digits[:-1] + str(-sum(weighted) % 10)


def isbn10(digits: str) -> str:
    """Return nine digits with their check digit, which may be X (ISO 2108:2005)."""
    rest = -sum(int(c) * (10 - n) for n, c in enumerate(digits[:9])) % 11
    return digits[:9] + ("X" if rest == 10 else str(rest))


def vin(text: str) -> str:
    """Return a vehicle number with its check digit in the ninth place (ISO 3779; 49 CFR 565)."""
    rest = sum(_VIN_VALUES[c] * w for c, w in zip(text, _VIN_WEIGHTS, strict=True)) % 11
    return text[:8] + ("X" if rest == 10 else str(rest)) + text[9:]


def iban(text: str) -> str:
    """Return an account number with its check digits (ISO 13616-1, 6.1)."""
    account = text[4:] + text[:2] + "00"
    rest = int("".join(str(int(c, 36)) for c in account)) % 97
    return f"{text[:2]}{98 - rest:02}{text[4:]}"


def _digits(text: str, count: int) -> str:
    """Return so many digits: those of a text, filled up with others that it leads to."""
    found = "".join(c for c in text if c.isdigit() and c.isascii())
    while len(found) < count:
        found += str(crc32(f"{text}{found}".encode()))
    return found[:count]


def _card(text: str) -> list[str]:
    own = "".join(c for c in text if c.isdigit())
    number = luhn("4" + _digits(text, 16)[1:]) if len(own) != 16 else luhn(own)
    return [number, " ".join(number[n : n + 4] for n in range(0, 16, 4))]


def _article(*counts: int) -> Callable[[str], list[str]]:
    def forms(text: str) -> list[str]:
        own = sum(c.isdigit() for c in text)
        ordered = sorted(counts, key=lambda count: count != own)
        return [gtin(_digits(text, count)) for count in ordered]

    return forms


def _isbn(text: str) -> list[str]:
    own = "".join(c for c in text if c.isdigit() or c in "Xx")
    thirteen = gtin("978" + _digits(text, 13)[3:])
    if len(own) == 13 and own.startswith("97") and gtin(own) == own:
        return [text]
    if len(own) == 10 and isbn10(own) == own.upper():
        return [text]
    both = [thirteen, isbn10(_digits(text, 10))]
    return both[::-1] if len(own) == 10 else both


def _vin(text: str) -> list[str]:
    own = text.upper()
    if len(own) == 17 and all(c in _VIN_VALUES for c in own):
        return [vin(own)]
    number = crc32(text.encode()) * crc32(text[::-1].encode()) + 1
    made = "".join(_VIN_LETTERS[number // 33**n % 33] for n in range(17))
    return [vin("1HG" + made[3:])]


def _iban(text: str) -> list[str]:
    own = text.replace(" ", "")
    if len(own) >= 15 and own[:2].isalpha() and own.isalnum() and own.isascii():
        return [iban(own.upper())]
    return [iban("DE00" + _digits(text, 18))]


_CODES: Mapping[str, Callable[[str], list[str]]] = {
    name: forms
    for names, forms in {
        "card_number credit_card_number credit_card pan cc_number": _card,
        "ean ean13 gtin13 barcode gtin": _article(13, 8, 12, 14),
        "ean8 gtin8": _article(8),
        "upc upc_code gtin12": _article(12),
        "gtin14": _article(14),
        "isbn isbn13 isbn10 isbn_13 isbn_10": _isbn,
        "vin vehicle_identification_number vin_number": _vin,
        "iban iban_number": _iban,
    }.items()
    for name in names.split()
}
_NAMES = frozenset(_CODES)
_LAST = word_set("last4 last_four last_4 card_last4 last_digits")
_CARDS = word_set("card_number credit_card_number credit_card pan cc_number number")


def has_codes(plan: ObjectPlan) -> bool:
    """Return whether an object has a code with a check digit, or the end of one."""
    return bool(plan.named(_NAMES) or plan.named(_LAST))


def agree_on_codes(members: Members) -> None:
    """Let codes pass their check, and the last digits of a card be those of its number."""
    for name, own in members.named(_NAMES):
        if isinstance(members.value[own], str):
            members.put(own, *_CODES[name](members.value[own]))
    last, card = members.first(_LAST), members.first(_CARDS)
    number = members.value.get(card or "")
    if last is not None and isinstance(number, str) and sum(c.isdigit() for c in number) >= 12:
        members.put(last, "".join(c for c in number if c.isdigit())[-4:])
