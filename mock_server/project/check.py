"""The full check of a document, its fixtures and its handlers, without serving.

It reads a large document for seconds, so the server leaves it to a process of its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from mock_server.bodies import violations
from mock_server.contract import (
    Content,
    Contract,
    Header,
    Operation,
    Parameter,
    dangling_references,
    every_object,
)
from mock_server.core import pointer_of, shown_value
from mock_server.documents import BrokenRef, DocumentNode, inner_schemas, objects
from mock_server.errors import Finding, StartError, Violation, WrongUse
from mock_server.generation import Fakes, Generator, Unsatisfiable, faker_fault
from mock_server.paging import PageMember, paging_of
from mock_server.parameters import encode
from mock_server.project.check_report import CheckReport
from mock_server.project.loader import (
    Project,
    document_name,
    project_of,
    read_settled_contract,
)
from mock_server.schemas import Schema
from mock_server.settings import Settings
from mock_server.specification import structure_findings, tag_findings
from mock_server.validation import SecurityRules


def findings(settings: Settings) -> list[str]:
    """Everything that is wrong, a line each, in the order of the files.

    Raises WrongUse where a file that was named isn't there.
    """
    return [str(finding) for finding in check_report(settings).findings]


Progress = Callable[[str], None]


def check_report(settings: Settings, progress: Progress = lambda step: None) -> CheckReport:
    """Everything that is wrong, in the order of the files; `progress` is called with each step.

    Raises WrongUse where a file that was named isn't there.
    """
    progress("reading the document")
    try:
        contract = read_settled_contract(settings)
    except WrongUse:
        raise
    except StartError as error:
        return CheckReport(document_name(settings), None, tuple(error.found))
    found: list[Finding | str] = list(unique(contract_findings(contract, progress)))
    progress("reading fixtures and handlers")
    try:
        project_of(settings, contract)
    except WrongUse:
        raise
    except StartError as error:
        found += error.found
    return CheckReport(document_name(settings), len(contract.operations), tuple(found))


def document_findings(parts: Project) -> Iterator[Finding]:
    """Yield the findings of a document: of its structure, its schemas, its examples."""
    return contract_findings(parts.contract)


def contract_findings(
    contract: Contract, progress: Progress = lambda step: None
) -> Iterator[Finding]:
    """Yield the findings of the document of a contract."""
    progress("checking examples and security")
    told = list(contract.findings)
    told += example_findings(contract)
    told += security_findings(contract)
    told += nullable_findings(contract)
    progress("comparing it with the specification")
    broken = list(specification_findings(contract))
    # A finding of the specification replaces one on the same subject: it has more detail.
    better = set(map(_subject, broken))
    told = [finding for finding in told if _subject(finding) not in better] + broken
    yield from told
    # These may report the same fault in other words, so only one finding of a place is kept.
    kinds = {
        "compiling schemas": schema_findings,
        "following references": dangling_references,
        "making bodies": unsatisfiable,
        "looking through lists of pages": endless_lists,
        "checking defaults": default_findings,
    }
    for step, others in kinds.items():
        progress(step)
        places = {finding.place for finding in told}
        new = [finding for finding in others(contract) if finding.place not in places]
        yield from new
        told += new


_MISSING = re.compile(r"`[^`]+` is missing")


def _subject(finding: Finding) -> tuple[str, str, str]:
    """Return the subject of a finding: a value in a file, or what the value lacks."""
    missing = _MISSING.match(finding.message)
    return finding.place.file, finding.pointer, missing[0] if missing else ""


def unique(found: Iterable[Finding]) -> list[Finding]:
    """Return each finding once, in the order of the files."""

    def order(finding: Finding) -> tuple[str, int, int]:
        return (finding.place.file, finding.place.line, finding.place.column)

    return sorted(dict.fromkeys(found), key=order)


def schema_findings(contract: Contract) -> Iterator[Finding]:
    """Yield findings of unreadable patterns, unknown `x-faker` and unusable schemas.

    Schemas are unusable for `type: 5` or a dangling `$ref`, for example.

    A schema that can't be used because of one that it refers to isn't reported again.
    """
    fakes = Fakes()
    broken: list[tuple[Schema, str]] = []
    schemas = list(_schemas(contract))  # all are known before the first is compiled
    for schema in schemas:
        yield from _unreadable_patterns(schema)
        yield from _unknown_fakers(schema, fakes)
        if (fault := schema.compile()) is not None:
            broken.append((schema, fault))
    flaws = [(schema, tokens, why) for schema, _ in broken for tokens, why in schema.flaws()]
    # A schema without flaws of its own is broken by a schema that it refers to.
    for schema, tokens, why in flaws or [(s, s.tokens, fault) for s, fault in broken[:1]]:
        effect = "what it judges is a 501" if schema.refusal else "anything goes"
        message = f"the schema can't be used, so {effect}: {why}"
        yield Finding(schema.document.place(tokens), message, pointer_of(tokens), "schema")


def _unknown_fakers(schema: Schema, fakes: Fakes) -> Iterator[Finding]:
    """Yield a finding for each `x-faker` that can't be followed."""
    for tokens in inner_schemas(schema.raw) if isinstance(schema.raw, dict) else ():
        inner = schema.child(*tokens)
        asked = inner.raw.get("x-faker") if isinstance(inner.raw, dict) else None
        if asked is not None and (fault := faker_fault(asked, fakes)) is not None:
            place = (*inner.tokens, "x-faker")
            message = f"x-faker {shown_value(asked)} can't be followed: {fault}"
            yield Finding(inner.document.place(place), message, pointer_of(place), "x-faker")


