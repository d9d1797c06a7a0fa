"""Someone who may write objects or versions, but not merge, deploys nothing and prevents no deploy."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from email.utils import format_datetime, parsedate_to_datetime
from typing import TYPE_CHECKING, Any

import pytest

from sandbox.server import serve
from tests.end_to_end.scene import BUCKET, Ran, Scene
from tests.end_to_end.test_lock_and_signals import STUCK

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PACKAGE, FILE = "product-synonyms", "search/synonyms.txt"
OLD, NEW, EVIL = "tv, television\n", "tv, telly\n", "tv, evil\n"


@pytest.fixture
def deployed(scene: Scene) -> Scene:
    """A package with one deployed commit, and the next commit."""
    scene.make_package(PACKAGE)
    scene.configure({"file": FILE, "package": PACKAGE, "kind": "synonyms"})
    scene.add_deployed_version(PACKAGE, scene.commit({FILE: OLD}), OLD)
    scene.commit({FILE: NEW})
    return scene


@dataclass
class WrittenLater:
    """A proxy for the local AWS. The object with this key was written an hour later than it was."""

    aws: WSGIApplication
    key: str

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Callable[[bytes], object]:
            if environ["PATH_INFO"].endswith(self.key):
                headers = [(name, an_hour_later(name, value)) for name, value in headers]
            return start_response(status, headers, *more)

        return self.aws(environ, start)


def an_hour_later(name: str, value: str) -> str:
    if name.lower() != "last-modified":
        return value
    return format_datetime(parsedate_to_datetime(value) + timedelta(hours=1), usegmt=True)


def overwrite(scene: Scene, commit: str, content: str) -> str:
    """Write other content with the same metadata under a commit's key; return the key."""
    key, s3 = f"dictionaries/{PACKAGE}/{commit}.txt", scene.client("s3")
    metadata = s3.head_object(Bucket=BUCKET, Key=key)["Metadata"]
    s3.put_object(Bucket=BUCKET, Key=key, Body=content, ChecksumAlgorithm="SHA256", Metadata=metadata)
    return key


def live(scene: Scene) -> str:
    """The SHA-256 of the available version's content."""
    [version] = [each for each in scene.aws.versions() if each["available"]]
    return str(version["sha256"])


def sha256(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()


def check_deployed_once(scene: Scene, *runs: Ran, versions: int) -> None:
    assert [(0, ["updated"])] * len(runs) == [(ran.status, ran.outcomes) for ran in runs], runs[0].log
    assert ["true", "false"] == [ran.outputs["changed"] for ran in runs]
    assert (versions, sha256(NEW)) == (len(scene.messages(PACKAGE)), live(scene))


def test_object_exchanged_between_upload_and_copy_fails_the_run(deployed: Scene) -> None:
    head = deployed.git("rev-parse", "HEAD")
    deployed.aws.holds.hold("es:UpdatePackage")
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(deployed.run)
        assert deployed.aws.holds.wait_until_held(STUCK)
        key = overwrite(deployed, head, EVIL)
        deployed.aws.holds.release()
        ran = running.result()

    assert sha256(EVIL) == live(deployed)
    assert (1, ["failed"]) == (ran.status, ran.outcomes), ran.log
    assert "content-mismatch" == ran.outputs["failure-reason"]
    message = f"{key} was exchanged while AWS copied it: version v3 may have other content."
    assert message in ran.dictionaries[0]["message"]
    assert "mode `rollback` on the last good commit" in ran.summary


def test_next_content_under_the_deployed_commits_key_is_deployed(deployed: Scene) -> None:
    """Otherwise the merge of that content would be `unchanged`, with the old content live."""
    key = overwrite(deployed, deployed.git("rev-parse", "HEAD^"), NEW)

    with serve(WrittenLater(deployed.aws, key)) as url:
        first, again = (deployed.run(AWS_ENDPOINT_URL=url) for _ in range(2))

    check_deployed_once(deployed, first, again, versions=3)
    assert "The content of v2" in first.summary
    assert "cannot be verified" in first.summary


def forge_version(scene: Scene) -> None:
    """Make a version with other content and the SHA of the commit that is checked out."""
    [package_id] = {each["package_id"] for each in scene.aws.versions()}
    scene.client("s3").put_object(Bucket=BUCKET, Key=f"by-hand/{PACKAGE}", Body=EVIL)
    scene.update_by_hand(package_id, PACKAGE, message=scene.git("rev-parse", "HEAD"))
    scene.clock.skip(60)
    assert sha256(EVIL) == live(scene)


def test_forged_version_without_an_object_is_replaced(deployed: Scene) -> None:
    forge_version(deployed)

    first, again = deployed.run(), deployed.run()

    check_deployed_once(deployed, first, again, versions=4)
    assert all("v3 and v4 carry the same commit" in ran.summary for ran in (first, again))


@pytest.mark.parametrize("mode", ["deploy", "plan", "check", "rollback"])
def test_forged_version_of_the_deployed_commit_is_a_warning(deployed: Scene, mode: str) -> None:
    """The commit's object is evidence for it: only the repeated commit shows the forgery."""
    deployed.run()
    forge_version(deployed)

    ran = deployed.run("workflow_dispatch", inputs={"mode": mode})

    assert 0 == ran.status, ran.log
    assert 4 == len(deployed.messages(PACKAGE))
    assert "::warning title=" in ran.log
    assert all("v3 and v4 carry the same commit" in text for text in (ran.log, ran.summary))
