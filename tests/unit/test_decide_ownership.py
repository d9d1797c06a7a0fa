"""The owner of the deployed content: by the repository's ID, else by its name."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dictionary_deploy.decide.messages import content_mismatch
from dictionary_deploy.decide.ownership import owner_warning, refuse_foreign
from dictionary_deploy.model import Owner, StoredObject
from tests.unit.situation import DICTIONARY, FILE, WANTED, package

SHOP, RENAMED, FORK = Owner("acme/shop", "1"), Owner("acme/store", "1"), Owner("mallory/shop", "2")
CLONE, CLONE_OF_FORK, UNKNOWN = Owner("acme/shop"), Owner("mallory/shop"), Owner()


def deployed_by(owner: Owner, config: str = "") -> StoredObject:
    return StoredObject(
        "key", "hash", file=FILE, repository=owner.name, repository_id=owner.id, config=config
    )


def refusal(ours: Owner, theirs: Owner, *, is_plan: bool = False, take_over: bool = False) -> str:
    dictionary = replace(DICTIONARY, take_over=take_over)
    wanted = replace(
        WANTED, dictionary=dictionary, repository=ours.name, repository_id=ours.id, is_plan=is_plan
    )
    refused = refuse_foreign(wanted, deployed_by(theirs))
    return refused.message if refused else ""


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (SHOP, SHOP),
        (SHOP, RENAMED),
        (SHOP, CLONE),
        (CLONE, SHOP),
        (Owner("Acme/Shop"), CLONE),
        (SHOP, UNKNOWN),
        (CLONE, UNKNOWN),
        (UNKNOWN, UNKNOWN),
    ],
)
def test_own_content_or_that_of_an_unknown_owner_may_be_replaced(ours: Owner, theirs: Owner) -> None:
    assert "" == refusal(ours, theirs)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (FORK, SHOP),
        (SHOP, FORK),
        (CLONE_OF_FORK, SHOP),
        (CLONE_OF_FORK, CLONE),
        (UNKNOWN, SHOP),
        (UNKNOWN, CLONE),
        (UNKNOWN, Owner("", "1")),
        (CLONE, Owner("", "1")),
    ],
)
def test_content_of_another_repository_is_refused(ours: Owner, theirs: Owner) -> None:
    assert "Package product-synonyms is deployed from another repository" in refusal(ours, theirs)
    assert "" == refusal(ours, theirs, take_over=True)


def test_refusal_names_both_repositories_as_far_as_known() -> None:
    assert refusal(CLONE_OF_FORK, CLONE).endswith("acme/shop (ID unknown).")
    assert refusal(UNKNOWN, SHOP).endswith("acme/shop (ID 1), and this repository is unknown.")


def test_plan_refuses_by_id_alone() -> None:
    assert refusal(FORK, SHOP, is_plan=True)
    assert "" == refusal(CLONE_OF_FORK, SHOP, is_plan=True)
    assert "" == refusal(UNKNOWN, SHOP, is_plan=True)


@pytest.mark.parametrize(
    ("ours", "theirs", "warning"),
    [
        (SHOP, RENAMED, "was deployed from acme/store; this repository is acme/shop."),
        (CLONE_OF_FORK, SHOP, "was deployed from acme/shop; this repository is mallory/shop."),
        (UNKNOWN, SHOP, "was deployed from acme/shop; this repository is unknown."),
        (SHOP, CLONE, ""),
        (FORK, SHOP, ""),
        (SHOP, UNKNOWN, ""),
    ],
)
def test_plan_warns_of_another_name(ours: Owner, theirs: Owner, warning: str) -> None:
    wanted = replace(WANTED, repository=ours.name, repository_id=ours.id, is_plan=True)

    assert owner_warning(wanted, deployed_by(theirs)).endswith(warning)
    assert bool(warning) is bool(owner_warning(wanted, deployed_by(theirs)))
    assert "" == owner_warning(wanted, None)


def test_two_configurations_for_one_package_are_both_named() -> None:
    wanted = replace(WANTED, config=".github/dictionaries.yml")

    refused = content_mismatch(wanted, package("v2"), deployed_by(SHOP, ".github/words.yml"))

    assert "owned-elsewhere" == refused.reason
    assert ".github/words.yml deploys search/" in refused.message
    assert ".github/dictionaries.yml deploys search/" in refused.message


@pytest.mark.parametrize(
    ("file", "environment", "named"),
    [
        ("other.txt", "", f"other.txt and {FILE} in environment prod."),
        (FILE, "test", f"{FILE} in environment test and {FILE} in environment prod."),
    ],
)
def test_two_files_or_environments_for_one_package_are_both_named(
    file: str, environment: str, named: str
) -> None:
    wanted = replace(WANTED, environment="prod")
    stored = replace(deployed_by(SHOP), file=file, environment=environment)

    refused = content_mismatch(wanted, package("v2"), stored)

    assert "content-mismatch" == refused.reason
    assert refused.message.endswith(named)
    assert "reproducible" not in refused.remedy


@pytest.mark.parametrize("config", ["", ".github/dictionaries.yml", ".github/dictionaries"])
def test_other_content_of_the_same_configuration_is_a_mismatch(config: str) -> None:
    wanted = replace(WANTED, config=".github/dictionaries.yml")

    assert "content-mismatch" == content_mismatch(wanted, package("v2"), deployed_by(SHOP, config)).reason


def test_plan_warns_of_another_configuration() -> None:
    wanted = replace(WANTED, repository=SHOP.name, repository_id=SHOP.id, config="new.yml", is_plan=True)

    assert "was deployed by the configuration old.yml; this is new.yml." in owner_warning(
        wanted, deployed_by(SHOP, "old.yml")
    )
    assert "" == owner_warning(wanted, deployed_by(SHOP, "new.yml"))
