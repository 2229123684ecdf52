"""The shipped contract is the one that was given, and the shipped fixtures show all of it."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from mock_server.documents.document import read_document
from tests.helpers.judge import Judge

TOP = Path(__file__).parent.parent
SHA256 = "da8afa6474a983e16d3ec6442be436b4f5a9e76b8629cb936d9f70ea9f30c019"


def read(name: str) -> Any:
    # Plain JSON, so that the second engine sees nothing of ours.
    return json.loads(json.dumps(read_document(TOP / name).data))


CONTRACT = read("openapi.yaml")
SOURCES: list[str] = [
    record["value"] for record in read("fixtures/records/sources.yaml")["records"]
]
INVOCATIONS: list[dict[str, Any]] = read("fixtures/records/invocations.yaml")["records"]
REPLIES: dict[str, dict[str, Any]] = read("fixtures/replies/latest_invocations_by_keys.yaml")
OPERATION = "/paths/~1api~1v1~1sources~1{source_id}~1invocations~1latest-by-keys/post"
JUDGE = Judge(CONTRACT)


def faults(pointer: str, value: Any) -> list[str]:
    """Return how a value breaks what the contract has at a pointer, by the `jsonschema` package."""
    return JUDGE.faults_at(pointer, value)


def form(value: Any) -> str:
    """Which variant of a union a value is: its text, or its one telling member."""
    return value if isinstance(value, str) else next(iter(value))


def test_the_contract_is_the_one_that_was_given() -> None:
    assert hashlib.sha256((TOP / "openapi.yaml").read_bytes()).hexdigest() == SHA256


def test_two_sources_have_data_and_one_is_empty() -> None:
    with_data = {record["source"] for record in INVOCATIONS}
    assert len(SOURCES) == len(set(SOURCES)) == 3
    assert len(with_data) == 2 and with_data < set(SOURCES)


def test_there_are_at_least_fifteen_keys() -> None:
    assert len({(record["source"], record["object_key"]) for record in INVOCATIONS}) >= 15


def test_every_status_stands_in_an_invocation() -> None:
    found = {form(record["value"]["status"]) for record in INVOCATIONS}
    assert found == {"pending", "processing", "complete", "failed", "cancelled"}


@pytest.mark.parametrize("kind", ["github sha", "github branch", "s3"])
def test_every_kind_of_metadata_that_the_contract_can_satisfy_stands_in_one(kind: str) -> None:
    found = set()
    for record in INVOCATIONS:
        metadata = record["value"]["metadata"]
        github = metadata.get("github")
        found.add(f"github {form(github['git_ref_identifier'])}" if github else "s3")
    assert kind in found


@pytest.mark.parametrize("text", ["web_scrape", "Unknown"])
def test_metadata_that_is_a_text_satisfies_the_kind_but_never_the_whole(text: str) -> None:
    assert faults("/components/schemas/IndexJobMetadataKind", text) == []
    assert faults("/components/schemas/IndexJobMetadata", text) != []


@pytest.mark.parametrize("name", ["object_key", "custom_id", "additional_metadata"])
def test_each_optional_member_of_s3_metadata_is_there_somewhere_and_absent_elsewhere(
    name: str,
) -> None:
    metadata = [record["value"]["metadata"] for record in INVOCATIONS]
    s3 = [entry["s3"] for entry in metadata if "s3" in entry]
    assert {name in entry for entry in s3} == {True, False}


def test_a_source_id_is_present_in_one_null_in_another_and_absent_in_a_third() -> None:
    absent = "absent"
    found = {record["value"].get("source_id", absent) for record in INVOCATIONS}
    assert {None, absent} < found and found & set(SOURCES)


def test_several_keys_have_several_invocations() -> None:
    count: dict[tuple[str, str], int] = defaultdict(int)
    for record in INVOCATIONS:
        count[record["source"], record["object_key"]] += 1
    assert sum(number > 1 for number in count.values()) >= 2


def test_no_two_invocations_share_an_id() -> None:
    ids = [record["value"]["id"] for record in INVOCATIONS]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("source", SOURCES)
def test_every_source_is_valid_by_a_second_engine(source: str) -> None:
    assert faults("/components/schemas/SourceId", source) == []


@pytest.mark.parametrize("record", INVOCATIONS, ids=lambda record: str(record["value"]["id"]))
def test_every_invocation_is_valid_by_a_second_engine(record: dict[str, Any]) -> None:
    assert faults("/components/schemas/HashMap", {record["object_key"]: record["value"]}) == []


@pytest.mark.parametrize("name", REPLIES)
def test_every_canned_reply_is_valid_by_a_second_engine(name: str) -> None:
    reply = REPLIES[name]
    at = f"{OPERATION}/responses/{reply['status']}/content/application~1json/schema"
    assert faults(at.replace("{", "%7B").replace("}", "%7D"), reply["body"]) == []


@pytest.mark.parametrize("name", REPLIES)
def test_every_condition_of_a_canned_reply_is_one_that_a_valid_request_can_meet(name: str) -> None:
    when = REPLIES[name]["when"]
    for value in when.get("path", {}).values():
        assert faults("/components/schemas/SourceId", value) == []
    if "body" in when:
        assert faults("/components/schemas/LatestByKeysRequest", when["body"]) == []


def test_every_declared_error_has_a_canned_reply_but_the_one_for_bad_requests() -> None:
    # 400 is what the server itself answers to a request that breaks the contract.
    path = next(iter(CONTRACT["paths"].values()))
    declared = {int(code) for code in path["post"]["responses"]} - {200, 400}
    assert {reply["status"] for reply in REPLIES.values()} == declared
