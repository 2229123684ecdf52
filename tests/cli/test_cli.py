"""The command line: what it prints, and the codes it exits with."""

from __future__ import annotations

import json
import os
import re
import shlex
import socket
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass, field, fields
from pathlib import Path

import httpx
import pytest

from mock_server import __version__
from mock_server.cli import help_groups, main
from mock_server.cli.output import Command
from mock_server.settings import Settings, table
from tests.helpers.processes import COMMAND, SECONDS, environment, run, serving
from tests.helpers.running import document_text, until

PETS = """\
openapi: 3.1.0
info: {title: Pets, version: '1'}
paths:
  /pets:
    get:
      operationId: list_pets
      responses:
        '200':
          description: All pets
          content: {application/json: {schema: {type: array, items: {type: string}}}}
  /pets/{id}:
    get:
      operationId: get_pet
      parameters:
        - {name: id, in: path, required: true, schema: {type: integer}}
      responses:
        '200':
          description: The pet
          content:
            application/json:
              schema: {$ref: '#/components/schemas/Name'}
              examples:
                cat: {value: Minka}
                dog: {value: Rex}
        '404': {description: No such pet}
    delete:
      operationId: delete_pet
      parameters:
        - {name: id, in: path, required: true, schema: {type: integer}}
      responses:
        '204': {description: Gone}
components:
  schemas:
    Name: {type: string, minLength: 3}
"""
GONE = "gone:\n  when: {path: {id: 13}}\n  status: 404\n"
REX = "schema: /components/schemas/Name\nrecords:\n  - value: Rex\n"
HANDLERS = "def list_pets():\n    return ['Minka']\n"


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


@pytest.fixture
def pets(tmp_path: Path) -> Path:
    """Return a folder with a document, fixtures and handlers in which nothing is wrong."""
    write(
        tmp_path,
        {
            "pets.yaml": PETS,
            "fixtures/replies/get_pet.yaml": GONE,
            "fixtures/records/names.yaml": REX,
            "handlers.py": HANDLERS,
        },
    )
    return tmp_path


# serve


def test_serve_prints_where_it_is_and_where_each_operation_gets_its_replies(pets: Path) -> None:
    with serving("pets.yaml", "--fixtures", "fixtures", "--handlers", "handlers.py", cwd=pets) as s:
        assert s.out.text == (
            f"Pets at {s.url}\n"
            "  GET     /pets       handler\n"
            "  GET     /pets/{id}  reply:gone, example:cat\n"
            "  DELETE  /pets/{id}  generated\n"
            f"Docs: {s.url}/docs\n"
            f"Console: {s.url}/_mock/\n"
            f"Control API: this machine only\n"
            f"Mock server is listening on {s.url}\n"
        )
        assert httpx.get(f"{s.url}/pets").json() == ["Minka"]
        assert httpx.get(f"{s.url}/docs/").status_code == 200


def test_without_a_document_serve_takes_the_shipped_one_in_any_folder(tmp_path: Path) -> None:
    with serving(cwd=tmp_path) as server:
        title, operation = server.out.text.splitlines()[:2]
        assert title == f"Chroma Sync Service at {server.url}"
        assert re.fullmatch(
            r"  POST +/api/v1/sources/\{source_id\}/invocations/latest-by-keys +.*\bhandler",
            operation,
        )
        assert httpx.get(f"{server.url}/_mock/health").json()["status"] == "ok"


def test_serve_needs_no_environment_at_all(tmp_path: Path) -> None:
    with serving(cwd=tmp_path, env={}, command=COMMAND) as server:
        assert httpx.get(f"{server.url}/_mock/health").status_code == 200


@pytest.mark.parametrize("closed", ["2>&-", "<&-"])
def test_serve_needs_no_stream_but_the_one_it_prints_to(closed: str, tmp_path: Path) -> None:
    command = ("bash", "-c", f'exec "$@" {closed}', "bash", *COMMAND)
    with serving(cwd=tmp_path, command=command) as server:
        assert httpx.get(f"{server.url}/_mock/health").status_code == 200
        assert server.end() == 0


def test_serve_goes_on_when_its_reader_has_gone(tmp_path: Path) -> None:
    command = ("bash", "-c", 'exec "$@" > >(head -n 6)', "bash", *COMMAND)
    with serving(cwd=tmp_path, command=command) as server:
        server.out.complete()
        assert httpx.get(f"{server.url}/_mock/health").status_code == 200
        assert server.end() == 0


def test_serve_goes_on_when_nobody_can_read_what_it_prints(tmp_path: Path) -> None:
    port = free_port()
    command = ["bash", "-c", 'exec "$@" >&-', "bash", *COMMAND, "serve", "-p", str(port)]
    with subprocess.Popen(command, cwd=tmp_path, env=environment()) as process:
        try:
            until(lambda: answers(port), "an answer")
        finally:
            process.terminate()
        assert process.wait(SECONDS) == 0


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port


def answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/_mock/health").status_code == 200
    except httpx.ConnectError:
        return False


# What can't be served: one line on stderr that names the place, exit code 2, no traceback.

BROKEN_FIXTURE = "schema: /components/schemas/Name\nrecords:\n  - value: Rex\n  - value: 7\n"


