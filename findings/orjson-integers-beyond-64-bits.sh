#!/usr/bin/env bash
# orjson 3.13.0 reads an integer beyond 64 bits as a float, without a word, and refuses to write such
# an integer. RFC 8259 (section 6) sets no limit, and Python's json reads and writes it exactly.
# Seen: loads gives 1.8446744073709552e+19 for 18446744073709551616; dumps raises TypeError.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet orjson==3.13.0
cat >"$folder/show.py" <<'PY'
import json

import orjson

text = "18446744073709551616"
read = orjson.loads(text)
try:
    written = orjson.dumps(int(text))
except TypeError as error:
    written = error
print(f"orjson reads {read!r}, writes: {written!r}; json reads {json.loads(text)!r}")
assert isinstance(read, float) and isinstance(written, TypeError)
assert json.dumps(json.loads(text)) == text
PY
"$folder/venv/bin/python" "$folder/show.py"
