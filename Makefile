# One environment, made from pyproject.toml when that has changed.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: run test check format docs bench clean

run: $(READY)  ## serve the shipped contract on 127.0.0.1:4010
	@$(BIN)/mock-server serve

test: $(READY)  ## pass the tests
	@$(BIN)/python -m pytest -n 2

check: $(READY)  ## what CI runs: format, lint, types, tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(MAKE) test

format: $(READY)  ## put the code into its one form
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

docs: $(READY)  ## write docs/support.md anew, from what is found
	@$(BIN)/python -m tests.support

bench: $(READY)  ## measure against a bare app, Prism and openapi-backend
	$(BIN)/python bench/run.py

clean:
	rm -rf $(VENV) dist build .mypy_cache .pytest_cache .ruff_cache .hypothesis

$(READY): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "mock-server needs Python 3.11 or newer; name one with: make PYTHON=python3.12")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test]'
	@touch $@
