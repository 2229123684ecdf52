"""A receiver of payments: it checks each signature, and remembers what was paid."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Receiver(ThreadingHTTPServer):
    """A server that takes payments, signed as Standard Webhooks has it.

    `paid` are the amounts by payment. Until it `is_up` it answers 503.
    """

    daemon_threads = True

    def __init__(self, port: int, secret: str) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.key = base64.b64decode(secret.removeprefix("whsec_"))
        self.paid: dict[str, float] = {}
        self.taken: list[str] = []
        self.is_up = True

    @property
    def url(self) -> str:
        """Return the address of the receiver."""
        return f"http://127.0.0.1:{self.server_port}/payments"


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if not self.server.is_up:
            self._answer(503)
        elif not self._is_signed(body):
            self._answer(401)
        else:
            payment = json.loads(body)
            if self.headers["webhook-id"] not in self.server.taken:
                self.server.taken.append(self.headers["webhook-id"])
                self.server.paid[payment["id"]] = payment["amount"]
            self._answer(204)

    def _answer(self, status: int) -> None:
        self.send_response(status)
        if status != 204:
            self.send_header("Content-Length", "0")
        self.end_headers()

    def _is_signed(self, body: bytes) -> bool:
        id, moment = self.headers["webhook-id"], self.headers["webhook-timestamp"]
        digest = hmac.new(self.server.key, f"{id}.{moment}.".encode() + body, hashlib.sha256)
        expected = f"v1,{base64.b64encode(digest.digest()).decode()}"
        return hmac.compare_digest(expected, self.headers["webhook-signature"])

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing."""
