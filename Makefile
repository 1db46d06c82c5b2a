# make demo: set up and run the main scenario.   make test: set up and pass the tests that guard a commit (minutes).
# make slow: all tests, whole (an hour or two).  make lint: style, spelling, types.   make lock: renew constraints.txt.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SHARE ?= 0.02

.PHONY: demo test sample slow lint lock hooks bench scenarios clean
.DELETE_ON_ERROR:

demo: $(VENV)/installed
	$(BIN)/simulator run scenarios/reference.yaml

test: $(VENV)/installed-dev
	$(BIN)/python -m pytest -n auto --dist worksteal -m "not slow" $(TEST_OPTIONS)

sample: $(VENV)/installed-dev
	SLOW_SHARE=$(SHARE) $(BIN)/python -m pytest -n auto --dist worksteal -m slow

slow: $(VENV)/installed-dev
	SLOW_SHARE=1 $(BIN)/python -m pytest -n auto --dist worksteal --cov --cov-report=term:skip-covered

lint: $(VENV)/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/codespell
	$(BIN)/mypy

lock: $(VENV)/installed-dev
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --group dev --no-header --no-annotate \
		-o constraints.txt pyproject.toml

hooks: $(VENV)/installed-dev
	$(BIN)/pre-commit install

bench: $(VENV)/installed-dev
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --group bench
	$(BIN)/python benchmarks

scenarios: $(VENV)/installed
	$(BIN)/simulator scenarios --run

$(VENV)/installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -m venv --clear $(VENV) || \
		{ echo "The module venv is missing; on Debian and Ubuntu: sudo apt install python3-venv"; exit 1; }
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable .
	@touch $@

$(VENV)/installed-dev: $(VENV)/installed
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --group dev
	@touch $@

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
