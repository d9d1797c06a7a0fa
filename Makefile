# The commands of development and of .ci/run. Needs Python 3.11 or newer, git and make.

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: help demo demo-engine quick test lint coverage docs lucene engines container lock clean \
    supply slow hunt fuzz mutations bench gallery check-engine case live

help: # The targets with a description after ##; docs/maintaining.md has the others.
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-11s%s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: .venv/demo.stamp ## plan, merge and deploy a pull request to a local AWS and show the result
	@PYTHONPATH=src $(BIN)/python -m sandbox.demo

# One more than the processors, since some tests wait.
WORKERS = $(shell $(PYTHON) -c 'import os; print(1 + (os.cpu_count() or 1))')
# Even if bytecode is disabled: each worker and each run would compile all modules again.
quick test: export PYTHONDONTWRITEBYTECODE =

quick: .venv/test.stamp ## run the unit tests (under 30 seconds)
	$(BIN)/python -m pytest tests/unit --numprocesses $(WORKERS) --dist worksteal

# A fixed seed: random findings belong to no change.
test: .venv/test.stamp ## run all tests except container, engines, Lucene, hunt and slow
	HUNT_SEED=$(or $(SEED),44984) $(BIN)/python -m pytest -m 'not container and not slow and not hunt and not lucene and not engines' \
	    --numprocesses $(WORKERS) --dist worksteal $(ARGS)

