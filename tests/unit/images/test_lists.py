from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from catalog.quotas import UploadLimits
from catalog.records import ImageRecord, ResultSummary, Review
from catalog.terms import Term
from catalog.usage import StackUsage
from tests.unit.support import DONE_BODY, NOW, completion

IDS = [f"{number:064x}" for number in range(40)]
QUOTA = {
    "day": {"limit": 100, "used": 0, "resetsAt": "2026-11-23T00:00:00.000Z"},
    "month": {"limit": 1000, "used": 0, "resetsAt": "2026-12-01T00:00:00.000Z"},
}
NO_IMAGES = {
    "images": 0,
    "favorites": 0,
    "review": 0,
    "failed": 0,
    "hidden": 0,
    "waiting": 0,
    "months": {"added": [], "taken": []},
}
NOVEMBER = [{"month": "2026-11", "count": 1}]
COLORS = tuple(Term("color", name) for name in ("red", "blue", "gray"))
HEADERS = {"content-type": "application/json", "cache-control": "no-store"}


def months(counts: dict[str, int]) -> list[dict[str, Any]]:
    return [{"month": month, "count": count} for month, count in counts.items()]


def ids(body: dict[str, Any]) -> list[str]:
    return [image["id"] for image in body["images"]]


def test_lists_an_image_with_its_thumbnail_url(send, store) -> None:
    store(IDS[0], "Cat")
    response = send("GET /images")
    url = response["body"]["images"][0].pop("thumbnailUrl")
    assert response == {
        "statusCode": 200,
        "headers": HEADERS,
        "body": {
            "images": [{**DONE_BODY, "id": IDS[0], "fileName": "Kätzchen.jpg"}],
            "cursor": None,
        },
        "isBase64Encoded": False,
    }
    key = f"uploads/alice/{IDS[0]}.thumb.webp"
    assert url.startswith(f"https://stack-output.s3.us-east-1.amazonaws.com/{key}?")
    assert parse_qs(urlsplit(url).query)["X-Amz-Expires"] == ["900"]


def test_only_done_images_have_a_thumbnail_url(get_page, start, fail) -> None:
    start(IDS[0])
    fail(IDS[1])
    assert [(image["status"], image["thumbnailUrl"]) for image in get_page()["images"]] == [
        ("failed", None),
        ("pending", None),
    ]


def test_pages_are_ordered_newest_first(get_page, store) -> None:
    for number, image_id in enumerate(IDS[:5]):
        store(image_id, minutes=number)
    first = get_page(limit="2")
    second = get_page(limit="2", cursor=first["cursor"])
    third = get_page(limit="2", cursor=second["cursor"])
    assert [ids(first), ids(second), ids(third)] == [
        [IDS[4], IDS[3]],
        [IDS[2], IDS[1]],
        [IDS[0]],
    ]
    assert third["cursor"] is None


def test_the_default_limit_is_30(get_page, start) -> None:
    for image_id in IDS:
        start(image_id)
    assert (len(get_page()["images"]), len(get_page(limit="100")["images"])) == (30, 40)


def test_filters_by_a_label_or_its_parent_ignoring_case(get_page, store) -> None:
    store(IDS[0], "Cat", "Animal")
    store(IDS[1], "Dog", "Animal")
    assert ids(get_page(label="ANIMAL")) == [IDS[1], IDS[0]]
    assert ids(get_page(label=" dog")) == [IDS[1]]
    first = get_page(label="animal", limit="1")
    assert ids(get_page(label="animal", cursor=first["cursor"])) == [IDS[0]]
    assert get_page(label="Zebra") == {"images": [], "cursor": None}


def test_a_cursor_outlives_its_image(get_page, store, delete) -> None:
    for number in range(3):
        store(IDS[number], minutes=number)
    cursor = get_page(limit="2")["cursor"]
    delete(IDS[1])
    assert ids(get_page(cursor=cursor)) == [IDS[0]]


def test_until_starts_at_the_newest_image_of_a_date(get_page, store) -> None:
    hour, day = 60, 24 * 60  # NOW is November 22, 15:00
    for number, minutes in enumerate((-9 * hour, -15 * hour - 1, -30 * day, -400 * day)):
        store(IDS[number], "Cat", minutes=minutes)
    found = {
        until: ids(get_page(until=until))
        for until in ("2026-11-21", "2026-11", "2026-10", "2025", "2024", "9999")
    }
    assert found == {
        "2026-11-21": IDS[1:4],
        "2026-11": IDS[:4],
        "2026-10": IDS[2:4],
        "2025": [IDS[3]],
        "2024": [],
        "9999": IDS[:4],
    }
    assert ids(get_page(until="2026-10", label="cat")) == ids(get_page(until="2026-10", q="c*")) == IDS[2:4]
    assert ids(get_page(until="2026-10", q="after:2026")) == [IDS[2]]


def test_pages_after_until_continue_with_or_without_it(get_page, store) -> None:
    for number in range(4):
        store(IDS[number], minutes=-number * 24 * 60)
    first = get_page(until="2026-11-21", limit="1")
    assert ids(first) == [IDS[1]]
    for query in ({}, {"until": "2026-11-21"}):
        assert ids(get_page(cursor=first["cursor"], **query)) == IDS[2:4]
    assert ids(get_page(cursor=first["cursor"], until="2026-11-19")) == [IDS[3]]


