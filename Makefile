# Everything runs in .venv, made here from Python 3.11 or newer; pip's own configuration says where packages come from.
# ARGS goes to pytest: make test ARGS="-k glob".

VENV := .venv
BIN := $(VENV)/bin
ARGS ?=
# Apart from the rest: what other engines ask for must not bind this one.
BENCH_VENV := .venv-bench
BENCH_NODE := benchmarks/.node
IAM_SIMULATE := 0.1.173

ifndef PYTHON
PYTHON := $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
endif

.DEFAULT_GOAL := help
.PHONY: help demo test check test-long coverage mutants docs bench clean

help:
	@echo 'make demo       one request through the policies of examples/foundation, one call through the API of examples/gateway'
	@echo 'make test       the tests, with the examples in docstrings and README'
	@echo 'make check      ruff, mypy, and the arrows between the rooms'
	@echo 'make test-long  the long Hypothesis profile, two minutes of fuzzing, coverage, and mutants of the source'
	@echo 'make coverage   branch coverage of document, language, engine and gateway'
	@echo 'make mutants    changes 300 places of the code that decides, one at a time: do the tests notice?'
	@echo 'make docs       what docs/semantics.md takes from tests and program: who holds each rule, what is assumed'
	@echo 'make bench      speed beside other engines, written to docs/benchmarks/; ARGS=--quick for a look'
	@echo 'make clean      remove .venv and what the tools left'

# --clear: a .venv that was left half made, as where Python comes without ensurepip, is made again.
$(VENV)/.made:
	@test -n "$(PYTHON)" || { echo 'Python 3.11 or newer is needed: name it with make PYTHON=/path/to/python' >&2; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
	@touch $@

# A stamp is older than pyproject.toml when there is something to install anew.
$(VENV)/.installed: pyproject.toml | $(VENV)/.made
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[cli,templates]'
	@touch $@

$(VENV)/.installed-dev: pyproject.toml | $(VENV)/.made
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@ $(VENV)/.installed

CHECK_ORDER := $(BIN)/execpolicy check \
	--identity examples/foundation/identity.json \
	--resource examples/foundation/resource.json \
	--as arn:aws:sts::111122223333:assumed-role/Clerk/ann \
	--on arn:aws:execute-api:eu-west-1:111122223333:a1b2c3d4e5/prod/GET/orders/17

CALL_ORDERS := $(BIN)/execpolicy check GET /orders/17 --api examples/gateway/orders.api.yaml \
	--header 'Authorization: Bearer abc'

# The first call comes from the internet and must be denied, which is exit code 1; the second through the endpoint. The
# third gets through although the authorizer's function says nothing for it.
demo: $(VENV)/.installed
	$(CHECK_ORDER) --context aws:SourceIp=203.0.113.7; test $$? -eq 1
	@echo
	$(CHECK_ORDER) --context examples/foundation/context.json
	@echo
	$(CALL_ORDERS) --authorizer-output examples/gateway/answers/reads-order-9.json

# On every core: ARGS=-n0 for one process, as a debugger asks for.
test: $(VENV)/.installed-dev
	$(BIN)/python -m pytest -n auto $(ARGS)

check: $(VENV)/.installed-dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/python -m pytest -q tests/test_layering.py

test-long: $(VENV)/.installed-dev
	HYPOTHESIS_PROFILE=long EXECPOLICY_FUZZ_SECONDS=120 $(BIN)/python -m pytest -n auto $(ARGS)
	$(MAKE) coverage
	$(MAKE) mutants

coverage: $(VENV)/.installed-dev
	$(BIN)/coverage run -m pytest -q tests
	$(BIN)/coverage report

# ARGS=--keep-reach takes what was measured before; ARGS="--seed 7 --count 50" draws another sample.
mutants: $(VENV)/.installed-dev
	$(BIN)/python -m tools.source_mutants $(ARGS)

# All tests are collected, so that those of each rule are known; one runs, and writes.
docs: $(VENV)/.installed-dev
	$(BIN)/python -m tools.public_names
	EXECPOLICY_WRITE_DOCS=1 $(BIN)/python -m pytest -q tests -k test_what_is_written_into_the_page

$(BENCH_VENV)/.made:
	@test -n "$(PYTHON)" || { echo 'Python 3.11 or newer is needed: name it with make PYTHON=/path/to/python' >&2; exit 1; }
	$(PYTHON) -m venv --clear $(BENCH_VENV)
	@touch $@

$(BENCH_VENV)/.installed: pyproject.toml | $(BENCH_VENV)/.made
	$(BENCH_VENV)/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[bench]'
	@touch $@

# Without npm that one engine is left out, and tried again next time.
$(BENCH_NODE)/.installed: Makefile
	@mkdir -p $(BENCH_NODE)
	@if ! command -v npm >/dev/null; then echo 'npm is not there: iam-simulate is left out'; \
	elif npm install --silent --no-audit --no-fund --prefix $(BENCH_NODE) @cloud-copilot/iam-simulate@$(IAM_SIMULATE); then touch $@; \
	else echo 'npm could not install it: iam-simulate is left out'; fi

bench: $(BENCH_VENV)/.installed $(BENCH_NODE)/.installed
	$(BENCH_VENV)/bin/python -m benchmarks $(ARGS)

clean:
	rm -rf $(VENV) $(BENCH_VENV) $(BENCH_NODE) .coverage .mutants .hypothesis .mypy_cache .pytest_cache .ruff_cache dist
	find src tests benchmarks tools -name __pycache__ -type d -prune -exec rm -rf {} +
