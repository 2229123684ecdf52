"""Strings whose look follows from their name."""

from __future__ import annotations

import re

import pytest

from tests.helpers.drawing import texts

NAMES = [
    ("id", r"[0-9a-f-]{36}"),
    ("source_id", r"[0-9a-f-]{36}"),
    ("email", r"\S+@example\.com"),
    ("billing_email", r"\S+@example\.com"),
    ("first_name", r"[A-Z][a-z]+"),
    ("phone", r"\+1-\d{3}-555-01\d\d"),
    ("url", r"https://example\.com/\S+"),
    ("avatar", r"http://localhost/_files/[a-z-]+\.(png|jpg|webp)"),
    ("avatar_url", r"http://localhost/_files/[a-z-]+\.(png|jpg|webp)"),
    ("imageSrc", r"http://localhost/_files/[a-z-]+\.(png|jpg|webp)"),
    ("image .url", r"http://localhost/_files/[a-z-]+\.(png|jpg|webp)"),
    ("invoice_pdf_url", r"http://localhost/_files/[a-z-]+\.pdf"),
    ("video_url", r"http://localhost/_files/[a-z-]+\.mp4"),
    ("user .url", r"https://example\.com/\S+"),
    ("md5", r"[0-9a-f]{32}"),
    ("sha256", r"[0-9a-f]{64}"),
    ("sha1", r"[0-9a-f]{40}"),
    ("sha512", r"[0-9a-f]{128}"),
    ("line1", r"\d+ .+"),
    ("address_line1", r"\d+ .+"),
    ("addressLine2", r"Apt\. \d\d"),
    ("ipv4", r"(\d+\.){3}\d+"),
    ("ipv6", r"2001:db8::[0-9a-f]+"),
    ("email2", r"\S+@example\.com"),
    ("b64_json", r"iVBOR[A-Za-z0-9+/]+=*"),
    ("content_base64", r"[A-Za-z0-9+/]+=*"),
    ("currency", r"[A-Z]{3}"),
    ("country_code", r"[A-Z]{2}"),
    ("price", r"\d\d\.\d\d"),
    ("zip_code", r"\d{5}"),
    ("status", r"[a-z]+"),
    ("error", r"[a-z_]+"),
    ("message", r"[A-Z].+\."),
    ("code", r"[a-z_]+"),
    ("sort_code", r"\d\d-\d\d-\d\d"),
    ("sha", r"[0-9a-f]{40}"),
    ("branch", r"[a-z/.\d]+"),
    ("bucket_name", r"[a-z-]+-bucket"),
    ("object_key", r"\S+/\S+\.\w+"),
    ("object_keys", r"\S+/\S+\.\w+"),
    ("created_at", r"\d{4}-\d\d-\d\dT.*Z"),
    ("start_date", r"\d{4}-\d\d-\d\d"),
    ("birth_date", r"(19[5-9]|200)\d-\d\d-\d\d"),
    ("description", r"[A-Z].+\."),
    ("user.name", r"\S+ \S+"),
    ("AdminUser.name", r"\S+ \S+"),
    ("pet.name", r"[A-Z]\w+"),
]


@pytest.mark.parametrize(("name", "expected"), NAMES, ids=[name for name, _ in NAMES])
def test_a_name_tells_what_a_string_looks_like(name: str, expected: str) -> None:
    assert not [
        text for text in texts({"type": "string"}, name) if not re.fullmatch(expected, text)
    ]
