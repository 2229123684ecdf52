"""The receiver takes what the mock sends: once, signed, and after it was down."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from receiver import Receiver

from mock_server.pytest_plugin.mock_api import MockApi

SECRET = "whsec_bW9jay1zZXJ2ZXItZXhhbXBsZQ=="
ID = "7c9e6679-7425-40de-944b-e07fc1f90ae7"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Yield a receiver on a port that is free."""
    with Receiver(0, SECRET) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_a_webhook_is_taken(mock_api: MockApi, receiver: Receiver) -> None:
    mock_api.send("refunded", url=receiver.url, body={"id": ID, "amount": 12.5})
    mock_api.assert_sent("refunded", times=1, body={"amount": 12.5})
    assert receiver.paid == {ID: 12.5}


def test_a_payment_is_settled_by_a_callback(mock_api: MockApi, receiver: Receiver) -> None:
    client = mock_api.client()
    made = client.post("/payments", json={"amount": 3, "notify": receiver.url}).json()
    mock_api.assert_sent("settled", body={"id": made["id"]})
    assert receiver.paid == {made["id"]: 3}


def test_a_receiver_that_was_down_takes_it_later(mock_api: MockApi, receiver: Receiver) -> None:
    receiver.is_up = False
    mock_api.clock.freeze()
    mock_api.send("refunded", url=receiver.url, body={"id": ID, "amount": 1})
    with pytest.raises(AssertionError, match="was sent 1 times; expected 2 times"):
        mock_api.assert_sent("refunded", times=2)
    receiver.is_up = True
    mock_api.clock.advance("1s")
    mock_api.assert_sent("refunded", times=2)
    assert receiver.paid == {ID: 1}
    # The 503 is no answer that the document declares.
    assert "503" in mock_api.breaches()


@pytest.mark.mock_api(webhook_secret="whsec_YW5vdGhlcg==")
def test_a_signature_with_another_secret_is_refused(mock_api: MockApi, receiver: Receiver) -> None:
    mock_api.send("refunded", url=receiver.url)
    mock_api.assert_sent("refunded", times=1)
    assert receiver.paid == {}
    assert mock_api.exchanges[-1].reply is not None
    assert mock_api.exchanges[-1].reply.status == 401
