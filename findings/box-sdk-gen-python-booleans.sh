#!/usr/bin/env bash
# box-sdk-gen 1.17.0 writes a boolean query parameter as Python does: usemarker=True. Box's OpenAPI
# document has the parameter as a boolean, of which OpenAPI's styles know "true" and "false" alone.
# Seen: /2.0/folders/0/items?usemarker=True
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet box-sdk-gen==1.17.0
cat >"$folder/show.py" <<'PY'
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

from box_sdk_gen import BoxClient, BoxDeveloperTokenAuth
from box_sdk_gen.networking.base_urls import BaseUrls

PATHS = []


class Items(BaseHTTPRequestHandler):
    def do_GET(self):
        PATHS.append(self.path)
        body = b'{"entries": [], "limit": 1}'
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = HTTPServer(("127.0.0.1", 0), Items)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_port}"
client = BoxClient(BoxDeveloperTokenAuth("t"))
client = client.with_custom_base_urls(BaseUrls(base_url=url, upload_url=url, oauth_2_url=url))
client.folders.get_folder_items("0", usemarker=True)
print(PATHS)
assert PATHS == ["/2.0/folders/0/items?usemarker=True"]
PY
"$folder/venv/bin/python" "$folder/show.py"
