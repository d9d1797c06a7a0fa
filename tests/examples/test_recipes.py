"""The recipes: least privilege, and tests of their scripts."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from dictionary_deploy.config import parse_config
from dictionary_deploy.dictionaries import KINDS, Options, validate
from tests.end_to_end.scene import Scene, set_scene
from tests.examples.recipe import EXAMPLES, ROOT, WORKFLOWS, job, step, text, workflow
from tests.git.repository import git

ACTION = "dictionary-deploy/deploy-search-dictionaries@v1"
PLANS = "arn:aws:iam::123456789012:role/dictionaries-plan"
DEPLOYS = "arn:aws:iam::123456789012:role/dictionaries-deploy"
HOSTILE = "x`$(touch injected)`\";touch injected;'\n\n# @octo/all <img src=x> #1"


def used(name: str, action: str) -> list[dict[str, Any]]:
    """Return the steps of a workflow's job that use the action, in any version."""
    return [
        each
        for each in job(name)["steps"]
        if each.get("uses", "").partition("@")[0] == action.partition("@")[0]
    ]


PLANNING = [name for name in WORKFLOWS if "pull_request" in workflow(name)[True]]
"""The recipes that run on pull requests."""

# ---------------------------------------------------------------- all recipes


@pytest.mark.parametrize("name", WORKFLOWS)
def test_recipes_check_out_sign_in_and_run_the_action_in_order(name: str) -> None:
    order = [each["uses"].partition("@")[0] for each in job(name)["steps"] if "uses" in each]

    assert ["actions/checkout", "aws-actions/configure-aws-credentials", ACTION.partition("@")[0]] == order
    assert ACTION == used(name, ACTION)[0]["uses"]


@pytest.mark.parametrize("name", WORKFLOWS)
def test_recipes_have_only_the_permissions_they_need(name: str) -> None:
    permissions = workflow(name)["permissions"]

    told = {"check.yml": {"issues": "write"}, "smui.yml": {}}.get(name, {"pull-requests": "write"})
    assert {"contents": "read", "id-token": "write", **told} == permissions


@pytest.mark.parametrize("name", WORKFLOWS)
def test_checkout_token_is_not_persisted(name: str) -> None:
    assert [False] == [each["with"]["persist-credentials"] for each in used(name, "actions/checkout")]


@pytest.mark.parametrize("name", WORKFLOWS)
def test_scripts_get_values_only_through_their_environment(name: str) -> None:
    assert [] == [each["run"] for each in job(name)["steps"] if "${{" in each.get("run", "")]


@pytest.mark.parametrize("name", [name for name in WORKFLOWS if name != "plan.yml"])
def test_jobs_that_write_are_never_cancelled(name: str) -> None:
    concurrency = workflow(name).get("concurrency") or job(name)["concurrency"]

    assert concurrency["cancel-in-progress"] is False


@pytest.mark.parametrize("name", WORKFLOWS)
def test_write_role_is_assumed_only_by_deploys(name: str) -> None:
    [signing_in] = used(name, "aws-actions/configure-aws-credentials")
    role = signing_in["with"]["role-to-assume"]

    mode = used(name, ACTION)[0].get("with", {}).get("mode", "auto")
    if mode in {"plan", "check"}:
        assert PLANS == role
    elif "workflow_call" in workflow(name)[True]:
        assert role.endswith("== 'pull_request' && inputs.plan-role || inputs.deploy-role }}")
    elif "pull_request" in workflow(name)[True]:
        assert role.endswith("'dictionaries-plan' || 'dictionaries-deploy' }}")
    else:
        assert DEPLOYS == role


@pytest.mark.parametrize("name", ["dictionaries.yml", "dictionaries-smui.yml"])
def test_example_configurations_are_valid(name: str) -> None:
    assert parse_config(text(name).encode(), name, "").dictionaries


