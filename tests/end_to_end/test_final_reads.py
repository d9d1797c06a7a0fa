"""What happens to a dictionary that is done while the run still waits for another is in the report."""

from __future__ import annotations

import time

import pytest

from tests.end_to_end.scene import Scene
from tests.end_to_end.test_lock_and_signals import COPYING, LONG, running

pytestmark = pytest.mark.slow

QUICK = {"file": "search/quick.txt", "package": "quick", "kind": "synonyms"}
SLOW = {"file": "search/slow.txt", "package": "slow", "kind": "synonyms"}
LOOKS = 22
"""So many looks at a copy, with pauses that grow, take longer than a look is fresh."""


@pytest.fixture
def shop(scene: Scene) -> Scene:
    """Two dictionaries, live on a domain, and a merged change of the slow one, whose copy takes very long."""
    scene.client("es").create_elasticsearch_domain(DomainName="search-prod")
    packages = [scene.make_package(name) for name in ("quick", "slow")]
    scene.clock.skip(LONG)
    for package in packages:
        scene.client("es").associate_package(PackageID=package, DomainName="search-prod")
    scene.clock.skip(LONG)
    scene.configure(QUICK, SLOW, domains="associated")
    scene.commit(dict.fromkeys(("search/quick.txt", "search/slow.txt"), "tv, television\n"))
    ran = scene.run()
    assert ["updated", "updated"] == ran.outcomes, ran.log
    scene.merge({"search/slow.txt": "tv, telly\n"}, 7)
    scene.aws.switches = scene.aws.switches.changed({"copy_seconds": LONG})
    return scene


def test_a_version_by_hand_during_the_wait_for_another_package_is_told_as_what_is_available(
    shop: Scene,
) -> None:
    [quick] = {version["package_id"] for version in shop.aws.versions() if version["package"] == "quick"}
    with running(shop, {"timeout-minutes": "1"}) as run:
        run.until(COPYING)
        shop.aws.switches = shop.aws.switches.changed({"copy_seconds": 0.1})
        shop.update_by_hand(quick, "quick")
        shop.aws.requests.clear()
        while shop.operations().count("es:DescribePackages") < LOOKS and run.process.poll() is None:
            time.sleep(0.1)
        shop.clock.skip(LONG)
        ran = run.end()

    told, _ = ran.dictionaries
    [comment] = shop.comments(7)
    assert (0, ["drifted", "updated"]) == (ran.status, ran.outcomes), ran.log
    assert "Version v3 was not made from a commit (its message: from the console)" in told["message"]
    assert "v3" == told["package_details"]["AvailablePackageVersion"]
    assert "v3 is available, not applied: live on none of 1 domain; not on search-prod (v2)." in comment
    assert 1 == shop.operations().count("es:AssociatePackage")
