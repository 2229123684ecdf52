#!/usr/bin/env bash
# jsonschema-rs 0.60.3 reports an undeclared property of {"type": "object", "additionalProperties":
# false} with the property's value as the instance, at the path of the object that has it. With a
# declared property beside it in the schema, the instance is the object, and the error has the kind
# "additionalProperties" in place of "falseSchema".
# Seen: no "properties": falseSchema, instance 5, path []; with them: additionalProperties, {"a": 5}.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet jsonschema-rs==0.60.3
cat >"$folder/show.py" <<'PY'
from jsonschema_rs import Draft202012Validator


def seen(schema):
    (error,) = Draft202012Validator(schema).iter_errors({"a": 5})
    return error.kind.name, error.instance, list(error.instance_path)


closed = {"type": "object", "additionalProperties": False}
alone = seen(closed)
beside = seen({**closed, "properties": {"b": {}}})
print(f"without properties: {alone}; with one: {beside}")
assert alone == ("falseSchema", 5, [])
assert beside == ("additionalProperties", {"a": 5}, [])
PY
"$folder/venv/bin/python" "$folder/show.py"
