"""The second engine: replies judged by the `jsonschema` package, not by the code under test."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import unquote

import yaml
from jsonschema import Draft202012Validator, FormatChecker  # type: ignore[import-untyped]
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

CONTRACT = Path(__file__).parents[2] / "openapi.yaml"
_URI = "urn:contract"
# RFC 9457, section 3.1, and the mock's own member.
_PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string", "minLength": 1},
        "status": {"type": "integer"},
        "detail": {"type": "string", "minLength": 1},
        "validation": {"type": "array", "items": {"$ref": "#/$defs/violation"}},
    },
    "$defs": {
        "violation": {
            "type": "object",
            "required": ["location", "severity", "code", "message"],
            "properties": {
                "location": {"type": "array", "items": {"type": "string"}},
                "severity": {"const": "Error"},
                "code": {"type": "string", "minLength": 1},
                "message": {"type": "string", "minLength": 1},
            },
        }
    },
}


class Reply(Protocol):
    """A reply to judge; httpx's response has this form."""

    @property
    def status_code(self) -> int: ...
    @property
    def headers(self) -> Mapping[str, str]: ...
    @property
    def content(self) -> bytes: ...


def faults(schema: Any, value: Any) -> list[str]:
    """Return how a value breaks a schema that stands by itself."""
    judge = Draft202012Validator(schema, format_checker=FormatChecker())
    return [error.message for error in judge.iter_errors(value)]


class Judge:
    """A judge of replies by an OpenAPI 3.1 document whose references are all internal."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        resource = Resource.from_contents(document, DRAFT202012)
        self._registry: Registry[Any] = Registry().with_resource(_URI, resource)

    @classmethod
    def of(cls, path: Path) -> Judge:
        """Return the judge of a document in a file; its bare dates are dates by YAML 1.1."""
        return cls(yaml.safe_load(path.read_text()))

    @cached_property
    def _operations(self) -> list[tuple[list[str], Mapping[str, Any], str]]:
        paths = self.document["paths"]
        return [(path.split("/"), item, path) for path, item in paths.items()]

    def schema(self, pointer: str) -> dict[str, str]:
        """Return the schema at a pointer into the document, for `faults` of this judge."""
        return {"$ref": f"{_URI}#{pointer}"}

    def faults_at(self, pointer: str, value: Any) -> list[str]:
        """Return how a value breaks the schema at a pointer into the document."""
        judge = Draft202012Validator(
            self.schema(pointer), registry=self._registry, format_checker=FormatChecker()
        )
        return [error.message for error in judge.iter_errors(value)]

    def faults(self, method: str, path: str, reply: Reply) -> list[str]:
        """Return how a reply breaks the contract; a problem document is judged as one."""
        media_type = reply.headers.get("content-type", "").split(";")[0]
        if media_type == "application/problem+json":
            if method == "HEAD":
                return []
            problem = json.loads(reply.content)
            mismatch = [] if problem["status"] == reply.status_code else ["another status"]
            return faults(_PROBLEM, problem) + mismatch
        found = self._operation(method, path)
        if found is None:
            return [f"{method} {path} is no operation, and the reply no problem"]
        return self._reply_faults(*found, media_type, reply)

    def _operation(self, method: str, path: str) -> tuple[str, Mapping[str, Any]] | None:
        asked = path.partition("?")[0].split("/")
        for segments, item, template in self._operations:
            if len(segments) == len(asked) and all(map(_fits, segments, asked)):
                name = "get" if method == "HEAD" and "head" not in item else method.lower()
                if name in item:
                    pointer = f"/paths/{_escaped(template)}/{name}"
                    return pointer, item[name]
        return None

    def _reply_faults(
        self, pointer: str, operation: Mapping[str, Any], media_type: str, reply: Reply
    ) -> list[str]:
        responses = operation["responses"]
        status = str(reply.status_code)
        code = next((c for c in (status, f"{status[0]}XX", "default") if c in responses), None)
        if code is None:
            return [f"the status {status} isn't declared"]
        response, place = self._followed(responses[code], f"{pointer}/responses/{code}")
        found = list(self._header_faults(response, place, reply))
        content = response.get("content", {})
        if not reply.content:
            return found
        if media_type not in content:
            return [*found, f"the media type {media_type} isn't declared"]
        if "schema" not in content[media_type]:
            return found
        value = json.loads(reply.content)
        return found + self.faults_at(f"{place}/content/{_escaped(media_type)}/schema", value)

    def _followed(self, value: Any, place: str) -> tuple[Any, str]:
        """Return the target of a reference, and its place."""
        while "$ref" in value:
            place = value["$ref"].removeprefix("#")
            value = self.document
            for step in place.split("/")[1:]:
                value = value[step]
        return value, place

    def _header_faults(self, response: Mapping[str, Any], place: str, reply: Reply) -> list[str]:
        """Headers of scalar types, which is what the tests declare."""
        found = []
        for name, header in response.get("headers", {}).items():
            text = reply.headers.get(name)
            if text is None:
                found += [f"the header {name} is missing"] if header.get("required") else []
                continue
            value = text if header["schema"].get("type") == "string" else json.loads(text)
            found += self.faults_at(f"{place}/headers/{_escaped(name)}/schema", value)
        return found


def _fits(template: str, segment: str) -> bool:
    return template.startswith("{") or template == unquote(segment)


def _escaped(token: str) -> str:
    """Return a step of a JSON pointer as it stands in a fragment (RFC 6901, section 6)."""
    return token.replace("~", "~0").replace("/", "~1").replace("{", "%7B").replace("}", "%7D")
