# make demo and make test each do all of their own set-up; make setup does just that.
PYTHON ?= python3
VENV = .venv
BIN = $(VENV)/bin

.PHONY: setup demo test check bench messages clean

setup: $(VENV)/.installed

# the locked versions: a fresh machine gets what was tested
$(VENV)/.installed: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "coder needs Python 3.11 or newer: make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	touch $@

demo: setup
	$(BIN)/coder demo

test: setup
	$(BIN)/python -m pytest

check: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: setup
	$(BIN)/python benchmarks/run.py

# after changing what users read: extract, merge into the Dutch catalogue; translate what is new; run it again
messages: setup
	$(BIN)/pybabel --quiet extract --mapping coder/locale/babel.cfg --keywords _ --keywords ngettext:1,2 \
		--no-location --sort-output --output coder/locale/coder.pot .
	$(BIN)/pybabel --quiet update --domain coder --input-file coder/locale/coder.pot --output-dir coder/locale \
		--locale nl --ignore-pot-creation-date --ignore-obsolete
	$(BIN)/pybabel --quiet compile --domain coder --directory coder/locale --statistics

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
