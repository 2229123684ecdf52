"""What the settings name, read and checked: the contract, the fixtures, the handlers."""

from __future__ import annotations

import importlib
import importlib.util
import sys
import traceback
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from mock_server.contract import Contract, Operation, read_contract
from mock_server.document import shown
from mock_server.errors import Finding, StartError, WrongUse
from mock_server.handler import Handler, bind, identifier
from mock_server.settings import Settings, shipped
from mock_server.store import Store, read_store

SHIPPED_HANDLERS = "mock_server.handlers.chroma_sync"


@dataclass(frozen=True)
class Parts:
    """What the settings name, read and checked."""

    contract: Contract
    store: Store
    fixtures: Path | None
    handlers: ModuleType | None
    bound: dict[str, Handler]

    @property
    def findings(self) -> list[Finding]:
        """What is wrong in the document; what is wrong elsewhere stops the start."""
        return self.contract.findings

    def sources(self, operation: Operation) -> list[str]:
        """Where an operation's replies come from, in the order in which they are looked through."""
        if operation.fault:
            return [f"501, {operation.fault}"]
        canned = [f"reply:{reply.name}" for reply in self.store.replies.get(operation.id, ())]
        usual = operation.lowest_success
        contents = usual[1].content.values() if usual else ()
        examples = [f"example:{name}" for content in contents for name in content.examples]
        fallback = examples[:1] or ["generated"]
        return [*canned, *(["handler"] if operation.id in self.bound else fallback)]


def read_parts(settings: Settings) -> Parts:
    """Read the document, the fixtures and the handlers. Raises StartError."""
    contract = read_contract(settings.document or shipped("openapi.yaml"))
    folder = settings.fixtures or (shipped("fixtures") if settings.is_shipped else None)
    store = read_store(folder, contract) if folder else Store()
    name = settings.handlers or (SHIPPED_HANDLERS if settings.is_shipped else None)
    handlers = load_module(name) if name else None
    return Parts(contract, store, folder, handlers, _bound(name, handlers, contract, store))


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
    """A module by its dotted name or its file's path, as it is now. Raises StartError."""
    try:
        if name.endswith(".py"):
            return _from_file(Path(name))
        if str(Path.cwd()) not in sys.path:
            sys.path.insert(0, str(Path.cwd()))
        importlib.invalidate_caches()
        known = sys.modules.get(name)
        return importlib.reload(known) if known else importlib.import_module(name)
    except StartError:
        raise
    except ModuleNotFoundError as error:
        raise WrongUse(f"{name}: {error}; expected a module or the path of a .py file") from None
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        raise StartError(_broken_module(name, error)) from None


def _from_file(path: Path) -> ModuleType:
    if not path.is_file():
        raise WrongUse(f"{shown(path.absolute())}: there is no such file")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    source = path.read_bytes()  # not the cached bytecode: a file may change twice in a second
    exec(compile(source, str(path), "exec"), module.__dict__)
    return module


def _broken_module(name: str, error: BaseException) -> str:
    """Where a module went wrong, in one line."""
    if isinstance(error, SyntaxError) and error.filename:
        place = f"{shown(Path(error.filename))}:{error.lineno}:{error.offset}"
        return f"{place}: {error.msg}"
    frames = traceback.extract_tb(error.__traceback__)
    last = frames[-1] if frames else None
    place = f"{shown(Path(last.filename))}:{last.lineno}:1" if last else name
    return f"{place}: {type(error).__name__}: {error}"
