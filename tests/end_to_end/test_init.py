"""`dictionary-deploy init`: from an empty repository to a pull request with a green plan."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from tests.end_to_end.scene import REPOSITORY, REPOSITORY_ID, ROOT, Scene
from tests.end_to_end.terminal import Said, command, environment

BUCKET = "acme-search-dictionaries"
POLICIES = ["bucket.json", "deploy-trust.json", "deploy.json", "plan-trust.json", "plan.json"]


@pytest.fixture
def empty(scene: Scene, tmp_path: Path) -> Scene:
    """An account with one package, and a repository with a first commit and a bare `origin`."""
    scene.make_package("product-synonyms")
    scene.client("s3").create_bucket(
        Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    scene.clock.skip(60)
    scene.commit({"README.md": "# Shop\n"})
    origin = tmp_path / "origin.git"
    subprocess.run(["git", "clone", "--quiet", "--bare", scene.repository, origin], check=True)
    scene.git("remote", "add", "origin", str(origin))
    return scene


def commands_of_the_readme() -> list[str]:
    """Return the commands of the section about the first pull request."""
    section = (ROOT / "README.md").read_text("utf-8").partition("## First pull request")[2]
    return re.findall(r"^\$ (.+)$", section.partition("\n## ")[0], re.MULTILINE)


def test_five_commands_of_the_readme_lead_to_a_green_plan(empty: Scene, tmp_path: Path) -> None:
    (tmp_path / "synonyms.txt").write_text("tv, television\n")
    first, *shell, last = commands_of_the_readme()

    said = command(empty, *first.split()[1:])
    assert 0 == said.status, said.err
    script = "\n".join(["set -e", *shell]).replace("~/", f"{tmp_path}/")
    author = {
        f"GIT_{role}_{name}": "octo@example.com"
        for role in ("AUTHOR", "COMMITTER")
        for name in ("NAME", "EMAIL")
    }
    subprocess.run(
        ["sh", "-c", script],
        cwd=empty.repository,
        env=environment(empty) | author,
        check=True,
        capture_output=True,
    )

    assert (5, "gh pr create --fill") == (len([first, *shell, last]), last)
    head = empty.git("rev-parse", "HEAD")
    assert head in empty.git("ls-remote", "origin", "refs/heads/dictionaries")
    empty.git("update-ref", "refs/pull/1/head", head)
    repository = {"id": REPOSITORY_ID, "full_name": REPOSITORY, "default_branch": "main"}
    pull_request = {
        "number": 1,
        "merged": False,
        "merge_commit_sha": None,
        "head": {"ref": "dictionaries", "sha": head, "repo": repository},
        "base": {"ref": "main", "sha": empty.git("rev-parse", "main"), "repo": repository},
    }
    payload = {"action": "opened", "number": 1, "pull_request": pull_request, "repository": repository}
    ran = empty.run("pull_request", payload, GITHUB_REF="refs/pull/1/merge")
    assert (0, ["would-update"]) == (ran.status, ran.outcomes), ran.log
    assert POLICIES == sorted(path.name for path in (empty.repository.parent / "policies").iterdir())


def written(scene: Scene) -> set[str]:
    return {*scene.git("ls-files", "--others", "--modified").splitlines()}


def test_init_matches_files_with_packages_and_overwrites_nothing(empty: Scene) -> None:
    empty.commit({"data/synonyms.txt": "tv, television\n", "data/stopwords.txt": "the\n"})

    def init(*arguments: str) -> Said:
        return command(empty, "init", "--bucket", BUCKET, *arguments)

    said = init("--json", "--role", "arn:aws:iam::1:role/a", "--plan-role", "arn:aws:iam::1:role/b")

    assert 0 == said.status, said.err
    assert ["data/stopwords.txt", "data/synonyms.txt"] == json.loads(said.out)["dictionaries"]
    assert {".github/dictionaries.yml", ".github/workflows/dictionaries.yml"} == written(empty)
    config = (empty.repository / ".github" / "dictionaries.yml").read_text("utf-8")
    assert "package: product-synonyms\n" in config
    assert 1 == config.count("create: true")
    assert 0 == command(empty, "validate").status
    again = init()
    both = ".github/dictionaries.yml and .github/workflows/dictionaries.yml exist. `init` never overwrites"
    assert (1, True) == (again.status, both in again.err)
    assert config == (empty.repository / ".github" / "dictionaries.yml").read_text("utf-8")


def test_init_ends_with_the_next_steps_and_names_its_role(empty: Scene) -> None:
    policies, role = empty.scratch / "policies", "arn:aws:iam::1:role/a"

    said = command(empty, "init", "--bucket", BUCKET, "--policies", str(policies), "--role", role)

    assert [f"Wrote {policies}/bucket.json.", "1.", "2.", "3."] == [
        line if line.startswith("Wrote") else line[:2] for line in said.out.splitlines()[-4:]
    ]
    [statement] = json.loads((policies / "bucket.json").read_text())["Statement"]
    assert {"aws:PrincipalArn": role} == statement["Condition"]["ArnNotEquals"]


def test_init_lists_every_written_file_in_its_json(empty: Scene) -> None:
    policies = empty.scratch / "policies"

    said = command(empty, "init", "--bucket", BUCKET, "--policies", str(policies), "--json")

    files = [".github/dictionaries.yml", ".github/workflows/dictionaries.yml"]
    assert {*files, *(f"{policies}/{name}" for name in POLICIES)} == {*json.loads(said.out)["written"]}


def test_init_without_credentials_writes_nothing(empty: Scene) -> None:
    said = command(
        empty, "init", AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY="", AWS_EC2_METADATA_DISABLED="true"
    )

    assert 1 == said.status
    assert set() == written(empty)


def test_init_with_existing_policies_writes_nothing(empty: Scene) -> None:
    policies = empty.scratch / "policies"
    policies.mkdir(parents=True)
    (policies / "plan.json").write_text("mine")

    said = command(empty, "init", "--bucket", BUCKET, "--policies", str(policies))

    assert (1, True) == (said.status, "plan.json" in said.err)
    assert set() == written(empty)
    assert "mine" == (policies / "plan.json").read_text()


def test_doctor_writes_the_policies_that_it_prints(empty: Scene) -> None:
    command(empty, "init", "--bucket", BUCKET)
    policies = empty.scratch / "policies"

    said = command(empty, "doctor", "--json", "--policies", str(policies))

    [shown] = json.loads(said.out)["environments"]
    assert POLICIES == sorted(path.name for path in policies.iterdir())
    assert {name: json.loads((policies / f"{name}.json").read_text()) for name in shown["policies"]} == shown[
        "policies"
    ]
    assert 1 == command(empty, "doctor", "--policies", str(policies)).status


@pytest.mark.parametrize("link", [".github", ".github/workflows", ".github/workflows/dictionaries.yml"])
def test_init_follows_no_link_out_of_the_repository(empty: Scene, tmp_path: Path, link: str) -> None:
    outside = tmp_path / "outside"
    if not link.endswith(".yml"):
        outside.mkdir()
    (empty.repository / link).parent.mkdir(parents=True, exist_ok=True)
    (empty.repository / link).symlink_to(outside)

    said = command(empty, "init")

    assert (1, "(invalid-config)") == (said.status, said.err.split()[-1]), said.err
    assert [] == [*outside.rglob("*")]
    assert not (empty.repository / ".github" / "dictionaries.yml").exists()


def test_file_in_place_of_a_folder_does_not_stop_init(empty: Scene) -> None:
    (empty.repository / "search").write_text("")

    said = command(empty, "init")

    assert (0, True) == (said.status, "1. Add the file search/product-synonyms.txt" in said.out), said.err
