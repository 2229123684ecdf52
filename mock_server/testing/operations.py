"""The contract that strategies are made from, and its operations by name."""

from __future__ import annotations

from pathlib import Path

from mock_server.contract import Contract, Operation, read_contract
from mock_server.core import did_you_mean
from mock_server.errors import WrongUse
from mock_server.settings import shipped


def contract_of(given: Contract | Path | str | None) -> Contract:
    """Return a given contract, or the one at a path; the shipped one if none is given.

    Raises StartError if the contract can't be read.
    """
    if isinstance(given, Contract):
        return given
    return read_contract(Path(given) if given is not None else shipped("openapi.yaml"))


def operation_of(contract: Contract, name: str) -> Operation:
    """Return the operation of that id. Raises WrongUse if there is none."""
    known = {operation.id: operation for operation in contract.operations}
    if name not in known:
        near = did_you_mean(name, known)
        raise WrongUse(f"no operation of the contract has the id {name}{near}")
    return known[name]
