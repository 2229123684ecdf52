"""What the settings name, read and checked: the contract, the fixtures, the handlers."""

from __future__ import annotations

import importlib
import importlib.util
import sys
import sysconfig
import traceback
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from importlib.abc import SourceLoader
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

from mock_server.contract import Contract, Operation, read_contract
from mock_server.documents import Document, shown_path, shown_url, stream_name
from mock_server.errors import Finding, StartError, WrongUse
from mock_server.fixtures import Store, read_store, state_file
from mock_server.generation import sent_examples
from mock_server.http_messages import FaultRule, WrongRule, members_of, read_rule
from mock_server.outgoing import CannedRequests, read_canned_requests
from mock_server.project.handlers import Handler, bind, identifier
from mock_server.settings import Settings, shipped
from mock_server.state import Recognised, stated

SHIPPED_HANDLERS = "mock_server.handlers.chroma_sync"


@dataclass(frozen=True)
class Project:
    """What the settings name, read and checked."""

    contract: Contract
    store: Store
    fixtures: Path | None
    handlers: ModuleType | None
    bound: dict[str, Handler]
    faults: tuple[FaultRule, ...] = ()
    invalid_examples: bool = False

    @cached_property
    def state(self) -> Recognised:
        """The stateful operations of the contract. Raises StartError if `state.yaml` is wrong."""
        return stated(self.contract, self.fixtures)

    @cached_property
    def canned_requests(self) -> CannedRequests:
        """What the fixtures say of callbacks and webhooks. Raises StartError."""
        if self.fixtures is None:
            return CannedRequests()
        return read_canned_requests(self.fixtures, self.contract)

    @property
    def findings(self) -> list[Finding]:
        """The findings of the document; errors elsewhere stop the start."""
        return self.contract.findings

    def sources(self, operation: Operation) -> list[str]:
        """Return the sources of an operation's replies, in the order in which they are tried."""
        if operation.fault:
            return [f"501, {operation.fault}"]
        replies = self.store.replies.get(operation.id, ())
        canned = [f"reply:{reply.name}" for reply in replies if not reply.not_recorded]
        usual = operation.lowest_success
        contents = usual[1].content.values() if usual else ()
        sent = [sent_examples(content, self.invalid_examples) for content in contents]
        examples = [f"example:{name}" for examples in sent for name in examples]
        fallback = examples[:1] or ["generated"]
        return [*canned, *(["handler"] if operation.id in self.bound else fallback)]


def read_project(settings: Settings, before: Document | None = None) -> Project:
    """Read the document, the fixtures and the handlers.

    `before` is the document as it was read last time. Raises StartError.
    """
    return project_of(settings, read_settled_contract(settings, before))


def project_of(settings: Settings, contract: Contract) -> Project:
    """Return a contract with its settled fixtures and handlers. Raises StartError."""
    folder = settings.fixtures or (shipped("fixtures") if settings.is_shipped else None)
    store = read_store(folder, contract, settings.allow_undeclared) if folder else Store()
    name = settings.handlers or (SHIPPED_HANDLERS if settings.is_shipped else None)
    handlers = load_module(name) if name else None
    bound = _bound(name, handlers, contract, store)
    faults = (*_rules(settings.fault, contract), *store.faults)
    parts = Project(contract, store, folder, handlers, bound, faults, settings.invalid_examples)
    if folder is not None and state_file(folder) is not None:
        _ = parts.state  # a wrong statement stops the start
    _ = parts.canned_requests
    return parts


def read_settled_contract(settings: Settings, before: Document | None = None) -> Contract:
    """Return the contract that the settings name. Raises StartError."""
    for folder in settings.allow_files:
        if not folder.is_dir():
            raise WrongUse(f"--allow-files {shown_path(folder)}: there is no such folder")
    document = settings.document or shipped("openapi.yaml")
    return read_contract(
        document, settings.sse_done, settings.allow_files, before, settings.document_header
    )


def document_name(settings: Settings) -> str:
    """Return the name of the document in the settings, for messages."""
    if settings.document is None:
        return "the shipped document"
    if isinstance(settings.document, str):
        return shown_url(settings.document)
    return stream_name(settings.document) or shown_path(settings.document.absolute())


