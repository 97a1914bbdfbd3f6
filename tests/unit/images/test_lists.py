from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from catalog.records import Reason

IDS = [f"{number:064x}" for number in range(40)]
NOW_TEXT = "2026-11-22T15:00:00.123Z"


def ids(body: dict[str, Any]) -> list[str]:
    return [image["id"] for image in body["images"]]


def problem(detail: str) -> dict[str, Any]:
    return {
        "type": "about:blank",
        "title": "Bad Request",
        "status": 400,
        "detail": detail,
        "code": "invalid-request",
    }


def test_a_page_as_it_is_answered(ask, keep, catalog) -> None:
    keep(IDS[0], "Cat")
    answer = ask("GET /images")
    url = answer["body"]["images"][0].pop("thumbnailUrl")
    assert answer == {
        "statusCode": 200,
        "headers": {"content-type": "application/json", "cache-control": "no-store"},
        "body": {
            "images": [
                {
                    "id": IDS[0],
                    "status": "done",
                    "fileName": "Kätzchen.jpg",
                    "contentType": "image/jpeg",
                    "size": 1000,
                    "width": 451,
                    "height": 300,
                    "uploadedAt": NOW_TEXT,
                    "processedAt": NOW_TEXT,
                    "labels": [{"name": "Cat", "confidence": 98.5}],
                }
            ],
            "cursor": None,
        },
        "isBase64Encoded": False,
    }
    key = f"uploads/alice/{IDS[0]}.thumb.webp"
    assert url.startswith(f"https://stack-output.s3.us-east-1.amazonaws.com/{key}?")
    assert parse_qs(urlsplit(url).query)["X-Amz-Expires"] == ["900"]


def test_what_is_not_done_has_no_thumbnail(page, catalog, keep, start) -> None:
    start(IDS[0])
    start(IDS[1])
    catalog.fail("alice", IDS[1], Reason("broken", "It is."), processed_at=start.now, expires_at=start.later)
    assert [(image["status"], image["thumbnailUrl"]) for image in page()["images"]] == [
        ("failed", None),
        ("pending", None),
    ]


def test_pages_follow_each_other_newest_first(page, keep) -> None:
    for number, image_id in enumerate(IDS[:5]):
        keep(image_id, minutes=number)
    first = page(limit="2")
    second = page(limit="2", cursor=first["cursor"])
    third = page(limit="2", cursor=second["cursor"])
    assert [ids(first), ids(second), ids(third)] == [
        [IDS[4], IDS[3]],
        [IDS[2], IDS[1]],
        [IDS[0]],
    ]
    assert third["cursor"] is None


def test_a_page_has_thirty_unless_told(page, start) -> None:
    for image_id in IDS:
        start(image_id)
    assert (len(page()["images"]), len(page(limit="100")["images"])) == (30, 40)


def test_a_label_or_one_of_its_parents_in_any_case(page, keep) -> None:
    keep(IDS[0], "Cat", "Animal")
    keep(IDS[1], "Dog", "Animal")
    assert ids(page(label="ANIMAL")) == [IDS[1], IDS[0]]
    assert ids(page(label=" dog")) == [IDS[1]]
    first = page(label="animal", limit="1")
    assert ids(page(label="animal", cursor=first["cursor"])) == [IDS[0]]
    assert page(label="Zebra") == {"images": [], "cursor": None}


@pytest.mark.parametrize("limit", ["0", "101", "-1", "1.0", "", " 1", "ten", "1,2", "٣", "9" * 5000])
def test_a_limit_that_is_none(ask, limit: str) -> None:
    answer = ask("GET /images", limit=limit)
    assert (answer["statusCode"], answer["body"]) == (
        400,
        problem("limit must be a whole number from 1 to 100."),
    )


@pytest.mark.parametrize("cursor", ["", "x", "e30", "é", "\ud800", "T1dORVIjYm9i", NOW_TEXT])
def test_a_cursor_that_is_none(ask, cursor: str) -> None:
    answer = ask("GET /images", cursor=cursor)
    assert (answer["statusCode"], answer["body"]) == (
        400,
        problem("cursor must be one that this list gave. Leave it out to start at the newest."),
    )


@pytest.mark.parametrize(
    ("label", "detail"),
    [
        ("", "label must be the name of a label. Leave it out to see all pictures."),
        ("  ", "label must be the name of a label. Leave it out to see all pictures."),
        ("\ud800", "label must be text in UTF-8."),
    ],
)
def test_a_label_that_is_none(ask, label: str, detail: str) -> None:
    answer = ask("GET /images", label=label)
    assert (answer["statusCode"], answer["body"]) == (400, problem(detail))


def test_any_name_may_be_looked_for(page) -> None:
    for label in ("x" * 5000, "#", "OWNER#bob#IMAGES", "a\x00b", "猫", "\U0010ffff"):
        assert page(label=label) == {"images": [], "cursor": None}


def test_a_parameter_that_is_not_known_is_named(ask) -> None:
    answer = ask("GET /images", offset="1")
    assert answer["body"] == problem('The parameter "offset" is not known. Use label, limit, cursor.')


def test_a_parameter_that_is_there_twice_is_named(ask) -> None:
    answer = ask("GET /images", raw="label=a&label=b", label="a,b")
    assert answer["body"] == problem('The parameter "label" is there twice. Send each parameter once.')
    assert ask("GET /images", raw="label=a%2Cb&limit=1", label="a,b", limit="1")["statusCode"] == 200


def test_a_cursor_outlives_the_image_that_it_came_from(page, keep, delete) -> None:
    for number in range(3):
        keep(IDS[number], minutes=number)
    cursor = page(limit="2")["cursor"]
    delete(IDS[1])
    assert ids(page(cursor=cursor)) == [IDS[0]]


def test_the_labels_and_the_month(ask, keep, delete) -> None:
    keep(IDS[0], "Cat", "Animal")
    keep(IDS[1], "Dog", "Animal")
    keep(IDS[2], "Dog", "Animal", owner="bob")
    delete(IDS[0])
    assert ask("GET /labels") == {
        "statusCode": 200,
        "headers": {"content-type": "application/json", "cache-control": "no-store"},
        "body": {
            "labels": [{"name": "Animal", "count": 1}, {"name": "Dog", "count": 1}],
            "thisMonth": {"images": 2, "billedCalls": 2},
        },
        "isBase64Encoded": False,
    }


def test_nobody_has_labels_at_first(ask) -> None:
    assert ask("GET /labels")["body"] == {"labels": [], "thisMonth": {"images": 0, "billedCalls": 0}}
