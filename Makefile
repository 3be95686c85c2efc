# demo and test need only Python 3.11+, git and make; everything else is made here.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Much of the tests' time is waiting: three processes share it, each with a file at a time.
PYTEST := $(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder
# Where it is set, every process would compile everything anew: half of the time it takes to start.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test check sweep bench lock

demo: $(VENV)/run
	$(BIN)/python -m bot demo

# Where tests of a swarm and those of figures are: to look for them in all files takes half a minute.
ALONE = tests/swarm $(shell grep -lwrE 'cluster|mark.timed' tests --exclude-dir=swarm --include='test_*.py')

# By themselves: what is killed all the time, and what three Engines move around, keep the processor
# from the tests that wait for something within seconds.
TESTS = $(PYTEST) tests/faults && \
	$(PYTEST) -m "not swarm and not timed" --ignore=tests/faults && \
	$(BIN)/python -m pytest -m "swarm or timed" $(ALONE)

test: $(VENV)/dev
	$(TESTS)

check: $(VENV)/dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(TESTS)

sweep: $(VENV)/dev
	STATION_TESTS_EVERY_POINT=1 $(BIN)/python -m pytest tests/faults tests/docker/test_faults.py \
		tests/docker/test_daemon_dies.py tests/docker/test_volumes.py tests/docker/test_no_request_fails.py \
		tests/swarm/test_crashes.py tests/swarm/test_killed_with_hooks.py \
		tests/swarm/test_no_request_fails.py
	STATION_TESTS_EVERY_POINT=1 $(BIN)/python -m pytest tests/contracts -k "tls or ssh"

bench: $(VENV)/dev
	$(BIN)/python -m tests.bench

# The versions in pyproject.toml, pinned with hashes; needs uv.
lock:
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
		pyproject.toml -o requirements.lock
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
		--extra dev pyproject.toml -o requirements-dev.lock

$(VENV)/run: requirements.lock
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	touch $@

$(VENV)/dev: requirements-dev.lock
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	touch $@ $(VENV)/run
