#!/usr/bin/env bash
# openapi-spec-validator 0.9.0 knows OpenAPI 3.2 but doesn't take the document's own `$self` as the
# base that its references resolve against (OAS 3.2.0, OpenAPI Object): an absolute reference to the
# address that $self names is looked for elsewhere and fails, though it leads into the document.
# Seen: the document with '#/components/schemas/Pet' is valid; with the same address in full it isn't.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet openapi-spec-validator==0.9.0
cat >"$folder/show.py" <<'PY'
from openapi_spec_validator import validate


def verdict(reference):
    """What the validator says of a document whose reply refers to its own component so."""
    schema = {"$ref": reference}
    content = {"application/json": {"schema": schema}}
    document = {
        "openapi": "3.2.0",
        "$self": "https://api.example.com/openapi.json",
        "info": {"title": "Pets", "version": "1"},
        "paths": {"/pet": {"get": {"responses": {"200": {"description": "", "content": content}}}}},
        "components": {"schemas": {"Pet": {"type": "object"}}},
    }
    try:
        validate(document)
    except Exception as error:
        return type(error).__name__
    return "valid"


local = verdict("#/components/schemas/Pet")
full = verdict("https://api.example.com/openapi.json#/components/schemas/Pet")
print(f"by a fragment: {local}; by the address that $self names: {full}")
assert local == "valid" and full != "valid"
PY
"$folder/venv/bin/python" "$folder/show.py"
