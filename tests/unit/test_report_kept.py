"""More kept comments, one for each frequent case. `make gallery` shows them all."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dictionary_deploy.decide.result import REMEDIES
from dictionary_deploy.model import Dictionary, Diff, DomainPackage, EntryChange, EntryCounts, Report, Version
from dictionary_deploy.report.check_findings import REMEDIES as CHECK_REMEDIES
from dictionary_deploy.report.render import render_comment
from tests.unit.test_report_render import (
    BEFORE,
    COMMIT,
    GOLDEN,
    MARKER,
    german,
    package,
    report,
    result,
    stopwords,
)

ON_BOTH = (DomainPackage("search-de", "ACTIVE", "v7"), DomainPackage("search-at", "ACTIVE", "v7"))

RELOADING = dict.fromkeys(("search-de", "search-at"), "OpenSearch_2.11")


def numbered(number: int) -> tuple[Dictionary, str]:
    name = f"terms-{number:02}"
    return Dictionary(f"search/{name}.txt", name, "synonyms", "associated", line=number), name


def many() -> Report:
    """Return 25 dictionaries, AWS's quota: most deployed, one failed, the others unchanged."""
    results = []
    for number in range(1, 26):
        dictionary, name = numbered(number)
        one = result(
            dictionary=dictionary,
            package=package(name),
            object=f"s3://acme-search/dictionaries/{name}/{COMMIT}.txt",
            diff=Diff(
                EntryCounts(1, 0, 0, 100 + number), (EntryChange("+", f"tea-{number}, chai-{number}"),)
            ),
        )
        if number == 7:
            one = replace(
                one,
                outcome="failed",
                message="AWS reported COPY_FAILED: AccessDenied. v3 is still available.",
                reason="copy-failed",
                remedy="Check that the deploying role may s3:GetObject the object, then rerun.",
                package=package(name, "v3", status="COPY_FAILED"),
                domains=(
                    DomainPackage("search-prod", "ACTIVE", "v3"),
                    DomainPackage("search-blog", "ACTIVE", "v3"),
                ),
            )
        if number > 20:
            one = replace(one, outcome="unchanged", changed=False, diff=None)
        results.append(one)
    return report(*results)


REPORTS = {
    "twenty-five": many(),
    "drifted": report(
        result(
            "drifted",
            message="Version v5 was not made from a commit (message: hot fix), and the file has not"
            f" changed since commit {BEFORE[:12]}. The next commit that changes the file replaces it.",
            changed=False,
            package=package(version="v5"),
            domains=(
                DomainPackage("search-prod", "ACTIVE", "v5"),
                DomainPackage("search-blog", "ACTIVE", "v4"),
            ),
            diff=None,
            reason="drifted",
            remedy=CHECK_REMEDIES["drifted"],
        ),
        stopwords("unchanged"),
        mode="check",
    ),
    "rolled-back": report(
        result(
            message="Version v6 was made from this commit and is available.",
            package=package(version="v6"),
            domains=(DomainPackage("search-prod", "ACTIVE", "v6"),),
            engines={"search-prod": "OpenSearch_2.11"},
            is_rolled_back=True,
        ),
        mode="rollback",
    ),
    "held": report(
        result(
            "held",
            message=f"Rolled back from commit {COMMIT[:12]} to commit {BEFORE[:12]} by"
            " https://github.com/octo/shop/actions/runs/7 at 2026-01-02T00:00:00.000Z."
            " Deploys skip the file until it changes.",
            remedy=REMEDIES["held"],
            changed=False,
            diff=None,
            object="",
        ),
        german(
            "updated",
            "Version v7 was made from this commit.",
            changed=True,
            commit=COMMIT,
            package=package("german", "v7"),
            domains=ON_BOTH,
        ),
    ),
    "three-deployed": report(
        result(),
        german(
            "updated",
            "Version v7 was made from this commit.",
            changed=True,
            commit=COMMIT,
            previous_commit=BEFORE,
            package=package("german", "v7"),
            domains=ON_BOTH,
            engines=RELOADING,
            diff=Diff(EntryCounts(0, 1, 0, 30), (EntryChange("-", "handy => mobiltelefon"),)),
        ),
        stopwords(
            "updated",
            "Version v2 was made from this commit.",
            changed=True,
            package=package("stopwords", "v2"),
            replaced=Version("v1", "by hand"),
            adopted=True,
        ),
    ),
    "no-domain": report(
        result(domains=(), engines={}),
        german("updated", package=package("german", "v7"), domains=ON_BOTH, engines=RELOADING),
    ),
    "reopen": report(result(engines={"search-prod": "OpenSearch_2.11", "search-blog": "7.4"})),
    "reindex": report(
        result(
            dictionary=Dictionary("search/ja.csv", "japanese", "kuromoji-user-dictionary", "associated"),
            package=package("japanese"),
            diff=Diff(
                EntryCounts(1, 0, 0, 8), (EntryChange("+", "朝青龍,朝青龍,アサショウリュウ,カスタム人名"),)
            ),
        ),
    ),
    "manual-version": report(
        result(
            planned=True,
            message="A new version would be created from this file.",
            package=package(version="v5"),
            previous_commit="",
            last_commit=BEFORE,
            replaced=Version("v5", "hot fix"),
            object="",
        ),
        mode="plan",
    ),
    "behind": report(
        result(
            message="v4 is available, but not active on all domains. search-blog: Internal: Node lost",
            domains=(
                DomainPackage("search-prod", "ACTIVE", "v4"),
                DomainPackage(
                    "search-blog",
                    "ASSOCIATION_FAILED",
                    "v3",
                    {"ErrorDetails": {"ErrorType": "Internal", "ErrorMessage": "Node lost"}},
                ),
                DomainPackage("search-test", "ASSOCIATING", "v3"),
            ),
            outcome="failed",
            is_deployed=True,
            reason="association-failed",
            remedy="Fix what AWS reports, then rerun. The package itself is up to date.",
        )
    ),
}


@pytest.mark.parametrize("name", REPORTS)
def test_comment_equals_the_kept_one(name: str) -> None:
    assert (GOLDEN / f"{name}.md").read_text(encoding="utf-8") == render_comment(REPORTS[name], MARKER)
