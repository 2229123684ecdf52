#!/usr/bin/env bash
# hypothesis-jsonschema 0.23.1 draws strings for the pattern ^\d{3}$ from all of Unicode's decimal
# digits. JSON Schema (2020-12, section 6.4) says that patterns are ECMA-262's, whose \d is 0 to 9
# alone, so most of the strings break the schema that they were made from.
# Seen: fewer than half of 200 strings consist of ASCII digits; `^[0-9]{3}$` gives none but ASCII.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet hypothesis==6.155.0 hypothesis-jsonschema==0.23.1
cat >"$folder/show.py" <<'PY'
from hypothesis import HealthCheck, given, settings
from hypothesis_jsonschema import from_schema


def share(pattern):
    """The part of the strings drawn for a pattern that are ASCII digits."""
    drawn = []

    @settings(max_examples=200, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(from_schema({"type": "string", "pattern": pattern}))
    def collect(text):
        drawn.append(text)

    collect()
    return sum(text.isascii() for text in drawn) / len(drawn)


unicode_digits, ascii_digits = share(r"^\d{3}$"), share(r"^[0-9]{3}$")
print(f"ASCII among the strings for \\d: {unicode_digits:.2f}, for [0-9]: {ascii_digits:.2f}")
assert unicode_digits < 0.5 and ascii_digits == 1.0
PY
"$folder/venv/bin/python" "$folder/show.py"
