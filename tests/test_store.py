"""Fixtures are checked against the contract when they are read, and every flaw is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from mock_server.contract_reader import read_contract
from mock_server.errors import StartError, WrongUse
from mock_server.store import Store, read_store
from tests.judge import CONTRACT

SHIPPED = read_contract(CONTRACT)
A, B = "records/a.yaml", "records/b.yaml"
REPLY = "replies/latest_invocations_by_keys.yaml"
POST = "openapi.yaml#/paths/~1api~1v1~1sources~1{source_id}~1invocations~1latest-by-keys/post"
STATUS = "schema: /components/schemas/JobStatus\nrecords:\n"
METADATA = "schema: /components/schemas/IndexJobMetadata\nrecords:\n  - value:"
NAMES = "      database_name: d\n      collection_name: c\n"
KIND = "openapi.yaml#/components/schemas/IndexJobMetadataKind/oneOf"


def stored(folder: Path, files: dict[str, str]) -> Store:
    for name, text in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    return read_store(folder, SHIPPED)


def told(folder: Path, files: dict[str, str]) -> list[str]:
    """What is wrong, each line without the folder's own name."""
    with pytest.raises(StartError) as caught:
        stored(folder, files)
    lines = [str(line) for line in caught.value.lines]
    return [
        line[min(line.find(p) for p in ("records", "replies") if p in line) :] for line in lines
    ]


@pytest.mark.parametrize(
    ("name", "text", "place", "words", "details"),
    [
        pytest.param(
            A,
            f"{STATUS}  - value: done\n",
            "3:12",
            'the value is "done" and fits none of 5 alternatives',
            "at /records/0/value, rule openapi.yaml#/components/schemas/JobStatus/oneOf",
            id="record-breaks-the-schema",
        ),
        pytest.param(
            A,
            f"{METADATA} web_scrape\n",
            "3:12",
            'the value is a string, "web_scrape"; expected an object',
            "at /records/0/value,"
            " rule openapi.yaml#/components/schemas/IndexJobMetadata/allOf/1/type",
            id="web-scrape",
        ),
        pytest.param(
            A,
            f"{METADATA}\n      github: {{git_ref_identifier: {{sha: a}}}}\n"
            f"      s3: {{bucket_name: b}}\n{NAMES}",
            "3:5",
            "fits 2 of 4 alternatives; expected exactly one to fit",
            f"at /records/0/value, rule {KIND}",
            id="github-and-s3",
        ),
        pytest.param(
            A,
            f"{METADATA}\n      github: {{git_ref_identifier: {{sha: a, branch: b}}}}\n{NAMES}",
            "3:5",
            "github.git_ref_identifier is",
            f"at /records/0/value, rule {KIND}",
            id="sha-and-branch",
        ),
        pytest.param(
            A,
            f"{STATUS}  - {{value: pending, colour: red}}\n",
            "3:30",
            "`colour` isn't known here; expected `value`",
            "at /records/0/colour, rule additionalProperties",
            id="unknown-label",
        ),
        pytest.param(
            A,
            f"{STATUS}  - {{}}\n",
            "3:5",
            "`value` is missing",
            "at /records/0, rule required",
            id="missing-value",
        ),
        pytest.param(
            "replies/latest_invocation_by_keys.yaml",
            "a: {status: 400}\n",
            "1:1",
            "no operation of the contract has the id latest_invocation_by_keys;"
            " did you mean latest_invocations_by_keys?",
            "rule operationId",
            id="unknown-operation",
        ),
        pytest.param(
            REPLY,
            "a: {status: 418}\n",
            "1:13",
            "declares no response 418; it declares 200, 400, 401, 403, 404, 500",
            f"at /a/status, rule {POST}/responses",
            id="undeclared-status",
        ),
        pytest.param(
            REPLY,
            "a: {status: ok}\n",
            "1:13",
            "expected a status between 100 and 599",
            "at /a/status, rule type",
            id="status-no-number",
        ),
        pytest.param(
            REPLY,
            "a:\n  status: 400\n  body: {error: x}\n",
            "3:3",
            "message in the body is missing; expected a string",
            "at /a/body/message, rule openapi.yaml#/components/schemas/ErrorResponse/required",
            id="wrong-body",
        ),
        pytest.param(
            REPLY,
            "a: {status: 400}\n",
            "1:1",
            "`body` is missing; the contract's 400 has one",
            f"at /a, rule {POST}/responses/400/content",
            id="missing-body",
        ),
        pytest.param(
            REPLY,
            "a: {status: 200, body: {}, media_type: text/plain}\n",
            "1:40",
            "text/plain isn't declared; expected one of application/json",
            f"at /a/media_type, rule {POST}/responses/200/content",
            id="undeclared-media-type",
        ),
        pytest.param(
            REPLY,
            "a:\n  status: 200\n  body: {}\n  header: {x-a: b}\n",
            "4:3",
            "`header` isn't known here; expected `when`, `scenario`, `state`, `next_state`,"
            " `status`, `media_type`, `headers`,"
            " `body`, `fault`, `delay`, `timeline`; did you mean headers?",
            "at /a/header, rule additionalProperties",
            id="unknown-member",
        ),
        pytest.param(
            REPLY,
            "a:\n  when: {paths: {}}\n  status: 200\n  body: {}\n",
            "2:10",
            "did you mean path?",
            "at /a/when/paths, rule additionalProperties",
            id="unknown-condition",
        ),
        pytest.param(
            REPLY,
            "a:\n  when: {path: {source: x}}\n  status: 200\n  body: {}\n",
            "2:25",
            "has no parameter source; did you mean source_id?",
            f"at /a/when/path/source, rule {POST}/parameters",
            id="unknown-path-parameter",
        ),
        pytest.param(
            REPLY,
            "a: {status: 200, body: {}, headers: {content-type: a/b}}\n",
            "1:52",
            "the content type is said by `media_type`",
            "at /a/headers/content-type, rule headers",
            id="header-of-our-own",
        ),
        pytest.param(
            A,
            "schema: /components/schemas/JobStatos\nrecords: []\n",
            "1:9",
            "has nothing at /components/schemas/JobStatos;"
            " did you mean /components/schemas/JobStatus?",
            "at /schema, rule schema",
            id="dangling-schema",
        ),
        pytest.param(
            A,
            "schema: /info/title\nrecords: []\n",
            "1:9",
            "what the contract has at /info/title is no schema",
            "at /schema, rule schema",
            id="no-schema",
        ),
        pytest.param(
            A,
            f"labels: {{of: b}}\n{STATUS}  - {{value: pending, of: x}}\n",
            "4:26",
            'no record of b is "x"',
            "at /records/0/of",
            id="label-of-no-record",
        ),
        pytest.param(
            A,
            f"labels: {{of: bb}}\n{STATUS}  - {{value: pending, of: x}}\n",
            "1:14",
            "there is no file of records bb; did you mean b?",
            "at /labels/of",
            id="label-of-no-file",
        ),
    ],
)
def test_a_flaw_is_one_line_with_its_place_pointer_and_rule(
    tmp_path: Path, name: str, text: str, place: str, words: str, details: str
) -> None:
    files = {B: f"{STATUS}  - value: pending\n", name: text}
    (line,) = told(tmp_path, files)
    assert line.startswith(f"{name}:{place}: ")
    assert words in line
    assert line.endswith(f"({details})")


