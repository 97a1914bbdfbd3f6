"""A person reaches the quota, and then the stack its ceiling, over HTTP."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tests.contract import check_response
from tests.stack.client import ImageFile, Response, Run, send, wait_until

LIMITS = "UploadsPerDay=3 MonthlyBillingCeiling=0.001"  # the price of one call


class Person:
    """Someone who is signed in to a stack in another process."""

    def __init__(self, api_url: str, token: str) -> None:
        self._api_url = api_url
        self._headers = {"Authorization": f"Bearer {token}"}

    def call(self, method: str, path: str, body: bytes | None = None) -> Response:
        return send(method, self._api_url + path, body, self._headers)

    def request_upload(self, image: ImageFile) -> Response:
        """Request an upload, and check the response."""
        response = self.call("POST", "/uploads", json.dumps(image.request).encode())
        result = {"statusCode": response.status, "headers": response.headers, "body": response.document}
        check_response("POST /uploads", result)
        return response

    def quota(self) -> dict[str, tuple[int, int]]:
        """Return what is used of each limit, and the limit."""
        quota = self.call("GET", "/labels").document["quota"]
        return {period: (entry["used"], entry["limit"]) for period, entry in quota.items()}


@contextmanager
def signed_in(run: Run, **environ: str) -> Iterator[Callable[[str], Person]]:
    """Run a stack, and return a function that signs a person in."""
    process = run("local", **environ)
    assert process.stdout
    page = process.stdout.readline().removeprefix("ready ").strip()
    api_url = send("GET", f"{page}/config.json").document["apiUrl"]

    def sign_in(user: str) -> Person:
        command = run("local.cli.token", user, WEB_PORT=page.rpartition(":")[2])
        token, _ = command.communicate(timeout=60)
        return Person(api_url, token.strip())

    yield sign_in
    process.terminate()
    process.communicate(timeout=30)


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
