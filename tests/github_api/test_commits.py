"""The state of a commit and its files on a branch, from GitHub's responses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from local_github import Clock, ConnectClient, History, LocalGithub

from dictionary_deploy.errors import DeployError, GithubError
from dictionary_deploy.github_api.client import GithubClient
from dictionary_deploy.github_api.commits import Commits
from dictionary_deploy.model import Standing

FILES = ["search/synonyms.txt", "search/stopwords.txt", "built.txt"]
UNKNOWN = "0" * 40


@pytest.fixture
def commits(client: GithubClient) -> Commits:
    return Commits(client)


def located(standing: Standing) -> tuple[str, Mapping[str, str], Mapping[str, int | None]]:
    """Return the tip, the places of the files and the distances, without the blobs."""
    return standing.tip, standing.files, standing.distances


def blobs(history: History, commit: str) -> dict[str, str]:
    """Return the IDs of the files' blobs from git."""
    listed = history.repository.git("ls-tree", "-r", "--format=%(path) %(objectname)", commit, "--", *FILES)
    return {**dict.fromkeys(FILES, ""), **dict(line.split() for line in listed.splitlines())}


def test_files_of_the_tip_are_at_the_tip(commits: Commits, history: History) -> None:
    found = blobs(history, history.tip)

    assert commits.standing("main", history.tip, FILES, []) == Standing(
        history.tip, dict.fromkeys(FILES, "tip"), {history.tip: 0}, found, found
    )


def test_files_behind_the_tip_are_same_moved_or_untracked(commits: Commits, history: History) -> None:
    assert commits.standing("main", history.merge, FILES, []) == Standing(
        tip=history.tip,
        files={"search/synonyms.txt": "moved", "search/stopwords.txt": "same", "built.txt": "untracked"},
        distances={history.merge: 2},
        blobs=blobs(history, history.tip),
        own_blobs=blobs(history, history.merge),
    )


def test_committer_date_of_a_commit_is_returned(commits: Commits, history: History) -> None:
    expected = float(history.repository.git("show", "--no-patch", "--format=%ct", history.tip))

    assert expected == commits.committed_at(history.tip)
    with pytest.raises(GithubError):
        commits.committed_at(UNKNOWN)


def test_file_deleted_at_the_tip_has_moved(commits: Commits, history: History) -> None:
    history.repository.git("rm", "--quiet", "search/stopwords.txt")
    history.repository.commit({}, "Drop stopwords")

    standing = commits.standing("main", history.tip, FILES, [])

    assert standing.files["search/stopwords.txt"] == "moved"


def test_reverted_file_is_the_same(commits: Commits, history: History) -> None:
    history.repository.commit({"search/synonyms.txt": "a, b, c\n"}, "Revert")

    standing = commits.standing("main", history.merge, FILES, [])

    assert standing.files["search/synonyms.txt"] == "same"


def test_links_and_paths_below_them_are_untracked(commits: Commits, history: History) -> None:
    root = history.repository.path
    (root / "link.txt").symlink_to("search/synonyms.txt")
    (root / "folder").symlink_to("search")
    linked = history.repository.commit({}, "Link")
    history.repository.commit({"search/synonyms.txt": "x\n"}, "Change what the links lead to")

    standing = commits.standing("main", linked, ["link.txt", "folder", "folder/synonyms.txt"], [])

    assert set(standing.files.values()) == {"untracked"}


def test_folders_and_submodules_are_untracked(commits: Commits, history: History) -> None:
    git = history.repository.git
    git("update-index", "--add", "--cacheinfo", f"160000,{history.first},module")
    git("commit", "--quiet", "-m", "Add a submodule")
    commit = git("rev-parse", "HEAD")
    git("commit", "--quiet", "--allow-empty", "-m", "Move on")

    standing = commits.standing("main", commit, ["search", "module", "module/a.txt"], [])

    assert set(standing.files.values()) == {"untracked"}


def test_file_replaced_by_a_link_has_moved(commits: Commits, history: History) -> None:
    file = history.repository.path / "search/stopwords.txt"
    file.unlink()
    # git stores the target of a link: here the same bytes as the replaced file.
    file.symlink_to("the\n")
    history.repository.commit({}, "Link")

    standing = commits.standing("main", history.tip, ["search/stopwords.txt"], [])

    assert standing.files == {"search/stopwords.txt": "moved"}


def test_file_that_became_executable_is_the_same(commits: Commits, history: History) -> None:
    (history.repository.path / "search/stopwords.txt").chmod(0o755)
    history.repository.commit({}, "Make it executable")

    standing = commits.standing("main", history.tip, ["search/stopwords.txt"], [])

    assert standing.files == {"search/stopwords.txt": "same"}


