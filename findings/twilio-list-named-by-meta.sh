#!/usr/bin/env bash
# twilio 9.13.0 finds the items of a list in the newer APIs by the reply's own `meta.key`. The name
# that Twilio's OpenAPI document declares for the list is not in the library: a reply that has the
# declared list and another `meta.key`, or none, is valid by the document and not readable.
# Seen: "services" under meta.key: 1 item; without meta.key: "Page Records can not be deserialized".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet twilio==9.13.0
cat >"$folder/show.py" <<'PY'
import json

from twilio.base.exceptions import TwilioException
from twilio.http import HttpClient
from twilio.http.response import Response
from twilio.rest import Client

SERVICE = {"sid": "MG" + "0" * 32, "friendly_name": "one"}


class Canned(HttpClient):
    def __init__(self, meta):
        self.text = json.dumps({"services": [SERVICE], "meta": {"page": 0, **meta}})

    def request(self, *arguments, **options):
        return Response(200, self.text)


def read(meta):
    client = Client("AC" + "0" * 32, "token", http_client=Canned(meta))
    try:
        return [service.friendly_name for service in client.messaging.v1.services.list()]
    except TwilioException as error:
        return str(error)


named, unnamed = read({"key": "services"}), read({})
print(f"with meta.key: {named}; without: {unnamed}")
assert named == ["one"] and "deserialized" in unnamed
PY
"$folder/venv/bin/python" "$folder/show.py"
