"""From updated to live: which versions reach which domains, and how this is reported."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dictionary_deploy.clock import SETTLE_SECONDS
from sandbox.aws.app import LocalAws
from sandbox.server import serve
from tests.end_to_end.scene import Ran, Scene, ShiftedClock
from tests.end_to_end.test_lock_and_signals import STUCK, running

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

SYNONYMS = {"file": "search/synonyms.txt", "package": "product-synonyms", "kind": "synonyms"}
STOPWORDS = {"file": "search/stopwords.txt", "package": "stopwords", "kind": "stopwords"}
CONTENT = {"search/synonyms.txt": "tv, television\n", "search/stopwords.txt": "the\na\n"}
ENGINES = {"search-old": "7.4", "search-prod": "7.10", "search-test": "7.10"}
DOMAINS = tuple(ENGINES)
LONG = 60.0


@pytest.fixture
def shop(scene: Scene) -> Scene:
    """Two packages created by hand, three domains, and a merged change of both dictionaries."""
    for name, version in ENGINES.items():
        scene.client("es").create_elasticsearch_domain(DomainName=name, ElasticsearchVersion=version)
    for name in ("product-synonyms", "stopwords"):
        scene.make_package(name)
    scene.clock.skip(LONG)
    scene.configure(SYNONYMS, STOPWORDS, domains=[*DOMAINS])
    scene.commit({})
    scene.merge(CONTENT, 7)
    return scene


def in_force(scene: Scene, package: str) -> dict[str, str]:
    """Return the active version on each domain."""
    [package_id] = {each["package_id"] for each in scene.aws.versions() if each["package"] == package}
    found = scene.client("es").list_domains_for_package(PackageID=package_id)["DomainPackageDetailsList"]
    return {
        each["DomainName"]: each["PackageVersion"]
        for each in found
        if each["DomainPackageStatus"] == "ACTIVE"
    }


def associate(scene: Scene, package: str, domain: str) -> None:
    [package_id] = {each["package_id"] for each in scene.aws.versions() if each["package"] == package}
    scene.client("es").associate_package(PackageID=package_id, DomainName=domain)
    scene.clock.skip(LONG)


def check_failed(ran: Ran, reason: str, *said: str) -> None:
    assert (1, reason) == (ran.status, ran.outputs["failure-reason"]), ran.log
    assert [] == [words for words in said if words not in ran.log], ran.log
    assert "Traceback" not in ran.log


# ---------------------------------------------------------------- live on all domains


def test_two_dictionaries_reach_three_domains(shop: Scene) -> None:
    ran = shop.run()

    [comment] = shop.comments(7)
    everywhere = dict.fromkeys(DOMAINS, "v2")
    assert (0, ["updated", "updated"]) == (ran.status, ran.outcomes), ran.log
    assert (everywhere, everywhere) == (in_force(shop, "product-synonyms"), in_force(shop, "stopwords"))
    assert "## ⚠️ 2 dictionaries deployed" in comment
    assert 2 == comment.count("| updated | v2 is active on all domains. |")
    assert "| Reopen the indices on search-old that use `synonyms_path: " in comment
    assert (
        "| Reopen the indices on search-old, search-prod, search-test that use `stopwords_path: " in comment
    )
    assert "search-old (Elasticsearch 7.4) does not reload dictionaries: reopen the indices" in comment
    assert "search-prod (Elasticsearch 7.10) and search-test (Elasticsearch 7.10) reload" in comment


def test_domain_that_is_behind_is_updated_without_a_change(shop: Scene) -> None:
    shop.configure(SYNONYMS, domains="none")
    shop.commit({})
    told = shop.run()
    for domain in DOMAINS[:2]:
        associate(shop, "product-synonyms", domain)
    shop.configure(SYNONYMS, domains="associated")
    shop.commit({"search/synonyms.txt": "tv, telly\n"})
    shop.aws.failures.fail_association(domain="search-old", error_message="The disk is full.")
    behind = shop.run()

    shop.commit({"README.md": "No dictionary.\n"})
    ran = shop.run()

    assert "because of `domains: none`, or set `domains: associated`." in told.log
    check_failed(
        behind, "association-failed", "The disk is full.", "active on 1 of 2 domains, not on search-old"
    )
    assert (0, ["applied"]) == (ran.status, ran.outcomes), ran.log
    assert {"search-old": "v3", "search-prod": "v3"} == in_force(shop, "product-synonyms")


# ---------------------------------------------------------------- a missing domain


def test_missing_domain_error_lists_domains_and_blocks_no_other(
    shop: Scene,
) -> None:
    shop.configure(SYNONYMS, domains=["search-prd", "search-prod"])
    shop.commit({})

    ran = shop.run()

    check_failed(ran, "domain-not-found", "search-prd", ": search-old, search-prod, search-test.")
    assert {"search-prod": "v2"} == in_force(shop, "product-synonyms")


# ---------------------------------------------------------------- missing permissions


def test_denied_read_names_the_permission(shop: Scene) -> None:
    shop.aws.failures.fail_operation("es:DescribeElasticsearchDomains", "AccessDeniedException", times=9)
    applied = shop.run()
    shop.configure(SYNONYMS, domains="none")
    shop.commit({"search/synonyms.txt": "tv, telly\n"})
    shop.aws.failures.fail_operation("es:ListDomainsForPackage", "AccessDeniedException", times=9)
    unknown = shop.run()

    assert (0, 0) == (applied.status, unknown.status), applied.log + unknown.log
    assert "Grant es:DescribeElasticsearchDomains on arn:aws:es:*:*:domain/* to the role." in applied.log
    assert "the domains that use it are unknown. es:ListDomainsForPackage for" in unknown.log
    assert "Grant es:ListDomainsForPackage on * to the role." in unknown.log


# ---------------------------------------------------------------- new packages


def test_missing_package_is_created_and_a_rerun_agrees(shop: Scene) -> None:
    shop.configure({**SYNONYMS, "package": "new-synonyms", "create": True}, domains=["search-prod"])
    head = shop.commit({})

    first, again = shop.run(), shop.run()

    assert (0, ["created"]) == (first.status, first.outcomes), first.log
    assert (0, ["created"]) == (again.status, again.outcomes), again.log
    assert ["", head] == shop.messages("new-synonyms")
    assert {"search-prod": "v2"} == in_force(shop, "new-synonyms")
    assert "Entries: 2 (all new)." in first.log


def test_package_on_no_domain_is_a_warning_and_fails_the_check(shop: Scene) -> None:
    shop.make_package("lonely")
    shop.configure({**SYNONYMS, "package": "lonely"}, domains="associated")
    shop.commit({})

    deployed, checked = shop.run(), shop.run("schedule")

    assert (0, ["updated"]) == (deployed.status, deployed.outcomes), deployed.log
    assert deployed.summary.startswith("## ⚠️ 1 dictionary deployed\n")
    assert "::warning title=lonely%3A updated,file=.github/dictionaries.yml" in deployed.log
    assert "no domain is associated with the package. List domains under `domains`" in deployed.log
    assert (1, "drifted", ["unchanged"]) == (checked.status, checked.outputs["result"], checked.outcomes)


# ---------------------------------------------------------------- a domain in change


@dataclass
class ChangeEnds:
    """A proxy for the local AWS; the domain's change ends after the second AssociatePackage."""

    aws: LocalAws
    domain: str
    asked: int = 0

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] == "POST" and environ["PATH_INFO"].endswith(f"/{self.domain}"):
            self.asked += 1
            self.aws.failures.change_domain(self.domain, changing=self.asked <= 2)
        return self.aws(environ, start_response)


