"""A request can be held before it is served, or before it is answered."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
from served_aws import World


def put_in_background(world: World, pool: ThreadPoolExecutor, key: str) -> Future[Any]:
    client = world.client("s3")
    return pool.submit(lambda: client.put_object(Bucket="acme", Key=key, Body=b"x"))


def keys(world: World) -> list[str]:
    return [each["Key"] for each in world.client("s3").list_objects_v2(Bucket="acme").get("Contents", [])]


@pytest.mark.parametrize(("when", "there"), [("before", []), ("after", ["words"])])
def test_held_request_is_served_before_or_after_its_release(
    world: World, when: str, there: list[str]
) -> None:
    world.post("hold", operation="s3:PutObject", when=when)
    with ThreadPoolExecutor(1) as pool:
        putting = put_in_background(world, pool, "words")
        assert world.post("wait_until_held", seconds=10).json() == {"is_held": True}
        held_with = (keys(world), putting.done())
        world.post("release")
        putting.result(10)

    assert (there, False) == held_with
    assert ["words"] == keys(world)


def test_only_the_nth_request_of_the_path_is_held(world: World) -> None:
    world.post("hold", path="second", nth=2)
    for key in ("first", "second"):
        world.put(key)
    assert world.post("wait_until_held", seconds=0).json() == {"is_held": False}
    with ThreadPoolExecutor(1) as pool:
        putting = put_in_background(world, pool, "second-again")
        assert world.post("wait_until_held", seconds=10).json() == {"is_held": True}
        world.post("release")
        putting.result(10)


def test_request_released_in_advance_is_not_held(world: World) -> None:
    world.post("hold", operation="s3:PutObject")
    world.post("release")
    world.put()

    assert world.post("wait_until_held", seconds=0).json() == {"is_held": False}
