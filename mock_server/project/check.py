"""The full check of a document, its fixtures and its handlers, without serving.

Here is the one door to openapi-spec-validator. It reads a large document for seconds, so the
server leaves it to a process of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any
from urllib.parse import urldefrag

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
from mock_server.core import in_deep_stack, pointer_of, shown_value
from mock_server.documents import BrokenRef, Document, DocumentNode, inner_schemas, objects
from mock_server.errors import Finding, StartError, Violation, WrongUse
from mock_server.generation import Fakes, Generator, Unsatisfiable, faker_fault
from mock_server.paging import PageMember, paging_of
from mock_server.parameters import encode
from mock_server.project.loader import Project, project_of, read_settled_contract
from mock_server.schemas import Schema
from mock_server.settings import Settings
from mock_server.validation import SecurityRules


def findings(settings: Settings) -> list[str]:
    """Everything that is wrong, a line each, in the order of the files.

    Raises WrongUse where a file that was named isn't there.
    """
    try:
        contract = read_settled_contract(settings)
    except WrongUse:
        raise
    except StartError as error:
        return error.lines
    try:
        project_of(settings, contract)
    except WrongUse:
        raise
    except StartError as error:
        return [*_lines(contract), *error.lines]
    return _lines(contract)


def _lines(contract: Contract) -> list[str]:
    return [str(finding) for finding in unique(contract_findings(contract))]


def document_findings(parts: Project) -> Iterator[Finding]:
    """What is wrong in the document: its structure, its schemas, its examples."""
    return contract_findings(parts.contract)


def contract_findings(contract: Contract) -> Iterator[Finding]:
    """What is wrong in the document of a contract."""
    told = list(contract.findings)
    told += example_findings(contract)
    told += security_findings(contract)
    told += nullable_findings(contract)
    yield from told
    # These may say the same in other words.
    kinds = (
        schema_findings, dangling_references, unsatisfiable, endless_lists, specification_findings,
    )  # fmt: skip
    for others in kinds:
        places = {finding.place for finding in told}
        new = [finding for finding in others(contract) if finding.place not in places]
        yield from new
        told += new


def unique(found: Iterable[Finding]) -> list[Finding]:
    """Each finding once, in the order of the files."""

    def order(finding: Finding) -> tuple[str, int, int]:
        return (finding.place.file, finding.place.line, finding.place.column)

    return sorted(dict.fromkeys(found), key=order)


def schema_findings(contract: Contract) -> Iterator[Finding]:
    """Patterns that can't be read, and schemas that can't be used: `type: 5`, a dangling `$ref`.

    A schema that can't be used because of one that it refers to isn't reported again.
    """
    told: set[str] = set()
    fakes = Fakes()
    for schema in list(_schemas(contract)):  # all are known before the first is compiled
        yield from _unreadable_patterns(schema)
        yield from _unknown_fakers(schema, fakes)
        fault = schema.compile()
        if fault is None:
            continue
        flaws = list(schema.flaws()) or ([] if fault in told else [(schema.tokens, fault)])
        told.add(fault)
        for tokens, message in flaws:
            effect = "what it judges is a 501" if schema.refusal else "anything goes"
            message = f"the schema can't be used, so {effect}: {message}"
            yield Finding(schema.document.place(tokens), message, pointer_of(tokens), "schema")


def _unknown_fakers(schema: Schema, fakes: Fakes) -> Iterator[Finding]:
    """What an `x-faker` names that nothing is known by, so that it isn't followed."""
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


def unsatisfiable(contract: Contract) -> Iterator[Finding]:
    """Schemas of replies that no body can be made for: asked for one, the server answers 501."""
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
    """Lists of pages whose schemas have no way to say that there is no further page."""
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
    """The schemas of replies that can be used, each once."""
    responses = (r for operation in contract.operations for r in operation.responses.values())
    schemas = (content.schema for r in responses for content in r.content.values())
    return {s.uri: s for s in schemas if s is not None and s.compile() is None}.values()


def _contents(operation: Operation) -> Iterator[Content]:
    if operation.body:
        yield from operation.body.content.values()
    for response in operation.responses.values():
        yield from response.content.values()