def _unreadable_patterns(schema: Schema) -> Iterator[Finding]:
    for tokens, pattern in schema.unreadable_patterns():
        message = (
            f"{shown_value(pattern)} is not a regular expression of ECMA-262 that can be read;"
            " it is ignored"
        )
        yield Finding(schema.document.place(tokens), message, pointer_of(tokens), "pattern")


def _schemas(contract: Contract) -> Iterator[Schema]:
    yield from (contract.replies.at(n) for kind, n in every_object(contract) if kind == "schema")
    for operation in contract.operations:
        yield from (p.schema for p in operation.parameters if p.schema)
        yield from (c.schema for c in _contents(operation) if c.schema)
        headers = (h for response in operation.responses.values() for h in response.headers)
        yield from (h.schema for h in headers if h.schema)


def default_findings(contract: Contract) -> Iterator[Finding]:
    """Yield findings of defaults that break their own schema (OAS 3.0.4, section 4.7.24.1)."""
    for outermost in list(_schemas(contract)):
        for steps in inner_schemas(outermost.raw) if isinstance(outermost.raw, dict) else ():
            schema = outermost.child(*steps)
            if (
                isinstance(schema.raw, dict)
                and "default" in schema.raw
                and "$ref" not in schema.raw
            ):
                if schema.compile() is not None:
                    continue
                for violation in schema.violations(schema.raw["default"], ("default", "default")):
                    tokens = (*schema.tokens, "default", *violation.location[2:])
                    place = schema.document.place(tokens)
                    yield Finding(place, violation.message, pointer_of(tokens), violation.rule)


def unsatisfiable(contract: Contract) -> Iterator[Finding]:
    """Yield findings of reply schemas that no body can be made for: the server answers 501."""
    generator = Generator()
    for schema in _reply_schemas(contract):
        try:
            generator.value(schema, _SEED)
        except Unsatisfiable as error:
            message = f"no body can be made for the schema: {error.reason}"
            place = schema.document.place(schema.tokens)
            yield Finding(place, message, pointer_of(schema.tokens), "schema")
        except BrokenRef:
            continue  # a finding of its own


def endless_lists(contract: Contract) -> Iterator[Finding]:
    """Yield findings of paged lists whose schemas can't state that there is no next page."""
    for operation in contract.operations:
        for response in operation.responses.values():
            for key in response.content:
                paged = paging_of(operation, response, key)
                for member in paged.endless if paged else ():
                    yield from _endless(operation, member)


def _endless(operation: Operation, member: PageMember) -> Iterator[Finding]:
    message = (
        f"the list of {operation.id} has no end: {'.'.join(member.steps)} is required; expected it"
        " to be optional, nullable, or empty on the last page"
    )
    for schema in member.place.schemas[:1]:
        place = schema.document.place(schema.tokens)
        yield Finding(place, message, pointer_of(schema.tokens), "paging")


_SEED = "mock"


def _reply_schemas(contract: Contract) -> Iterable[Schema]:
    """Return the usable schemas of replies, each once."""
    responses = (r for operation in contract.operations for r in operation.responses.values())
    schemas = (content.schema for r in responses for content in r.content.values())
    return {s.uri: s for s in schemas if s is not None and s.compile() is None}.values()


