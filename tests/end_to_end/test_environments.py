"""Environments of one configuration: accounts and Regions that are deployed side by side, end to end."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from subprocess import Popen
from threading import Timer
from typing import Any

import pytest

from sandbox.account import Account
from tests.end_to_end.scene import ROOT, Ran, Scene

SYNONYMS = {"file": "search/synonyms.txt", "package": "product-synonyms", "kind": "synonyms"}
STOPWORDS = {"file": "search/stopwords.txt", "package": "stopwords", "kind": "stopwords"}
WORDS = {"search/synonyms.txt": "tv, television\n", "search/stopwords.txt": "the\n"}
MORE_WORDS = {"search/synonyms.txt": "tv, television\nsofa, couch\n", "search/stopwords.txt": "the\na\n"}
EXAMPLE = (ROOT / "examples" / "dictionaries-environments.yml").read_text(encoding="utf-8")
LONG = 600.0
"""Seconds of a copy; the scene's clock skips them."""
STUCK = 60.0
"""Seconds after which a hanging run is killed, so that its test fails."""
WRITES = frozenset({"es:CreatePackage", "es:UpdatePackage", "es:AssociatePackage"})


@dataclass
class Shop:
    """A scene with two accounts and Regions, which the configuration calls `test` and `production`."""

    scene: Scene
    places: Mapping[str, Account]
    packages: Mapping[str, str]
    """The ID of the synonyms' package by environment."""

    def run(self, environment: str, event: str = "push", payload: Any = None, **inputs: str) -> Ran:
        given = {"environment": environment, **inputs}
        return self.scene.run(event, payload, given, **self.places[environment].environ)

    def comment(self, environment: str, number: int = 7) -> str:
        """Return the only comment of an environment."""
        [found] = [body for body in self.scene.comments(number) if f"({environment})" in body]
        return found

    def messages(self, environment: str) -> list[str]:
        return [message for message, _ in self.versions(environment)]

    def versions(self, environment: str) -> list[tuple[str, str]]:
        """Return the commit message and SHA-256 of each version of a package, oldest first."""
        package_id = self.packages[environment]
        found = self.scene.aws.versions()
        return [(each["message"], each["sha256"]) for each in found if each["package_id"] == package_id]


@pytest.fixture
def shop(scene: Scene) -> Shop:
    """Packages created by hand in both places, and merged pull request 7 that changes the synonyms."""
    places = {
        "test": scene.account.assume_role("111111111111", "eu-west-1"),
        "production": scene.account.assume_role("222222222222", "us-east-1"),
    }
    for name, each in places.items():
        each.create_bucket(f"acme-{name}")
    packages = {
        name: each.create_package("product-synonyms", f"acme-{name}") for name, each in places.items()
    }
    scene.clock.skip(LONG)
    environments = {
        "test": {"bucket": "acme-test", "region": "eu-west-1"},
        "production": {"bucket": "acme-production", "region": "us-east-1"},
    }
    scene.configure(SYNONYMS, environments=environments)
    scene.commit(WORDS)
    scene.merge(MORE_WORDS, 7)
    return Shop(scene, places, packages)


def head(shop: Shop) -> str:
    return shop.scene.git("rev-parse", "HEAD")


# ---------------------------------------------------------------- in parallel


@dataclass
class Running:
    """An active run and its log so far."""

    scene: Scene
    process: Popen[str]
    environ: dict[str, str]
    log: str = ""

    def until(self, words: str) -> None:
        """Wait until the run logs `words`; fail if it ends without."""
        assert self.process.stdout
        for line in self.process.stdout:
            self.log += line
            if words in line:
                return
        pytest.fail(f"The run never said {words!r}: {self.log}")

    def end(self) -> Ran:
        assert self.process.stdout
        rest = self.process.stdout.read()
        ran = self.scene.finish(self.process, self.environ)
        return replace(ran, log=self.log + rest)