# The files that the prose check reads. docs/comment.md is generated.
PROSE = *.md $(filter-out docs/comment.md,$(wildcard docs/*.md)) tests/README.md \
    action.yml src/dictionary_deploy/dictionaries.schema.json examples/* .github/*.* .github/*/* entrypoint.py \
    $(shell find src docs tools benchmarks gallery -name node_modules -prune -o -name check_prose.py -o -name '*.py' -print -o -name '*.jinja' -print)

lint: .venv/lint.stamp ## check style, types and prose
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	PYTHONPATH=src $(BIN)/lint-imports --no-cache --no-logo
	$(BIN)/python tools/check_prose.py $(PROSE)
	@! grep -rnE 'def test_\w{66,}' tests --include='*.py' || \
	    { echo 'Shorten these test names to at most 70 characters.' >&2; exit 1; }

coverage: .venv/test.stamp ## require that unit tests cover every branch of the pure modules
	$(BIN)/python -m coverage run -m pytest tests/unit
	$(BIN)/python -m coverage report --show-missing --skip-covered --fail-under=100 \
	    --include="$$($(BIN)/python -m tests.pure)"

lucene: .venv/test.stamp ## compare the parsers with Lucene; SEED=2 FILES=50000 for other files
	tests/lucene/prepare
	$(BIN)/python -m pytest -m lucene tests/lucene

engines: .venv/test.stamp ## compare the parsers with search engines; VERSIONS=all FILES=5000 for all and more files
	VERSIONS='$(VERSIONS)' FILES='$(FILES)' SEED='$(or $(SEED),1)' $(BIN)/python -m pytest -m engines -rs tests/engines

container: .venv/test.stamp .venv/ci.stamp ## build the image with docker or podman and test it
	$(BIN)/python -m pytest -m container -rs tests/container

docs: gallery/node_modules .venv/test.stamp ## generate the tables and the picture of the comment
	PYTHONPATH=src $(BIN)/python -m gallery docs

# pip would install the newest release for a requirement whose extra is missing in the lock.
LOCK = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
    --no-strip-extras $(UPGRADE)
lock: .venv/ci.stamp
	$(LOCK) pyproject.toml --output-file requirements.txt
	$(LOCK) pyproject.toml --group demo --constraints requirements.txt --output-file requirements-demo.txt
	$(LOCK) pyproject.toml --extra terminal --group test --constraints requirements-demo.txt --output-file requirements-test.txt
	$(LOCK) --group lint --constraints requirements-test.txt --output-file requirements-lint.txt
	$(LOCK) requirements-ci.in --output-file requirements-ci.txt
	$(LOCK) requirements-bench.in --output-file requirements-bench.txt

# Offline checks by the schemas of GitHub and GitLab, and by security linters.
RECIPES = $(shell grep -l '^jobs:' examples/*.yml)
ZIZMOR = $(BIN)/zizmor --offline --no-progress --quiet
SCHEMA = $(BIN)/check-jsonschema --builtin-schema
supply: .venv/lint.stamp
	$(ZIZMOR) --pedantic .github action.yml
	$(ZIZMOR) --config tests/examples/zizmor.yml $(RECIPES)
	$(SCHEMA) vendor.github-workflows .github/workflows/*.yml $(RECIPES)
	$(SCHEMA) custom.github-workflows-require-timeout .github/workflows/*.yml
	$(SCHEMA) vendor.github-actions action.yml
	$(SCHEMA) vendor.github-issue-config .github/ISSUE_TEMPLATE/config.yml
	$(SCHEMA) vendor.github-issue-forms $(filter-out %/config.yml,$(wildcard .github/ISSUE_TEMPLATE/*.yml))
	$(SCHEMA) vendor.dependabot .github/dependabot.yml
	$(SCHEMA) vendor.gitlab-ci --data-transform gitlab-ci examples/gitlab-ci.yml
	$(BIN)/check-jsonschema --schemafile src/dictionary_deploy/dictionaries.schema.json examples/dictionaries*.yml
	$(BIN)/hadolint --failure-threshold style Dockerfile

slow: .venv/test.stamp .venv/lint.stamp .venv/ci.stamp
	$(BIN)/python -m pytest -m slow --numprocesses auto --dist loadfile

hunt: .venv/test.stamp
	HUNT_SECONDS=$(SECONDS) HUNT_SEED=$(SEED) $(BIN)/python -m pytest -m hunt

# SECONDS is per target. The seed is random unless it is set, and printed.
fuzz: .venv/test.stamp
	$(BIN)/python -m tests.fuzz --seconds $(or $(SECONDS),10) $(if $(SEED),--seed $(SEED)) $(TARGETS)

mutations: .venv/test.stamp
	$(BIN)/python -m tests.mutations $(if $(BY),--by-$(BY)) $(NAMES)

bench: .venv/test.stamp .venv/bench.stamp .venv/action.stamp
	@PYTHONPATH=src $(BIN)/python -m benchmarks

gallery: gallery/node_modules .venv/test.stamp
	PYTHONPATH=src $(BIN)/python -m gallery gallery

gallery/node_modules: gallery/package.json
	npm install --silent --no-package-lock --prefix gallery
	@touch $@

# Options: make check-engine FILE=s.txt KIND=synonyms WITH='version=2.19.6 tokenizer=standard lenient=true'
check-engine: .venv/test.stamp
	@PYTHONPATH=src $(BIN)/python -m tests.engines.check '$(FILE)' '$(KIND)' $(WITH)

demo-engine: .venv/test.stamp
	@PYTHONPATH=src $(BIN)/python -m tests.engines.demo $(VERSION)

case: .venv/test.stamp
	gh issue view '$(ISSUE)' --json body --jq .body | PYTHONPATH=src $(BIN)/python -m tests.rules.from_issue 'issue_$(ISSUE)'

# Without LIVE_ACCOUNT it only prints what it would create.
live: .venv/test.stamp
	@PYTHONPATH=src $(BIN)/python -m tools.probe_aws --account '$(LIVE_ACCOUNT)' --region '$(LIVE_REGION)' \
	    --domains '$(LIVE_DOMAINS)' --changing '$(LIVE_CHANGING)'

clean: ## remove everything that the other targets create
	rm -rf .venv gallery/build gallery/node_modules .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache src/*.egg-info
	find entrypoint.py src tests -name __pycache__ -prune -exec rm -r {} +

.venv/bin/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	    { echo '$(PYTHON) is not Python 3.11 or newer. Set it, for example: make test PYTHON=python3.13' >&2; exit 1; }
	$(PYTHON) -m venv .venv

.venv/demo.stamp: requirements-demo.txt | .venv/bin/pip
	@echo 'Installing the libraries of requirements-demo.txt into .venv: about ten seconds the first time.'
	$(PIP) --require-hashes --requirement requirements-demo.txt
	@touch $@

.venv/test.stamp: requirements-test.txt pyproject.toml | .venv/bin/pip
	@echo 'Installing the libraries of requirements-test.txt and this project into .venv: about a minute the first time.'
	$(PIP) --require-hashes --requirement requirements-test.txt
	$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

.venv/lint.stamp: requirements-lint.txt .venv/test.stamp
	$(PIP) --require-hashes --requirement requirements-lint.txt
	@touch $@

.venv/ci.stamp: requirements-ci.txt | .venv/bin/pip
	$(PIP) --require-hashes --requirement requirements-ci.txt
	@touch $@

# A separate environment: the AWS CLI needs its own botocore.
.venv/bench.stamp: requirements-bench.txt | .venv/bin/pip
	$(PYTHON) -m venv .venv/awscli
	.venv/awscli/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement $<
	@touch $@

# The image's files in /action, and a Python without other libraries: some of them import what happens to be there.
ACTION = .venv/action/image
.venv/action.stamp: requirements.txt src/release/image.py entrypoint.py \
    $(shell find src/dictionary_deploy -type f ! -name '*.pyc') | .venv/bin/pip
	rm -rf .venv/action
	$(PYTHON) -m venv --without-pip .venv/action
	$(PIP) --no-compile --require-hashes --only-binary :all: --requirement requirements.txt --target $(ACTION)/src
	$(PYTHON) src/release/image.py prune $(ACTION)/src
	cp -r src/dictionary_deploy $(ACTION)/src
	cp entrypoint.py $(ACTION)
	PYTHONPATH=$(ACTION)/src .venv/action/bin/python -c \
	    "from dictionary_deploy.report.render import *; compile_templates(COMPILED_TEMPLATES)"
	.venv/action/bin/python -m compileall -q -f --invalidation-mode unchecked-hash $(ACTION)
	@touch $@
