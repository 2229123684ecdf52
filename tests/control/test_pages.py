"""The pages beside the contract: the contract itself, and health."""

from __future__ import annotations

import hashlib
from pathlib import Path

import httpx
import pytest
import yaml

import mock_server
from tests.helpers.judge import CONTRACT
from tests.helpers.running import Serve, document_text, json_of, thing

SHA256 = "da8afa6474a983e16d3ec6442be436b4f5a9e76b8629cb936d9f70ea9f30c019"


def test_the_contract_is_served_byte_for_byte(client: httpx.Client) -> None:
    served = client.get("/openapi.yaml").content
    assert served == CONTRACT.read_bytes()
    assert hashlib.sha256(served).hexdigest() == SHA256


def test_the_contract_as_json_says_the_same(client: httpx.Client) -> None:
    assert client.get("/openapi.json").json() == yaml.safe_load(CONTRACT.read_text())


def test_a_json_document_is_served_byte_for_byte_as_json(serve: Serve, tmp_path: Path) -> None:
    path = tmp_path / "openapi.json"
    path.write_text(document_text(thing({"200": json_of(True)})).replace(",", " ,\n"))
    assert serve(path).get("/openapi.json").content == path.read_bytes()


@pytest.mark.parametrize("number", ["12:30", "NO", "2026-01-01", "0b11", "1_000"])
def test_the_contract_as_json_keeps_what_yaml_1_2_calls_text(serve: Serve, number: str) -> None:
    document = f"""
openapi: 3.1.0
info: {{title: {number}, version: 1.0.0}}
paths: {{}}
"""
    assert serve(document).get("/openapi.json").json()["info"]["title"] == number


def test_health_says_what_is_served(serve: Serve) -> None:
    assert serve(thing({"200": {}})).get("/_mock/health").json() == {
        "status": "ok",
        "version": mock_server.__version__,
        "contract": "Things",
        "operations": 1,
    }


def test_a_page_is_read_with_get_and_head(client: httpx.Client) -> None:
    head, got = client.head("/openapi.json"), client.get("/openapi.json")
    assert head.headers["content-length"] == got.headers["content-length"] == str(len(got.content))
    assert head.content == b""