@contextmanager
def running(shop: Shop, environment: str, place: Account | None = None) -> Iterator[Running]:
    scene = shop.scene
    keys = (place or shop.places[environment]).environ
    environ = scene.environment("push", scene.push_payload(), {"environment": environment}, **keys)
    process = scene.start(environ)
    watch = Timer(STUCK, process.kill)
    watch.start()
    try:
        yield Running(scene, process, environ)
    finally:
        watch.cancel()
        process.kill()
        process.communicate()


def test_two_environments_are_deployed_in_parallel(shop: Shop) -> None:
    scene = shop.scene
    scene.aws.switches = scene.aws.switches.override({"copy_seconds": LONG})

    with ExitStack() as stack:
        runs = [stack.enter_context(running(shop, name)) for name in ("test", "production")]
        for run in runs:
            run.until("the package is COPYING")
        scene.clock.skip(LONG)
        ran = [run.end() for run in runs]

    assert [["updated"]] * 2 == [each.outcomes for each in ran], "".join(each.log for each in ran)
    assert [] == [each.log for each in ran if "Waiting for the lock" in each.log]
    assert ["production", "test"] == sorted(name for name in shop.packages if shop.comment(name))
    assert 2 == len(scene.comments(7))
    assert {name: ["", head(shop)] for name in shop.packages} == {
        name: [message or "" for message in shop.messages(name)] for name in shop.packages
    }


def test_environment_reports_its_own_package_bucket_and_region(shop: Shop) -> None:
    ran = {name: shop.run(name) for name in shop.packages}

    regions = {"test": "eu-west-1", "production": "us-east-1"}
    for name, other in (("test", "production"), ("production", "test")):
        for told in (ran[name].summary, shop.comment(name)):
            [heading] = re.findall(r"^## .*", told, re.MULTILINE)
            assert heading.endswith(f"({name})")
            assert [True, False] == [shop.packages[each] in told for each in (name, other)]
            assert [True, False] == [f"s3://acme-{each}/" in told for each in (name, other)]
            assert [True, False] == [f" in `{regions[each]}`" in told for each in (name, other)]
    assert ran["test"].outputs["comment-url"] != ran["production"].outputs["comment-url"]


def test_comment_is_updated_only_by_its_own_environment(shop: Shop) -> None:
    shop.run("test")
    production = shop.places["production"].client("es")
    production.delete_package(PackageID=shop.packages["production"])
    shop.scene.clock.skip(LONG)
    failed = shop.run("production")
    test_before, production_before = shop.comment("test"), shop.comment("production")

    shop.places["production"].create_package("product-synonyms", "acme-production")
    shop.scene.clock.skip(LONG)
    again = shop.run("production")

    assert (1, "package-not-found") == (failed.status, failed.outputs["failure-reason"])
    assert "❌" in production_before
    assert ["updated"] == again.outcomes, again.log
    assert "✅" in shop.comment("production")
    assert "❌" not in shop.comment("production")
    assert test_before == shop.comment("test")
    assert 2 == len(shop.scene.comments(7))


# ---------------------------------------------------------------- shared by environments


def share_everything(shop: Shop, **production: Any) -> None:
    """Configure both environments with the same bucket, prefix and package name."""
    environments = {"test": {"region": "eu-west-1"}, "production": {"region": "us-east-1", **production}}
    shop.scene.configure(SYNONYMS, bucket="acme-test", environments=environments)
    shop.scene.commit({}, "Share a bucket")


@pytest.mark.slow
def test_environments_with_one_prefix_take_turns_and_share_objects(shop: Shop) -> None:
    share_everything(shop)
    scene = shop.scene
    scene.aws.switches = scene.aws.switches.override({"copy_seconds": LONG})

    with running(shop, "test") as first:
        first.until("the package is COPYING")
        with running(shop, "production") as second:
            second.until("Waiting for the lock s3://acme-test/dictionaries/.lock")
            scene.clock.skip(LONG)
            ran = [first.end()]
            second.until("the package is COPYING")
            scene.clock.skip(LONG)
            ran += [second.end()]

    assert [["updated"]] * 2 == [each.outcomes for each in ran], "".join(each.log for each in ran)
    versions = [shop.versions(name)[-1] for name in shop.packages]
    assert [head(shop)] * 2 == [message for message, _ in versions]
    assert 1 == len({sha256 for _, sha256 in versions})


