"""Of a server's address the path counts, with each value that its variables may have."""

from __future__ import annotations

from typing import Any

import pytest

from mock_server.contract.servers import MOST_ADDRESSES
from tests.helpers.running import Serve, json_of, thing

Variables = dict[str, dict[str, Any]]
EU_US = {"default": "eu", "enum": ["eu", "us"]}


def bases(serve: Serve, url: str, variables: Variables) -> tuple[str, ...]:
    server = {"url": url, "variables": variables}
    mock = serve({"servers": [server], **thing({"200": json_of(True)})})
    assert mock.app.parts.findings == []
    return mock.app.parts.contract.base_paths


@pytest.mark.parametrize(
    ("url", "variables", "paths"),
    [
        pytest.param("https://a.test/{r}/v1", {"r": EU_US}, ("/eu/v1", "/us/v1"), id="in the path"),
        pytest.param("/{r}", {"r": EU_US}, ("/eu", "/us"), id="without a host"),
        pytest.param("{r}/v1", {"r": EU_US}, ("/eu/v1", "/us/v1"), id="at the beginning"),
        pytest.param("https://{r}.test/v1", {"r": EU_US}, ("/v1",), id="in the host"),
        pytest.param("//{r}.test/v1", {"r": EU_US}, ("/v1",), id="in the host, without a scheme"),
        pytest.param(
            "https://a.test/{r}-{s}",
            {"r": EU_US, "s": {"default": "b", "enum": ["a", "b"]}},
            ("/eu-b", "/eu-a", "/us-b", "/us-a"),
            id="two",
        ),
        pytest.param(
            "{base}/x",
            {"base": {"default": "https://a.test", "enum": ["https://a.test", "https://b.test/2"]}},
            ("/x", "/2/x"),
            id="whole addresses",
        ),
        pytest.param(
            "https://a.test/{s}",
            {"s": {"default": "", "enum": ["", "beta"]}},
            ("/beta",),
            id="none",
        ),
        pytest.param("/{r}", {"r": {"default": "eu"}}, ("/eu",), id="a default alone"),
        pytest.param(
            "/{v}", {"v": {"default": 1, "enum": [1, True]}}, ("/1", "/true"), id="no texts"
        ),
    ],
)
def test_each_value_of_a_variable_in_the_path_is_served(
    serve: Serve, url: str, variables: Variables, paths: tuple[str, ...]
) -> None:
    assert bases(serve, url, variables) == paths


def test_a_value_that_is_not_listed_is_not_served(serve: Serve) -> None:
    server = {"url": "https://a.test/{r}", "variables": {"r": EU_US}}
    mock = serve({"servers": [server], **thing({"200": json_of(True)})})
    statuses = [mock.get(f"/{region}/thing").status_code for region in ("eu", "us", "xx")]
    assert statuses == [200, 200, 404]


def test_more_paths_than_are_served_are_a_finding(serve: Serve) -> None:
    many = {"default": "0", "enum": [str(n) for n in range(100)]}
    server = {"url": "/{a}/{b}", "variables": {"a": many, "b": many}}
    mock = serve({"servers": [server], **thing({"200": json_of(True)})})
    (finding,) = mock.app.parts.findings
    assert "its variables make more than 256 paths; the first 256 are served" in str(finding)
    assert len(mock.app.parts.contract.base_paths) == MOST_ADDRESSES
