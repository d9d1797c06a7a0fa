"""`dictionary-deploy status`: what is live where, from which commit, and what is held."""

from __future__ import annotations

import json

import pytest

from tests.end_to_end.scene import REPOSITORY, TOKEN, Scene
from tests.end_to_end.terminal import Said, command

SYNONYMS = {"file": "search/synonyms.txt", "package": "product-synonyms", "kind": "synonyms"}
WRITES = frozenset({"es:CreatePackage", "es:UpdatePackage", "es:AssociatePackage"})


@pytest.fixture
def shop(scene: Scene) -> Scene:
    """A package on a domain, with the merge of pull request 7 deployed."""
    package_id = scene.make_package("product-synonyms")
    scene.client("es").create_elasticsearch_domain(DomainName="search-prod")
    scene.clock.skip(60)
    scene.client("es").associate_package(PackageID=package_id, DomainName="search-prod")
    scene.clock.skip(60)
    scene.configure(SYNONYMS, domains="associated", branch="main")
    scene.commit({"search/synonyms.txt": "tv, television\n"})
    scene.merge({"search/synonyms.txt": "tv, television\nlaptop, notebook\n"}, 7)
    command(scene, "deploy")
    scene.aws.requests.clear()
    return scene


def status(scene: Scene, *arguments: str, **environ: str) -> Said:
    return command(scene, "status", *arguments, **environ)


def test_status_shows_the_live_version_with_its_pull_request(shop: Scene) -> None:
    commit = shop.git("rev-parse", "HEAD")

    said = status(shop)
    found = json.loads(status(shop, "--json").out)["dictionaries"]
    markdown = status(shop, "--markdown").out

    assert 0 == said.status, said.err
    assert f"commit {commit[:12]}" in said.out
    assert "pull request #7" in said.out
    assert "Live: search-prod (v2" in said.out
    [entry] = found
    assert ("v2", ["v2", "v1"]) == (entry["version"], [each["version"] for each in entry["versions"]])
    newest, by_hand = entry["versions"]
    assert (commit, 7) == (newest["commit"], newest["pull_request"])
    assert newest["author"]
    assert ("", None, "") == (by_hand["commit"], by_hand["pull_request"], by_hand["author"])
    assert f"| `{commit[:12]}` |" in markdown
    assert "| ✅ | v2 |" in markdown
    assert set() == WRITES.intersection(shop.operations())


def test_status_finds_commits_at_github_that_git_does_not_have(shop: Scene) -> None:
    github = {"GITHUB_TOKEN": TOKEN, "GITHUB_API_URL": shop.github_url, "GITHUB_REPOSITORY": REPOSITORY}
    (shop.repository / ".git").rename(shop.scratch / "elsewhere")

    lost = json.loads(status(shop, "--json").out)["dictionaries"][0]["versions"][0]

    assert ("", None) == (lost["author"], lost["pull_request"])
    (shop.scratch / "elsewhere").rename(shop.repository / ".git")
    found = json.loads(status(shop, "--json", **github).out)["dictionaries"][0]["versions"][0]
    assert (7, True) == (found["pull_request"], found["url"].endswith(f"/{REPOSITORY}/pull/7"))


def test_status_shows_holds_and_fewer_versions(shop: Scene) -> None:
    merged = shop.git("rev-parse", "HEAD")
    shop.git("checkout", "--quiet", "HEAD^")
    assert 0 == command(shop, "rollback").status
    shop.git("checkout", "--quiet", "main")

    said = status(shop, "--versions", "1")

    assert f"Held: rolled back from commit {merged[:12]}" in said.out
    assert "* v3" in said.out
    assert "v2" not in said.out


def test_status_fails_only_if_something_is_unknown(shop: Scene) -> None:
    shop.configure(SYNONYMS | {"create": True}, SYNONYMS | {"file": "a.txt", "package": "missing"})

    said = status(shop)

    assert (1, True) == (said.status, "The package does not exist." in said.out)
    shop.configure(SYNONYMS, {**SYNONYMS, "file": "a.txt", "package": "missing", "create": True})
    assert 0 == status(shop).status


def test_status_of_an_unknown_file_is_an_error(shop: Scene) -> None:
    said = status(shop, "--only", "search/synonym.txt")

    assert (1, True) == (said.status, "Did you mean search/synonyms.txt?" in said.err), said.err


def test_available_version_that_the_history_lacks_is_unknown(shop: Scene) -> None:
    shop.aws.switches = shop.aws.switches.override({"history_seconds": 600})
    shop.commit({"search/synonyms.txt": "tv, telly\n"})
    [package_id] = {each["package_id"] for each in shop.aws.versions()}
    shop.update_by_hand(package_id, "product-synonyms")
    shop.clock.skip(60)

    said = status(shop)

    assert (1, True) == (said.status, "v3 is not in the version history yet" in said.out), said.out