def test_commit_not_on_the_branch_is_off_it_with_all_files(commits: Commits, history: History) -> None:
    assert located(commits.standing("main", history.open_head, FILES, [])) == (
        history.tip,
        dict.fromkeys(FILES, "off-branch"),
        {history.open_head: None},
    )


def test_commit_ahead_of_the_branch_is_off_it(commits: Commits, history: History) -> None:
    standing = commits.standing("more-synonyms", history.tip, FILES, [])

    assert standing.tip == history.on_branch
    assert set(standing.files.values()) == {"off-branch"}


def test_missing_commit_is_unknown_with_all_files(
    commits: Commits, history: History, local_github: LocalGithub
) -> None:
    assert located(commits.standing("main", UNKNOWN, FILES, [])) == (
        history.tip,
        dict.fromkeys(FILES, "unknown"),
        {UNKNOWN: None},
    )
    assert local_github.operations == ["Standing", "/repos/{owner}/{repo}/compare/{basehead}"]


def test_rest_compares_a_commit_that_graphql_rejects(
    commits: Commits, history: History, local_github: LocalGithub
) -> None:
    file = {"oid": "1" * 40, "mode": 0o100644}
    ref = {"target": {"oid": history.tip}, "f0": None}
    repository = {"ref": ref, "here": {"f1": file}, "tip": {"f2": file}}
    local_github.plan("POST", "/graphql", 200, body={"data": {"repository": repository}})

    assert located(commits.standing("main", history.merge, ["a.txt"], [])) == (
        history.tip,
        {"a.txt": "same"},
        {history.merge: 2},
    )


def answer(history: History, here: Any, *, ahead: int = 0, tip: Any = None) -> Any:
    """The response to a query about one file of the commit; `tip` is that of a replica."""
    file = {"oid": "1" * 40, "mode": 0o100644}
    ref = {"target": {"oid": tip or history.tip}, "f0": {"aheadBy": ahead, "behindBy": 0 if ahead else 2}}
    return {"data": {"repository": {"ref": ref, "here": here, "tip": {"f2": file}}}}


def test_commit_that_a_replica_lacks_is_queried_again(
    commits: Commits, history: History, local_github: LocalGithub, clock: Clock
) -> None:
    """A null at the commit must not count as a file that git does not track."""
    body = answer(history, None)
    local_github.plan("POST", "/graphql", 200, body=body, times=2)

    found = commits.settled_standing("main", history.merge, FILES[:1], [], is_pushed=False)

    assert {"search/synonyms.txt": "moved"} == found.files
    assert [1.0, 2.0] == clock.pauses


def test_commit_that_replicas_lack_for_30_seconds_is_unknown(
    commits: Commits, history: History, local_github: LocalGithub, clock: Clock
) -> None:
    local_github.plan("POST", "/graphql", 200, body=answer(history, None), times=6)

    found = commits.settled_standing("main", history.merge, FILES[:1], [], is_pushed=False)

    assert {"search/synonyms.txt": "unknown"} == found.files
    assert 30.0 == sum(clock.pauses)


def test_tip_behind_the_pushed_commit_is_queried_again(
    commits: Commits, history: History, local_github: LocalGithub, clock: Clock
) -> None:
    """A replica still has the tip before the push."""
    behind = answer(history, {}, ahead=1, tip=history.squash)
    local_github.plan("POST", "/graphql", 200, body=behind)

    found = commits.settled_standing("main", history.tip, FILES[:1], [], is_pushed=True)

    assert {"search/synonyms.txt": "tip"} == found.files
    assert [1.0] == clock.pauses


def test_tip_behind_a_commit_of_another_event_is_final(
    commits: Commits, history: History, local_github: LocalGithub, clock: Clock
) -> None:
    behind = answer(history, {}, ahead=1, tip=history.squash)
    local_github.plan("POST", "/graphql", 200, body=behind)

    found = commits.settled_standing("main", history.tip, FILES[:1], [], is_pushed=False)

    assert {"search/synonyms.txt": "off-branch"} == found.files
    assert [] == clock.pauses


def test_files_of_the_tip_that_a_replica_lacks_are_unknown(
    commits: Commits, history: History, local_github: LocalGithub
) -> None:
    ref = {"target": {"oid": history.tip}, "f0": {"aheadBy": 0, "behindBy": 0}}
    body = {"data": {"repository": {"ref": ref, "here": None, "tip": None}}}
    local_github.plan("POST", "/graphql", 200, body=body)

    assert {"a.txt": "unknown"} == commits.standing("main", history.tip, ["a.txt"], []).files


def test_files_of_a_commit_only_in_rest_are_unknown(
    commits: Commits, history: History, local_github: LocalGithub
) -> None:
    tip = {"f2": {"oid": "1" * 40, "mode": 0o100644}}
    repository = {"ref": {"target": {"oid": history.tip}, "f0": None}, "here": None, "tip": tip}
    local_github.plan("POST", "/graphql", 200, body={"data": {"repository": repository}})

    assert located(commits.standing("main", history.merge, ["a.txt"], [])) == (
        history.tip,
        {"a.txt": "unknown"},
        {history.merge: 2},
    )


