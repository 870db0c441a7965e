# make demo      install, build the Office #39 workspace, serve it          ARGS=--no-serve: stop after the report
# make install   install only; the command is then .venv/bin/counterflow
# make test      the whole suite                                            ARGS="-k ofac": part of it
# make check     ruff, mypy --strict, import-linter, web types
# make spark     add pyspark, for the tests that run on Spark (300 MB, needs Java 17)
# make clean     remove all that was made here, workspaces excepted
# make audit     ask for advisories about all that is locked (needs a network)
# make lock      resolve the requirements anew into requirements/*.lock
#
# Needs Python 3.11 or later and nothing else: no compiler, no Node, no service.

pythons := $(or $(PYTHON),python3 python3.14 python3.13 python3.12 python3.11)
venv := .venv
builder := .venv-build# hatchling and Node, apart from what runs
pip_flags := --quiet --disable-pip-version-check
locked := install $(pip_flags) --require-hashes --only-binary :all: --requirement
web := $(shell find web -type f -not -path '*/node_modules/*' -not -path 'web/dist/*' 2>/dev/null)

.PHONY: demo install test check clean lock spark audit
.DEFAULT_GOAL := demo

demo: install
	@$(venv)/bin/counterflow demo $(ARGS)

install: $(venv)/.installed

test: install $(venv)/.dev
	@$(venv)/bin/python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder $(ARGS)

check: install $(venv)/.dev $(builder)/.made
	$(venv)/bin/ruff check
	$(venv)/bin/ruff format --check
	$(venv)/bin/mypy
	$(venv)/bin/lint-imports --no-cache
	$(builder)/bin/python hatch_build.py npm run --silent check
	$(builder)/bin/python hatch_build.py npm run --silent test

# pyspark comes as source only, with nothing to compile
spark: install
	@$(venv)/bin/pip install $(pip_flags) --require-hashes --requirement requirements/spark.lock

clean:
	rm -rf $(venv) $(builder) build dist web/node_modules web/dist src/counterflow/web/dist

# One mark a step, so that a second `make demo` starts at once.

$(venv)/bin/python:
	@for p in $(pythons); do \
	  if $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	    echo "Making $(venv) with $$p, $$($$p --version)"; \
	    $$p -m venv $(venv) || { rm -rf $(venv); exit 1; }; \
	    exit 0; \
	  fi; \
	done; \
	echo "Counterflow needs Python 3.11 or later; found: $$(python3 --version 2>&1)." >&2; \
	echo "Install one, or name it: make PYTHON=/path/to/python3.11" >&2; \
	exit 1

$(venv)/.run: requirements/run.lock | $(venv)/bin/python
	@echo "Installing what Counterflow runs on (requirements/run.lock)"
	@$(venv)/bin/pip $(locked) requirements/run.lock
	@touch $@

$(venv)/.dev: requirements/dev.lock $(venv)/.run
	@echo "Installing what its tests need (requirements/dev.lock)"
	@$(venv)/bin/pip $(locked) requirements/dev.lock
	@touch $@

$(builder)/.made: requirements/build.lock | $(venv)/bin/python
	@echo "Installing what its build needs, Node included, into $(builder) (requirements/build.lock)"
	@$(venv)/bin/python -m venv $(builder)
	@$(builder)/bin/pip $(locked) requirements/build.lock
	@touch $@

# The package itself, editable: a change of its Python needs no further install, a change of web/ rebuilds the workbench.
$(venv)/.installed: $(venv)/.run $(builder)/.made pyproject.toml hatch_build.py $(web)
	@echo "Building the package and the workbench"
	@rm -rf build/editable
	@$(builder)/bin/hatchling build --target wheel:editable --directory build/editable >/dev/null
	@$(venv)/bin/pip install $(pip_flags) --no-deps --no-index --force-reinstall build/editable/*.whl
	@touch $@

resolve := $(builder)/bin/uv --no-config pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-annotate --no-header --upgrade
lock: $(builder)/.made
	@$(builder)/bin/pip install $(pip_flags) uv
	$(resolve) pyproject.toml --output-file requirements/run.lock
	$(resolve) pyproject.toml --group dev --constraints requirements/run.lock --output-file requirements/dev.lock
	$(resolve) --group build --output-file requirements/build.lock
	$(resolve) --group spark --constraints requirements/run.lock --output-file requirements/spark.lock

audit: $(builder)/.made
	@$(builder)/bin/pip install $(pip_flags) pip-audit
	$(builder)/bin/pip-audit --strict --disable-pip --require-hashes --requirement requirements/run.lock
	$(builder)/bin/python hatch_build.py npm audit --omit=dev
