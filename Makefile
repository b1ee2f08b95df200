# What a person or a machine does with a checkout. Needs Python 3.11 or newer, git and make.
PYTHON ?= python3
EXTRAS ?=
TESTS ?= tests
export PYTHON

# The tests of the main job: they run in an environment without any extra too. (Where a process is killed makes no
# difference to what is installed, nor do the words by which copies are told.)
MAIN_JOB := tests/test_house.py tests/record tests/search tests/nlp tests/pipeline/test_main_job.py \
    $(addprefix tests/dedupe/test_,command.py index.py sketch.py)

.PHONY: help demo install test check bench soak lock
.DEFAULT_GOAL := help

help:
	@echo "make demo                    sieve a synthetic sample and look at it in a browser"
	@echo "make install [EXTRAS=\"…\"]    make .venv (extras: elasticsearch phobert postgresql)"
	@echo "make test [TESTS=tests/…]    run the tests"
	@echo "make check                   formatting, types, contracts between the parts"
	@echo "make soak                    the full counts of kills and hostile inputs"
	@echo "make bench                   measure speed and memory"
	@echo "make lock                    resolve the locks of versions again (needs uv)"

demo:
	@requirements/environment .venv build base
	.venv/bin/sangtin demo

install:
	@requirements/environment .venv build base $(EXTRAS)

.PHONY: test-environment
test-environment:
	@requirements/environment .venv-test build base pytest test elasticsearch postgresql

# What needs the extra `phobert`: torch takes 5.6 GB with its CUDA packages, so it has an environment of its own.
PHOBERT := tests/phobert

# A file's tests stay with one process, so that they share its servers; files keep the order of tests/conftest.py.
SIDE_BY_SIDE := -n 2 --dist loadfile --no-loadscope-reorder

test: test-environment
	.venv-test/bin/python -m pytest $(SIDE_BY_SIDE) $(TESTS)
ifeq ($(TESTS),tests)
	@requirements/environment .venv-phobert build base pytest phobert
	.venv-phobert/bin/python -m pytest $(SIDE_BY_SIDE) $(PHOBERT)
	@requirements/environment .venv-base build base pytest
	.venv-base/bin/python -m pytest $(SIDE_BY_SIDE) -m "not soak and not servers and not browser" $(MAIN_JOB)
endif

check: test-environment
	.venv-test/bin/ruff format --check .
	.venv-test/bin/ruff check .
	.venv-test/bin/mypy
	.venv-test/bin/lint-imports

bench: test-environment
	@for each in $(filter-out tests/bench/phobert.py,$(wildcard tests/bench/[a-z]*.py)); do \
	    name=$$(basename $$each .py); \
	    echo "== $$name"; .venv-test/bin/python -m tests.bench.$$name || exit 1; \
	done
	@requirements/environment .venv-phobert build base pytest phobert
	.venv-phobert/bin/python -m tests.bench.phobert

soak: test-environment
	@[ -n "$$SANGTIN_TEST_SERVERS" ] || echo "SANGTIN_TEST_SERVERS names no folder of server scripts:" \
	    "every kill of PostgreSQL, Elasticsearch and of workers on them is skipped."
	.venv-test/bin/python -m pytest -m soak -rs --timeout 3600 tests
	@requirements/environment .venv-phobert build base pytest phobert
	.venv-phobert/bin/python -m pytest -m soak --timeout 3600 $(PHOBERT)

lock:
	requirements/lock