def test_built_file_per_environment_keeps_the_other_object(shop: Shop) -> None:
    share_everything(shop)
    scene = shop.scene
    scene.git("rm", "--quiet", "--cached", "search/synonyms.txt")
    scene.write({".gitignore": "search/synonyms.txt\n"})
    scene.commit({}, "The file is built from now on")
    scene.write({"search/synonyms.txt": "built, for the test\n"})
    first = shop.run("test")
    scene.write({"search/synonyms.txt": "built, for production\n"})

    second = shop.run("production")

    scene.write({"search/synonyms.txt": "built, for the test\n"})
    assert ["updated"] == first.outcomes, first.log
    assert (1, "content-mismatch") == (second.status, second.outputs["failure-reason"]), second.log
    assert "in environment test" in second.dictionaries[0]["message"]
    assert "set a separate `bucket` or `prefix` for each" in second.log
    assert 1 == len(shop.messages("production"))
    again = shop.run("test")
    assert ["updated"] == again.outcomes, again.log


def test_package_shared_by_environments_gets_one_version(shop: Shop) -> None:
    scene, account = shop.scene, shop.places["test"]
    for domain in ("search-test", "search-prod"):
        account.client("es").create_elasticsearch_domain(DomainName=domain)
    environments = {"test": {"domains": ["search-test"]}, "production": {"domains": ["search-prod"]}}
    scene.configure(SYNONYMS, bucket="acme-test", environments=environments)
    scene.commit({}, "Two domains")
    stages = Shop(scene, {"test": account, "production": account}, shop.packages)

    ran = [stages.run("test")]
    after_test = live(account, shop.packages["test"])
    ran += [stages.run("production")]

    assert [["updated"]] * 2 == [each.outcomes for each in ran], ran[1].log
    assert {"search-test": "v2"} == after_test
    assert {"search-test": "v2", "search-prod": "v2"} == live(account, shop.packages["test"])
    assert 2 == len(shop.messages("test"))


def live(place: Account, package_id: str) -> dict[str, str]:
    """Return the active version on each domain with the package."""
    listed = place.client("es").list_domains_for_package(PackageID=package_id)["DomainPackageDetailsList"]
    return {
        each["DomainName"]: each["PackageVersion"]
        for each in listed
        if each["DomainPackageStatus"] == "ACTIVE"
    }


# ---------------------------------------------------------------- the choice of the environment


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ("", "but none is selected. Set the input 'environment'."),
        ("prodution", "Environment 'prodution' not found. Did you mean 'production'?"),
        ("live", "Environment 'live' not found."),
    ],
)
def test_missing_or_unknown_environment_fails_and_lists_names(
    shop: Shop, environment: str, said: str
) -> None:
    shop.scene.aws.requests.clear()

    ran = shop.scene.run(inputs={"environment": environment})

    assert (1, "invalid-config") == (ran.status, ran.outputs["failure-reason"])
    for told in (ran.log, ran.summary.replace("&#95;", "_")):
        assert f"{said} The environments are: test, production." in told
    assert [] == shop.scene.operations()


