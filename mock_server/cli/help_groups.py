"""The headings under which `--help` lists options and commands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

Listed = TypeVar("Listed")

# By the name of the setting; what isn't here stands under the first heading of all.
OPTIONS: Mapping[str, tuple[str, ...]] = {
    "Files": (
        *("document_header", "fixtures", "handlers", "allow_files", "reload"),
        "reload_every",
    ),
    "Server": (
        "host",
        "port",
        "cors",
        "body_limit",
        "head_limit",
        "field_limit",
        "head_timeout",
        "body_timeout",
        "idle_timeout",
    ),
    "Requests": (
        *("security", "lenient", "strict", "strict_parameters", "query_array_format"),
        "query_object_format",
    ),
    "Replies": (
        "seed",
        "items",
        "invalid_examples",
        "allow_undeclared",
        "rewrite_urls",
        "sse_done",
        "fault",
        "stateful",
        "state_items",
        "state_bytes",
        "reply_values",
        "reply_tries",
        "reply_bytes",
    ),
    "Callbacks and webhooks": (
        *("callbacks", "callback_hosts", "webhook_url", "webhook_secret", "webhook_signature"),
    ),
    "Control API": ("control", "control_token", "control_host", "control_origin"),
    "What is kept and shown": (
        *("journal_size", "mask_credentials", "secret", "coverage", "least", "log_level"),
        *("log_format", "color", "otel"),
    ),
}
COMMANDS: Mapping[str, tuple[str, ...]] = {
    "Serve": ("serve", "proxy", "exec"),
    "Look at a document": ("check", "routes", "errors", "coverage"),
    "Send webhooks": ("send", "verify"),
    "Set up": ("settings", "completion"),
}


def grouped(
    listed: Iterable[tuple[str, Listed]], groups: Mapping[str, tuple[str, ...]], first: str
) -> Iterator[tuple[str, list[Listed]]]:
    """Yield each heading with what stands below it, in the order in which it is listed.

    `first` is the heading of what is in no group.
    """
    found: dict[str, list[Listed]] = {first: [], **{title: [] for title in groups}}
    heading = {name: title for title, names in groups.items() for name in names}
    for name, one in listed:
        found[heading.get(name, first)].append(one)
    return ((title, below) for title, below in found.items() if below)