def _rules(texts: Iterable[str], contract: Contract) -> list[FaultRule]:
    """Return the fault rules of the command line. Raises WrongUse with all their errors."""
    operations = {operation.id for operation in contract.operations}
    rules, wrong = [], []
    for text in texts:
        try:
            rules.append(read_rule(members_of(text), operations))
        except WrongRule as error:
            wrong += [f"--fault {text!r}: {message}" for _, message in error.wrong]
    if wrong:
        raise WrongUse(wrong)
    return rules


def _bound(
    name: str | None, handlers: ModuleType | None, contract: Contract, store: Store
) -> dict[str, Handler]:
    functions = ((o, getattr(handlers, identifier(o.id), None)) for o in contract.operations)
    bound = {o.id: bind(f, o, store.records) for o, f in functions if callable(f)}
    if handlers is not None and not bound:
        ids = ", ".join(identifier(o.id) for o in contract.operations[:5])
        raise StartError(
            f"{name}: none of its functions is named by an operationId of the contract; expected"
            f" one of {ids}"
        )
    return bound


def load_module(name: str) -> ModuleType:
    """Return a module by its dotted name or its file's path, freshly read. Raises StartError.

    Every call returns a new module, so handlers that are bound already don't change.
    """
    spec = _spec_of(name)
    try:
        return _fresh(spec)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        raise StartError(_broken_module(spec.origin or name, error)) from None


def _spec_of(name: str) -> ModuleSpec:
    """Return the spec of a module with source code. Raises WrongUse if there is none."""
    if name.endswith(".py"):
        path = Path(name).absolute()
        if not path.is_file():
            raise WrongUse(f"{shown_path(path)}: there is no such file")
        # A name that nothing imports: handlers in json.py must not stand in for json.
        spec = importlib.util.spec_from_file_location(f"handlers:{path.stem}", path)
    else:
        spec = _importable(name)
        if spec is not None and spec.has_location:  # not by another loader, such as pytest's
            spec = importlib.util.spec_from_file_location(spec.name, spec.origin)
    if spec is None or not isinstance(spec.loader, SourceLoader):
        raise WrongUse(f"{name}: there is no such module; expected one, or the path of a .py file")
    return spec


def _importable(name: str) -> ModuleSpec | None:
    if str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))
    importlib.invalidate_caches()
    try:
        return importlib.util.find_spec(name)
    except ModuleNotFoundError as error:
        if f"{name}.".startswith(f"{error.name}."):
            return None
        raise StartError(_broken_module(name, error)) from None
    except (ImportError, ValueError):  # a relative name, or one of a module without a spec
        return None
    except Exception as error:  # raised by a package around it
        raise StartError(_broken_module(name, error)) from None


def _fresh(spec: ModuleSpec) -> ModuleType:
    """Return the module, run from its source.

    Cached bytecode would miss the second of two changes within a second.
    """
    assert isinstance(spec.loader, SourceLoader) and spec.origin is not None
    module = importlib.util.module_from_spec(spec)
    code = spec.loader.source_to_code(spec.loader.get_data(spec.origin), spec.origin)
    before = sys.modules.get(spec.name)
    sys.modules[spec.name] = module  # dataclasses, for example, look it up here
    try:
        exec(code, module.__dict__)
    except BaseException:
        del sys.modules[spec.name]
        if before is not None:
            sys.modules[spec.name] = before
        raise
    return module


def _broken_module(name: str, error: BaseException) -> str:
    """Return the place and the message of a module's error, in one line."""
    message = " ".join(str(error).split())
    if isinstance(error, SyntaxError):
        return f"{_shown_place(error.filename or name, error.lineno, error.offset)}: {error.msg}"
    own = [f for f in traceback.extract_tb(error.__traceback__) if not _is_library(f.filename)]
    place = _shown_place(own[-1].filename, own[-1].lineno) if own else _shown_place(name)
    return f"{place}: {type(error).__name__}: {message}".rstrip(": ")


def _shown_place(file: str, line: int | None = 1, column: int | None = 1) -> str:
    return f"{shown_path(Path(file))}:{line or 1}:{column or 1}"


def _is_library(file: str) -> bool:
    """Return whether a file isn't one of the user's own."""
    folders = sysconfig.get_paths()
    installed = (folders["stdlib"], folders["purelib"], folders["platlib"])
    return file == __file__ or file.startswith(("<", *installed))