@pytest.mark.parametrize("is_conflict", [False, True])
def test_domain_in_change_is_waited_for(shop: Scene, *, is_conflict: bool) -> None:
    shop.aws.switches = shop.aws.switches.override({"change_is_conflict": is_conflict})
    shop.aws.failures.change_domain("search-prod")

    with serve(ChangeEnds(shop.aws, "search-prod")) as url:
        ran = shop.run(AWS_ENDPOINT_URL=url)

    everywhere = dict.fromkeys(DOMAINS, "v2")
    assert (0, ["updated", "updated"]) == (ran.status, ran.outcomes), ran.log
    assert (everywhere, everywhere) == (in_force(shop, "product-synonyms"), in_force(shop, "stopwords"))


# ---------------------------------------------------------------- dissociated during the run


@pytest.mark.slow
def test_domain_that_is_dissociated_during_the_run_is_associated_once_more(
    shop: Scene, tmp_path: Path
) -> None:
    shop.configure(SYNONYMS, domains=["search-prod"])
    shop.commit({})
    clock = ShiftedClock(tmp_path)
    shop.aws.holds.hold("es:AssociatePackage", when="after")
    with running(shop, **clock.environ) as run:
        assert shop.aws.holds.wait_until_held(STUCK)
        shop.clock.skip(LONG)
        [package_id] = {each["package_id"] for each in shop.aws.versions() if each["package"] != "stopwords"}
        shop.client("es").dissociate_package(PackageID=package_id, DomainName="search-prod")
        shop.clock.skip(LONG)
        shop.aws.holds.release()
        run.until("is being associated with search-prod")
        clock.shift(SETTLE_SECONDS)
        ran = run.end()

    assert (0, ["updated"]) == (ran.status, ran.outcomes), ran.log
    assert "Someone dissociated search-prod during the run; associated again." in ran.summary
    assert {"search-prod": "v2"} == in_force(shop, "product-synonyms")
    assert 2 == shop.operations().count("es:AssociatePackage")
