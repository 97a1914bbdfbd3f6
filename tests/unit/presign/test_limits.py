"""The limits of POST /uploads: its rate, the ceiling and the quota, in this order."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from catalog.usage import StackUsage
from common.http import handle_errors
from common.settings import Dollars
from presign.requests import parse_request
from presign.uploads import respond
from tests.unit.catalog.support import Clock, Interruption
from tests.unit.support import (
    FAILURE,
    IMAGE_ID,
    NOW,
    OTHER_ID,
    UPLOAD_REQUEST,
    completion,
    http_event,
    problem_body,
)

OTHER = {**UPLOAD_REQUEST, "sha256": OTHER_ID}
DAY_REACHED = problem_body(
    429,
    "Too Many Requests",
    "quota-exceeded",
    "You have reached the limit of 1 upload a day. Upload more after 00:00 UTC on November 23.",
)
CEILING_REACHED = problem_body(
    429,
    "Too Many Requests",
    "ceiling-reached",
    "The cost of recognition has reached its limit for this month. Try again after 00:00 UTC on December 1.",
)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def limited(make_service: Callable[..., Any]) -> Any:
    """A service that permits one upload a day."""
    return make_service(uploads_per_day=1)


@pytest.fixture
def reach_ceiling(catalog) -> Callable[[], None]:
    return lambda: catalog.add_usage(StackUsage({"image": 100_000}, 100_000))


def test_the_quota_of_a_day_refuses_more_images(post, limited, catalog, table) -> None:
    assert post(service=limited)[0] == 201
    assert post(OTHER, limited) == (429, DAY_REACHED)
    assert catalog.get("alice", OTHER_ID) is None
    assert catalog.upload_counts("alice").day == 1


def test_each_owner_has_a_quota(post, limited) -> None:
    post(service=limited)
    event = http_event("POST /uploads", owner="bob", body=json.dumps(OTHER))
    assert respond(event, limited)["statusCode"] == 201


def test_the_same_image_counts_once(post, limited) -> None:
    assert [post(service=limited)[0] for _ in range(3)] == [201, 201, 201]


def test_a_limit_says_when_to_try_again(limited, make_service) -> None:
    respond(http_event("POST /uploads", body=json.dumps(UPLOAD_REQUEST)), limited)
    refuse = handle_errors(lambda event, _: respond(event, limited))
    response = refuse(http_event("POST /uploads", body=json.dumps(OTHER)), None)
    assert response["headers"]["retry-after"] == str(9 * 3600)


def test_stored_bytes_are_returned_above_quota_and_ceiling(
    post, limited, put_object, catalog, reach_ceiling
) -> None:
    post(service=limited)
    put_object()
    reach_ceiling()
    assert post(service=limited)[0] == 200  # pending
    catalog.complete("alice", IMAGE_ID, completion("Cat"))
    assert post(service=limited)[0] == 200  # done


def test_the_ceiling_refuses_uploads_before_they_count(post, catalog, reach_ceiling) -> None:
    reach_ceiling()
    assert post() == (429, CEILING_REACHED)
    assert catalog.upload_counts("alice").day == 0


def test_a_failed_image_is_not_restarted_above_the_ceiling(post, put_object, catalog, reach_ceiling) -> None:
    post()
    put_object()
    catalog.fail("alice", IMAGE_ID, FAILURE)
    reach_ceiling()
    assert post() == (429, CEILING_REACHED)
    assert catalog.get("alice", IMAGE_ID).status == "failed"


def test_a_done_image_without_its_object_is_kept_above_the_ceiling(post, catalog, reach_ceiling) -> None:
    post()
    catalog.complete("alice", IMAGE_ID, completion("Cat"))
    reach_ceiling()
    assert post() == (429, CEILING_REACHED)
    assert catalog.get("alice", IMAGE_ID).status == "done"


def test_without_a_ceiling_any_bill_is_permitted(post, make_service, reach_ceiling) -> None:
    reach_ceiling()
    assert post(service=make_service(monthly_billing_ceiling=Dollars(0)))[0] == 201


def test_the_rate_is_limited_before_anything_else(post, make_service, put_object, reach_ceiling) -> None:
    service = make_service(uploads_per_minute=2, uploads_per_day=1)
    assert [post(service=service)[0], post(service=service)[0]] == [201, 201]
    put_object()
    reach_ceiling()
    assert post(service=service) == (
        429,
        problem_body(
            429,
            "Too Many Requests",
            "rate-limited",
            "You have reached the limit of 2 uploads a minute. Try again in 60 seconds.",
        ),
    )


def test_an_invalid_request_does_not_count(post, make_service, table) -> None:
    service = make_service(uploads_per_minute=1)
    assert post({**UPLOAD_REQUEST, "size": 0}, service)[0] == 400
    assert table.scan()["Items"] == []
    assert post(service=service)[0] == 201


def test_accepted_and_refused_uploads_are_metrics(post, limited, put_object, read_metrics) -> None:
    image, other = ({"imageId": image_id, "owner": "alice"} for image_id in (IMAGE_ID, OTHER_ID))
    post(service=limited)
    assert read_metrics() == [{"CeilingUsed": 0, **image}, {"UploadsAccepted": 1, **image}]
    post(OTHER, limited)
    assert read_metrics() == [
        {"CeilingUsed": 0, **other},
        {"Code": "quota-exceeded", "UploadsRefused": 1, **other},
    ]
    put_object()
    post(service=limited)  # an image that is stored is no upload
    assert read_metrics() == [{"ImagesRecovered": 1, **image}]


def test_an_upload_that_cannot_be_presigned_still_counts_once(limited, storage, catalog, monkeypatch) -> None:
    """Its record was started, so the next request or the recovery continues from it."""
    request = parse_request(http_event("POST /uploads", body=json.dumps(UPLOAD_REQUEST)), 25)

    def interrupt(*_: Any, **__: Any) -> None:
        raise Interruption

    with monkeypatch.context() as patch:
        patch.setattr(storage, "presign_put", interrupt)
        with pytest.raises(Interruption):
            limited.create("alice", request)
    assert limited.create("alice", request).put is not None
    assert catalog.upload_counts("alice").day == 1


def test_the_quota_of_the_next_day_is_free(post, make_service, catalog, clock, monkeypatch) -> None:
    monkeypatch.setattr(catalog, "_clock", clock)
    service = make_service(clock, uploads_per_day=1)
    assert post(service=service)[0] == 201
    clock.now = NOW + timedelta(hours=9)
    assert post(OTHER, service)[0] == 201
