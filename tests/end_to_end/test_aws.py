"""Refusals, delays and errors of AWS, end to end: each has a reason and a remedy."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest

from sandbox.server import serve
from tests.end_to_end.scene import BUCKET, Ran, Scene, set_scene

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

SYNONYMS = {"file": "search/synonyms.txt", "package": "product-synonyms", "kind": "synonyms"}
STOPWORDS = {"file": "search/stopwords.txt", "package": "stopwords", "kind": "stopwords"}
CONTENT = {"search/synonyms.txt": "tv, television\n"}
LONG = 60.0
"""Seconds of a copy; the scene's clock skips them."""


@pytest.fixture
def shop(scene: Scene) -> Scene:
    """Create a package by hand and a commit that was never deployed to it."""
    return _furnish(scene)


@pytest.fixture(scope="class")
def refusing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """As `shop`, shared by the tests of a class: none of their runs creates a version."""
    with set_scene(tmp_path_factory.mktemp("refusing")) as scene:
        yield _furnish(scene)


@pytest.fixture
def refused(refusing: Scene) -> Iterator[Scene]:
    switches = refusing.aws.switches
    yield refusing
    refusing.aws.failures.clear()
    refusing.aws.switches = switches
    refusing.configure(SYNONYMS)


def _furnish(scene: Scene) -> Scene:
    scene.make_package("product-synonyms")
    scene.clock.skip(LONG)
    scene.configure(SYNONYMS)
    scene.commit(CONTENT)
    return scene


def check_failed(ran: Ran, reason: str, *said: str) -> None:
    """Assert that the run failed for `reason`, logged all of `said` and shows no traceback."""
    assert (1, "failed", reason) == (ran.status, ran.outputs["result"], ran.outputs["failure-reason"]), (
        ran.log
    )
    assert [] == [words for words in said if words not in ran.log], ran.log
    assert "Traceback" not in ran.log
    assert "::error" in ran.log


class TestARefusal:
    """Nothing is deployed; all tests share one scene."""

    def test_missing_credentials_error_has_the_fix(self, refused: Scene) -> None:
        ran = refused.run(AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY="", AWS_EC2_METADATA_DISABLED="true")

        check_failed(ran, "no-credentials", "aws-actions/configure-aws-credentials", "id-token: write")

    @pytest.mark.parametrize(
        ("operation", "code"),
        [("es:DescribePackages", "ExpiredTokenException"), ("s3:PutObject", "ExpiredToken")],
    )
    def test_expired_token_is_a_credentials_error(self, refused: Scene, operation: str, code: str) -> None:
        refused.aws.failures.fail_operation(operation, code, status=403, times=9)

        check_failed(refused.run(), "no-credentials", code, "role-duration-seconds")

    @pytest.mark.parametrize(
        "operation", ["es:DescribePackages", "es:GetPackageVersionHistory", "es:UpdatePackage"]
    )
    def test_missing_permission_is_named(self, refused: Scene, operation: str) -> None:
        refused.aws.failures.fail_operation(operation, "AccessDeniedException")

        check_failed(refused.run(), "access-denied", f"Grant {operation}")

    def test_shared_failure_of_several_dictionaries_is_reported_once(self, refused: Scene) -> None:
        refused.configure(SYNONYMS, STOPWORDS)
        refused.commit({**CONTENT, "search/stopwords.txt": "the\n"})
        refused.aws.failures.fail_operation("es:DescribePackages", "AccessDeniedException")

        ran = refused.run()

        check_failed(ran, "access-denied", "The deploy failed", "Grant es:DescribePackages")
        assert (1, []) == (ran.log.count("::error"), ran.outcomes)

    @pytest.mark.parametrize("path", [".lock", "product-synonyms/"])
    def test_missing_permission_to_write_objects_is_named(self, refused: Scene, path: str) -> None:
        refused.aws.failures.fail_operation("s3:PutObject", "AccessDenied", path=path)

        ran = refused.run()

        check_failed(ran, "access-denied", "Grant s3:PutObject", f"arn:aws:s3:::{BUCKET}/dictionaries/")

    def test_rejected_update_is_given_up_after_three_attempts(self, refused: Scene) -> None:
        refused.aws.requests.clear()
        refused.aws.failures.fail_operation("es:UpdatePackage", "ValidationException", message="No.", times=9)

        check_failed(refused.run(), "update-failed", "ValidationException: No.")

        assert 3 == refused.operations().count("es:UpdatePackage")

    def test_missing_bucket_error_names_the_setting(self, refused: Scene) -> None:
        refused.configure(SYNONYMS, bucket="no-such-bucket")

        check_failed(
            refused.run(), "upload-failed", "NoSuchBucket", "no-such-bucket", "`bucket` in the configuration"
        )

    def test_missing_package_is_named_with_the_fix(self, refused: Scene) -> None:
        refused.configure({**SYNONYMS, "package": "no-such-package"})

        check_failed(refused.run(), "package-not-found", "no-such-package", "in eu-west-1", "`create: true`")

    def test_failed_runs_create_no_version(self, refused: Scene) -> None:
        assert [""] == refused.messages("product-synonyms")


# ---------------------------------------------------------------- retries


