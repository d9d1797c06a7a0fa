"""The report on a dictionary that finished long before the others."""

from __future__ import annotations

from tests.deploy.simulated import Aws

BEFORE, AFTER = b"tv, television\n", b"tv, telly\n"
LATE = 300.0
"""Seconds after which the fast dictionary has finished and the slow one has not."""


def test_result_shows_the_state_as_last_read() -> None:
    aws = Aws()
    quick, slow = aws.make_package("quick"), aws.make_package("slow")
    aws.copy_seconds[slow] = 600
    aws.clock.after(LATE, lambda: aws.update(quick, "from the console"))
    began = aws.clock.now()

    result = aws.run({"quick": AFTER, "slow": AFTER})["quick"]

    assert result.package
    assert ("updated", "v3") == (result.outcome, result.package.available)
    assert [] == [each for each in aws.asked if each[0] > began + LATE and quick in str(each)]


def test_packages_are_described_once_when_nothing_changes() -> None:
    aws = Aws()
    for name in ("quick", "slow"):
        aws.make_package(name)
    aws.asked.clear()

    aws.run({"quick": BEFORE, "slow": BEFORE})

    assert 1 == [what for _, what, _ in aws.asked].count("es:DescribePackages")


def test_package_deleted_during_its_copy_is_reported() -> None:
    aws = Aws()
    quick = aws.make_package("quick")
    aws.clock.after(1, lambda: aws.packages.packages.pop(quick))

    result = aws.run({"quick": AFTER})["quick"]

    assert ("failed", "package-not-found") == (result.outcome, result.reason)
    assert f"Package quick ({quick}) was deleted during the run." == result.message