def test_hostile_environment_name_has_no_effect(shop: Shop) -> None:
    name = "<img src=x> @octo [here](http://e.example) ![x](y) `a` | #7 ::error::boom ##[error]boom"
    shop.scene.configure(SYNONYMS, environments={name: {"bucket": "acme-test", "region": "eu-west-1"}})
    shop.scene.commit({}, "A hostile name")
    hostile = Shop(shop.scene, {name: shop.places["test"]}, {name: shop.packages["test"]})

    ran = hostile.run(name, **{"pull-request": "7"})

    assert ["updated"] == ran.outcomes, ran.log
    assert [] == re.findall(r"^::error|^##\[error", ran.log, re.MULTILINE)
    assert "##[error]" not in ran.log
    [comment] = shop.scene.comments(7)
    heading = comment.splitlines()[1]
    for active in ("<img", "@octo", "](", "`a`", "| #7"):
        assert active not in heading
        assert active not in ran.summary.splitlines()[0]


def test_environment_input_cannot_start_a_line_of_log_or_summary(shop: Shop) -> None:
    ran = shop.scene.run(inputs={"environment": "x\n::error::boom\n# Boom"})

    assert 1 == ran.status
    assert [] == re.findall(r"^::error::boom", ran.log, re.MULTILINE)
    assert [] == re.findall(r"^# Boom", ran.summary, re.MULTILINE)


# ---------------------------------------------------------------- validate


def test_validate_reports_errors_with_their_environment(shop: Shop) -> None:
    scene = shop.scene
    overlay = {"dictionaries": [{"file": "search/stopwords.txt", "allow-empty": True}]}
    scene.configure(SYNONYMS, STOPWORDS, environments={"test": overlay, "production": {}, "backup": {}})
    scene.commit({"search/stopwords.txt": ""})

    ran = scene.run(inputs={"mode": "validate"}, AWS_ENDPOINT_URL="http://127.0.0.1:1")

    assert (1, ["invalid"]) == (ran.status, ran.outcomes), ran.log
    assert ran.dictionaries[0]["message"].startswith("In production, backup: ")
    assert "Valid: 2 of 3." in ran.log


def test_validate_reports_a_shared_finding_once(shop: Shop) -> None:
    scene = shop.scene
    overlay = {"dictionaries": [{"file": "search/synonyms.txt", "engine": "elasticsearch-7.10"}]}
    scene.configure(SYNONYMS, environments={"test": overlay, "production": {"bucket": "acme-production"}})
    scene.commit({"search/synonyms.txt": b"caf\xe9\n"})

    ran = scene.run(inputs={"mode": "validate", "environment": "test"})

    assert (1, ["invalid"]) == (ran.status, ran.outcomes), ran.log
    assert not ran.dictionaries[0]["message"].startswith("In ")
    assert "(test)" not in ran.summary


# ---------------------------------------------------------------- the example


@pytest.mark.slow
def test_example_deploys_to_two_accounts_and_two_regions(scene: Scene) -> None:
    places = {
        "test": scene.account.assume_role("111111111111", "eu-west-1"),
        "production-eu": scene.account.assume_role("222222222222", "eu-west-1"),
        "production-us": scene.account.assume_role("222222222222", "us-east-1"),
    }
    us = places["production-us"]
    us.client("es").create_elasticsearch_domain(DomainName="search-us")
    for name, each in places.items():
        bucket = f"acme-{name}-dictionaries"
        each.create_bucket(bucket)
        for package in ("product-synonyms", "stopwords-us" if each is us else "stopwords"):
            each.create_package(package, bucket)
    scene.clock.skip(LONG)
    scene.commit({**WORDS, ".github/dictionaries.yml": EXAMPLE})
    scene.merge({**MORE_WORDS, "search/stopwords.txt": ""}, 7)
    shop = Shop(scene, places, {})

    ran = {name: shop.run(name) for name in places}

    expected = {"test": ["updated"] * 2, "production-eu": ["updated", "invalid"]}
    assert {**expected, "production-us": ["updated", "invalid"]} == {
        name: each.outcomes for name, each in ran.items()
    }
    assert ["search-us"] == [each["DomainName"] for each in ran["production-us"].dictionaries[0]["domains"]]
    assert [True] * 3 == [f"({name})" in shop.comment(name) for name in places]
