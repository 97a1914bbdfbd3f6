"""A person reaches the quota, and then the stack its ceiling, over HTTP."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

from tests.stack.client import ImageFile, Response, Run, send, wait_until
from tests.stack.person import signed_in

LIMITS = "UploadsPerDay=3 MonthlyBillingCeiling=0.001"  # the price of one call


def refusal(response: Response) -> tuple[int, str, str]:
    """Return the status, the code and the sentence of a limit, without its date."""
    assert 1 <= int(response.headers["retry-after"]) <= 31 * 86400
    problem: dict[str, Any] = response.document
    return response.status, problem["code"], re.sub(r" on \w+ \d+\.$", "", problem["detail"])


def leave_time_before_midnight() -> None:
    """The test takes less than a minute, in which no UTC day may begin."""
    left = 86400 - time.time() % 86400
    if left < 60:
        time.sleep(left)


def test_the_quota_and_then_the_ceiling_refuse_uploads(run: Run, new_image: Callable[[], ImageFile]) -> None:
    leave_time_before_midnight()
    with signed_in(run, SET=LIMITS) as sign_in:
        alice, bob = sign_in("alice"), sign_in("bob")
        images = [new_image() for _ in range(3)]
        uploads = [alice.request_upload(image) for image in images]
        assert [response.status for response in uploads] == [201, 201, 201]
        assert alice.quota() == {"day": (3, 3), "month": (3, 20_000)}
        another = new_image()
        assert refusal(alice.request_upload(another)) == (
            429,
            "quota-exceeded",
            "You have reached the limit of 3 uploads a day. Upload more after 00:00 UTC",
        )
        assert alice.request_upload(images[0]).status == 201  # the same upload
        assert bob.request_upload(another).status == 201

        assert alice.call("DELETE", f"/images/{images[2].id}").status == 204  # it never arrived
        assert alice.quota()["day"] == (2, 3)
        assert alice.request_upload(another).status == 201
        assert alice.quota()["day"] == (3, 3)

        put = uploads[0].document["upload"]
        assert send(put["method"], put["url"], images[0].content, put["headers"]).status == 200

        def done() -> bool | None:
            image = alice.call("GET", f"/images/{images[0].id}").document["image"]
            return image["status"] == "done" or None

        assert wait_until(done)
        assert refusal(bob.request_upload(new_image())) == (
            429,
            "ceiling-reached",
            "The cost of recognition has reached its limit for this month. Try again after 00:00 UTC",
        )
        assert alice.request_upload(images[0]).status == 200  # stored already
        assert alice.quota()["day"] == (3, 3)
        assert alice.call("GET", "/labels").document["thisMonth"]["estimatedCost"] > 0.001
