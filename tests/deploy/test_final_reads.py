"""What a report says of a dictionary that was done long before the others were."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import pytest

from dictionary_deploy.errors import Reason
from dictionary_deploy.model import Mode, Outcome, Result
from dictionary_deploy.report.live_versions import live
from tests.deploy.simulated import Aws

BEFORE, AFTER = b"tv, television\n", b"tv, telly\n"
LATE = 300.0
"""Seconds after which the quick dictionary is done for long, and the slow one is not."""


@dataclass
class Shop:
    """A dictionary that is done soon, and one for which AWS takes ten minutes."""

    aws: Aws = field(default_factory=Aws)

    def __post_init__(self) -> None:
        self.quick, self.slow = self.aws.make_package("quick"), self.aws.make_package("slow")
        self.aws.copy_seconds[self.slow] = 600

    def run(self, quick: bytes = AFTER, slow: bytes = AFTER, mode: Mode = "deploy") -> Result:
        """What a run says of the quick one."""
        self.aws.asked.clear()
        return self.aws.run({"quick": quick, "slow": slow}, mode)["quick"]

    def asked(self) -> Counter[str]:
        """How often AWS was asked for what of the quick one."""
        return Counter(what for _, what, parameters in self.aws.asked if self.quick in str(parameters))

    def looks(self) -> list[float]:
        """When packages were described."""
        return [moment for moment, what, _ in self.aws.asked if what == "es:DescribePackages"]


@pytest.fixture
def shop() -> Shop:
    return Shop()


def told(result: Result) -> tuple[Outcome, Reason | str, str]:
    """The outcome, its reason, and the version of the PackageDetails."""
    available = result.package.details["AvailablePackageVersion"] if result.package else ""
    return result.outcome, result.reason, available


def test_what_nobody_touched_is_told_as_it_was_and_looked_at_once_more(shop: Shop) -> None:
    result = shop.run()

    assert ("updated", "", "v3") == told(result)
    assert "v3 is live everywhere (on 1 domain)." == live(result)
    assert shop.looks()[-1] == shop.looks()[-2]
    assert len({*shop.looks()}) + 1 == len(shop.looks())
    assert 2 == shop.asked()["es:GetPackageVersionHistory"]


def test_a_version_by_hand_over_the_run_s_own_is_told(shop: Shop) -> None:
    shop.aws.clock.after(LATE, lambda: shop.aws.update(shop.quick, "from the console"))

    result = shop.run()

    assert ("superseded", "", "v4") == told(result)
    assert "Version v4 came over v3, which is this commit's." == result.message
    assert "v4 is available, not applied: live on none of 1 domain; not on eu (v3)." == live(result)


def test_a_version_by_hand_over_what_was_unchanged_is_drift(shop: Shop) -> None:
    shop.aws.clock.after(LATE, lambda: shop.aws.update(shop.quick, "from the console"))

    result = shop.run(quick=BEFORE)

    assert ("drifted", "", "v3") == told(result)
    assert "its message: from the console" in result.message


def test_a_version_of_which_more_would_have_to_be_asked_is_a_failure_with_a_remedy(shop: Shop) -> None:
    other = "c" * 40
    shop.aws.clock.after(LATE, lambda: shop.aws.update(shop.quick, other))

    result = shop.run(quick=BEFORE)

    assert ("failed", "update-failed", "v3") == told(result)
    assert "v3 is available by now, in place of v2" in result.message
    assert result.remedy.startswith("Rerun")
    assert {"es:UpdatePackage"} & {*shop.asked()} == set()


def test_a_domain_that_lost_the_package_is_told(shop: Shop) -> None:
    shop.aws.clock.after(LATE, lambda: shop.aws.dissociate(shop.quick))

    result = shop.run()

    assert ("updated", "", "v3") == told(result)
    assert "available, not applied" in live(result)
    assert 1 == shop.asked()["es:AssociatePackage"]


def test_a_package_that_was_deleted_is_told_as_gone(shop: Shop) -> None:
    shop.aws.clock.after(LATE, lambda: shop.aws.dissociate(shop.quick))
    shop.aws.clock.after(LATE + 60, lambda: shop.aws.delete(shop.quick))

    result = shop.run()

    assert ("failed", "package-not-found", "") == told(result)
    assert f"The package quick ({shop.quick}) is gone." == result.message
    assert "" == live(result)


def test_a_copy_by_hand_that_is_under_way_changes_nothing_yet_and_shows(shop: Shop) -> None:
    def update_slowly() -> None:
        shop.aws.copy_seconds[shop.quick] = 600
        shop.aws.update(shop.quick, "from the console")

    shop.aws.clock.after(LATE, update_slowly)

    result = shop.run()

    assert ("updated", "", "v3") == told(result)
    assert result.package
    assert "COPYING" == result.package.status


def test_a_failure_keeps_its_words_and_says_what_came_since(shop: Shop) -> None:
    shop.aws.failures.fail_copy("quick")
    shop.aws.clock.after(LATE, lambda: shop.aws.update(shop.quick, "mended by hand"))

    result = shop.run()

    assert ("failed", "copy-failed", "v3") == told(result)
    assert "AWS ended with COPY_FAILED" in result.message
    assert result.message.endswith("v3 is available by now, in place of v2.")


def test_a_failure_of_a_domain_that_somebody_mended_is_none_any_more(shop: Shop) -> None:
    shop.aws.failures.fail_association(package="quick")
    again = {"PackageID": shop.quick, "DomainName": "eu"}
    shop.aws.clock.after(LATE, lambda: shop.aws.packages.associate_package(again))

    result = shop.run()

    assert ("updated", "", "v3") == told(result)
    assert "v3 is live everywhere (on 1 domain)." == live(result)


def test_where_a_version_is_live_is_not_known_when_the_domains_cannot_be_listed_again(shop: Shop) -> None:
    shop.aws.clock.after(LATE, lambda: shop.aws.denied.add(("es:ListDomainsForPackage", shop.quick)))

    result = shop.run()

    assert ("updated", "", "v3") == told(result)
    assert "v3 is available; where it is live is not known. es:ListDomainsForPackage" in live(result)
    assert "Grant es:ListDomainsForPackage" in live(result)


def test_what_was_seen_is_told_as_the_past_when_the_package_cannot_be_looked_at_again(shop: Shop) -> None:
    shop.aws.clock.after(LATE, lambda: shop.aws.denied.add(("es:DescribePackages", shop.quick)))

    result = shop.run()

    assert ("updated", "", "v3") == told(result)
    assert "is available. Whether that is still so is not known. es:DescribePackages" in result.message
    assert "v3 is live everywhere (on 1 domain)." == live(result)


@pytest.mark.parametrize("mode", ["plan", "check"])
@pytest.mark.parametrize(("quick", "outcome"), [(BEFORE, "drifted"), (AFTER, "updated")])
def test_what_a_plan_or_a_check_saw_before_it_waited_for_a_history_is_looked_at_once_more(
    shop: Shop, quick: bytes, outcome: Outcome, mode: Mode
) -> None:
    shop.aws.copy_seconds[shop.slow] = 1
    shop.aws.switches = shop.aws.switches.changed({"history_seconds": 600})
    shop.aws.update(shop.slow, "from the console")
    shop.aws.clock.sleep(2)
    shop.aws.packages.settle()
    shop.aws.switches = shop.aws.switches.changed({"history_seconds": 0})
    shop.aws.clock.after(LATE, lambda: shop.aws.update(shop.quick, "from the console"))

    result = shop.run(quick, mode=mode)

    assert (outcome, "", "v3") == told(result)
    assert len({*shop.looks()}) + 1 == len(shop.looks())
    assert "es:UpdatePackage" not in shop.asked()


def test_a_run_that_waits_for_nothing_looks_once(shop: Shop) -> None:
    result = shop.run(quick=BEFORE, slow=BEFORE)

    assert ("unchanged", "", "v2") == told(result)
    assert 1 == len(shop.looks())
    assert {"es:GetPackageVersionHistory": 1, "es:ListDomainsForPackage": 1} == shop.asked()


def test_dictionaries_that_are_done_together_are_not_looked_at_once_more(shop: Shop) -> None:
    shop.aws.copy_seconds.clear()

    shop.run()

    assert len({*shop.looks()}) == len(shop.looks())