def test_documents_link_every_example() -> None:
    pages = (ROOT / "README.md").read_text("utf-8") + (ROOT / "docs/recipes.md").read_text("utf-8")

    linked = set(re.findall(r"\]\((?:\.\./)?examples/([^)]+)\)", pages))
    assert {path.name for path in EXAMPLES.iterdir()} == linked


# ---------------------------------------------------------------- rollback, deploy and plan


def test_rollback_checks_out_the_entered_commit_on_the_branch() -> None:
    assert "${{ inputs.commit }}" == used("rollback.yml", "actions/checkout")[0]["with"]["ref"]
    assert "rollback" == used("rollback.yml", ACTION)[0]["with"]["mode"]
    assert "github.ref == 'refs/heads/main'" == job("rollback.yml")["if"]


def test_rollback_takes_turns_with_deploys_of_the_branch() -> None:
    group = workflow("deploy.yml")["concurrency"]["group"].replace("${{ github.ref }}", "refs/heads/main")

    assert group == workflow("rollback.yml")["concurrency"]["group"]


@pytest.mark.parametrize("name", PLANNING)
def test_plans_sign_in_except_for_forks(name: str) -> None:
    [signing_in] = used(name, "aws-actions/configure-aws-credentials")

    # Not `fork`: the repository may be a fork itself.
    is_own = "github.event.pull_request.head.repo.id == github.event.repository.id"
    always = "github.event_name != 'pull_request' || " if "push" in workflow(name)[True] else ""
    assert f"{always}{is_own}" == signing_in["if"]


@pytest.mark.parametrize("name", PLANNING)
def test_plans_run_when_a_pull_request_is_retargeted(name: str) -> None:
    """GitHub applies the filter `branches` to the new target."""
    assert {"types": ["opened", "synchronize", "reopened", "edited"]} == workflow(name)[True]["pull_request"]


def test_recipes_differ_from_the_quick_start_only_where_stated() -> None:
    quick_start, server = workflow("deploy.yml"), workflow("enterprise-server.yml")
    [of_server] = server["jobs"].values()
    of_server["runs-on"] = "ubuntu-latest"

    assert quick_start == server


# ---------------------------------------------------------------- the issue of the check


@pytest.fixture
def gh(tmp_path: Path) -> Path:
    """Create a folder with a gh that records its calls and returns `issues` for a list."""
    if shutil.which("jq") is None and not os.environ.get("CI"):
        pytest.skip("jq is not installed: GitHub's runners have it")
    program = tmp_path / "bin" / "gh"
    program.parent.mkdir()
    program.write_text(
        "#!/bin/sh\n"
        f"printf '%s\\0' \"$@\" >> {tmp_path}/asked; printf '\\n\\0' >> {tmp_path}/asked\n"
        f'[ "$2" != list ] || cat {tmp_path}/issues\n'
    )
    program.chmod(0o755)
    (tmp_path / "issues").write_text("")
    return tmp_path


