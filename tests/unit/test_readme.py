"""README and docs match the code: tables, examples and policies."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from docs import meanings
from docs.generate import GENERATED, ISSUE_FORM, PAGES, PERMISSIONS, README, ROOT, TABLES, filled, meaning
from docs.generate import SCHEMA as SCHEMA_FILE

from dictionary_deploy.config import parse_all, parse_config
from dictionary_deploy.config.schema import DICTIONARY, EXPECTATION, TOP_LEVEL
from dictionary_deploy.errors import REASONS
from dictionary_deploy.events.decide import AUTO
from dictionary_deploy.model import MODES, OUTCOMES
from dictionary_deploy.report.outputs import FAILING
from dictionary_deploy.settings.inputs import INPUTS

DOCUMENTS = [README, *sorted((ROOT / "docs").glob("*.md"))]
GENERATED_TEXT = "".join(page.read_text("utf-8") for page in PAGES)
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))


def blocks(language: str, page: Path = README) -> list[str]:
    """The code blocks in that language, in their order."""
    return re.findall(rf"^```{language}\n(.*?)^```", page.read_text("utf-8"), re.DOTALL | re.MULTILINE)


def names(table: str) -> list[str]:
    """Return the first cells of a generated table, without their code marks."""
    block = re.search(rf"<!-- table: {table} -->\n(.*?)<!-- end -->", GENERATED_TEXT, re.DOTALL)
    assert block is not None, f"no page has the table {table}"
    return re.findall(r"^\| `([^`]+)`", block[1], re.MULTILINE)


def example(name: str) -> str:
    return (ROOT / "examples" / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("path", GENERATED, ids=lambda path: path.stem)
def test_generated_files_match_the_code(path: Path) -> None:
    text = path.read_text("utf-8")

    assert GENERATED[path](text) == text


def test_missing_meaning_names_the_file_to_edit() -> None:
    with pytest.raises(SystemExit, match=r"no text for `new_event`\. Add it to EVENTS in docs/meanings\.py"):
        meaning("EVENTS", "new_event")


def test_missing_kinds_are_added_to_schema_and_issue_form() -> None:
    schema, form = (
        GENERATED[path](path.read_text("utf-8").replace("binary", "forgotten"))
        for path in (SCHEMA_FILE, ISSUE_FORM)
    )

    assert '"binary"\n' in schema
    assert "- binary\n" in form
    assert "forgotten" not in schema + form


def test_outdated_table_is_replaced_and_surrounding_text_is_kept() -> None:
    outdated = "before\n<!-- table: inputs -->\n| old |\n<!-- end -->\nafter\n"

    assert f"before\n<!-- table: inputs -->\n{TABLES['inputs']()}<!-- end -->\nafter\n" == filled(outdated)


def test_each_table_is_on_exactly_one_page() -> None:
    found = re.findall(r"<!-- table: (\S+) -->", GENERATED_TEXT)

    assert sorted(TABLES) == sorted(found)


def test_every_input_is_in_the_table() -> None:
    assert [each.name for each in INPUTS] == names("inputs")


def test_every_output_is_in_the_table() -> None:
    assert list(ACTION["outputs"]) == names("outputs")


def test_every_key_of_the_configuration_is_in_a_table() -> None:
    assert list(TOP_LEVEL) == names("configuration")
    analyzer = [f"analyzer.{key}" for key in DICTIONARY["analyzer"]["properties"]]
    expectation = [f"expect.{key}" for key in EXPECTATION]
    assert [*DICTIONARY, *analyzer, *expectation] == names("dictionary")


def test_every_event_of_auto_has_a_meaning_and_a_row() -> None:
    assert list(AUTO) == list(meanings.EVENTS)
    assert [event.partition(" ")[0] for event in AUTO] == names("events")


def test_every_outcome_has_a_meaning_and_a_row() -> None:
    assert list(OUTCOMES) == list(meanings.OUTCOMES) == names("outcomes")


def test_outcomes_documented_as_failing_fail_the_run() -> None:
    assert FAILING == meanings.FAILING


def test_every_reason_has_a_remedy_and_a_row() -> None:
    assert list(REASONS) == list(meanings.REASONS) == names("reasons")


def test_every_mode_has_a_row() -> None:
    section = README.read_text("utf-8").partition("## Modes and events")[2].partition("<!-- table")[0]

    assert set(MODES) == set(re.findall(r"^\| `(\w+)`", section, re.MULTILINE))


def test_first_yaml_block_is_the_example_workflow() -> None:
    assert example("deploy.yml") == blocks("yaml")[0]


def test_second_yaml_block_is_the_example_configuration() -> None:
    assert example("dictionaries.yml") == blocks("yaml")[1]


def test_example_workflow_uses_the_branch_of_the_example_configuration() -> None:
    workflow = yaml.safe_load(example("deploy.yml"))
    config = parse_config(example("dictionaries.yml").encode(), "dictionaries.yml", "")

    triggers = workflow[True]  # YAML 1.1 reads the key `on` so
    assert {"push", "pull_request"} == set(triggers)
    assert {"branches": [config.branch]} == triggers["push"]
    assert {"contents": "read", "id-token": "write", "pull-requests": "write"} == workflow["permissions"]
    assert workflow["concurrency"]["cancel-in-progress"] is False


def test_example_workflow_has_three_steps_and_default_inputs() -> None:
    [job] = yaml.safe_load(example("deploy.yml"))["jobs"].values()

    assert [
        "actions/checkout",
        "aws-actions/configure-aws-credentials",
        "dictionary-deploy/deploy-search-dictionaries",
    ] == [step["uses"].partition("@")[0] for step in job["steps"]]
    assert "with" not in job["steps"][-1]


# ---------------------------------------------------------------- the example of several environments


def environments_workflow() -> dict[Any, Any]:
    workflow: dict[Any, Any] = yaml.safe_load(example("environments.yml"))
    return workflow


def test_environments_workflow_has_a_job_for_each_environment() -> None:
    [job] = environments_workflow()["jobs"].values()
    configs = parse_all(example("dictionaries-environments.yml").encode(), "f.yml")

    jobs = job["strategy"]["matrix"]["include"]
    assert [config.environment for config in configs] == [each["environment"] for each in jobs]
    accounts = {each["environment"]: each["account"] for each in jobs}
    owners = {each.environment: each.expected_bucket_owner for each in configs if each.expected_bucket_owner}
    assert owners == {name: accounts[name] for name in owners}
    assert "${{ matrix.environment }}" == job["steps"][-1]["with"]["environment"]


def test_example_environments_have_separate_buckets_and_dictionaries() -> None:
    configs = parse_all(example("dictionaries-environments.yml").encode(), "f.yml")

    assert len(configs) == len({(config.bucket, config.prefix) for config in configs})
    assert 1 < len({config.region for config in configs})
    assert 1 < len({tuple(replace(each, line=0) for each in config.dictionaries) for config in configs})


def test_environments_workflow_runs_environments_in_parallel() -> None:
    [job] = environments_workflow()["jobs"].values()

    assert job["strategy"]["fail-fast"] is False
    assert "${{ matrix.environment }}" in job["concurrency"]["group"]
    assert "${{ github.ref }}" in job["concurrency"]["group"]
    assert job["concurrency"]["cancel-in-progress"] is False
    assert "concurrency" not in environments_workflow()


def test_both_example_workflows_have_the_same_triggers_and_permissions() -> None:
    one, several = yaml.safe_load(example("deploy.yml")), environments_workflow()

    keys = ("name", True, "permissions")
    assert [one[key] for key in keys] == [several[key] for key in keys]
    [steps], [steps_of_several] = ([job["steps"] for job in each["jobs"].values()] for each in (one, several))
    assert [step["uses"] for step in steps] == [step["uses"] for step in steps_of_several]


@pytest.mark.parametrize("block", [block for page in DOCUMENTS for block in blocks("yaml", page)])
def test_every_yaml_block_with_a_bucket_is_a_valid_configuration(block: str) -> None:
    document = yaml.safe_load(block)

    assert isinstance(document, dict | list)
    if "bucket" in document:
        environments = list(document.get("environments", [""]))
        assert environments == [config.environment for config in parse_all(block.encode(), "block")]


def test_trust_policy_is_limited_to_the_branch_of_one_repository() -> None:
    [statement] = json.loads(blocks("json", PERMISSIONS)[3])["Statement"]

    assert "sts:AssumeRoleWithWebIdentity" == statement["Action"]
    assert {
        "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
        "token.actions.githubusercontent.com:sub": "repo:acme/shop:ref:refs/heads/main",
        "token.actions.githubusercontent.com:repository_id": "789012",
        "token.actions.githubusercontent.com:ref": "refs/heads/main",
    } == statement["Condition"]["StringEquals"]


def test_bucket_policy_names_the_role_that_the_page_creates() -> None:
    [statement] = json.loads(blocks("json", PERMISSIONS)[4])["Statement"]
    [script] = blocks("sh", PERMISSIONS)

    role = statement["Condition"]["ArnNotEquals"]["aws:PrincipalArn"].rpartition("/")[2]
    assert "dictionaries-deploy" == role
    assert "--role-name dictionaries-$role" in script
    assert f"put-bucket-policy --bucket {statement['Resource'].split(':::')[1].split('/')[0]} " in script
