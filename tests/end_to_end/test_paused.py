"""A run whose process is stopped for longer than its lease, while another run deploys a newer commit."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pytest

from sandbox.server import serve
from tests.end_to_end.scene import Later, Ran, Scene, ShiftedClock
from tests.end_to_end.test_lock_and_signals import STUCK, SYNONYMS, running

AN_EXPIRED_LEASE = 61.0


@pytest.fixture
def older(scene: Scene) -> str:
    """A commit that is not deployed yet, of a package made by hand."""
    scene.make_package("product-synonyms")
    scene.clock.skip(60)
    scene.configure(SYNONYMS)
    return scene.commit({"search/synonyms.txt": "tv, television\n"})


def run_with_pause(
    scene: Scene,
    meanwhile: Callable[[], object],
    operation: str,
    path: str = "",
    nth: int = 1,
    when: Literal["before", "after"] = "after",
    **environ: str,
) -> Ran:
    """Run the commit, stop the process while a request of its is held, and let it go on `meanwhile`."""
    checkout = scene.scratch / "checkout-of-the-first"
    scene.git("clone", "--quiet", str(scene.repository), str(checkout))
    scene.aws.holds.hold(operation, path=path, nth=nth, when=when)
    with running(scene, GITHUB_WORKSPACE=str(checkout), **environ) as run:
        assert scene.aws.holds.wait_until_held(STUCK)
        run.stop(signal.SIGSTOP)
        try:
            meanwhile()
        finally:
            scene.aws.holds.release()
            run.stop(signal.SIGCONT)
        return run.end()


def deploy_newer(scene: Scene) -> None:
    """Another run takes the expired lease over and deploys a newer commit."""
    scene.commit({"search/synonyms.txt": "tv, telly\n"})
    with serve(Later(scene.aws, AN_EXPIRED_LEASE)) as url:
        ran = scene.run(AWS_ENDPOINT_URL=url)
    assert (0, ["updated"]) == (ran.status, ran.outcomes), ran.log


def check_failed_without_update(scene: Scene, ran: Ran) -> None:
    assert (1, "locked") == (ran.status, ran.outputs["failure-reason"]), ran.log
    assert "Traceback" not in ran.log
    assert "may have replaced" not in ran.log
    assert ["", scene.git("rev-parse", "HEAD")] == scene.messages("product-synonyms"), ran.log
    assert 1 == scene.operations().count("es:UpdatePackage")


def test_run_that_is_paused_after_its_upload_sends_no_update(scene: Scene, older: str) -> None:
    """Its clock stands still, as that of a paused virtual machine: only S3 shows that the lease is over."""
    ran = run_with_pause(scene, lambda: deploy_newer(scene), "s3:PutObject", f"/{older}")

    check_failed_without_update(scene, ran)
    assert "Another run took over the lock" in ran.log


def test_run_that_is_paused_after_its_renewal_sends_no_update(
    scene: Scene, older: str, tmp_path: Path
) -> None:
    """Its clock counts the pause, so that the renewal right before the update is too old."""
    clock = ShiftedClock(tmp_path)

    def meanwhile() -> None:
        assert any(f"/{older}" in request["path"] for request in scene.aws.requests)
        deploy_newer(scene)
        clock.shift(AN_EXPIRED_LEASE)

    ran = run_with_pause(scene, meanwhile, "s3:PutObject", "/.lock", nth=2, **clock.environ)

    check_failed_without_update(scene, ran)
    assert "another run may hold it" in ran.log


def test_update_in_flight_during_the_pause_is_reported_and_rolled_back(scene: Scene, older: str) -> None:
    ran = run_with_pause(scene, lambda: deploy_newer(scene), "es:UpdatePackage", when="before")
    remedied = scene.run("workflow_dispatch", inputs={"mode": "rollback"})

    assert (1, "locked") == (ran.status, ran.outputs["failure-reason"]), ran.log
    assert "The update of the package may have replaced a newer version." in ran.summary
    assert "Run mode `rollback` on the tip of the branch." in ran.summary
    assert (0, ["updated"]) == (remedied.status, remedied.outcomes), remedied.log
    newer = scene.git("rev-parse", "HEAD")
    assert ["", newer, older, newer] == scene.messages("product-synonyms")
