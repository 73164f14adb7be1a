# Ten verbs and no more. `make demo` and `make test` work from a clean clone with Python 3.11 and make.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
BUILT := fotspor/kit/static/kit/built/.built
READY := $(VENV)/.ready
DEMO := FOTSPOR_MODE=demo

.PHONY: setup run test test-all check fix docs demo bench screens

setup: $(READY) $(BUILT)  ## everything a developer needs
	@$(BIN)/python -m fotspor.kit.messages compile

$(VENV)/.base: requirements/base.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Setting up Python packages ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/base.txt
	@echo "$(CURDIR)" > $$($(BIN)/python -c "import site; print(site.getsitepackages()[0])")/fotspor.pth
	@printf '#!%s\nfrom fotspor.config.cli import main\n\nmain()\n' "$(CURDIR)/$(BIN)/python" > $(BIN)/fotspor && chmod +x $(BIN)/fotspor
	@touch $@

$(READY): $(VENV)/.base requirements/dev.txt
	@echo "Setting up what tests and checks need ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

$(BUILT): package-lock.json designsystemet.config.json front/build.mjs front/icons.json | $(VENV)/.base
	@echo "Building theme, icons and fonts ..."
	@sh front/with-node sh -c "npm ci --silent --no-audit --no-fund && npm run --silent build"
	@touch $@

run: setup  ## the application server on this machine's own settings
	@$(BIN)/fotspor serve

demo: $(VENV)/.base $(BUILT)  ## a synthetic municipality on 127.0.0.1:8000
	@$(BIN)/python -m fotspor.kit.messages compile
	@$(DEMO) $(BIN)/fotspor demo

test: setup  ## everything, on SQLite and PostgreSQL, with a browser at 1440 where they exist
	@$(BIN)/python tests/run.py

test-all: setup  ## also other widths, schemes, long state machines and new seeds
	@FOTSPOR_TEST_ALL=1 $(BIN)/python tests/run.py

check: setup  ## changes nothing: format, lint, types, contracts, migrations, templates, words, docs, secrets
	@sh tests/check.sh

fix: setup  ## what a machine can put right
	@$(BIN)/ruff check --quiet --fix-only . ; $(BIN)/ruff format --quiet .
	@$(BIN)/python -m fotspor.kit.messages update
	@for extra in "" "--extra dev" "--extra front"; do name=$${extra##* }; \
	  $(BIN)/uv pip compile pyproject.toml $$extra --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-header --no-annotate --quiet -o requirements/$${name:-base}.txt; done

docs: setup  ## regenerate docs/reference
	@FOTSPOR_MODE=test $(BIN)/python docs/generate.py

bench: setup  ## figures with their reference in the same run; BENCH="--size city --keep FOLDER" for a city
	@FOTSPOR_MODE=test $(BIN)/python benchmarks/run.py $(BENCH)

screens: setup  ## the pictures of the README, from the running demo
	@$(DEMO) $(BIN)/python tests/screens.py