def security_findings(contract: Contract) -> Iterator[Finding]:
    """Security requirements that nothing can be asked for."""
    for operation in contract.operations:
        for fault in SecurityRules(operation, contract.security_schemes).faults:
            top = operation.node.documents.top
            node = operation.node.get("security") or top.get("security") or operation.node
            yield Finding(node.place, fault, node.pointer, "security")


def nullable_findings(contract: Contract) -> Iterator[Finding]:
    """Schemas of OpenAPI 3.0 that say `nullable: true` and don't take null by it.

    It adds null to what the `type` beside it allows, and does nothing else (OAS 3.0.3, section
    4.7.24.1); beside `$ref` nothing counts.
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
    """Examples that break their own schema: of bodies, of parameters, of headers."""
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
    """Values that the document gives for a header, and no field can carry (RFC 9110, 5.5)."""
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
    """The examples that keep to their schema; the others are told of."""
    for example in header.examples.values():
        if header.schema is None or header.schema.is_valid(example.value):
            yield example.node, example.value


def _header_constants(header: Header, contract: Contract) -> Iterator[tuple[DocumentNode, Any]]:
    """The values that the header's schema allows alone, and the one that it takes for granted."""
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


# What the contract's reader tells with its place, and the library without.
_TOLD_ALREADY = {"DuplicateOperationIDError", "UnresolvableParameterError"}


def specification_findings(contract: Contract) -> Iterator[Finding]:
    """Where the root document breaks the OpenAPI Specification itself."""
    import openapi_spec_validator as specification
    from referencing.exceptions import Unresolvable

    validators = {
        "3.0": specification.OpenAPIV30SpecValidator,
        "3.1": specification.OpenAPIV31SpecValidator,
        "3.2": specification.OpenAPIV32SpecValidator,
    }
    root = contract.documents.root

    class Validator(validators[contract.version[:3]]):  # type: ignore[misc]
        resolver_handlers = _OwnDocuments(contract)

    validator = Validator(root.data, base_uri=root.uri)
    try:
        for error in _errors(validator):
            if type(error).__name__ in _TOLD_ALREADY:
                continue
            tokens = tuple(_deepest(error).absolute_path)
            if _stands(root.data, tokens):  # what it says of a schema's inside, we have said
                yield _specification_finding(error, root)
    except Exception as error:  # the walk gives up on what it can't follow
        # References that lead nowhere are findings of ours, and it knows no anchors and `$id`s.
        if contract.findings or isinstance(error, Unresolvable):
            return
        message = f"the check of the document ended here: {_one_line(str(error))}"
        yield Finding(root.place(()), message, "", type(error).__name__)


class _OwnDocuments(dict[str, Any]):
    """Gives the library the contract's own documents; it would read any file and URL itself."""

    def __init__(self, contract: Contract) -> None:
        self._documents = contract.documents

    def __contains__(self, scheme: object) -> bool:
        return True

    def __missing__(self, scheme: str) -> Callable[[str], Any]:
        return lambda address: self._documents.document(urldefrag(address)[0], address).data


def _errors(validator: Any) -> list[Any]:
    """All that the library finds; it calls itself for each step of a chain of schemas."""
    try:
        return list(validator.iter_errors())
    except RecursionError:
        return in_deep_stack(lambda: list(validator.iter_errors()))


def _specification_finding(error: Any, root: Document) -> Finding:
    deepest = _deepest(error)
    tokens = tuple(deepest.absolute_path)
    rule = str(deepest.schema_path[-1]) if deepest.schema_path else type(error).__name__
    message = deepest.message.split("\n\nFailed validating")[0]
    return Finding(root.place(tokens), _one_line(message), pointer_of(tokens), rule)


def _stands(value: Any, tokens: tuple[str | int, ...]) -> bool:
    """Whether something stands at those steps; a key that looks like a number comes as one."""
    for token in tokens:
        try:
            value = value[str(token)] if isinstance(value, dict) else value[int(token)]
        except (KeyError, IndexError, TypeError, ValueError):
            return False
    return True


def _deepest(error: Any) -> Any:
    """Of the branches of an `anyOf` or `oneOf` the error that got farthest into the document."""
    while error.context:
        error = max(error.context, key=lambda e: (len(e.absolute_path), e.validator != "$ref"))
    return error


def _one_line(text: str, most: int = 300) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"