def test_package_is_found_by_id_and_objects_use_its_name(shop: Scene) -> None:
    [package_id] = {version["package_id"] for version in shop.aws.versions()}
    shop.configure({**SYNONYMS, "package": package_id})

    ran = shop.run()

    head = shop.git("rev-parse", "HEAD")
    assert ["updated"] == ran.outcomes, ran.log
    assert ["", head] == shop.messages("product-synonyms")
    assert CONTENT["search/synonyms.txt"].encode() == shop.content("product-synonyms", head)


@pytest.mark.parametrize("only", ["", "search/synonyms.txt"])
def test_package_configured_twice_is_refused(shop: Scene, only: str) -> None:
    [package_id] = {version["package_id"] for version in shop.aws.versions()}
    shop.configure(SYNONYMS, {**STOPWORDS, "package": package_id})
    shop.commit({"search/stopwords.txt": "the\n"})

    ran = shop.run(inputs={"only": only})

    check_failed(ran, "invalid-config", "product-synonyms", package_id)
    assert [""] == shop.messages("product-synonyms")


def test_throttled_update_is_retried_and_creates_one_version(shop: Scene) -> None:
    shop.aws.failures.fail_operation("es:UpdatePackage", "ThrottlingException", status=429, times=2)

    ran = shop.run()

    assert (0, ["updated"]) == (ran.status, ran.outcomes), ran.log
    assert ["", shop.git("rev-parse", "HEAD")] == shop.messages("product-synonyms")
    assert 3 == shop.operations().count("es:UpdatePackage")


# ---------------------------------------------------------------- failed and slow copies


@pytest.mark.parametrize(
    ("status", "reason"), [("COPY_FAILED", "copy-failed"), ("VALIDATION_FAILED", "validation-failed")]
)
def test_error_details_of_a_failed_copy_are_reported_everywhere(
    scene: Scene, status: Any, reason: str
) -> None:
    scene.make_package("product-synonyms")
    scene.clock.skip(LONG)
    scene.configure(SYNONYMS)
    scene.commit({})
    scene.merge(CONTENT, 7)
    scene.aws.failures.fail_copy(
        "product-synonyms", status=status, error_type="InvalidRule", error_message="Line 3 is odd"
    )

    ran = scene.run()

    check_failed(ran, reason, f"AWS reported {status}: InvalidRule: Line 3 is odd")
    assert "Line 3 is odd" in ran.dictionaries[0]["message"]
    assert {"ErrorType": "InvalidRule", "ErrorMessage": "Line 3 is odd"} == ran.dictionaries[0][
        "package_details"
    ]["ErrorDetails"]
    [comment] = scene.comments(7)
    for told in (ran.summary, comment):
        assert "InvalidRule: Line 3 is odd" in told
    assert [""] == scene.messages("product-synonyms")


# ---------------------------------------------------------------- requests


def test_api_of_2021_deploys_like_that_of_2015(shop: Scene) -> None:
    shop.client("es").create_elasticsearch_domain(DomainName="search-prod")
    [package_id] = {version["package_id"] for version in shop.aws.versions()}
    shop.client("es").associate_package(PackageID=package_id, DomainName="search-prod")
    shop.clock.skip(LONG)
    shop.configure(SYNONYMS, service="opensearch", domains="associated")
    shop.aws.requests.clear()

    ran = shop.run()

    asked = [request for request in shop.aws.requests if request["operation"].startswith("es:")]
    assert (0, ["updated"]) == (ran.status, ran.outcomes), ran.log
    assert [] == [request for request in asked if not request["path"].startswith("/2021-01-01/")]
    assert {"es:UpdatePackage", "es:AssociatePackage"} <= {request["operation"] for request in asked}
    assert ["", shop.git("rev-parse", "HEAD")] == shop.messages("product-synonyms")
    [domain] = ran.dictionaries[0]["domains"]
    assert ("search-prod", "ACTIVE", "v2") == (
        domain["DomainName"],
        domain["DomainPackageStatus"],
        domain["PackageVersion"],
    )


@pytest.mark.parametrize(
    ("configured", "sent"),
    [({}, {}), ({"description": "Our words"}, {"PackageDescription": "Our words"})],
)
def test_update_has_only_its_parameters_and_the_commit(
    shop: Scene, configured: dict[str, str], sent: dict[str, str]
) -> None:
    shop.configure({**SYNONYMS, **configured})
    [package_id] = {version["package_id"] for version in shop.aws.versions()}
    recorder = UpdateRecorder(shop.aws)

    with serve(recorder) as url:
        ran = shop.run(AWS_ENDPOINT_URL=url)

    head = shop.git("rev-parse", "HEAD")
    assert ["updated"] == ran.outcomes, ran.log
    assert [
        {
            "PackageID": package_id,
            "PackageSource": {
                "S3BucketName": BUCKET,
                "S3Key": f"dictionaries/product-synonyms/{head}.txt",
            },
            "CommitMessage": head,
            **sent,
        }
    ] == recorder.updates


@dataclass
class UpdateRecorder:
    """A proxy for the local AWS that records the parameters of every UpdatePackage."""

    aws: WSGIApplication
    updates: list[dict[str, Any]] = field(default_factory=list)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"].endswith("/packages/update"):
            body = environ["wsgi.input"].read()
            self.updates.append(json.loads(body))
            environ["wsgi.input"] = BytesIO(body)
        return self.aws(environ, start_response)