def run(folder: Path, title: str, **environ: str) -> list[list[str]]:
    """Run the step of check.yml as GitHub does; return the calls of gh."""
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step("check.yml", title)["run"]],
        cwd=folder,
        env={
            "PATH": f"{folder / 'bin'}:{os.environ['PATH']}",
            "LABEL": job("check.yml")["env"]["LABEL"],
            "RUNNER_TEMP": str(folder),
            "GITHUB_SERVER_URL": "https://github.com",
            "GITHUB_REPOSITORY": "octo/shop",
            "GITHUB_RUN_ID": "99",
            **environ,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert 0 == done.returncode, done.stderr
    calls = (folder / "asked").read_text().split("\0\n\0")
    return [call.split("\0") for call in calls if call]


OPEN, CLOSE = "Open or update the issue", "Close the issue"
SUMMARY = json.dumps([{"file": HOSTILE, "package": "words", "outcome": "drifted", "message": "arn:aws:x"}])


def test_issue_reads_the_output_that_fits_into_a_variable() -> None:
    """Linux runs no program with a variable of more than 128 KiB."""
    assert "${{ steps.check.outputs.summary || '[]' }}" == step("check.yml", OPEN)["env"]["SUMMARY"]


def test_failed_check_opens_an_issue(gh: Path) -> None:
    calls = run(gh, OPEN, SUMMARY="[]", REASON="drifted")

    assert [["issue", "list"], ["label", "create"], ["issue", "create"]] == [call[:2] for call in calls]
    assert "https://github.com/octo/shop/actions/runs/99" in (gh / "issue.md").read_text()


def test_failed_check_updates_the_open_issue(gh: Path) -> None:
    (gh / "issues").write_text("17\n")

    calls = run(gh, OPEN, SUMMARY="[]", REASON="drifted")

    assert [["issue", "list"], ["issue", "edit"]] == [call[:2] for call in calls]
    assert "17" == calls[-1][2]


def test_only_issues_of_the_workflow_are_updated(gh: Path) -> None:
    listing, *_ = run(gh, OPEN, SUMMARY="[]", REASON="drifted")

    assert "github-actions" == listing[listing.index("--app") + 1]


def test_hostile_file_names_stay_code_in_the_issue(gh: Path) -> None:
    run(gh, OPEN, SUMMARY=SUMMARY, REASON="drifted")

    assert not (gh / "injected").exists()
    *_, blank, listed = (gh / "issue.md").read_text().splitlines()
    assert ("", "    ") == (blank, listed[:4])
    assert {"file": HOSTILE, "package": "words", "outcome": "drifted"} == json.loads(listed)


def test_passed_check_closes_an_open_issue(gh: Path) -> None:
    assert [["issue", "list"]] == [call[:2] for call in run(gh, CLOSE)]

    (gh / "issues").write_text("17\n")
    assert ["issue", "close", "17"] == run(gh, CLOSE)[-1][:3]


# ---------------------------------------------------------------- SMUI

RULES = """\
# by SMUI
tv =>
\tSYNONYM: television
\tSYNONYM: telly
\tUP(10): samsung
\t@{
\t  "_log" : "1"
\t}@

hi fi, stereo =>
\tSYNONYM(0.5): music #1
\t@_log: "2"

"shipping" =>
\tSYNONYM: delivery
note* =>
\tSYNONYM: laptop
sofa =>
\tDELETE: cheap
tv =>
\tSYNONYM: telly
\tSYNONYM: screen
"""


def smui(folder: Path, rules: str) -> subprocess.CompletedProcess[str]:
    (folder / "rules.txt").write_text(rules)
    command = step("smui.yml", "Convert SMUI's rules to synonyms")["run"]
    script = str(EXAMPLES / "smui_synonyms.py")
    return subprocess.run(
        ["bash", "-eo", "pipefail", "-c", command.replace(".github/smui_synonyms.py", f"'{script}'")],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )


def test_smui_synonyms_become_mappings_with_their_own_words(tmp_path: Path) -> None:
    smui(tmp_path, RULES)

    assert [
        "tv => tv, television, telly, screen",
        r"hi fi\, stereo => hi fi\, stereo, music \#1",
    ] == (tmp_path / "synonyms.txt").read_text().splitlines()


def test_unsupported_smui_rules_are_named(tmp_path: Path) -> None:
    done = smui(tmp_path, RULES)

    assert [
        "skipped line 5: UP(10): samsung",
        "skipped line 11: the weight of SYNONYM(0.5): music #1",
        'skipped line 14: "shipping" =>',
        "skipped line 15: SYNONYM: delivery",
        "skipped line 16: note* =>",
        "skipped line 17: SYNONYM: laptop",
        "skipped line 19: DELETE: cheap",
    ] == done.stderr.splitlines()


def test_engine_accepts_the_converted_smui_rules(tmp_path: Path) -> None:
    smui(tmp_path, RULES)

    problems, _ = validate(
        KINDS["synonyms"], (tmp_path / "synonyms.txt").read_bytes(), "synonyms.txt", Options()
    )
    assert [] == [problem for problem in problems if problem.severity == "error"]


# ---------------------------------------------------------------- GitLab


def gitlab(name: str) -> dict[str, Any]:
    """Return a job of the GitLab recipe with the jobs it extends."""
    jobs: dict[str, Any] = yaml.safe_load(text("gitlab-ci.yml"))
    base, own = jobs[".search-dictionaries"], jobs[name]
    return base | own | {"variables": base["variables"] | own["variables"]}


def test_gitlab_commands_plan_and_deploy(tmp_path: Path) -> None:
    with set_scene(tmp_path) as scene:
        package_id = scene.make_package("words")
        config = {"bucket": "acme-dictionaries", "domains": "none", "branch": "main"}
        entry = {"file": "words.txt", "package": "words", "kind": "stopwords"}
        commit = scene.commit(
            {".gitlab/dictionaries.yml": json.dumps({**config, "dictionaries": [entry]}), "words.txt": "a\n"}
        )
        planned = run_script(scene, tmp_path, "plan")
        deployed = run_script(scene, tmp_path, "deploy")
        versions = scene.history(package_id)

    assert ("planned", "updated") == (planned["result"], deployed["result"])
    assert ["", commit] == versions


def run_script(scene: Scene, folder: Path, name: str) -> dict[str, Any]:
    """Run a job's script in a clone such as GitLab's runner creates: with its origin and a detached HEAD."""
    clone = folder / name
    git(folder, "clone", "--quiet", str(scene.repository), str(clone))
    git(clone, "checkout", "--quiet", "--detach")
    [command] = gitlab(name)["script"]
    subprocess.run(
        ["bash", "-eo", "pipefail", "-c", command.replace("/tmp/action", str(ROOT))],
        cwd=clone,
        env={
            "PATH": f"{ROOT / '.venv/bin'}:{os.environ['PATH']}",
            "HOME": str(folder),
            "AWS_ENDPOINT_URL": scene.aws_url,
            "AWS_REGION": gitlab(name)["variables"]["AWS_REGION"],
            "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
            "AWS_SECRET_ACCESS_KEY": "secret",
        },
        check=True,
    )
    outputs: dict[str, Any] = json.loads((clone / "dictionaries.json").read_text())
    return outputs


def test_gitlab_installs_locked_packages_with_full_history() -> None:
    [install] = [line for line in gitlab("deploy")["before_script"] if line.startswith("pip install")]

    assert "--require-hashes --only-binary :all:" in install
    assert "0" == gitlab("plan")["variables"]["GIT_DEPTH"] == gitlab("deploy")["variables"]["GIT_DEPTH"]


def test_gitlab_plans_with_the_read_only_role() -> None:
    assert PLANS == gitlab("plan")["variables"]["AWS_ROLE_ARN"]
    assert DEPLOYS == gitlab("deploy")["variables"]["AWS_ROLE_ARN"]


# ---------------------------------------------------------------- Terraform


def test_terraform_ignores_what_the_action_changes() -> None:
    package = re.search(
        r'resource "aws_opensearch_package" .*?^}', text("terraform.tf"), re.DOTALL | re.MULTILINE
    )

    assert package is not None
    assert "ignore_changes  = [package_source, package_description]" in package[0]
    assert "prevent_destroy = true" in package[0]
    assert 'resource "aws_opensearch_package_association"' not in text("terraform.tf")


def test_terraform_names_match_the_configuration() -> None:
    config = parse_config(text("dictionaries.yml").encode(), "dictionaries.yml", "")
    terraform = text("terraform.tf")

    assert f'bucket = "{config.bucket}"' in terraform
    assert f'package_name = "{config.dictionaries[0].package}"' in terraform
    assert not re.search(rf'key\s+= "{config.prefix}/', terraform)
