"""One table of settings: it feeds the command line, the environment and the docs."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

PREFIX = "MOCK_SERVER_"
# How generators of SDKs write lists and objects; `auto` is as the document says.
ARRAY_FORMATS = ("auto", "comma", "repeat", "brackets", "space", "pipe")
OBJECT_FORMATS = ("auto", "flat", "brackets", "dots")
LOG_FORMATS = ("text", "json")
COLORS = ("auto", "always", "never")
SIGNATURES = ("standard", "github", "stripe")
# The least and the most of the settings that count something; None for no most.
RANGES: Mapping[str, tuple[int, int | None]] = {
    "port": (0, 65_535),
    "items": (0, 9_999),
    "state_items": (0, None),
    "state_bytes": (0, None),
    "body_limit": (0, None),
    "head_limit": (1, None),
    "field_limit": (1, None),
    "reply_values": (1, None),
    "reply_tries": (1, None),
    "reply_bytes": (1, None),
    "journal_size": (0, None),
}


def _setting(
    default: Any, help: str, flag: str = "", metavar: str = "", *, is_secret: bool = False
) -> Any:
    metadata = {"help": help, "flag": flag, "metavar": metavar}
    return field(default=default, repr=not is_secret, metadata=metadata)


@dataclass(frozen=True)
class Settings:
    """How the mock server behaves; every field is an option and an environment variable.

    `document` is a path, or the text of a URL; None is the shipped one.
    """

    document: Path | str | None = None
    document_header: tuple[str, ...] = _setting(
        (),
        "Header to send for a DOCUMENT by URL, such as 'Authorization: Bearer …'; can be said more"
        " than once.",
        "--document-header",
        "HEADER",
        is_secret=True,
    )
    fixtures: Path | None = _setting(
        None, "Folder of records and canned replies.", "--fixtures", "DIR"
    )
    handlers: str | None = _setting(
        None,
        "Python module, or path of one, whose functions are named by operationId.",
        "--handlers",
        "MODULE",
    )
    allow_files: tuple[Path, ...] = _setting(
        (),
        "Folder below which DOCUMENT may refer to files, beside its own; can be said more than"
        " once.",
        "--allow-files",
        "DIR",
    )
    host: str = _setting("127.0.0.1", "Address to listen on.", "--host", "HOST")
    port: int = _setting(4010, "Port to listen on; 0 takes any that is free.", "--port/-p", "PORT")
    seed: str = _setting("mock", "Seed of generated values.", "--seed", "SEED")
    reload: bool = _setting(True, "Reload when a file of the mock changes.", "--reload/--no-reload")
    reload_every: str | None = _setting(
        None,
        "Read a DOCUMENT by URL again that often, such as 30s; without it once.",
        "--reload-every",
        "DURATION",
    )
    cors: bool = _setting(True, "Answer other origins (CORS).", "--cors/--no-cors")
    strict: bool = _setting(
        False, "Refuse to start on any finding in the document.", "--strict/--no-strict"
    )
    security: bool = _setting(
        True,
        "Ask for the credentials that the document declares.",
        "--security/--no-security",
    )
    lenient: bool = _setting(
        False,
        "Answer requests that break the contract too; the violations are in the headers.",
        "--lenient/--no-lenient",
    )
    invalid_examples: bool = _setting(
        False,
        "Serve examples that break their schema, too; the violations are in the headers.",
        "--invalid-examples/--no-invalid-examples",
    )
    allow_undeclared: bool = _setting(
        False,
        "Send replies that the document doesn't declare, too; the headers say what differs.",
        "--allow-undeclared/--no-allow-undeclared",
    )
    strict_parameters: bool = _setting(
        False,
        "Refuse query parameters that aren't declared.",
        "--strict-parameters/--no-strict-parameters",
    )
    query_array_format: str = _setting(
        "auto",
        f"How lists stand in a query: {', '.join(ARRAY_FORMATS)}.",
        "--query-array-format",
        "FORMAT",
    )
    query_object_format: str = _setting(
        "auto",
        f"How objects stand in a query: {', '.join(OBJECT_FORMATS)}.",
        "--query-object-format",
        "FORMAT",
    )
    fault: tuple[str, ...] = _setting(
        (),
        "What goes wrong on purpose, such as '503; next=3'; can be said more than once.",
        "--fault",
        "RULE",
    )
    rewrite_urls: bool = _setting(
        True,
        "Lead URLs of the document's servers in made-up replies and examples to the mock.",
        "--rewrite-urls/--no-rewrite-urls",
    )
    sse_done: str | None = _setting(
        None,
        "Data of the event that ends a stream of server-sent events, such as [DONE].",
        "--sse-done",
        "TEXT",
    )
    items: int | None = _setting(
        None, "How many items generated lists have; a few without it.", "--items", "N"
    )
    stateful: bool = _setting(
        False,
        "Keep what clients create, change and delete, as the document says.",
        "--stateful/--no-stateful",
    )
    state_items: int = _setting(
        10_000, "How many items a collection of a session may have.", "--state-items", "N"
    )
    state_bytes: int = _setting(
        64 * 1024 * 1024,
        "How many bytes the items of a session may take.",
        "--state-bytes",
        "BYTES",
    )
    body_limit: int = _setting(
        10 * 1024 * 1024, "Largest body of a request, in bytes.", "--body-limit", "BYTES"
    )
    head_limit: int = _setting(
        64 * 1024,
        "Largest head of a request, in bytes: its first line and header fields.",
        "--head-limit",
        "BYTES",
    )
    field_limit: int = _setting(200, "Most header fields of a request.", "--field-limit", "N")
    head_timeout: float = _setting(
        10.0, "Seconds that a client has for the head of a request.", "--head-timeout", "SECONDS"
    )
    body_timeout: float = _setting(
        60.0,
        "Seconds without a byte after which the rest of a body isn't waited for.",
        "--body-timeout",
        "SECONDS",
    )
    idle_timeout: float = _setting(
        75.0,
        "Seconds without a request after which a connection is closed.",
        "--idle-timeout",
        "SECONDS",
    )
    reply_values: int = _setting(
        200_000, "Most properties and items of a generated reply.", "--reply-values", "N"
    )
    reply_tries: int = _setting(
        20_000,
        "Most alternatives and misfits on the way to a generated reply.",
        "--reply-tries",
        "N",
    )
    reply_bytes: int = _setting(
        16 * 1024 * 1024, "Most bytes of the texts in a generated reply.", "--reply-bytes", "BYTES"
    )
    journal_size: int = _setting(
        1_000, "How many exchanges the journal keeps.", "--journal-size", "N"
    )
    callbacks: bool = _setting(
        True, "Send the callbacks and webhooks of the document.", "--callbacks/--no-callbacks"
    )
    callback_hosts: tuple[str, ...] = _setting(
        (),
        "Host beside this machine that callbacks and webhooks are sent to; * is any; can be said"
        " more than once.",
        "--callback-hosts",
        "HOST",
    )
    webhook_url: str | None = _setting(
        None, "URL that webhooks are sent to.", "--webhook-url", "URL"
    )
    webhook_secret: str | None = _setting(
        None,
        "Secret that callbacks and webhooks are signed with.",
        "--webhook-secret",
        "SECRET",
        is_secret=True,
    )
    webhook_signature: str = _setting(
        "standard",
        f"How they are signed: {', '.join(SIGNATURES)}.",
        "--webhook-signature",
        "SCHEME",
    )
    control: bool = _setting(True, "Answer the control API under /_mock.", "--control/--no-control")
    control_token: str | None = _setting(
        None,
        "Token that the control API asks for.",
        "--control-token",
        "TOKEN",
        is_secret=True,
    )
    control_host: tuple[str, ...] = _setting(
        (),
        "Another name that the control API answers under; can be said more than once.",
        "--control-host",
        "NAME",
    )
    control_origin: tuple[str, ...] = _setting(
        (),
        "Origin whose pages may use the control API; can be said more than once.",
        "--control-origin",
        "ORIGIN",
    )
    mask_credentials: bool = _setting(
        True,
        "Hide credentials and other secrets wherever exchanges are shown.",
        "--mask-credentials/--no-mask-credentials",
    )
    secret: tuple[str, ...] = _setting(
        (),
        "Name that is secret, too; with a - before it, one that isn't; can be said more than once.",
        "--secret",
        "NAME",
    )
    coverage: Path | None = _setting(
        None, "File to write at the end: what of the contract was met.", "--coverage", "FILE"
    )
    otel: bool = _setting(
        False,
        "Send a span for each exchange by OTLP, to OTEL_EXPORTER_OTLP_ENDPOINT.",
        "--otel/--no-otel",
    )
    log_level: str = _setting(
        "info",
        "What is logged: debug, info, warning, error; each request from info on.",
        "--log-level",
        "LEVEL",
    )
    log_format: str = _setting(
        "text", "How requests are logged: text or json, a line each.", "--log-format", "FORMAT"
    )
    color: str = _setting(
        "auto", "Colours in the log: auto (in a terminal), always, never.", "--color", "WHEN"
    )

    @property
    def is_shipped(self) -> bool:
        """Whether no document was named, so that the shipped one is served."""
        return self.document is None


def environment_name(name: str) -> str:
    """The environment variable of a setting."""
    return PREFIX + name.upper()


def environment_of(settings: Settings) -> dict[str, str]:
    """The environment from which a command takes these settings."""
    values = {field.name: getattr(settings, field.name) for field in fields(Settings)}
    return {
        environment_name(name): _environment_text(name, v)
        for name, v in values.items()
        if v is not None
    }


def _environment_text(name: str, value: Any) -> str:
    """A value as the environment has it; between paths stands what stands between those of PATH."""
    if not isinstance(value, tuple):
        return str(value)
    between = (
        os.pathsep if any(isinstance(one, Path) for one in value) else SEPARATORS.get(name, ",")
    )
    return between.join(map(str, value))


# What stands between several values in an environment variable if that isn't a comma.
SEPARATORS = {"document_header": "\n"}


def table() -> list[tuple[str, str, str, str]]:
    """Every setting as option, environment variable, default and help."""
    return [
        (f.metadata["flag"], environment_name(f.name), _shown(f.default), f.metadata["help"])
        for f in fields(Settings)
        if f.metadata
    ]


def _shown(default: Any) -> str:
    """A default as text; the empty one of a setting that can be said several times is none."""
    return str(None if default == () else default)


def shipped(name: str) -> Path:
    """A file or folder that comes with the package: in the wheel, or at the repository's top."""
    package = Path(__file__).parent
    inside = package / "shipped" / name
    return inside if inside.exists() else package.parent / name