@dataclass(frozen=True)
class Refused:
    """A command line, the files changed for it, and the line that reports the error."""

    line: str
    arguments: tuple[str, ...] = (
        "pets.yaml",
        "--fixtures",
        "fixtures",
        "--handlers",
        "handlers.py",
    )
    files: dict[str, str] = field(default_factory=dict)


REFUSED = {
    "no such document": Refused(r"nope\.yaml: there is no such file", ("nope.yaml",)),
    "document is a folder": Refused(r"fixtures: the file can't be read: .+", ("fixtures",)),
    "document has an impossible name": Refused(r"n{300}: the file can't be read: .+", ("n" * 300,)),
    "broken YAML": Refused(
        r"pets\.yaml:3:3: this line is indented more deeply .+",
        files={"pets.yaml": "openapi: 3.1.0\ninfo: Pets\n  oops: 1\n"},
    ),
    "broken JSON": Refused(
        r"pets\.json:2:19: .+", ("pets.json",), {"pets.json": '{\n  "openapi": "3.1",}\n'}
    ),
    "no text": Refused(r"pets\.yaml:1:1: the text is not UTF-8", files={"pets.yaml": "öpenapi"}),
    "empty document": Refused(
        r"pets\.yaml:1:1: this is no OpenAPI document; .+", files={"pets.yaml": ""}
    ),
    "another kind of YAML": Refused(
        r"handlers\.yaml:1:1: `openapi` is missing; .+",
        ("handlers.yaml",),
        {"handlers.yaml": "a: 1"},
    ),
    "Swagger 2": Refused(
        r"pets\.yaml:1:10: Swagger 2\.0 is not OpenAPI 3; .+", files={"pets.yaml": "swagger: '2.0'"}
    ),
    "unknown version": Refused(
        r"pets\.yaml:2:10: OpenAPI 4\.0\.0 is not known; .+",
        files={"pets.yaml": "info: {}\nopenapi: 4.0.0\n"},
    ),
    "no such folder of fixtures": Refused(
        r"nope: there is no such folder of fixtures", ("pets.yaml", "--fixtures", "nope")
    ),
    "fixtures are a file": Refused(
        r"pets\.yaml: there is no such folder of fixtures", ("pets.yaml", "--fixtures", "pets.yaml")
    ),
    "broken YAML in a fixture": Refused(
        r"fixtures/records/names\.yaml:1:9: .+",
        files={"fixtures/records/names.yaml": "schema: [\n"},
    ),
    "a record that breaks the contract": Refused(
        r"fixtures/records/names\.yaml:4:12: the value is an integer, 7; expected a string"
        r" \(at /records/1/value, rule pets\.yaml#/components/schemas/Name/type\)",
        files={"fixtures/records/names.yaml": BROKEN_FIXTURE},
    ),
    "a reply that the contract doesn't declare": Refused(
        r"fixtures/replies/get_pet\.yaml:2:11: the operation get_pet declares no response 418; .+"
        r" \(at /teapot/status, rule pets\.yaml#/paths/~1pets~1\{id\}/get/responses\)",
        files={"fixtures/replies/get_pet.yaml": "teapot:\n  status: 418\n"},
    ),
    "replies of no operation": Refused(
        r"fixtures/replies/get_pat\.yaml:1:1: no operation .+; did you mean get_pet\?"
        r" \(rule operationId\)",
        files={"fixtures/replies/get_pat.yaml": GONE},
    ),
    "no such file of handlers": Refused(
        r"nope\.py: there is no such file", ("pets.yaml", "--handlers", "nope.py")
    ),
    "no such module of handlers": Refused(
        r"nope\.handlers: there is no such module; .+", ("pets.yaml", "--handlers", "nope.handlers")
    ),
    "broken Python in the handlers": Refused(
        r"handlers\.py:1:15: .+", files={"handlers.py": "def list_pets(:\n"}
    ),
    "handlers that import what isn't there": Refused(
        r"handlers\.py:2:1: ModuleNotFoundError: No module named 'nope'",
        files={"handlers.py": HANDLERS.replace("def", "\nimport nope\ndef")},
    ),
    "handlers that raise": Refused(
        r"handlers\.py:1:1: ValueError: first second",
        files={"handlers.py": "raise ValueError('first\\nsecond')"},
    ),
    "handlers that exit": Refused(
        r"handlers\.py:1:1: SystemExit: 0", files={"handlers.py": "raise SystemExit(0)"}
    ),
    "no handlers in the handlers": Refused(
        r"handlers\.py: none of its functions is named by an operationId of the contract; .+",
        files={"handlers.py": ""},
    ),
    "a handler that asks for what there isn't": Refused(
        r"handlers\.py:1:1: the handler get_pet asks for 'name', .+; there is id, .+",
        files={"handlers.py": "def get_pet(name):\n    return name\n"},
    ),
}
# Reading is the same code in each command: `serve`, which starts the slowest, shows one of a kind.
SERVED = ("no such document", "broken YAML", "a record that breaks the contract",
          "no such folder of fixtures", "no such file of handlers", "no such module of handlers",
          "broken Python in the handlers", "no handlers in the handlers")  # fmt: skip


