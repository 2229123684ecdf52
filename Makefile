# One environment, made from pyproject.toml and the lock in constraints.txt when one has changed.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
SERVING := $(VENV)/.serving
CLIENTS := $(VENV)/.clients
# Environments for other purposes than serving and testing.
TOOLS := .tools
# Images for containers often forbid Python to keep bytecode. The tests start many processes, which
# would all compile the same modules.
export PYTHONDONTWRITEBYTECODE :=
# What `make newest` and `make oldest` run.
SUITE ?= test

.PHONY: run test quick slow long check newest oldest format support site bench lock build clean

run: $(if $(wildcard $(READY)),$(READY),$(SERVING))  ## serve the shipped contract on 127.0.0.1:4010
	@$(BIN)/mock-server serve

test: $(READY)  ## pass the tests
	@$(BIN)/python -m pytest -n auto --dist worksteal

quick: $(READY)  ## pass the tests that take less than a quarter of a second each
	@$(BIN)/python -m pytest -n auto --dist worksteal -m 'not long and not slow'

slow: $(READY)  ## pass the tests, and write anew which of them are slow; on an idle machine
	@$(BIN)/python -m pytest -n auto --dist worksteal --record-slow

long: $(CLIENTS)  ## pass the tests that take too long for `make test`
	@$(BIN)/python -m pytest -n 2 -m long || { test $$? = 5 && echo 'No test is marked "long".'; }

check: $(READY)  ## what CI runs: format, lint, types, tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(MAKE) test

newest:  ## pass the tests with the newest releases of what we depend on
	@$(call environment,$(TOOLS)/newest)
	@$(call pip,$(TOOLS)/newest) install --upgrade --upgrade-strategy eager --editable '.[test]'
	@touch $(TOOLS)/newest/.ready
	@$(MAKE) $(SUITE) VENV=$(TOOLS)/newest

oldest: $(TOOLS)/release/.ready  ## pass the tests with the lowest releases that pyproject.toml allows
	@$(call environment,$(TOOLS)/oldest)
	@$(TOOLS)/release/bin/uv pip compile --quiet --upgrade --resolution lowest-direct --extra test \
	  --python $(TOOLS)/oldest/bin/python --output-file $(TOOLS)/oldest/lowest.txt pyproject.toml
	@$(call pip,$(TOOLS)/oldest) install --constraint $(TOOLS)/oldest/lowest.txt --editable '.[test]'
	@touch $(TOOLS)/oldest/.ready
	@$(MAKE) $(SUITE) VENV=$(TOOLS)/oldest

format: $(READY)  ## put the code into its one form
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

support: $(READY)  ## write the pages of docs/reference anew that are made from tables
	@$(BIN)/python -m tests.support

site: $(TOOLS)/site/.ready  ## make the documentation's site in site/, with no warning
	@$(TOOLS)/site/bin/zensical build --clean --strict

bench: $(READY)  ## measure against a bare app, Prism and openapi-backend
	$(BIN)/python bench/run.py

lock: $(TOOLS)/release/.ready  ## write constraints.txt anew, with the newest releases
	@$(TOOLS)/release/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 \
	  --all-extras --no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock' \
	  --output-file constraints.txt pyproject.toml

build: $(TOOLS)/release/.ready  ## make the sdist and the wheel in dist/, and check them
	@rm -rf dist
	@$(TOOLS)/release/bin/python -m build --no-isolation
	@$(TOOLS)/release/bin/twine check --strict dist/*

clean:  ## remove all that was made
	rm -rf $(VENV) $(TOOLS) dist build site .mypy_cache .pytest_cache .ruff_cache .hypothesis

# Where Python has pip, that one fills an environment of ours, which needs none: to make one with pip
# takes longer than to fill it. The target is an environment's folder.
HAS_PIP = $(shell $(PYTHON) -c 'import pip' 2>/dev/null && echo yes)
pip = $(if $(HAS_PIP),$(PYTHON) -m pip --python $(1)/bin/python,$(1)/bin/python -m pip) \
  --quiet --disable-pip-version-check
define environment
$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "mock-server needs Python 3.11 or newer; name one with: make PYTHON=python3.12")' && \
{ test -x $(1)/bin/python || $(PYTHON) -m venv $(if $(HAS_PIP),--without-pip) $(1); }
endef
# Into an environment, with these options, what is locked. The build backend is locked by being there.
define install
$(call pip,$(1)) install $(2) --constraint constraints.txt editables hatchling && \
$(call pip,$(1)) install $(2) --constraint constraints.txt --no-build-isolation --editable $(3)
endef

# Not compiled at once: what is needed is compiled when it is first imported.
$(SERVING): pyproject.toml constraints.txt
	@echo 'Installing mock-server into $(VENV) (once)…'
	@$(call environment,$(VENV))
	@$(call install,$(VENV),--no-compile,.)
	@touch $@

$(READY): pyproject.toml constraints.txt
	@echo 'Installing mock-server and what its tests need into $(VENV) (once)…'
	@$(call environment,$(VENV))
	@$(call install,$(VENV),,'.[test]')
	@touch $(SERVING) $@

$(CLIENTS): $(READY) tests/sdks/node/package-lock.json
	@echo 'Installing client libraries into $(VENV) (once)…'
	@$(call pip,$(VENV)) install --constraint constraints.txt --no-build-isolation --editable '.[sdks]'
	@if command -v npm >/dev/null; then npm ci --silent --no-audit --no-fund --prefix tests/sdks/node; fi
	@touch $@

$(TOOLS)/site/.ready: pyproject.toml constraints.txt
	@$(call environment,$(TOOLS)/site)
	@$(call pip,$(TOOLS)/site) install --constraint constraints.txt zensical
	@touch $@

$(TOOLS)/release/.ready: pyproject.toml
	@$(call environment,$(TOOLS)/release)
	@$(call pip,$(TOOLS)/release) install --constraint constraints.txt build hatchling twine uv
	@touch $@
