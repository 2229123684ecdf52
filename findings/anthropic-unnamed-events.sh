#!/usr/bin/env bash
# anthropic 2.14.0 reads a stream's events by their `event:` field alone. Events whose data has the
# same `type`, but that have no `event:` line, are dropped without an error: the stream is empty.
# Seen: of the same two messages, 2 events with names, 0 without.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet anthropic==2.14.0
cat >"$folder/show.py" <<'PY'
import json

import anthropic
import httpx2

EVENTS = [{"type": "content_block_stop", "index": 0}, {"type": "message_stop"}]


def events(named):
    lines = []
    for event in EVENTS:
        lines += [f"event: {event['type']}"] if named else []
        lines += [f"data: {json.dumps(event)}", ""]
    text = "\n".join([*lines, ""])
    reply = httpx2.Response(200, text=text, headers={"content-type": "text/event-stream"})
    transport = httpx2.MockTransport(lambda request: reply)
    client = anthropic.Anthropic(api_key="k", http_client=httpx2.Client(transport=transport))
    messages = [{"role": "user", "content": "hi"}]
    stream = client.messages.create(model="m", max_tokens=9, messages=messages, stream=True)
    return [event.type for event in stream]


with_names, without = events(True), events(False)
print(f"with names: {with_names}; without: {without}")
assert with_names == ["content_block_stop", "message_stop"] and without == []
PY
"$folder/venv/bin/python" "$folder/show.py"
