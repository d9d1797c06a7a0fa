"""The command outside GitHub's runner: its checkout, uncommitted changes, comments, progress and log."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
import sys
from pathlib import Path

import pytest

from tests.end_to_end.scene import REPOSITORY, ROOT, TOKEN, Scene
from tests.end_to_end.terminal import command, environment

SYNONYMS = {"file": "search/synonyms.txt", "package": "product-synonyms", "kind": "synonyms"}
OLD, NEW = "tv, television\n", "tv, television\nlaptop, notebook\n"


@pytest.fixture
def shop(scene: Scene) -> Scene:
    """Create a package by hand, and pull request 7, whose merge was never deployed to it."""
    scene.make_package("product-synonyms")
    scene.clock.skip(60)
    scene.configure(SYNONYMS, branch="main")
    scene.commit({"search/synonyms.txt": OLD})
    scene.merge({"search/synonyms.txt": NEW}, 7)
    scene.aws.requests.clear()
    return scene


# ---------------------------------------------------------------- the checkout


def test_command_runs_in_any_folder_of_the_checkout(shop: Scene) -> None:
    said = command(shop, "deploy", "--json", folder=shop.repository / "search")

    assert (0, ["updated"]) == (said.status, said.outcomes), said.err


def test_error_outside_a_checkout_names_where_to_run(shop: Scene, tmp_path: Path) -> None:
    folder = tmp_path / "elsewhere"
    folder.mkdir()

    said = command(shop, "validate", folder=folder)

    assert 1 == said.status
    assert "Run the command in a checkout of the repository" in said.err
    assert "actions/checkout" not in said.out + said.err

    said = command(shop, "validate", folder=shop.repository.parent)

    assert f"Run the command in {shop.repository.name}." in said.err
    assert "actions/checkout" not in said.out + said.err


def test_exported_files_have_no_commit_to_deploy(shop: Scene) -> None:
    (shop.repository / ".git").rename(shop.scratch.parent / "git")

    said = command(shop, "deploy")

    assert 1 == said.status
    assert "Run the command in a clone of the repository" in said.err
    assert "actions/checkout" not in said.out + said.err


def test_lfs_pointer_error_recommends_git_lfs_pull(shop: Scene) -> None:
    shop.commit({"search/synonyms.txt": "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n"})

    said = command(shop, "deploy")

    assert (1, True) == (said.status, "git lfs pull --include search/synonyms.txt" in said.err), said.err
    assert "actions/checkout" not in said.out + said.err


# ---------------------------------------------------------------- uncommitted changes


@pytest.mark.parametrize("mode", ["deploy", "rollback", "check"])
def test_uncommitted_file_is_not_deployed(shop: Scene, mode: str) -> None:
    shop.write({"search/synonyms.txt": f"{NEW}sofa, couch\n"})

    said = command(shop, mode, "--json")

    assert (1, ["invalid"]) == (said.status, said.outcomes), said.err
    assert "has uncommitted changes" in said.err
    assert "git restore --staged --worktree search/synonyms.txt" in said.err
    assert [""] == shop.messages("product-synonyms")


def test_plan_of_uncommitted_changes_reports_them(shop: Scene) -> None:
    shop.write({"search/synonyms.txt": f"{NEW}sofa, couch\n"})

    said = command(shop, "plan", "--json")

    assert (0, ["would-update"]) == (said.status, said.outcomes), said.err
    assert "The plan uses the file in the working tree." in said.err
    assert "To do: Merge to deploy it" in said.err


def test_plan_of_a_commit_on_the_branch_needs_no_merge(shop: Scene) -> None:
    on_the_branch = command(shop, "plan")
    shop.git("checkout", "--quiet", "-b", "laptop")
    shop.commit({"search/synonyms.txt": f"{NEW}sofa, couch\n"})

    off_the_branch = command(shop, "plan", "--branch", "main")

    assert "To do: Run mode `deploy` to deploy it" in on_the_branch.out
    assert "To do: Merge to deploy it" in off_the_branch.out


def test_plan_names_removed_dictionaries(shop: Scene) -> None:
    shop.configure(SYNONYMS, {**SYNONYMS, "file": "b.txt", "package": "more-synonyms"}, branch="main")
    shop.commit({"b.txt": "tv, telly\n"})
    shop.git("checkout", "--quiet", "-b", "laptop")
    shop.configure(SYNONYMS, branch="main")
    shop.commit({})

    planned = command(shop, "plan", "--branch", "main")

    assert 1 == planned.out.count("b.txt is removed from the configuration. Package more-synonyms")


def test_plan_of_changes_on_the_deployed_commit_shows_an_update(shop: Scene) -> None:
    command(shop, "deploy")
    committed = command(shop, "plan", "--json")
    shop.write({"search/synonyms.txt": f"{NEW}sofa, couch\n"})

    edited = command(shop, "plan", "--json")

    assert ["would-be-unchanged"] == committed.outcomes, committed.err
    assert (0, ["would-update"]) == (edited.status, edited.outcomes), edited.err
    [entry] = edited.outputs["dictionaries"]
    assert ("", shop.git("rev-parse", "HEAD")) == (entry["commit"], entry["previous_commit"])
    assert {"added": 2, "removed": 0, "changed": 0, "total": 6}.items() <= entry["entries"].items()


def test_uncommitted_configuration_is_refused(shop: Scene) -> None:
    shop.configure(SYNONYMS, branch="main", prefix="elsewhere")

    said = command(shop, "deploy", "--json")

    assert (1, "invalid-config") == (said.status, said.outputs["failure-reason"]), said.err
    assert "git restore --staged --worktree .github/dictionaries.yml" in said.err
    assert [""] == shop.messages("product-synonyms")


# ---------------------------------------------------------------- comments


def test_comment_is_posted_with_token_and_pull_request(shop: Scene) -> None:
    given = {"GITHUB_TOKEN": TOKEN, "GITHUB_API_URL": shop.github_url, "GITHUB_REPOSITORY": REPOSITORY}

    said = command(shop, "deploy", "--pull-request", "7", "--json", **given)

    [comment] = shop.comments(7)
    assert 0 == said.status, said.err
    assert f"/{REPOSITORY}/pull/7#issuecomment-" in said.outputs["comment-url"]
    assert "updated" in comment
    assert f"https://github.com/{REPOSITORY}/commit/{shop.git('rev-parse', 'HEAD')}" in comment


def test_comment_goes_to_the_repository_of_the_remote(shop: Scene) -> None:
    shop.git("remote", "add", "origin", f"git@127.0.0.1:{REPOSITORY}.git")
    given = {"GITHUB_TOKEN": TOKEN, "GITHUB_API_URL": shop.github_url, "GITHUB_SERVER_URL": shop.github_url}

    said = command(shop, "validate", "--pull-request", "7", **given)
    planned = command(shop, "plan", "--pull-request", "7", "--comment", "always", "--json", **given)

    assert 0 == said.status, said.err
    assert "Pull request 7 is already merged: its comment reports the deploy." in planned.err, planned.err


def test_without_token_or_pull_request_github_is_not_called(shop: Scene) -> None:
    given = {"GITHUB_API_URL": "http://127.0.0.1:1", "GITHUB_REPOSITORY": REPOSITORY}

    quiet = command(shop, "plan", GITHUB_TOKEN=TOKEN, **given)
    told = command(shop, "plan", "--pull-request", "7", **given)

    assert (0, "") == (quiet.status, quiet.err)
    assert 0 == told.status
    assert "The GitHub token is missing." in told.err
    assert "set GITHUB_TOKEN" in told.err
    assert "The log has the report." in told.err


def test_token_is_not_sent_to_the_server_of_a_remote(shop: Scene) -> None:
    shop.git("remote", "add", "origin", f"https://evil.example/{REPOSITORY}.git")
    shop.git("config", "url./nowhere.insteadOf", "https://evil.example/")

    said = command(shop, "validate", "--pull-request", "7", GITHUB_TOKEN=TOKEN)
    planned = command(shop, "plan", "--pull-request", "7", GITHUB_TOKEN=TOKEN)

    assert (0, "") == (said.status, said.err)
    assert "The remote origin is not a repository at https://github.com." in planned.err
    assert "GITHUB_REPOSITORY" in planned.err


def test_token_on_the_command_line_is_a_warning(shop: Scene) -> None:
    said = command(shop, "validate", "--github-token", TOKEN)

    assert 0 == said.status
    assert "Set GITHUB_TOKEN instead" in said.err


# ---------------------------------------------------------------- progress


def at_a_terminal(scene: Scene, *arguments: str, status: int = 0, **environ: str) -> str:
    """Return the screen of a user who runs the command at a terminal."""
    ours, its = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "entrypoint.py"), *arguments],
        env=environment(scene, TERM="xterm-256color", COLUMNS="120", **environ),
        cwd=scene.repository,
        stdin=subprocess.DEVNULL,
        stdout=its,
        stderr=its,
    )
    os.close(its)
    seen = b""
    while select.select([ours], [], [], 60)[0]:
        try:
            more = os.read(ours, 4096)
        except OSError:  # Linux reports this for a terminal that is no longer open
            break
        seen += more
    os.close(ours)
    assert status == process.wait(timeout=60), seen
    return seen.decode()


def test_terminal_shows_progress_in_place_and_keeps_results(shop: Scene) -> None:
    shop.aws.switches = shop.aws.switches.override({"copy_seconds": 1.5})

    seen = at_a_terminal(shop, "deploy")

    assert re.search(r"0:0\d:\d\d.* search/synonyms\.txt .*updating package product-synonyms", seen), seen
    assert "\x1b[2K" in seen
    assert "1 dictionary deployed" in seen.rpartition("\x1b[2K")[2], seen


def test_terminal_colors_changed_entries_unless_disabled(shop: Scene) -> None:
    command(shop, "deploy")
    shop.commit({"search/synonyms.txt": f"{NEW}sofa, couch\n"})

    assert "\x1b[32m      + sofa, couch\x1b[0m" in at_a_terminal(shop, "plan")
    assert "\n      + sofa, couch" in at_a_terminal(shop, "plan", NO_COLOR="1")


def test_terminal_without_rich_has_the_lines_of_a_pipe(shop: Scene, tmp_path: Path) -> None:
    missing = tmp_path / "missing" / "rich"
    missing.mkdir(parents=True)
    (missing / "__init__.py").write_text("raise ImportError('not installed')")

    seen = at_a_terminal(shop, "deploy", PYTHONPATH=str(missing.parent))

    assert "search/synonyms.txt: updating package product-synonyms" in seen
    assert "\x1b[" not in seen


# ---------------------------------------------------------------- a closed log


def test_deploy_continues_when_its_log_is_closed(shop: Scene) -> None:
    reading, writing = os.pipe()
    os.close(reading)

    with os.fdopen(writing, "wb") as log:
        done = subprocess.run(
            [sys.executable, str(ROOT / "entrypoint.py"), "deploy"],
            env=environment(shop),
            cwd=shop.repository,
            stdout=log,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            check=False,
            timeout=120,
        )

    assert (1, "") == (done.returncode, done.stderr)
    assert ["", shop.git("rev-parse", "HEAD")] == shop.messages("product-synonyms")


@pytest.mark.parametrize("redirection", [">&-", "> /dev/full"])
@pytest.mark.parametrize("unbuffered", ["", "1"])  # as in the image
def test_output_that_is_closed_or_full_is_exit_status_1(
    shop: Scene, redirection: str, unbuffered: str
) -> None:
    program = [sys.executable, str(ROOT / "entrypoint.py"), "validate"]
    done = subprocess.run(
        ["sh", "-c", f'exec "$@" {redirection}', "sh", *program],
        env=environment(shop, PYTHONUNBUFFERED=unbuffered),
        cwd=shop.repository,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        check=False,
        timeout=120,
    )

    assert (1, "") == (done.returncode, done.stderr)


def test_terminal_shows_a_failure_once_in_its_place(shop: Scene) -> None:
    shop.configure({**SYNONYMS, "package": "no-such-package"}, branch="main")
    shop.commit({"README": "not deployed"})

    seen = at_a_terminal(shop, "deploy", status=1)

    assert 1 == seen.count("Package no-such-package not found"), seen
    assert ".github/dictionaries.yml:4:1: error: no-such-package: package-not-found" in seen


# ---------------------------------------------------------------- shrinking, and a part of the files


def words(count: int) -> str:
    return "".join(f"word-{number}\n" for number in range(count))


STOPWORDS = {"file": "search/stopwords.txt", "package": "product-stopwords", "kind": "stopwords"}


def test_line_that_the_plan_prints_allows_the_loss(shop: Scene) -> None:
    shop.make_package("product-stopwords")
    shop.configure(SYNONYMS, STOPWORDS, branch="main")
    shop.commit({"search/stopwords.txt": words(30)})
    command(shop, "deploy")
    shop.commit({"search/stopwords.txt": words(3)})

    refused = command(shop, "plan", "--json")

    assert (1, ["would-be-unchanged", "invalid"]) == (refused.status, refused.outcomes), refused.err
    [line] = set(re.findall("`(shrink-to: .*?)`", refused.err))
    key, value = line.split(": ")
    shop.configure(SYNONYMS, STOPWORDS | {key: int(value)}, branch="main")
    shop.commit({})
    assert (0, ["unchanged", "updated"]) == (
        (said := command(shop, "deploy", "--json")).status,
        said.outcomes,
    )


def test_only_and_allow_shrink_deploy_one_file_by_hand(shop: Scene) -> None:
    shop.make_package("product-stopwords")
    shop.configure(SYNONYMS, STOPWORDS, branch="main")
    shop.commit({"search/stopwords.txt": words(30)})
    command(shop, "deploy", "--only", "search/stopwords.txt")
    shop.commit({"search/stopwords.txt": words(3)})

    said = command(shop, "deploy", "--json", "--only", "search/stopwords.txt", "--allow-shrink", "true")

    assert (0, ["skipped", "updated"]) == (said.status, said.outcomes), said.err
    assert [""] == shop.messages("product-synonyms")
    wrong = command(shop, "deploy", "--json", "--only", "search/stopword.txt")
    assert (1, "invalid-config") == (wrong.status, wrong.outputs["failure-reason"])
    assert "Did you mean search/stopwords.txt?" in wrong.err


# ---------------------------------------------------------------- the changed entries


def test_plan_and_deploy_show_the_changed_entries_up_to_a_limit(shop: Scene) -> None:
    command(shop, "deploy")
    shop.commit({"search/synonyms.txt": f"{NEW}flask, vacuum flask, thermos\nsofa, couch\n"})

    planned = command(shop, "plan", "--json", "--limit", "1")
    deployed = command(shop, "deploy")

    assert "      + flask, vacuum flask, thermos\n      and 2 more changed entries\n" in planned.err
    [entry] = planned.outputs["dictionaries"]
    assert [{"sign": "+", "text": "flask, vacuum flask, thermos"}] == entry["entries"]["changes"]
    assert "      + flask, vacuum flask, thermos\n      + sofa, couch\n" in deployed.out


# ---------------------------------------------------------------- fixes


def test_validate_fixes_files_and_prints_the_diff(shop: Scene) -> None:
    path = shop.repository / "search" / "synonyms.txt"
    path.write_bytes(b"\xef\xbb\xbftv, telly\n  # comment\nsofa,  couch\n")

    said = command(shop, "validate", "--fix", CI="true")

    assert (0, b"tv, telly\n# comment\nsofa,  couch\n") == (said.status, path.read_bytes()), said.err
    assert "\n-  # comment\n" in said.out
    assert "\n+# comment\n" in said.out


def test_fix_without_room_for_the_file_keeps_it(shop: Scene) -> None:
    path, linked = shop.repository / "search" / "synonyms.txt", shop.repository / "search" / "words.txt"
    content = b"".join(b"tv%d, telly%d \n" % (number, number) for number in range(1_000))
    linked.write_bytes(content)
    linked.chmod(0o640)
    path.unlink()
    path.symlink_to(linked.name)
    limited = ["sh", "-c", f"ulimit -f 1; exec {sys.executable} {ROOT / 'entrypoint.py'} validate --fix"]

    full = subprocess.run(
        limited, cwd=shop.repository, env=environment(shop), capture_output=True, text=True, check=False
    )
    kept = linked.read_bytes()
    said = command(shop, "validate", "--fix")

    assert (1, content) == (full.returncode, kept), full.stderr
    assert "search/synonyms.txt cannot be written: File too large." in full.stderr
    assert (0, content.replace(b" \n", b"\n")) == (said.status, linked.read_bytes()), said.err
    assert (True, 0o640) == (path.is_symlink(), linked.stat().st_mode & 0o777)
    assert {"synonyms.txt", "words.txt"} == {each.name for each in linked.parent.iterdir()}