@pytest.mark.parametrize("refused", REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_read_is_told_in_one_line(refused: Refused, pets: Path) -> None:
    assert_refused(refused, "routes", pets)


def test_errors_of_what_cannot_be_read_are_told_in_one_line(pets: Path) -> None:
    assert_refused(REFUSED["broken YAML"], "errors", pets)


@pytest.mark.parametrize("name", SERVED)
def test_what_cannot_be_served_is_told_in_one_line(name: str, pets: Path) -> None:
    assert_refused(REFUSED[name], "serve", pets)


def assert_refused(refused: Refused, command: str, folder: Path) -> None:
    for name, text in refused.files.items():
        (folder / name).write_bytes(text.encode("latin-1"))
    done = run(command, *refused.arguments, cwd=folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert re.fullmatch(f"{refused.line}\n", done.stderr), done.stderr


def test_a_port_in_use_is_told_in_one_line(pets: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        done = run("serve", "pets.yaml", "-p", str(port), cwd=pets)
    assert (done.returncode, done.stdout) == (2, "")
    assert re.fullmatch(rf".*port {port}\b.*in use.*-p\n", done.stderr), done.stderr


def test_everything_that_is_wrong_in_the_fixtures_is_told_a_line_each(pets: Path) -> None:
    write(
        pets, {"fixtures/records/a.yaml": BROKEN_FIXTURE, "fixtures/records/b.yaml": "a: 1\na: 2\n"}
    )
    done = run("serve", "pets.yaml", "--fixtures", "fixtures", cwd=pets)
    assert (done.returncode, done.stdout) == (2, "")
    a, b = done.stderr.splitlines()
    assert a.startswith("fixtures/records/a.yaml:4:12: ")
    assert b.startswith("fixtures/records/b.yaml:2:1: duplicate key")


def test_a_document_with_mistakes_is_served_and_each_is_told(pets: Path) -> None:
    write(pets, {"pets.yaml": PETS.replace("{value: Minka}", "{value: {a: cat}}")})
    with serving("pets.yaml", cwd=pets) as server:
        server.logged(r"pets\.yaml:23:\d+: .*expected a string")
        assert httpx.get(f"{server.url}/pets/1").status_code == 200


def test_strict_refuses_a_document_with_mistakes(pets: Path) -> None:
    write(pets, {"pets.yaml": PETS.replace("{value: Minka}", "{value: {a: cat}}")})
    done = run("serve", "pets.yaml", "--strict", "-p", "0", cwd=pets)
    assert (done.returncode, done.stdout) == (2, "")
    assert re.fullmatch(r"pets\.yaml:23:\d+: .*expected a string.*\n", done.stderr), done.stderr


# Wrong use of the command line itself

WRONG_USES = {
    "unknown command": (["serv"], "there is no command serv; did you mean serve?"),
    "unknown option": (["serve", "--bogus"], "No such option:? '?--bogus"),
    "no number": (["serve", "-p", "http"], "Invalid value for '--port' / '-p' .*'http'"),
    "no port": (["serve", "-p", "65536"], "Invalid value for '--port' / '-p' .*65536"),
    "negative limit": (["serve", "--body-limit", "-1"], "Invalid value for '--body-limit' .*-1"),
    "unknown level": (["serve", "--log-level", "loud"], "Invalid value for '--log-level' .*'loud'"),
    "two documents": (["check", "a.yaml", "b.yaml"], r"Got unexpected extra argument \(b\.yaml\)"),
    "an option of another command": (["check", "--port", "1"], "No such option:? '?--port"),
    "a value missing": (["routes", "--fixtures"], "Option '--fixtures' requires an argument"),
}


@pytest.mark.parametrize(("arguments", "told"), WRONG_USES.values(), ids=WRONG_USES)
def test_wrong_use_is_told_in_one_line_beside_the_usage(arguments: list[str], told: str) -> None:
    done = run(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    (error,) = re.findall("^Error: (.*)$", done.stderr, re.MULTILINE)
    assert re.match(told, error), done.stderr
    assert "Traceback" not in done.stderr


def test_the_version_is_the_package_s() -> None:
    assert run("--version").stdout == f"mock-server {__version__}\n"


def test_the_installed_command_is_the_same_as_the_module() -> None:
    installed = Path(sys.executable).with_name("mock-server")
    text = subprocess.check_output([installed, "routes"], env=environment(), encoding="utf-8")
    assert text == run("routes").stdout != ""


# Help

SERVE_HELP = """\
Usage: mock-server serve [OPTIONS] [DOCUMENT]

  Serve DOCUMENT until Ctrl-C or SIGTERM.

Options:
  -h, --help  Show this message and exit.

Files:
  --document-header HEADER  Header to send for a DOCUMENT by URL, such as
                            'Authorization: Bearer …'; can be said more than
                            once.  [env var: MOCK_SERVER_DOCUMENT_HEADER]
  --fixtures DIR            Folder of records and canned replies.  [env var:
                            MOCK_SERVER_FIXTURES]
  --handlers MODULE         Python module, or path of one, whose functions are
                            named by operationId.  [env var:
                            MOCK_SERVER_HANDLERS]
  --allow-files DIR         Folder below which DOCUMENT may refer to files,
                            beside its own; can be said more than once.  [env
                            var: MOCK_SERVER_ALLOW_FILES]
  --reload / --no-reload    Reload when a file of the mock changes.  [env var:
                            MOCK_SERVER_RELOAD; default: reload]
  --reload-every DURATION   Read a DOCUMENT by URL again that often, such as
                            30s; without it once.  [env var:
                            MOCK_SERVER_RELOAD_EVERY]

Server:
  --host HOST             Address to listen on.  [env var: MOCK_SERVER_HOST;
                          default: 127.0.0.1]
  -p, --port PORT         Port to listen on; 0 takes any that is free.  [env
                          var: MOCK_SERVER_PORT; default: 4010; 0<=x<=65535]
  --cors / --no-cors      Answer other origins (CORS).  [env var:
                          MOCK_SERVER_CORS; default: cors]
  --body-limit BYTES      Largest body of a request, in bytes.  [env var:
                          MOCK_SERVER_BODY_LIMIT; default: 10485760; x>=0]
  --head-limit BYTES      Largest head of a request, in bytes: its first line
                          and header fields.  [env var:
                          MOCK_SERVER_HEAD_LIMIT; default: 65536; x>=1]
  --field-limit N         Most header fields of a request.  [env var:
                          MOCK_SERVER_FIELD_LIMIT; default: 200; x>=1]
  --head-timeout SECONDS  Seconds that a client has for the head of a request.
                          [env var: MOCK_SERVER_HEAD_TIMEOUT; default: 10.0;
                          x>0]
  --body-timeout SECONDS  Seconds without a byte after which the rest of a
                          body isn't waited for.  [env var:
                          MOCK_SERVER_BODY_TIMEOUT; default: 60.0; x>0]
  --idle-timeout SECONDS  Seconds without a request after which a connection
                          is closed.  [env var: MOCK_SERVER_IDLE_TIMEOUT;
                          default: 75.0; x>0]

Requests:
  --strict / --no-strict          Refuse to start on any finding in the
                                  document.  [env var: MOCK_SERVER_STRICT;
                                  default: no-strict]
  --security / --no-security      Ask for the credentials that the document
                                  declares.  [env var: MOCK_SERVER_SECURITY;
                                  default: security]
  --lenient / --no-lenient        Answer requests that break the contract too;
                                  the violations are in the headers.  [env
                                  var: MOCK_SERVER_LENIENT; default: no-
                                  lenient]
  --strict-parameters / --no-strict-parameters
                                  Refuse query parameters that aren't
                                  declared.  [env var:
                                  MOCK_SERVER_STRICT_PARAMETERS; default: no-
                                  strict-parameters]
  --query-array-format FORMAT     How lists stand in a query: auto, comma,
                                  repeat, brackets, space, pipe.  [env var:
                                  MOCK_SERVER_QUERY_ARRAY_FORMAT; default:
                                  auto]
  --query-object-format FORMAT    How objects stand in a query: auto, flat,
                                  brackets, dots.  [env var:
                                  MOCK_SERVER_QUERY_OBJECT_FORMAT; default:
                                  auto]

Replies:
  --seed SEED                     Seed of generated values.  [env var:
                                  MOCK_SERVER_SEED; default: mock]
  --invalid-examples / --no-invalid-examples
                                  Serve examples that break their schema, too;
                                  the violations are in the headers.  [env
                                  var: MOCK_SERVER_INVALID_EXAMPLES; default:
                                  no-invalid-examples]
  --allow-undeclared / --no-allow-undeclared
                                  Send replies that the document doesn't
                                  declare, too; the headers say what differs.
                                  [env var: MOCK_SERVER_ALLOW_UNDECLARED;
                                  default: no-allow-undeclared]
  --fault RULE                    What goes wrong on purpose, such as '503;
                                  next=3'; can be said more than once.  [env
                                  var: MOCK_SERVER_FAULT]
  --rewrite-urls / --no-rewrite-urls
                                  Lead URLs of the document's servers in made-
                                  up replies and examples to the mock.  [env
                                  var: MOCK_SERVER_REWRITE_URLS; default:
                                  rewrite-urls]
  --sse-done TEXT                 Data of the event that ends a stream of
                                  server-sent events, such as [DONE].  [env
                                  var: MOCK_SERVER_SSE_DONE]
  --items N                       How many items generated lists have; a few
                                  without it.  [env var: MOCK_SERVER_ITEMS;
                                  0<=x<=9999]
  --stateful / --no-stateful      Keep what clients create, change and delete,
                                  as the document says.  [env var:
                                  MOCK_SERVER_STATEFUL; default: no-stateful]
  --state-items N                 How many items a collection of a session may
                                  have.  [env var: MOCK_SERVER_STATE_ITEMS;
                                  default: 10000; x>=0]
  --state-bytes BYTES             How many bytes the items of a session may
                                  take.  [env var: MOCK_SERVER_STATE_BYTES;
                                  default: 67108864; x>=0]
  --reply-values N                Most properties and items of a generated
                                  reply.  [env var: MOCK_SERVER_REPLY_VALUES;
                                  default: 200000; x>=1]
  --reply-tries N                 Most alternatives and misfits on the way to
                                  a generated reply.  [env var:
                                  MOCK_SERVER_REPLY_TRIES; default: 20000;
                                  x>=1]
  --reply-bytes BYTES             Most bytes of the texts in a generated
                                  reply.  [env var: MOCK_SERVER_REPLY_BYTES;
                                  default: 16777216; x>=1]

Callbacks and webhooks:
  --callbacks / --no-callbacks  Send the callbacks and webhooks of the
                                document.  [env var: MOCK_SERVER_CALLBACKS;
                                default: callbacks]
  --callback-hosts HOST         Host beside this machine that callbacks and
                                webhooks are sent to; * is any; can be said
                                more than once.  [env var:
                                MOCK_SERVER_CALLBACK_HOSTS]
  --webhook-url URL             URL that webhooks are sent to.  [env var:
                                MOCK_SERVER_WEBHOOK_URL]
  --webhook-secret SECRET       Secret that callbacks and webhooks are signed
                                with.  [env var: MOCK_SERVER_WEBHOOK_SECRET]
  --webhook-signature SCHEME    How they are signed: standard, github, stripe.
                                [env var: MOCK_SERVER_WEBHOOK_SIGNATURE;
                                default: standard]

Control API:
  --control / --no-control  Answer the control API under /_mock.  [env var:
                            MOCK_SERVER_CONTROL; default: control]
  --control-token TOKEN     Token that the control API asks for.  [env var:
                            MOCK_SERVER_CONTROL_TOKEN]
  --control-host NAME       Another name that the control API answers under;
                            can be said more than once.  [env var:
                            MOCK_SERVER_CONTROL_HOST]
  --control-origin ORIGIN   Origin whose pages may use the control API; can be
                            said more than once.  [env var:
                            MOCK_SERVER_CONTROL_ORIGIN]

What is kept and shown:
  --journal-size N                How many exchanges the journal keeps.  [env
                                  var: MOCK_SERVER_JOURNAL_SIZE; default:
                                  1000; x>=0]
  --mask-credentials / --no-mask-credentials
                                  Hide credentials and other secrets wherever
                                  exchanges are shown.  [env var:
                                  MOCK_SERVER_MASK_CREDENTIALS; default: mask-
                                  credentials]
  --secret NAME                   Name that is secret, too; with a - before
                                  it, one that isn't; can be said more than
                                  once.  [env var: MOCK_SERVER_SECRET]
  --coverage FILE                 File to write at the end: what of the
                                  contract was met.  [env var:
                                  MOCK_SERVER_COVERAGE]
  --otel / --no-otel              Send a span for each exchange by OTLP, to
                                  OTEL_EXPORTER_OTLP_ENDPOINT.  [env var:
                                  MOCK_SERVER_OTEL; default: no-otel]
  --log-level LEVEL               What is logged: debug, info, warning, error;
                                  each request from info on.  [env var:
                                  MOCK_SERVER_LOG_LEVEL; default: info]
  --log-format FORMAT             How requests are logged: text or json, a
                                  line each.  [env var:
                                  MOCK_SERVER_LOG_FORMAT; default: text]
  --color WHEN                    Colours in the log: auto (in a terminal),
                                  always, never.  [env var: MOCK_SERVER_COLOR;
                                  default: auto]

Examples:
  mock-server serve pets.yaml
  mock-server serve pets.yaml -p 0 --seed spring --fault '503; next=3'

  DOCUMENT is a path, a URL, or - for standard input. Without it on the
  command line it is what MOCK_SERVER_DOCUMENT names, then what mock-
  server.toml or pyproject.toml names, and without these the shipped one.
"""


def test_the_help_of_serve_is_what_it_was() -> None:
    assert (
        run("serve", "--help").stdout.replace("python -m mock_server", "mock-server") == SERVE_HELP
    )


def test_the_help_shows_every_setting_below_a_heading_of_its_own() -> None:
    grouped = [name for names in help_groups.OPTIONS.values() for name in names]
    assert len(grouped) == len(set(grouped))
    assert {f.name for f in fields(Settings) if f.metadata} <= set(grouped)


def test_the_help_lists_each_command_below_one_heading() -> None:
    grouped = [name for names in help_groups.COMMANDS.values() for name in names]
    assert sorted(grouped) == sorted(main.commands)
    shown = run("--help").stdout
    assert all(f"\n{title}:\n" in shown for title in help_groups.COMMANDS)


def examples() -> list[tuple[str, str]]:
    return [
        (name, line)
        for name, command in main.commands.items()
        if isinstance(command, Command)
        for line in command.examples
    ]


def test_the_help_of_each_command_ends_with_examples() -> None:
    assert {name for name, _ in examples()} == set(main.commands)
    assert "\nExamples:\n  mock-server check pets.yaml\n" in run("check", "--help").stdout


@pytest.mark.parametrize(("name", "line"), examples())
def test_each_example_is_a_line_that_its_command_takes(name: str, line: str) -> None:
    said = line.split("$(")[-1].partition(" | ")[0].rstrip(')"')
    program, command, *arguments = shlex.split(said)
    assert (program, command) == ("mock-server", name)
    main.commands[name].make_context(name, arguments, **main.context_settings).close()


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
def test_in_a_terminal_the_requests_of_errors_are_counted_as_they_are_tried(
    tmp_path: Path,
) -> None:
    import pty

    answers = {"responses": {"200": {"description": "ok"}}}
    paths = {f"/{name}": {"get": {"operationId": name, **answers}} for name in ("one", "two")}
    (tmp_path / "two.json").write_text(document_text(paths))
    near, far = pty.openpty()
    done = subprocess.run(
        [*COMMAND, "errors", "two.json"],
        cwd=tmp_path,
        env=environment(TERM="xterm"),
        stdout=subprocess.PIPE,
        stderr=far,
        check=True,
        timeout=SECONDS,
    )
    os.close(far)
    shown = b""
    with suppress(OSError):  # how the end of a pseudo-terminal is read on Linux
        while piece := os.read(near, 4096):
            shown += piece
    os.close(near)
    assert b"Trying requests" in shown and b"2/2" in shown
    assert b"Trying" not in done.stdout and b"# GET /two (two)" in done.stdout


def test_without_a_terminal_the_errors_alone_are_printed() -> None:
    assert run("errors").stderr == ""


@pytest.mark.parametrize("option", table(), ids=lambda option: option[1])
def test_help_shows_each_setting_s_option_and_variable(
    option: tuple[str, str, str, str],
) -> None:
    flag, variable, _, _ = option
    assert all(f"{name}" in SERVE_HELP for name in (*flag.split("/"), variable))


@pytest.mark.parametrize("command", ["serve", "check", "errors", "exec", "routes"])
def test_help_shows_that_the_document_can_come_from_the_environment(command: str) -> None:
    done = run(command, "--help")
    assert done.returncode == 0
    assert "DOCUMENT" in done.stdout and "MOCK_SERVER_DOCUMENT" in done.stdout


def test_without_a_command_the_commands_are_listed() -> None:
    done = run()
    assert done.returncode == 2
    assert re.findall(r"^  (\w+)  ", done.stderr, re.MULTILINE) == [
        *("exec", "proxy", "serve"),
        *("check", "coverage", "errors", "routes"),
        *("send", "verify"),
        *("completion", "settings"),
    ]


# routes

ROUTES = """\
GET     /pets       handler
GET     /pets/{id}  reply:gone, example:cat
DELETE  /pets/{id}  generated
"""


def test_routes_lists_the_operations_with_their_sources(pets: Path) -> None:
    done = run(
        "routes", "pets.yaml", "--fixtures", "fixtures", "--handlers", "handlers.py", cwd=pets
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, ROUTES, "")


def test_routes_lists_the_operations_as_json(pets: Path) -> None:
    done = run("routes", "pets.yaml", "--fixtures", "fixtures", "--json", cwd=pets)
    assert json.loads(done.stdout) == [
        {
            "id": "list_pets",
            "method": "GET",
            "path": "/pets",
            "sources": ["generated"],
            "paging": None,
        },
        {
            "id": "get_pet",
            "method": "GET",
            "path": "/pets/{id}",
            "sources": ["reply:gone", "example:cat"],
            "paging": None,
        },
        {
            "id": "delete_pet",
            "method": "DELETE",
            "path": "/pets/{id}",
            "sources": ["generated"],
            "paging": None,
        },
    ]


def test_routes_of_a_document_without_operations_are_none(pets: Path) -> None:
    write(pets, {"pets.yaml": "openapi: 3.1.0\ninfo: {title: None, version: '1'}\npaths: {}\n"})
    assert run("routes", "pets.yaml", cwd=pets).stdout == ""
    assert json.loads(run("routes", "pets.yaml", "--json", cwd=pets).stdout) == []


def test_routes_of_a_broken_document_is_wrong_use(pets: Path) -> None:
    write(pets, {"pets.yaml": "openapi: ["})
    done = run("routes", "pets.yaml", cwd=pets)
    assert (done.returncode, done.stdout) == (2, "")
    assert re.fullmatch(r"pets\.yaml:\d+:\d+: .+\n", done.stderr)


def test_routes_can_be_cut_off_by_the_reader(tmp_path: Path) -> None:
    many: dict[str, object] = {f"/{'p' * 50}/{n}": {"get": {"responses": {}}} for n in range(2_000)}
    document = {"openapi": "3.1.0", "info": {"title": "Many", "version": "1"}, "paths": many}
    write(tmp_path, {"many.json": json.dumps(document)})
    done = subprocess.run(
        ["bash", "-c", '"$@" routes many.json | head -n 1', "bash", *COMMAND],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        timeout=SECONDS,
    )
    assert done.stdout.startswith(b"GET     /p")
    assert done.stderr == b""


# errors

ERRORS = """\
# GET /pets/{id} (get_pet)

## 200 The pet
# a valid request
curl -i http://127.0.0.1:4010/pets/0
# Prefer: code=200
curl -i http://127.0.0.1:4010/pets/0 -H 'Prefer: code=200'
# Prefer: code=200, example=cat
curl -i http://127.0.0.1:4010/pets/0 -H 'Prefer: code=200, example=cat'
# Prefer: code=200, example=dog
curl -i http://127.0.0.1:4010/pets/0 -H 'Prefer: code=200, example=dog'

## 404 No such pet
# the conditions of the canned reply gone
curl -i http://127.0.0.1:4010/pets/13
# Prefer: code=404
curl -i http://127.0.0.1:4010/pets/0 -H 'Prefer: code=404'
# Prefer: code=404, example=gone
curl -i http://127.0.0.1:4010/pets/0 -H 'Prefer: code=404, example=gone'

## 406 (not declared)
# an Accept that nothing declared satisfies, application/x-undeclared
curl -i http://127.0.0.1:4010/pets/0 -H 'Accept: application/x-undeclared'

## 422 (not declared)
# id in the path is a string, "wrong"; expected an integer
curl -i http://127.0.0.1:4010/pets/wrong

"""


def test_errors_shows_requests_that_lead_to_each_status(pets: Path) -> None:
    fixtures = ("--fixtures", "fixtures", "--handlers", "handlers.py")
    done = run("errors", "pets.yaml", *fixtures, "--operation", "get_pet", cwd=pets)
    assert (done.returncode, done.stdout, done.stderr) == (0, ERRORS, "")


def test_errors_as_json_has_every_operation(pets: Path) -> None:
    done = run("errors", "pets.yaml", "--format", "json", cwd=pets)
    told = json.loads(done.stdout)
    assert [entry["operation"] for entry in told] == ["list_pets", "get_pet", "delete_pet"]
    first = told[0]["statuses"][0]["requests"][0]
    assert first["request"] == {"method": "GET", "target": "/pets", "headers": {}}


def test_errors_takes_the_settings_that_change_replies(tmp_path: Path) -> None:
    content = {"application/json": {"schema": {"type": "integer"}, "example": "wrong"}}
    reply = {"description": "", "content": content}
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Things", "version": "1"},
        "paths": {"/a": {"get": {"responses": {"200": reply}}}},
    }
    (tmp_path / "a.json").write_text(json.dumps(document))
    for options, source in ((), "generated"), (("--invalid-examples",), "example:example"):
        done = run("errors", "a.json", "--format", "json", *options, cwd=tmp_path)
        status = next(s for s in json.loads(done.stdout)[0]["statuses"] if s["status"] == 200)
        assert status["requests"][0]["source"] == source


def test_errors_names_the_address_that_it_is_given(pets: Path) -> None:
    by_port = run("errors", "pets.yaml", "--host", "::1", "-p", "80", cwd=pets).stdout
    assert "curl -i -g 'http://[::1]:80/pets'" in by_port
    by_url = run("errors", "pets.yaml", "--url", "https://mock.example.com/", cwd=pets).stdout
    assert "\ncurl -i https://mock.example.com/pets\n" in by_url


def test_errors_tells_nothing_of_what_failed_when_it_was_tried(pets: Path) -> None:
    failing = "def list_pets():\n    raise ValueError\n"
    (pets / "handlers.py").write_text(failing)
    done = run("errors", "pets.yaml", "--handlers", "handlers.py", cwd=pets)
    assert (done.returncode, done.stderr) == (0, "")
    assert "## 500 (not declared)\n# a valid request\n" in done.stdout


def test_errors_of_an_operation_that_is_not_there_are_wrong_use(pets: Path) -> None:
    done = run("errors", "pets.yaml", "--operation", "get_pets", cwd=pets)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "the contract has no operation get_pets; did you mean get_pet?\n"


TWICE_WRONG = PETS.replace("schemas/Name'}", "schemas/Nam'}").replace("The pet", "5", 1)


def test_serve_tells_what_reading_found_and_then_what_the_full_check_finds(pets: Path) -> None:
    write(pets, {"pets.yaml": TWICE_WRONG})
    with serving("pets.yaml", cwd=pets) as server:
        server.logged(r"^WARNING pets\.yaml:21:.*did you mean #/components/schemas/Name\?")
        server.logged(r"^WARNING pets\.yaml:18:24: `description` is an integer, 5; expected a str")
        reading, checking = re.findall("^WARNING .*", server.err.text, re.MULTILINE)
        assert "$ref" in reading and "`description`" in checking


def test_strict_waits_for_both(pets: Path) -> None:
    write(pets, {"pets.yaml": TWICE_WRONG})
    done = run("serve", "pets.yaml", "--strict", "-p", "0", cwd=pets)
    assert (done.returncode, done.stdout) == (2, "")
    assert [line.split(":")[1] for line in done.stderr.splitlines()] == ["18", "21"]


# check

FINDING = re.compile(r"[\w./]+:\d+:\d+: .+ \(at (/\S+), rule (\S+)\)")


def test_check_finds_nothing_where_nothing_is_wrong(pets: Path) -> None:
    done = run(
        "check", "pets.yaml", "--fixtures", "fixtures", "--handlers", "handlers.py", cwd=pets
    )
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == "pets.yaml: 3 operations, 0 findings\n"


def test_check_finds_nothing_in_what_is_shipped(tmp_path: Path) -> None:
    done = run("check", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "")
    taken, counted = done.stderr.splitlines()
    assert taken.startswith("No DOCUMENT was given; this is the shipped one, the Chroma Sync")
    assert counted == "the shipped document: 1 operation, 0 findings"


def test_check_says_that_the_environment_names_the_document(pets: Path) -> None:
    done = run("check", cwd=pets, env=environment(MOCK_SERVER_DOCUMENT="pets.yaml"))
    taken, counted = done.stderr.splitlines()
    assert taken == "No DOCUMENT was given; MOCK_SERVER_DOCUMENT names pets.yaml"
    assert counted == "pets.yaml: 3 operations, 0 findings"


def test_exec_says_which_document_it_took_and_takes_none_from_standard_input(pets: Path) -> None:
    done = run("exec", "--", "true", cwd=pets)
    assert done.stderr.startswith("No DOCUMENT was given; this is the shipped one")
    done = run("exec", "-", "--", "true", cwd=pets)
    assert done.returncode == 2
    assert "DOCUMENT can't be - here: standard input belongs to COMMAND" in done.stderr


MISTAKES = {
    "in the document": (
        "pets.yaml",
        PETS.replace("type: integer}}", "type: integr}}", 1),
        "pets.yaml:15:",
    ),
    "in an example": ("pets.yaml", PETS.replace("Minka", "1"), "pets.yaml:23:"),
    "in a record": (
        "fixtures/records/names.yaml",
        BROKEN_FIXTURE,
        "fixtures/records/names.yaml:4:12:",
    ),
    "in a reply": (
        "fixtures/replies/get_pet.yaml",
        "teapot: {status: 418}",
        "fixtures/replies/get_pet.yaml:1:18:",
    ),
}


@pytest.mark.parametrize(("file", "text", "place"), MISTAKES.values(), ids=MISTAKES)
def test_check_tells_a_finding_with_place_pointer_and_rule(
    file: str, text: str, place: str, pets: Path
) -> None:
    write(pets, {file: text})
    done = run("check", "pets.yaml", "--fixtures", "fixtures", cwd=pets)
    assert done.returncode == 1
    assert done.stderr == "pets.yaml: 3 operations, 1 finding\n"
    (line,) = done.stdout.splitlines()
    assert line.startswith(place)
    assert FINDING.fullmatch(line), line


def test_check_tells_all_findings_in_the_order_of_the_file(pets: Path) -> None:
    text = PETS.replace("{value: Minka}", "{value: 1}").replace("{value: Rex}", "{value: R}")
    write(pets, {"pets.yaml": text.replace("type: integer", "type: integr")})
    done = run("check", "pets.yaml", cwd=pets)
    assert done.returncode == 1
    lines = [int(line.split(":")[1]) for line in done.stdout.splitlines()]
    assert lines == [15, 23, 24, 29]


def test_check_tells_what_is_wrong_with_the_handlers(pets: Path) -> None:
    write(pets, {"handlers.py": "def get_pet(name):\n    return name\n"})
    done = run("check", "pets.yaml", "--handlers", "handlers.py", cwd=pets)
    assert done.returncode == 1
    assert done.stderr == "pets.yaml: 3 operations, 1 finding\n"
    assert done.stdout.startswith("handlers.py:1:1: the handler get_pet asks for 'name'")


@pytest.mark.parametrize("wrong", ["nope.yaml", "--fixtures=nope", "--handlers=nope.py"])
def test_check_of_what_is_not_there_is_wrong_use(wrong: str, pets: Path) -> None:
    done = run("check", wrong, cwd=pets)
    assert (done.returncode, done.stdout) == (2, "")
    assert re.fullmatch(r"nope\S*: there is no such .+\n", done.stderr), done.stderr


# What is printed can't be -----------------------------------------------------------------------


def printing(to: int, *arguments: str, cwd: Path) -> tuple[int, str]:
    """Return how a command ends whose stdout is that file, and its output on stderr."""
    done = subprocess.run(
        [*COMMAND, *arguments],
        cwd=cwd,
        env=environment(PYTHONUNBUFFERED=""),  # what is left in a buffer is written at the end
        stdout=to,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        timeout=SECONDS,
    )
    return done.returncode, done.stderr


WRONG = PETS.replace("value: Rex", "value: R")
NO_SPACE = "the output can't be written: No space left on device\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.parametrize("command", ["serve -p 0", "check", "routes", "routes --json"])
def test_output_that_cannot_be_written_is_told_in_one_line(pets: Path, command: str) -> None:
    write(pets, {"pets.yaml": WRONG})
    with Path("/dev/full").open("w") as full:
        told = printing(full.fileno(), *command.split(), "pets.yaml", cwd=pets)
    assert told == (2, NO_SPACE)


COMMANDS = ["", "check", "coverage", "errors", "exec", "proxy", "routes", "serve"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.parametrize("asked", [*(f"{command} --help" for command in COMMANDS), "--version"])
def test_help_that_cannot_be_written_is_told_in_one_line(tmp_path: Path, asked: str) -> None:
    with Path("/dev/full").open("w") as full:
        assert printing(full.fileno(), *asked.split(), cwd=tmp_path) == (2, NO_SPACE)


@pytest.mark.parametrize(
    ("command", "code", "words"),
    [
        ("check", 1, ""),
        ("routes", 0, ""),
        ("routes --json", 0, ""),
        ("serve --help", 0, ""),
        ("serve -p 0", 2, "the output can't be written: Broken pipe\n"),
    ],
)
def test_a_reader_that_has_left_ends_the_command(
    pets: Path, command: str, code: int, words: str
) -> None:
    write(pets, {"pets.yaml": WRONG})
    reading, writing = os.pipe()
    os.close(reading)
    try:
        assert printing(writing, *command.split(), "pets.yaml", cwd=pets) == (code, words)
    finally:
        os.close(writing)
