#!/usr/bin/env bash
# openai 3.57.0 tries to parse the data of an event that has none. The specification of server-sent
# events has such an event (a lone `retry:` line and a blank one) set the reconnection time and be
# dropped; the client raises JSONDecodeError and the rest of the stream is lost.
# Seen: one chunk without the line, JSONDecodeError with it.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet openai==3.57.0
cat >"$folder/show.py" <<'PY'
import json

import httpx2
import openai

CHUNK = {
    "id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m",
    "choices": [{"index": 0, "delta": {"content": "hi"}, "finish_reason": None}],
}
DATA = f"data: {json.dumps(CHUNK)}\n\ndata: [DONE]\n\n"


def read(text):
    reply = httpx2.Response(200, text=text, headers={"content-type": "text/event-stream"})
    transport = httpx2.MockTransport(lambda request: reply)
    client = openai.OpenAI(api_key="k", http_client=httpx2.Client(transport=transport))
    messages = [{"role": "user", "content": "hi"}]
    try:
        return len(list(client.chat.completions.create(model="m", messages=messages, stream=True)))
    except ValueError as error:
        return type(error).__name__


plain, retried = read(DATA), read("retry: 3000\n\n" + DATA)
print(f"chunks: {plain}; with a reconnection time first: {retried}")
assert plain == 1 and retried == "JSONDecodeError"
PY
"$folder/venv/bin/python" "$folder/show.py"