def test_a_duplicate_key_is_told_where_it_stands_again(tmp_path: Path) -> None:
    text = f"{STATUS}  - value: pending\n    value: processing\n"
    assert told(tmp_path, {A: text}) == [f'{A}:4:5: duplicate key "value"; expected each key once']


def test_everything_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    records = f"{STATUS}  - value: done\n  - {{}}\n  - value: pending\n  - value: 5\n"
    files = {A: records, B: "records: [\n", REPLY: "a: {status: 418}\nb: {status: 400}\n"}
    places = [":".join(line.split(":")[:2]) for line in told(tmp_path, files)]
    assert places == [f"{A}:3", f"{A}:4", f"{A}:6", f"{B}:2", f"{REPLY}:1", f"{REPLY}:2"]


@pytest.mark.parametrize(
    "files",
    [
        {},
        {REPLY: ""},
        {REPLY: "# nothing yet\n"},
        {REPLY: "{}\n"},
        {A: "schema: /components/schemas/JobStatus\nrecords: []\n"},
        {A: ""},
        {A: "# nothing yet\n"},
        {"README.md": "hello\n", "records/.a.yaml.swp": "x", "records/notes.txt": "x"},
    ],
    ids=[
        "none",
        "empty-replies",
        "comment",
        "no-replies",
        "no-records",
        "empty-records",
        "comment-records",
        "others",
    ],
)
def test_fixtures_without_anything_in_them_are_fine(tmp_path: Path, files: dict[str, str]) -> None:
    store = stored(tmp_path, files)
    assert store.records["a"] == () and not any(store.replies.values())


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"record/a.yaml": ""}, "did you mean records?"),
        ({"reply.yaml": ""}, "expected `records`, `replies` and `faults.yaml`"),
        ({"fault.yaml": ""}, "did you mean faults.yaml?"),
        ({"faults.yaml": "", "faults.json": "[]"}, "there is faults.json"),
        ({"records/more/a.yaml": ""}, "what is in a folder isn't read"),
        ({A: f"{STATUS}  []\n", "records/a.json": "{}"}, "there is a.json"),
    ],
    ids=[
        "misspelt-folder",
        "file-outside",
        "misspelt-file",
        "two-files",
        "folder-inside",
        "same-name",
    ],
)
def test_what_would_be_silently_without_effect_is_told(
    tmp_path: Path, files: dict[str, str], words: str
) -> None:
    for name in files:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    with pytest.raises(StartError) as caught:
        stored(tmp_path, files)
    assert any(words in str(line) for line in caught.value.lines)


def test_a_folder_that_is_not_there_is_wrong_use(tmp_path: Path) -> None:
    with pytest.raises(WrongUse, match="there is no such folder of fixtures"):
        read_store(tmp_path / "gone", SHIPPED)


def test_records_stand_in_the_order_of_their_file_with_their_labels(tmp_path: Path) -> None:
    label = "labels: {key: /components/schemas/SourceId}\n"
    key = "3b241101-e2bb-4255-8caf-4136c566a962"
    text = (
        f"{label}{STATUS}  - {{value: pending, key: {key}}}\n  - {{value: cancelled, key: {key}}}\n"
    )
    records = stored(tmp_path, {A: text}).records["a"]
    assert [record.value for record in records] == ["pending", "cancelled"]
    assert all(record.labels == {"key": key} for record in records)
