"""Texts that strict clients accept, and whose addresses reach no one."""

from __future__ import annotations

import re

import pytest

from tests.helpers.drawing import texts


def test_a_uuid_is_of_version_4_and_the_variant_that_strict_clients_accept() -> None:
    version_4 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
    assert all(map(version_4.fullmatch, texts({"format": "uuid"})))


ADDRESSES = [
    ("email", r"[^@]+@example\.com"),
    ("uri", r"https://example\.com/.*"),
    ("hostname", r"[a-z-]+\.example\.com"),
    ("ipv4", r"(192\.0\.2|198\.51\.100|203\.0\.113)\.\d{1,3}"),
    ("ipv6", r"2001:db8::[0-9a-f]{1,4}"),
    ("phone", r"\+1-\d{3}-555-01\d\d"),
]


@pytest.mark.parametrize(("name", "kept"), ADDRESSES, ids=[name for name, _ in ADDRESSES])
def test_an_address_is_one_that_is_kept_for_documentation(name: str, kept: str) -> None:
    assert all(re.fullmatch(kept, text) for text in texts({"format": name}))
