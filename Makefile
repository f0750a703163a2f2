# Every target prepares what it needs: `make book` and `make test` work on a fresh clone.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := book
.DELETE_ON_ERROR:
.PHONY: book pdf test test-oldest test-baseline peers test-site trajectories data assets notebooks live lint clean lock \
    benchmark benchmark-site

# The first Python from 3.11 to 3.14 that is found; choose one with `make PYTHON=python3.12 book`.
FITS := -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))'
PYTHON ?= $(firstword $(foreach name,python3 python3.14 python3.13 python3.12 python3.11, \
    $(shell $(name) $(FITS) 2> /dev/null && echo $(name))))
# Several chapters run at a time. Threads inside their small matrix products would only compete.
export OPENBLAS_NUM_THREADS := 1
BIN := .venv/bin
OLDEST := .venv-oldest/bin
PEERS := .venv-peers/bin
LOOK := .venv-site/bin
CACHE := $(BIN)/jcache
CHAPTERS := $(wildcard chapters/*.ipynb)
PAGES := index.md chapters/update_rules.md
OUTPUTS := _build/.jupyter_cache
SITE := _build/html/index.html

book: $(BIN)/installed _build/chapters-executed _build/drawn-with
	$(BIN)/jupyter-book build . --warningiserror --nitpick --keep-going --quiet \
	    || { rm -rf _build/.doctrees; exit 1; }  # or the next build would not repeat the warnings
	@echo "The book is at $(CURDIR)/$(SITE)"

test: $(BIN)/installed
	$(BIN)/python -m pytest -n auto --dist loadfile --doctest-modules \
	    --cov --cov-fail-under=95 tests adaptive_lr
	$(BIN)/python -m pytest -n auto --dist loadfile --nbval chapters

# The chapters' numbers where rounding is another: NumPy without the newer instructions of this
# machine, matrix products by a kernel for processors of 2004.
test-baseline: $(BIN)/installed
	NPY_DISABLE_CPU_FEATURES="$$($(BIN)/python -c 'import numpy; \
	    print(*numpy.show_config("dicts")["SIMD Extensions"].get("found", []))')" \
	    OPENBLAS_CORETYPE=Prescott $(BIN)/python -m pytest -n auto --dist loadfile --nbval chapters

# The package as promised to who installs it with nothing newer than its lower bounds.
test-oldest: $(OLDEST)/installed
	$(OLDEST)/python -m pytest -n auto --dist loadfile --doctest-modules tests adaptive_lr

peers: $(PEERS)/installed
	KERAS_BACKEND=jax $(PEERS)/python -m pytest -m peers $(wildcard tests/test_peers*.py)

# Looks at the built book in Chromium; `make CHROMIUM=google-chrome test-site` names another program.
CHROMIUM ?= chromium
export CHROMIUM
test-site: book $(LOOK)/installed
	$(LOOK)/python -m pytest -n auto --maxprocesses 4 tests_site

# The whole book on paper. The site offers it from then on.
pdf: book $(LOOK)/installed
	$(LOOK)/python -m tools.make_pdf

# The stored steps of the real frameworks, which `make test` compares with.
trajectories: $(PEERS)/installed
	KERAS_BACKEND=jax $(PEERS)/python tools/make_trajectories.py

# The data files, bit for bit on Python 3.11.
data: .venv-data/installed
	.venv-data/bin/python tools/make_digits.py
	.venv-data/bin/python tools/make_docstrings.py

# The site's upstream files, in the versions that their list names.
assets: $(BIN)/installed
	$(BIN)/python tools/refresh_assets.py

notebooks: $(BIN)/installed
	$(BIN)/ruff format --quiet chapters
	$(BIN)/python -m tools.notebooks $(CHAPTERS)

# Serves the book and reloads the page when a chapter changes.
live: $(BIN)/installed _build/executed-with
	$(BIN)/jupyter-book config sphinx .
	mkdir -p _build/live
	mv conf.py _build/live
	ln -sfn $(CURDIR)/_static _build/live/_static
	PYTHONPATH=_ext $(BIN)/sphinx-autobuild -c _build/live -d _build/live/.doctrees \
	    -D nb_execution_cache_path=$(CURDIR)/$(OUTPUTS) --ignore '*/_build/*' \
	    --open-browser . _build/live/html

# Outputs are kept as long as a chapter's code is the same, and pages as long as its text is. So what
# else they are made of must make them anew: the package both, styles and extensions the pages.
_build/executed-with: $(BIN)/installed $(shell find adaptive_lr -type f -not -path '*/__pycache__/*')
	rm -rf _build
	mkdir -p _build
	touch $@

# The build itself would execute page after page, and does so with what fails here.
_build/chapters-executed: _build/executed-with $(CHAPTERS) $(PAGES)
	$(CACHE) notebook --cache-path $(OUTPUTS) clear --force > /dev/null <<< y
	$(CACHE) notebook --cache-path $(OUTPUTS) add $(CHAPTERS) > /dev/null
	$(CACHE) notebook --cache-path $(OUTPUTS) add --reader myst_nb_md $(PAGES) > /dev/null
	BOOK_FIGURE_FORMAT=svg $(CACHE) project --cache-path $(OUTPUTS) execute --executor local-parallel --timeout 600 \
	    --verbosity ERROR > /dev/null
	touch $@

_build/drawn-with: _build/executed-with $(shell find _assets _ext _static _templates \
    -type f -not -path '*/__pycache__/*')
	rm -rf _build/.doctrees _build/html
	touch $@

lint: $(BIN)/installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

benchmark: $(BIN)/installed $(PEERS)/installed
	$(BIN)/python -m benchmarks.sweep
	$(PEERS)/python -m benchmarks.plumbing

benchmark-site: book $(LOOK)/installed
	$(LOOK)/python -m benchmarks.site

clean:
	rm -rf _build .pytest_cache .ruff_cache .hypothesis .coverage .coverage.*

# --- environments -------------------------------------------------------------------------------
CHECK_PYTHON = { test -n "$(PYTHON)" && $(PYTHON) $(FITS); } || { echo "This book needs Python \
    3.11, 3.12, 3.13 or 3.14; name one: make PYTHON=python3.12 ..." >&2; exit 1; }

# uv installs in seconds what takes pip a minute; its own version stands in the lock like any other.
$(BIN)/installed: requirements.txt requirements-dev.txt pyproject.toml
	@$(CHECK_PYTHON)
	test -x $(BIN)/pip || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet $$(grep -o '^uv==[^ ]*' requirements-dev.txt)
	$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python \
	    -r requirements.txt -r requirements-dev.txt
	touch $@

# The oldest Python and the package's own dependencies exactly at their lower bounds; what else the
# tests need is as locked.
$(OLDEST)/installed: requirements.txt requirements-dev.txt pyproject.toml $(BIN)/installed
	$(BIN)/uv venv --quiet --clear --no-python-downloads --python 3.11 .venv-oldest
	sed -n 's/^    "\([a-z]*\)>=\([0-9.]*\)",$$/\1==\2/p' pyproject.toml > .venv-oldest/own.txt
	sed 's/^/^/; s/==.*/==/' .venv-oldest/own.txt > .venv-oldest/names.txt
	grep -hvf .venv-oldest/names.txt requirements.txt requirements-dev.txt > .venv-oldest/others.txt
	$(BIN)/uv pip install --quiet --compile-bytecode --python $(OLDEST)/python \
	    -r .venv-oldest/own.txt -r .venv-oldest/others.txt
	touch $@

# pip, because it takes a build of PyTorch without CUDA from a local folder where pip knows of one.
$(PEERS)/installed: requirements-peers.txt pyproject.toml
	@$(CHECK_PYTHON)
	test -x $(PEERS)/pip || $(PYTHON) -m venv .venv-peers
	$(PEERS)/python -m pip install --quiet -r requirements-peers.txt
	touch $@

$(LOOK)/installed: requirements.txt requirements-site.txt pyproject.toml $(BIN)/installed
	test -x $(LOOK)/pip || $(PYTHON) -m venv .venv-site
	$(BIN)/uv pip install --quiet --compile-bytecode --python $(LOOK)/python \
	    -r requirements.txt -r requirements-site.txt
	touch $@

.venv-data/installed: requirements-data.txt
	@$(CHECK_PYTHON)
	test -x .venv-data/bin/pip || $(PYTHON) -m venv .venv-data
	.venv-data/bin/python -m pip install --quiet -r requirements-data.txt
	touch $@

# --- locks --------------------------------------------------------------------------------------
# One version of each package for Python 3.11 to 3.14. The extra sets keep to the book's versions.
# PyTorch's own builds bring the CUDA packages they need; the lock leaves those to them.
COMPILE = UV_CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/uv pip compile --quiet --universal \
    --python-version 3.11 --fork-strategy fewest --no-annotate

lock: $(BIN)/installed
	$(COMPILE) --upgrade requirements.in -o requirements.txt
	grep -v '^-e' requirements.txt > .venv/constraints.txt
	$(COMPILE) --upgrade requirements-dev.in --constraint .venv/constraints.txt -o requirements-dev.txt
	$(COMPILE) --upgrade requirements-site.in --constraint .venv/constraints.txt \
	    -o requirements-site.txt
	$(COMPILE) requirements-peers.in --constraint .venv/constraints.txt -o .venv/peers.txt
	grep -vE '^(cuda|nvidia|triton)-?' .venv/peers.txt > requirements-peers.txt