def _contents(operation: Operation) -> Iterator[Content]:
    if operation.body:
        yield from operation.body.content.values()
    for response in operation.responses.values():
        yield from response.content.values()


def security_findings(contract: Contract) -> Iterator[Finding]:
    """Yield findings of security requirements that can't be checked."""
    for operation in contract.operations:
        for fault in SecurityRules(operation, contract.security_schemes).faults:
            top = operation.node.documents.top
            node = operation.node.get("security") or top.get("security") or operation.node
            yield Finding(node.place, fault, node.pointer, "security")


def nullable_findings(contract: Contract) -> Iterator[Finding]:
    """Yield findings of OpenAPI 3.0 schemas in which `nullable: true` has no effect.

    `nullable` only adds null to the types that the `type` beside it allows (OAS 3.0.3, section
    4.7.24.1). Keywords beside `$ref` have no effect.
    """
    if not contract.version.startswith("3.0"):
        return
    for kind, outermost in every_object(contract):
        for steps, _, schema in objects(outermost.value, kind) if kind == "schema" else ():
            why = _why_not_nullable(schema)
            if why is not None:
                tokens = (*outermost.tokens, *steps, "nullable")
                place = outermost.document.place(tokens)
                message = f"`nullable` has no effect here: {why}"
                yield Finding(place, message, pointer_of(tokens), "nullable")


def _why_not_nullable(schema: dict[str, Any]) -> str | None:
    if schema.get("nullable") is not True:
        return None
    if isinstance(schema.get("$ref"), str):
        return "beside `$ref` nothing counts; make the schema that it leads to nullable"
    if "type" in schema:
        return None
    return "there is no `type` beside it; write one here and in what it is made of"


def example_findings(contract: Contract) -> Iterator[Finding]:
    """Yield findings of examples that break their schema: of bodies, parameters, headers."""
    for operation in contract.operations:
        for content in _contents(operation):
            for example in content.examples.values():
                found = violations(content, example.value, _EXAMPLE)
                yield from (_example_finding(v, example.node) for v in found)
        for field in _fields(operation):
            for example in field.examples.values():
                found = field.schema.violations(example.value, _EXAMPLE) if field.schema else []
                yield from (_example_finding(v, example.node) for v in found)
        for response in operation.responses.values():
            for header in response.headers:
                yield from _unsendable(header, contract)


def _unsendable(header: Header, contract: Contract) -> Iterator[Finding]:
    """Yield findings of header values in the document that no field can carry (RFC 9110, 5.5)."""
    for node, value in (*_header_examples(header), *_header_constants(header, contract)):
        try:
            encode(header.shape, value)
        except ValueError:
            message = (
                f"no header can carry {shown_value(value)}, so another value is sent; expected"
                " Latin-1 characters without line ends and blanks at the ends, and no commas in"
                " the items of a list"
            )
            yield Finding(node.place, message, node.pointer, str(node.tokens[-1]))


def _header_examples(header: Header) -> Iterator[tuple[DocumentNode, Any]]:
    """Yield the examples that fit their schema; the others are reported elsewhere."""
    for example in header.examples.values():
        if header.schema is None or header.schema.is_valid(example.value):
            yield example.node, example.value


def _header_constants(header: Header, contract: Contract) -> Iterator[tuple[DocumentNode, Any]]:
    """Yield the values of `const`, `default` and `enum` in the header's schema."""
    if header.schema is None:
        return
    try:
        schema = header.schema.referred()
    except BrokenRef:  # a finding of its own
        return
    node = contract.documents.at(schema.document, schema.tokens, "")
    for keyword in ("const", "default"):
        if (found := node.get(keyword)) is not None:
            yield found, found.value
    for entry in found.elements() if (found := node.get("enum")) is not None else ():
        yield entry, entry.value


_EXAMPLE = ("example", "example")


def _fields(operation: Operation) -> Iterator[Parameter | Header]:
    yield from operation.parameters
    for response in operation.responses.values():
        yield from response.headers


def _example_finding(violation: Violation, node: DocumentNode) -> Finding:
    steps = (*node.tokens, *violation.location[2:])
    place = node.document.place(steps)
    return Finding(place, violation.message, pointer_of(steps), violation.rule)


def specification_findings(contract: Contract) -> Iterator[Finding]:
    """Yield findings for breaches of the OpenAPI Specification itself."""
    yield from structure_findings(every_object(contract), contract.version)
    yield from tag_findings(contract.documents.top)
