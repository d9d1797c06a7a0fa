"""The number of requests to GitHub and AWS, which must not grow with the configuration."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest
import requests

from tests.end_to_end.scene import Scene


def prepare(scene: Scene, count: int) -> list[str]:
    """Deploy `count` dictionaries, each to a domain, from a commit without a pull request."""
    scene.client("es").create_elasticsearch_domain(DomainName="search-prod")
    names = [f"synonyms-{number}" for number in range(count)]
    packages = [scene.make_package(name) for name in names]
    scene.clock.skip(10)
    for package in packages:
        scene.client("es").associate_package(PackageID=package, DomainName="search-prod")
    scene.clock.skip(10)
    files = {f"search/{name}.txt": name for name in names}
    scene.configure(
        *({"file": file, "package": name, "kind": "synonyms"} for file, name in files.items()),
        domains="associated",
    )
    deploy_again(scene, files, "tv, television\n", scene.commit(dict.fromkeys(files, "tv, television\n")))
    return list(files)


def deploy_again(scene: Scene, files: Iterable[str], content: str, commit: str) -> None:
    """Add the result of a deploy of the commit: a version of each file, on its domain."""
    for name in (Path(file).stem for file in files):
        scene.add_deployed_version(name, commit, content)
        [package_id] = {each["package_id"] for each in scene.aws.versions() if each["package"] == name}
        scene.client("es").associate_package(PackageID=package_id, DomainName="search-prod")
        scene.clock.skip(10)


def forget(scene: Scene) -> None:
    requests.delete(f"{scene.github_url}/_sandbox/requests", timeout=10).raise_for_status()
    scene.aws.requests.clear()


def asked_github(scene: Scene) -> int:
    return len(requests.get(f"{scene.github_url}/_sandbox/requests", timeout=10).json())


def most_reads_of_a_package(scene: Scene) -> dict[str, int]:
    """Return the largest number of reads of any one package's history, domains or objects."""
    patterns = {
        "history": r"/packages/(F\d+)/history",
        "domains": r"/packages/(F\d+)/domains",
        "objects": r"/dictionaries/(synonyms-\d+)/",
    }
    reads = {
        what: Counter(
            found[1]
            for request in scene.aws.requests
            if request["method"] in {"GET", "HEAD"} and (found := re.search(pattern, request["path"]))
        )
        for what, pattern in patterns.items()
    }
    return {what: max(counter.values(), default=0) for what, counter in reads.items()}


@pytest.mark.parametrize("count", [1, 6])
def test_github_requests_do_not_grow_with_dictionaries_or_deploys(scene: Scene, count: int) -> None:
    files = prepare(scene, count)
    for number in (1, 2, 3):
        content = f"tv, television, number {number}\n"
        deploy_again(scene, files, content, scene.merge(dict.fromkeys(files, content), number))
    scene.merge(dict.fromkeys(files, "tv, television, telly\n"), 7)
    forget(scene)
    # Finished at once: how often a run polls must not depend on the machine.
    scene.aws.switches = scene.aws.switches.override({"copy_seconds": 0, "associate_seconds": 0})

    ran = scene.run()

    assert ["updated"] * count == ran.outcomes, ran.log
    assert 5 == asked_github(scene)
    reads = most_reads_of_a_package(scene)
    assert {"history": 2, "domains": 2, "objects": 3} == reads
    # One by name, and at most one after each write: those that finish together share it.
    assert scene.operations().count("es:DescribePackages") <= 1 + 2 * count


def test_another_pull_request_takes_at_most_three_requests(scene: Scene) -> None:
    files = prepare(scene, 3)
    for number, file in enumerate(files, start=7):
        scene.merge({file: "tv, television, telly\n"}, number)
    forget(scene)

    ran = scene.run()

    assert asked_github(scene) <= 5 + 2 * 3
    assert [1, 1, 1] == [len(scene.comments(number)) for number in (7, 8, 9)], ran.log


def test_run_without_changes_sends_two_github_requests(scene: Scene) -> None:
    prepare(scene, 2)
    scene.merge({"README.md": "Hello\n"}, 7)
    forget(scene)

    ran = scene.run()

    assert ["unchanged", "unchanged"] == ran.outcomes, ran.log
    assert 2 == asked_github(scene)  # is the commit on the branch, and which pull requests has it
    assert {"history": 1, "domains": 1, "objects": 1} == most_reads_of_a_package(scene)
    assert 1 == scene.operations().count("es:DescribePackages")
