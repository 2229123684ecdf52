#!/usr/bin/env bash
# jsonschema-rs 0.60.3 refuses to compile a schema with the pattern (?<y>a)\k<y>, which ECMA-262
# allows, as no "regex"; its own `format: regex` accepts the same text, and the pattern compiles too
# as soon as a look-ahead stands before it.
# Seen: format accepts; pattern raises ValidationError; with (?=a) in front it matches "aa".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet jsonschema-rs==0.60.3
cat >"$folder/show.py" <<'PY'
from jsonschema_rs import Draft202012Validator, ValidationError

pattern = r"(?<y>a)\k<y>"
is_regex = Draft202012Validator({"format": "regex"}, validate_formats=True).is_valid(pattern)
try:
    alone = Draft202012Validator({"pattern": pattern}).is_valid("aa")
except ValidationError as error:
    alone = error.message
ahead = Draft202012Validator({"pattern": "(?=a)" + pattern}).is_valid("aa")
print(f"as a format: {is_regex}; as a pattern: {alone!r}; after a look-ahead: {ahead}")
assert is_regex and ahead and "regex" in str(alone)
PY
"$folder/venv/bin/python" "$folder/show.py"