def test_failing_rest_is_an_error_about_the_commit(commits: Commits, local_github: LocalGithub) -> None:
    local_github.plan("GET", "compare", 403, body={"message": "Resource not accessible by integration"})

    with pytest.raises(GithubError, match="Resource not accessible by integration"):
        commits.standing("main", UNKNOWN, FILES, [])


def test_error_in_one_comparison_keeps_the_others(
    commits: Commits, history: History, local_github: LocalGithub
) -> None:
    found = {"target": {"oid": history.tip}, "f0": {"aheadBy": 0, "behindBy": 0}, "f1": None}
    repository = {"ref": found, "here": {"oid": history.tip}, "tip": {"oid": history.tip}}
    errors = [{"type": "NOT_FOUND", "path": ["repository", "ref", "f1"], "message": "No commit"}]
    local_github.plan("POST", "/graphql", 200, body={"data": {"repository": repository}, "errors": errors})

    standing = commits.standing("main", history.tip, [], [UNKNOWN])

    assert standing.distances == {history.tip: 0, UNKNOWN: None}


def test_other_commits_have_their_distance_to_the_branch(commits: Commits, history: History) -> None:
    others = [history.first, history.squash, history.open_head, UNKNOWN, history.tip]

    assert commits.standing("main", history.tip, [], others).distances == {
        history.tip: 0,
        history.first: 4,
        history.squash: 1,
        history.open_head: None,
        UNKNOWN: None,
    }


def test_commit_includes_parents_and_merged_commits(commits: Commits, history: History) -> None:
    repository = history.repository
    repository.git("checkout", "--quiet", "-b", "late", history.first)
    late = repository.commit({"search/late.txt": "late\n"}, "Late")
    repository.git("checkout", "--quiet", "main")
    merged = repository.merge_branch("late", 10, "Merge it")

    assert commits.has(history.first, late)
    assert commits.has(history.tip, merged)
    assert commits.has(late, merged)
    assert not commits.has(late, history.tip)
    assert not commits.has(history.tip, late)
    assert not commits.has(merged, late)


def test_incomparable_commits_are_an_error(commits: Commits, history: History) -> None:
    with pytest.raises(GithubError, match=f"cannot compare commit {UNKNOWN} with commit {history.tip}"):
        commits.has(UNKNOWN, history.tip)


def test_twenty_five_files_and_commits_take_one_query(
    commits: Commits, history: History, local_github: LocalGithub
) -> None:
    files = [f"{number}.txt" for number in range(25)]
    others = [f"{number:040x}" for number in range(25)]

    commits.standing("main", history.merge, files, others)

    assert local_github.operations == ["Standing"]


def test_above_100_results_more_queries_use_the_same_tip(
    commits: Commits, history: History, local_github: LocalGithub
) -> None:
    files = {f"{number}.txt": f"{number}\n" for number in range(60)}
    before = history.repository.commit(files, "Add many")
    tip = history.repository.commit({"0.txt": "x\n", "59.txt": "x\n"}, "Change two")

    standing = commits.standing("main", before, list(files), [])

    assert local_github.operations == ["Standing", "Standing"]
    assert standing.tip == tip
    assert [file for file, place in standing.files.items() if place == "moved"] == ["0.txt", "59.txt"]
    assert set(standing.files.values()) == {"moved", "same"}


@pytest.mark.parametrize(
    "error",
    [
        {"type": "RESOURCE_LIMITS_EXCEEDED", "message": "Resource limits for this query exceeded."},
        {"message": "Timeout on validation of query"},
    ],
)
def test_query_that_is_too_large_is_split(
    commits: Commits, history: History, local_github: LocalGithub, error: dict[str, str]
) -> None:
    whole = commits.standing("main", history.merge, FILES, [history.squash])
    local_github.forget()
    local_github.plan(
        "POST", "/graphql", 200, body={"data": {"repository": None}, "errors": [error]}, times=2
    )

    assert commits.standing("main", history.merge, FILES, [history.squash]) == whole
    assert local_github.operations == ["Standing"] * 5  # the whole, a half, its quarters, the other half


def test_smallest_query_that_is_too_large_is_an_error(
    commits: Commits, history: History, local_github: LocalGithub
) -> None:
    error = {"type": "RESOURCE_LIMITS_EXCEEDED", "message": "Resource limits for this query exceeded."}
    local_github.plan("POST", "/graphql", 200, body={"data": None, "errors": [error]}, times=99)

    with pytest.raises(GithubError, match="Resource limits for this query exceeded"):
        commits.standing("main", history.merge, FILES, [])


