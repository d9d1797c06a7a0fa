# Everything a developer runs, and `.ci/run` too. Needs Python 3.11 or newer, git and make.

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

# No file, network, clock or process: their own unit tests cover every branch of these modules, and
# tests/unit/test_imports.py, which reads this line, keeps everything impure out of them.
PURE := errors masks model reload inputs command_line settings origin iam diagnosis located_yaml yaml_syntax config config_schema environments event payload trigger next_step waiting diff report dictionaries ports review results findings

comma := ,
space := $() $()
PURE_FILES = $(foreach name,$(PURE),src/dictionary_deploy/$(name).py src/dictionary_deploy/$(name)/*)

.PHONY: help test demo lint coverage bench gallery docs slow live hunt fuzz mutations lucene ask-lucene container lock clean supply case

help:
	@echo 'make test       all tests except those of the container'
	@echo 'make demo       a deploy from a merged pull request to a local AWS, shown from end to end'
	@echo 'make lint       ruff and mypy'
	@echo 'make supply     workflows, action, forms, examples and Dockerfile, by zizmor, check-jsonschema and hadolint'
	@echo 'make coverage   every branch of the pure modules, by their unit tests alone'
	@echo 'make bench      speed and memory, as ratios; .venv/bin/python -m benchmarks one many runs some'
	@echo 'make gallery    every kept comment as GitHub shows it, on one page; needs npm and Chromium'
	@echo 'make docs       the README: its tables, and the picture of the comment'
	@echo 'make slow       the tests that take minutes: the real pre-commit, every situation in every kind of run'
	@echo 'make fuzz       tries hostile configurations, events, files and answers; make fuzz SECONDS=600 SEED=7'
	@echo 'make hunt       looks for violations of the guarantees; make hunt SECONDS=3600 SEED=7 for an hour'
	@echo 'make mutations  takes out what upholds each guarantee, and sees that a test notices; BY=machine: the hunter'
	@echo 'make lucene     asks Lucene itself about thousands of files; make lucene SEED=2 FILES=50000 about others'
	@echo 'make ask-lucene FILE=synonyms.txt KIND=synonyms    shows what the engine says of a file'
	@echo 'make case ISSUE=12    makes a test of an issue that says a dictionary was judged wrongly'
	@echo 'make live       asks AWS itself, in your own account, what its documents leave open'
	@echo 'make container  builds the image with docker or podman and tests it'
	@echo 'make lock       remakes requirements*.txt; make lock UPGRADE=--upgrade takes the newest releases'
	@echo 'make clean      removes all that these have made'

# The hunter's share has the same chances each time: what chance finds belongs to no change.
test: .venv/test.stamp
	HUNT_SEED=$(or $(SEED),44984) $(BIN)/python -m pytest -m 'not container and not slow and not hunt and not lucene' --numprocesses auto --dist worksteal

demo: .venv/test.stamp
	@PYTHONPATH=src $(BIN)/python -m sandbox.demo

lint: .venv/lint.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# Checked as those who read these files would, and as somebody who would break in; no network is asked.
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

coverage: .venv/test.stamp
	$(BIN)/python -m coverage run -m pytest tests/unit
	$(BIN)/python -m coverage report --show-missing --skip-covered --fail-under=100 \
	    --include='$(subst $(space),$(comma),$(PURE_FILES))'

bench: .venv/test.stamp .venv/bench.stamp .venv/action.stamp
	@$(BIN)/python -m benchmarks

gallery docs: gallery/node_modules .venv/test.stamp
	PYTHONPATH=src $(BIN)/python -m gallery $@

gallery/node_modules: gallery/package.json
	npm install --silent --no-package-lock --prefix gallery
	@touch $@

slow: .venv/test.stamp .venv/lint.stamp .venv/ci.stamp
	$(BIN)/python -m pytest -m slow

hunt: .venv/test.stamp
	HUNT_SECONDS=$(SECONDS) HUNT_SEED=$(SEED) $(BIN)/python -m pytest -m hunt

# Seconds for each target; a seed of its own each time, which is printed.
fuzz: .venv/test.stamp
	$(BIN)/python -m tests.fuzz --seconds $(or $(SECONDS),10) $(if $(SEED),--seed $(SEED)) $(TARGETS)

mutations: .venv/test.stamp
	$(BIN)/python -m tests.mutations $(if $(BY),--by-$(BY)) $(NAMES)

# In your own account: make live LIVE_REGION=eu-west-1 LIVE_DOMAINS=test-a,test-b says what it would make.
live: .venv/test.stamp
	@PYTHONPATH=src $(BIN)/python -m sandbox.live --account '$(LIVE_ACCOUNT)' --region '$(LIVE_REGION)' \
	    --domains '$(LIVE_DOMAINS)' --changing '$(LIVE_CHANGING)'

lucene: .venv/test.stamp
	tests/lucene/prepare
	$(BIN)/python -m pytest -m lucene tests/lucene

# Options of the filter besides: make ask-lucene FILE=s.txt KIND=synonyms WITH='tokenizer=standard lenient=true'
ask-lucene: .venv/test.stamp
	@tests/lucene/prepare
	@PYTHONPATH=src $(BIN)/python -m tests.lucene.ask '$(FILE)' '$(KIND)' $(WITH)

# The issue of the form "A dictionary was judged wrongly", by its number, as a case in tests/data/rules.
case: .venv/test.stamp
	gh issue view '$(ISSUE)' --json body --jq .body | PYTHONPATH=src $(BIN)/python -m tests.rules.from_issue 'issue_$(ISSUE)'

container: .venv/test.stamp .venv/ci.stamp
	$(BIN)/python -m pytest -m container -rs tests/container

# Extras are kept: pip would take the newest release for a requirement that the lock has without its extra.
LOCK = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
    --no-strip-extras $(UPGRADE)
lock: .venv/ci.stamp
	$(LOCK) pyproject.toml --output-file requirements.txt
	$(LOCK) pyproject.toml --extra terminal --group test --constraints requirements.txt --output-file requirements-test.txt
	$(LOCK) --group lint --constraints requirements-test.txt --output-file requirements-lint.txt
	$(LOCK) requirements-ci.in --output-file requirements-ci.txt
	$(LOCK) requirements-bench.in --output-file requirements-bench.txt

clean:
	rm -rf .venv gallery/build gallery/node_modules .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache src/*.egg-info
	find entrypoint.py src tests -name __pycache__ -prune -exec rm -r {} +

.venv/bin/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	    { echo '$(PYTHON) is not Python 3.11 or newer: name one, as in make test PYTHON=python3.13' >&2; exit 1; }
	$(PYTHON) -m venv .venv

.venv/test.stamp: requirements-test.txt pyproject.toml | .venv/bin/pip
	$(PIP) --require-hashes --requirement requirements-test.txt
	$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

.venv/lint.stamp: requirements-lint.txt .venv/test.stamp
	$(PIP) --require-hashes --requirement requirements-lint.txt
	@touch $@

.venv/ci.stamp: requirements-ci.txt | .venv/bin/pip
	$(PIP) --require-hashes --requirement requirements-ci.txt
	@touch $@

# Apart, since the AWS CLI needs a botocore of its own, and the action is measured with its own libraries alone: some
# of them import what happens to be there.
.venv/bench.stamp: requirements-bench.txt | .venv/bin/pip
	$(PYTHON) -m venv .venv/awscli
	.venv/awscli/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement $<
	@touch $@

.venv/action.stamp: requirements.txt | .venv/bin/pip
	$(PYTHON) -m venv .venv/action
	.venv/action/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement $<
	@touch $@
