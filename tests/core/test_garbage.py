"""While a document is read, no time goes to the search for cycles; afterwards it goes on."""

from __future__ import annotations

import gc

import pytest

from mock_server.core import paused_collections
from tests.helpers.running import Serve, json_of, thing


def test_collections_go_on_after_a_pause_that_failed() -> None:
    with pytest.raises(ValueError), paused_collections():
        assert not gc.isenabled()
        raise ValueError
    assert gc.isenabled()


def test_what_was_off_before_stays_off() -> None:
    gc.disable()
    try:
        with paused_collections():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_a_server_that_has_read_its_document_collects_again(serve: Serve) -> None:
    assert serve(thing({"200": json_of({"type": "integer"})})).get().status_code == 200
    assert gc.isenabled()
