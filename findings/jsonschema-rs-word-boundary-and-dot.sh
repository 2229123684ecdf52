#!/usr/bin/env bash
# jsonschema-rs 0.60.3 gives \d, \w and \s in a pattern ECMA-262's meaning, but neither `.` nor \b:
# `.` matches a carriage return, U+2028 and U+2029, and \b takes é for a word character. ECMA-262
# (section 22.2.2) excludes the four line terminators from `.`, and knows ASCII's word characters.
# Seen: "^.$" accepts "\r" and "\u2028"; "\ba" is not found in "éa", though "^\w" isn't in "é".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet jsonschema-rs==0.60.3
cat >"$folder/show.py" <<'PY'
from jsonschema_rs import Draft202012Validator


def found(pattern, text):
    """Whether the validator finds the pattern in the text."""
    return Draft202012Validator({"pattern": pattern}).is_valid(text)


cases = [("^.$", "\r"), ("^.$", "\u2028"), (r"\ba", "éa"), (r"^\w", "é"), (r"^\d", "٣")]
seen = [found(pattern, text) for pattern, text in cases]
for (pattern, text), verdict in zip(cases, seen):
    print(f"{pattern!r} in {ascii(text)}: {verdict}")
assert seen == [True, True, False, False, False]
PY
"$folder/venv/bin/python" "$folder/show.py"
