# Two commands do all the set-up on a fresh machine: `make demo` and `make test`.
# Needed beforehand: git, make and some Python >= 3.12. Everything else is fetched into .venv.

SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# where PROJECT_PYTHON is not given, the newest fitting interpreter is looked for
PROJECT_PYTHON ?= $(shell .ci/find-python)
WIDGET := $(shell find connector/widget -type f -not -path '*/node_modules/*' -not -path '*/__pycache__/*' 2>/dev/null)
ARGS ?=

.PHONY: help demo test quick lint format bench pictures lock wheel clean

help:  ## what there is
	@awk -F':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(READY): pyproject.toml manifests/constraints.txt .ci/find-python $(WIDGET)
	@test -n "$(PROJECT_PYTHON)" || { echo "image-tracer needs Python 3.12 or newer, and none was found: install it, or name it with PROJECT_PYTHON=/path/to/python3" >&2; exit 1; }
	@test -x $(BIN)/python || "$(PROJECT_PYTHON)" -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c manifests/constraints.txt -e '.[test]'
	@touch $@

demo: $(READY)  ## a photo library, its trace and a gallery with the widget in it, on this machine
	@$(BIN)/image-tracer demo $(ARGS)

test: $(READY)  ## every test and check; installs a browser and a database where it may
	@.ci/system-packages
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -n auto --dist loadfile $(ARGS)

quick: $(READY)  ## the tests that take a moment
	$(BIN)/python -m pytest -m "not slow and not browser and not postgres" $(ARGS)

lint: $(READY)  ## style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(READY)  ## bring the code into shape
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(READY)  ## lists the measurements; ARGS="pull kill" runs some, as ratios
	$(BIN)/python -m tests.bench $(ARGS)

pictures: $(READY)  ## the README's screenshots, made anew
	$(BIN)/python -m tests.bench.screenshots manifests/pictures

lock: $(READY)  ## renew the exact versions (manifests/constraints.txt)
	$(BIN)/python .ci/lock.py

wheel: $(READY)  ## the distribution, with the widget built into it
	$(BIN)/python -m pip wheel --quiet --no-deps --wheel-dir dist .

clean:  ## forget everything that was made
	rm -rf $(VENV) .demo dist build connector/static/widget .pytest_cache .mypy_cache .ruff_cache
