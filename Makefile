# Fondasi: `make demo` runs everything, `make test` proves it. `make help` lists the rest.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PACKAGES := packages/fondasi packages/courtsight examples/posts
STAMP := $(VENV)/.installed
# Progress where somebody looks, silence in logs.
QUIET := $(shell [ -t 2 ] || echo -q)
COMPILE := $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header --no-annotate
PROJECTS := packages/fondasi/pyproject.toml packages/courtsight/pyproject.toml

.DEFAULT_GOAL := help
.PHONY: help setup demo test lint format golden docs docs-check bench requirements clean

help: ## List the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

setup: $(STAMP) ## Create .venv and install everything, pinned and hashed

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; found $$($(PYTHON) --version). Try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "Could not create $(VENV). On Debian and Ubuntu: apt install python3-venv"; exit 1; }

# uv installs faster and shows progress; where it cannot reach an index that pip is set up for, pip does the same work.
$(STAMP): requirements/uv.txt requirements/dev.txt $(wildcard packages/*/pyproject.toml examples/*/pyproject.toml) | $(VENV)/bin/python
	@echo "Installing into $(VENV); the first time takes a minute or two."
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install $(QUIET) --require-hashes -r requirements/dev.txt || \
		$(BIN)/python -m pip install $(QUIET) --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation --no-index $(addprefix -e ,$(PACKAGES))
	@touch $(STAMP)

demo: setup ## Start CourtSight with fictitious decisions (PORT, ADMIN_USERNAME, ADMIN_PASSWORD, FONDASI_DATA_DIR)
	@$(BIN)/fondasi demo

test: lint ## Lint, type-check and run the whole suite on a real embedded PostgreSQL
	@$(BIN)/pytest -n auto || { echo "Those that failed, alone: $(BIN)/pytest --lf"; exit 1; }

lint: setup ## ruff, mypy --strict, import-linter
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: setup ## Format the code
	@$(BIN)/ruff check --fix -q .
	@$(BIN)/ruff format .

golden: setup ## Write the table of routes and groups again, for review
	@$(BIN)/python packages/fondasi/tests/golden/write.py

docs: setup ## Write the generated pages of docs/ again
	@$(BIN)/python docs/generate_settings.py

docs-check: setup ## Run the commands in README.md and docs/, check their code, links and settings
	@$(BIN)/pytest -q docs/tests

bench: setup ## Every figure that docs/performance.md quotes
	@$(BIN)/python -m benchmarks

requirements: setup ## Compile requirements/*.txt again from the pyproject files
	@$(COMPILE) --upgrade requirements/uv.in -o requirements/uv.txt
	@$(COMPILE) --upgrade --extra ai --extra redis $(PROJECTS) --no-emit-package fondasi -o requirements/runtime.txt
	@$(COMPILE) --upgrade --extra ai --extra redis requirements/dev.in $(PROJECTS) --no-emit-package fondasi -o requirements/dev.txt

clean: ## Remove .venv and caches; ./data stays
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis
