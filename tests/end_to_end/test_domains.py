"""From updated to live: what reaches which domain, what does not, and what is said of it."""

from __future__ import annotations

import pytest

from tests.end_to_end.scene import Ran, Scene

SYNONYMS = {"file": "search/synonyms.txt", "package": "product-synonyms", "kind": "synonyms"}
STOPWORDS = {"file": "search/stopwords.txt", "package": "stopwords", "kind": "stopwords"}
CONTENT = {"search/synonyms.txt": "tv, television\n", "search/stopwords.txt": "the\na\n"}
ENGINES = {"search-old": "7.4", "search-prod": "7.10", "search-test": "7.10"}
DOMAINS = tuple(ENGINES)
LONG = 60.0


@pytest.fixture
def shop(scene: Scene) -> Scene:
    """Two packages made by hand, three domains, and a merged change of both dictionaries."""
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
    """The version that each domain has in force."""
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


def test_two_dictionaries_reach_three_domains_and_the_comment_says_so(shop: Scene) -> None:
    ran = shop.run()

    [comment] = shop.comments(7)
    everywhere = dict.fromkeys(DOMAINS, "v2")
    assert (0, ["updated", "updated"]) == (ran.status, ran.outcomes), ran.log
    assert (everywhere, everywhere) == (in_force(shop, "product-synonyms"), in_force(shop, "stopwords"))
    told = "v2 is active on all domains; indices on search-old must be reopened to use it."
    assert 2 == comment.count(f"**{told}**")
    assert "search-old (Elasticsearch 7.4) does not reload dictionaries. Reopen the indices" in comment
    assert "search-prod (Elasticsearch 7.10) and search-test (Elasticsearch 7.10) reload" in comment


def test_a_domain_that_fell_behind_is_brought_up_though_the_file_did_not_change(shop: Scene) -> None:
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

    assert "set `domains: associated` to update them." in told.log
    check_failed(
        behind, "association-failed", "The disk is full.", "active on 1 of 2 domains, not on search-old"
    )
    assert (0, ["applied"]) == (ran.status, ran.outcomes), ran.log
    assert {"search-old": "v3", "search-prod": "v3"} == in_force(shop, "product-synonyms")


def test_a_domain_that_is_not_configured_is_left_alone_and_named(shop: Scene) -> None:
    associate(shop, "product-synonyms", "search-test")
    shop.configure(SYNONYMS, domains=["search-prod"])
    shop.commit({})

    ran = shop.run()

    assert {"search-prod": "v2", "search-test": "v1"} == in_force(shop, "product-synonyms")
    assert "v2 is active on search-prod." in ran.log
    assert "Not updated because not configured: search-test (v1)." in ran.log


# ---------------------------------------------------------------- a domain that is not there


def test_a_domain_that_does_not_exist_is_told_with_those_that_do_and_keeps_no_other_from_it(
    shop: Scene,
) -> None:
    shop.configure(SYNONYMS, domains=["search-prd", "search-prod"])
    shop.commit({})

    ran = shop.run()

    check_failed(ran, "domain-not-found", "search-prd", ": search-old, search-prod, search-test.")
    assert {"search-prod": "v2"} == in_force(shop, "product-synonyms")


def test_a_role_that_may_not_list_domains_gets_what_aws_says(shop: Scene) -> None:
    shop.configure(SYNONYMS, domains=["search-prd"])
    shop.commit({})
    shop.aws.failures.fail_operation("es:ListDomainNames", "AccessDeniedException", times=9)

    ran = shop.run()

    check_failed(ran, "domain-not-found", "search-prd")
    assert "There are" not in ran.log


def test_a_plan_names_the_domains_that_would_move_and_fails_on_one_that_is_not_there(shop: Scene) -> None:
    fine = shop.run(inputs={"mode": "plan", "pull-request": "7"})
    shop.configure(SYNONYMS, domains=["search-prd", "search-prod"])
    shop.commit({})
    missing = shop.run(inputs={"mode": "plan", "pull-request": "7"})

    where = ", ".join(f"{name} (currently without it)" for name in DOMAINS)
    assert (0, ["would-update", "would-update"]) == (fine.status, fine.outcomes), fine.log
    assert f"Would be deployed to {where}." in fine.log
    check_failed(missing, "domain-not-found", "search-prd: no domain", "Existing domains: search-old")


# ---------------------------------------------------------------- what the role may not see


def test_what_the_role_may_not_ask_is_told_with_the_permission(shop: Scene) -> None:
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


def test_a_package_that_is_missing_is_made_and_a_rerun_says_the_same(shop: Scene) -> None:
    shop.configure({**SYNONYMS, "package": "new-synonyms", "create": True}, domains=["search-prod"])
    head = shop.commit({})

    first, again = shop.run(), shop.run()

    assert (0, ["created"]) == (first.status, first.outcomes), first.log
    assert (0, ["created"]) == (again.status, again.outcomes), again.log
    assert ["", head] == shop.messages("new-synonyms")
    assert {"search-prod": "v2"} == in_force(shop, "new-synonyms")
    assert "2 entries, all new." in first.log


def test_a_package_made_by_hand_is_adopted_though_it_might_have_been_created(shop: Scene) -> None:
    shop.clock.skip(-3 * LONG)  # S3 tells whole seconds: the object must not be of the same one
    shop.make_package("by-hand")
    shop.clock.skip(4 * LONG)
    shop.configure({**SYNONYMS, "package": "by-hand", "create": True}, domains="none")
    shop.commit({})

    first, again = shop.run(), shop.run()

    assert (["updated"], ["updated"]) == (first.outcomes, again.outcomes), first.log
    assert first.dictionaries[0]["adopted"]
    assert "No diff: the previous version was not made from a commit." in first.log


def test_a_name_that_the_api_does_not_take_is_a_fault_of_the_configuration(shop: Scene) -> None:
    long = {**SYNONYMS, "package": "synonyms-of-all-the-products-there-are", "create": True}
    shop.configure(long)
    refused = shop.run()
    shop.configure(long, service="opensearch", domains="none")
    shop.commit({})
    taken = shop.run()

    check_failed(refused, "invalid-config", "28")
    assert (0, ["created"]) == (taken.status, taken.outcomes), taken.log


def test_the_further_members_of_the_newer_api_are_in_the_comment(shop: Scene) -> None:
    shop.configure(SYNONYMS, service="opensearch", domains=["search-prod"])
    shop.commit({})

    ran = shop.run()

    details = ran.dictionaries[0]["package_details"]
    further = {"PackageOwner", "PackageVendingOptions"} & details.keys()
    assert further, details
    assert [] == [member for member in details if member not in ran.summary]


# ---------------------------------------------------------------- a domain in change


@pytest.mark.parametrize("is_conflict", [False, True])
def test_a_domain_in_change_is_waited_for(shop: Scene, *, is_conflict: bool) -> None:
    shop.aws.switches = shop.aws.switches.changed({"change_is_conflict": is_conflict})
    shop.aws.failures.change_domain("search-prod", seconds=4)

    ran = shop.run()

    everywhere = dict.fromkeys(DOMAINS, "v2")
    assert (0, ["updated", "updated"]) == (ran.status, ran.outcomes), ran.log
    assert (everywhere, everywhere) == (in_force(shop, "product-synonyms"), in_force(shop, "stopwords"))


def test_a_domain_that_stays_in_change_is_told_and_the_others_are_live(shop: Scene) -> None:
    shop.aws.failures.change_domain("search-prod")

    ran = shop.run(inputs={"timeout-minutes": "0.1"})

    check_failed(ran, "timed-out", "A change/update is in progress", "active on 2 of 3 domains", "Rerun")
    assert {"search-old": "v2", "search-test": "v2"} == in_force(shop, "product-synonyms")
