"""`x-faker`: a leaf asked for by the name that faker.js or Faker has for it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from mock_server.generation.values import files, texts
from mock_server.generation.values.dates import date_time
from mock_server.generation.values.keywords import Raw
from mock_server.generation.values.random_source import Leaf, Source, Text, Valid
from mock_server.generation.values.texts import digits, faked
from mock_server.generation.values.words import table

# What faker.js calls by another name than Faker, or reads from the clock.
_FAKER_JS: dict[str, Text] = table(
    ("uuid uuid4", texts.uuid),
    ("full_name find_name", texts.person),
    ("ip", texts.ipv4),
    ("phone", texts.phone),
    ("username", texts.login),
    ("image image_url avatar", files.image),
    ("street", faked("street_name")),
    ("zip_code", faked("postcode")),
    ("company_name", faked("company")),
    ("product_name title", texts.title),
    ("price amount", digits("00.00")),
    ("past future recent soon anytime between date_time iso8601", date_time("")),
    ("sentences paragraphs lines", faked("paragraph")),
)
# In the names of providers whose values change from day to day.
_CLOCK = {"date", "time", "year", "month", "day", "past", "future", "expire", "full", "unix",
          "birth", "profile", "dates", "dob", "ap", "iso8601"}  # fmt: skip


def by_faker(raws: Iterable[Raw], otherwise: Leaf, valid: Valid) -> Leaf:
    """The leaf that `x-faker` names, as faker.js or Faker call it, where it exists and fits."""
    asked = next((raw["x-faker"] for raw in raws if isinstance(raw.get("x-faker"), str)), "")
    module, _, method = asked.rpartition(".")
    name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", method).lower()
    own = _FAKER_JS.get(name) or _FAKER_JS.get(module)
    if own is None and (not name or _CLOCK.intersection(name.split("_"))):
        return otherwise

    def leaf(source: Source) -> Any:
        made = own(source) if own else source.fakes.provided(name, source.rng)
        return made if made is not None and valid(made) else otherwise(source)

    return leaf