def test_values_are_sent_as_variables(commits: Commits, history: History) -> None:
    awkward = 'search/"quoted") { oid } x.txt'
    history.repository.commit({awkward: "a\n"}, "Add an awkward name")

    standing = commits.standing("main", history.tip, [awkward], ['"'])

    assert standing.files == {awkward: "untracked"}


def test_missing_branch_is_an_error_with_a_remedy(commits: Commits, history: History) -> None:
    for query in (
        lambda: commits.standing("nothing", history.tip, FILES, []),
        lambda: commits.reach("nothing", history.tip),
        lambda: commits.tip("nothing"),
    ):
        with pytest.raises(DeployError, match="Branch 'nothing' not found") as raised:
            query()

        assert (raised.value.reason, raised.value.remedy) == ("wrong-branch", "Fix the input `branch`.")


@pytest.mark.parametrize("commit", ["tip", "merge", "first", "on_branch"])
def test_commit_of_the_branch_reaches_its_tip_in_one_query(
    commits: Commits, history: History, local_github: LocalGithub, commit: str
) -> None:
    local_github.forget()

    assert history.tip == commits.reach("main", getattr(history, commit))
    assert ["Standing"] == local_github.operations


def test_commit_off_the_branch_is_refused(commits: Commits, history: History) -> None:
    for commit in (history.open_head, UNKNOWN):
        with pytest.raises(DeployError, match=f"Commit {commit} is not on the branch main") as raised:
            commits.reach("main", commit)

        assert raised.value.reason == "wrong-branch"


def test_tip_is_that_of_the_branch(commits: Commits, history: History) -> None:
    assert history.tip == commits.tip("main")


def test_missing_response_is_an_error(connect: ConnectClient, history: History) -> None:
    commits = Commits(connect(graphql_url="http://127.0.0.1:1"))

    with pytest.raises(GithubError, match="No response from GitHub to a query"):
        commits.standing("main", history.tip, FILES, [])


def test_file_is_read_at_a_commit(commits: Commits, history: History) -> None:
    awkward = "a b/ä?#.txt"
    (history.repository.path / "a b").mkdir()
    (history.repository.path / awkward).write_bytes(b"\xff\r\n")
    commit = history.repository.commit({}, "Add an awkward file")

    assert commits.content(commit, awkward) == b"\xff\r\n"
    assert commits.content(history.merge, "search/synonyms.txt") == b"a, b, c\n"


def test_file_above_1_mb_is_read_completely(commits: Commits, history: History) -> None:
    content = "a, b\n" * 250_000
    commit = history.repository.commit({"large.txt": content}, "Grow")

    assert commits.content(commit, "large.txt") == content.encode()


def test_missing_file_at_a_commit_has_no_content(commits: Commits, history: History) -> None:
    assert commits.content(history.tip, "nothing.txt") is None
    assert commits.content(history.tip, "search") is None
    assert commits.content(UNKNOWN, "README.md") is None


def test_refused_content_is_an_error(commits: Commits, history: History, local_github: LocalGithub) -> None:
    local_github.plan("GET", "contents", 403, body={"message": "Resource not accessible by integration"})

    with pytest.raises(GithubError, match="Resource not accessible by integration"):
        commits.content(history.tip, "README.md")


def test_malformed_content_is_an_error(commits: Commits, history: History, local_github: LocalGithub) -> None:
    body = {"type": "file", "encoding": "base64", "content": "a", "sha": "0" * 40}
    local_github.plan("GET", "contents", 200, body=body)

    with pytest.raises(GithubError, match="Malformed response from GitHub about a file"):
        commits.content(history.tip, "README.md")


def test_commit_just_pushed_is_awaited_while_replicas_lag(
    commits: Commits, history: History, local_github: LocalGithub, clock: Clock
) -> None:
    behind = {"target": {"oid": history.merge}, "f0": {"aheadBy": 2, "behindBy": 0}}
    answer = {"data": {"repository": {"ref": behind, "here": None, "tip": None}}}
    local_github.plan("POST", "/graphql", 200, body=answer, times=2)

    assert history.tip == commits.reach("main", history.tip, is_pushed=True)
    assert [1.0, 2.0] == clock.pauses


def test_commit_pushed_and_forced_off_again_is_refused(
    commits: Commits, history: History, clock: Clock
) -> None:
    history.repository.git("switch", "--quiet", "--create", "ahead")
    ahead = history.repository.commit({"a.txt": "a\n"}, "Ahead")

    for commit, pauses, is_pushed in ((ahead, 0, False), (history.open_head, 0, True), (ahead, 5, True)):
        clock.pauses.clear()
        with pytest.raises(DeployError, match=f"Commit {commit} is not on the branch main"):
            commits.reach("main", commit, is_pushed=is_pushed)

        assert pauses == len(clock.pauses)