def test_until_is_about_the_date_of_the_order(get_page, start, catalog) -> None:
    may, june = datetime(2020, 5, 31, 23, 59, tzinfo=UTC), datetime(2020, 6, 1, tzinfo=UTC)
    for number, taken_at in enumerate((may, june, None)):
        start(IDS[number], minutes=number)
        done = completion("Cat")
        catalog.complete(
            "alice", IDS[number], replace(done, summary=replace(done.summary, taken_at=taken_at))
        )
    assert ids(get_page(until="2020-05", order="taken")) == [IDS[0]]
    assert ids(get_page(until="2020-06", order="taken", q="cat")) == [IDS[1], IDS[0]]
    assert ids(get_page(until="2026", order="taken")) == [IDS[2], IDS[1], IDS[0]]
    assert ids(get_page(until="2020-06")) == []


def test_lists_label_counts_and_monthly_totals(send, store, delete, catalog) -> None:
    store(IDS[0], "Cat", "Animal")
    store(IDS[1], "Dog", "Animal")
    store(IDS[2], "Dog", "Animal", owner="bob")
    delete(IDS[0])
    catalog.label_categories.add({"Dog": "Animals and Pets", "Car": "Vehicles and Automotive"})
    assert send("GET /labels") == {
        "statusCode": 200,
        "headers": HEADERS,
        "body": {
            "labels": [
                {"name": "Animal", "count": 1, "category": None},
                {"name": "Dog", "count": 1, "category": "Animals and Pets"},
            ],
            "colors": [],
            "library": {**NO_IMAGES, "images": 1, "months": {"added": NOVEMBER, "taken": NOVEMBER}},
            "thisMonth": {"images": 2, "billedCalls": 2, "estimatedCost": 0},
            "quota": QUOTA,
        },
        "isBase64Encoded": False,
    }


def test_counts_colors_marks_and_months(get_page, send, start, fail, patch, delete, catalog) -> None:
    month, times = 31 * 24 * 60, (datetime(1999, 12, 31, tzinfo=UTC), datetime(2000, 1, 1, tzinfo=UTC))
    for number, taken_at in enumerate((None, *times)):
        start(IDS[number], minutes=-number * month)
        review = Review(("Violence",), ()) if number > 0 else None
        summary = ResultSummary(1, 1, (), terms=COLORS[: number + 1], taken_at=taken_at, review=review)
        summary = replace(summary, is_waiting=number == 2)
        catalog.complete("alice", IDS[number], replace(completion(), summary=summary))
    fail(IDS[3])
    start(IDS[4])
    patch({"favorite": True, "decision": "hidden"}, image_id=IDS[0])
    patch({"favorite": True, "decision": "approved"}, image_id=IDS[3])

    def counts() -> dict[str, Any]:
        body = send("GET /labels")["body"]
        return {"colors": body["colors"], **body["library"]}

    assert counts() == {
        "colors": [{"name": "red", "count": 3}, {"name": "blue", "count": 2}, {"name": "gray", "count": 1}],
        "images": 4,
        "favorites": 2,
        "review": 2,
        "failed": 1,
        "hidden": 1,
        "waiting": 1,
        "months": {
            "added": months({"2026-11": 2, "2026-10": 1, "2026-09": 1}),
            "taken": months({"2026-11": 2, "2000-01": 1, "1999-12": 1}),
        },
    }
    for order, found in counts()["months"].items():
        lists = [get_page(until=each["month"], order=order, q="-status:pending")["images"] for each in found]
        assert [len(listed) for listed in lists] == [4, 2, 1]
    for image_id in (IDS[0], IDS[2], IDS[3]):
        delete(image_id)
    assert counts() == {
        **NO_IMAGES,
        "colors": [{"name": "blue", "count": 1}, {"name": "red", "count": 1}],
        "images": 1,
        "review": 1,
        "months": {"added": months({"2026-10": 1}), "taken": months({"1999-12": 1})},
    }


def test_a_new_owner_has_no_labels(send) -> None:
    assert send("GET /labels")["body"] == {
        "labels": [],
        "colors": [],
        "library": NO_IMAGES,
        "thisMonth": {"images": 0, "billedCalls": 0, "estimatedCost": 0},
        "quota": QUOTA,
    }


def test_the_quota_tells_what_an_owner_has_used(send, catalog) -> None:
    for image_id in IDS[:3]:
        record = ImageRecord("alice", image_id, "pending", "cat.jpg", "image/jpeg", 1000, NOW)
        catalog.start(record, UploadLimits(day=100, month=1000))
    assert send("GET /labels")["body"]["quota"] == {
        "day": {"limit": 100, "used": 3, "resetsAt": "2026-11-23T00:00:00.000Z"},
        "month": {"limit": 1000, "used": 3, "resetsAt": "2026-12-01T00:00:00.000Z"},
    }
    assert send("GET /labels", owner="bob")["body"]["quota"] == QUOTA


@pytest.mark.parametrize(
    ("usage", "cost"),
    [
        (StackUsage({"image": 10}, 10), 0.002),
        (StackUsage({"image": 10, "properties": 10}, 10), 0.0035),  # one call makes both analyses
        (StackUsage({}, 10), 0),  # custom labels
        (StackUsage({"image": 2_000_000}, 2_000_000), 0.0018),  # half of them in the second tier
    ],
)
def test_the_estimated_cost_is_the_owners_share_of_the_stacks(
    send, store, catalog, usage: StackUsage, cost: float
) -> None:
    store(IDS[0], "Cat")
    store(IDS[1], "Dog")
    store(IDS[2], "Dog", owner="bob")
    catalog.add_usage(usage)
    assert send("GET /labels")["body"]["thisMonth"] == {"images": 2, "billedCalls": 2, "estimatedCost": cost}
