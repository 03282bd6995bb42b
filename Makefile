# `make demo` and `make test` set up everything they need, and cost nothing when run again.
PYTHON ?= python3
UV_VERSION := 0.13.9
BOOTSTRAP := .bootstrap
UV := $(shell command -v uv 2>/dev/null || echo $(BOOTSTRAP)/bin/uv)
RUN := .venv/bin
# What waits for real processes may wait in vain on a busy machine: it is run once more, and told of.
PYTEST := $(RUN)/pytest --dist worksteal --reruns 1 -r fEsR --durations 40 --durations-min 5
PART ?= 1
PARTS ?= 1
# Every command under test is a Python of its own: without bytecode each compiles all that it imports.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup clouds engine demo test slow check lint types layers parsers flags bench clean
help: ## what each target does
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/' | expand -t 12

$(BOOTSTRAP)/bin/uv:
	@echo "› installing uv $(UV_VERSION) into $(BOOTSTRAP)"
	@$(PYTHON) -m venv $(BOOTSTRAP)
	@$(BOOTSTRAP)/bin/pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

.venv/.synced: pyproject.toml uv.lock $(if $(findstring $(BOOTSTRAP),$(UV)),$(BOOTSTRAP)/bin/uv)
	@echo "› installing llmdeploy and its locked dependencies into .venv"
	@$(UV) sync --frozen --python $(PYTHON)
	@touch $@

.venv/.clouds: .venv/.synced
	@echo "› installing the clouds' SDKs and every other extra into .venv"
	@$(UV) sync --frozen --python $(PYTHON) --all-extras
	@touch $@

setup: .venv/.synced ## install the locked dependencies into .venv

clouds: .venv/.clouds ## the extras: SDKs of AWS and Google Cloud (400 MB), real or simulated; hub, plots

engine: setup ## find, download or build the Pulumi engine (about 5 minutes, once per machine)
	@$(RUN)/llmdeploy engine install

demo: engine ## the main job: one spec to two healthy local regions and a streamed answer
	@$(RUN)/python -m llmdeploy.cli.demo

test: engine ## every check, and every test but the slow ones
	@$(MAKE) --no-print-directory check

check: engine clouds lint types layers ## ruff, mypy, import-linter, pytest
	@$(PYTEST) --numprocesses 3 -m "not slow"

slow: engine clouds ## the tests that `make test` leaves out, whole deployments mostly, more than an hour; PART=2 PARTS=10 for a tenth
	@$(PYTEST) --numprocesses 2 -m slow --splits $(PARTS) --group $(PART)

lint: clouds
	@$(RUN)/ruff check . && $(RUN)/ruff format --check .

types: clouds
	@$(RUN)/mypy

layers: clouds
	@$(RUN)/lint-imports --no-cache

parsers: .parsers/.installed ## the real parsers of vLLM and SGLang, to check flags against (6 GB; CI has them)

.parsers/.installed: scripts/parsers/requirements.txt | setup
	@echo "› installing the parsers of vLLM and SGLang into .parsers"
	@$(UV) venv --quiet --clear --python $(PYTHON) .parsers
	@$(UV) pip install --quiet --no-deps --python .parsers/bin/python --requirement $<
	@touch $@

flags: parsers ## write the catalog's flag tables anew from the parsers
	@.parsers/bin/python scripts/generate_flags.py
	@$(RUN)/python -m scripts.framework_tables

bench: engine ## print the figures of bench/
	@$(RUN)/python -m bench

clean: ## remove what setup installed
	rm -rf .venv .bootstrap .parsers
