"""GET /images and GET /labels: order, pages, labels, and counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.stack.client import send

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.stack.client import Client, ImageFile

    Collection = tuple[Client, dict[str, list[str]]]

PEOPLE, CATS = 3, 4


@pytest.fixture(scope="module")
def collection(new_user: Callable[[], Client], new_image: Callable[..., ImageFile]) -> Collection:
    """A user with people and cats in turn; the ids, newest first, of all images and by sample."""
    user = new_user()
    samples = ["chelsea", "astronaut"] * PEOPLE + ["chelsea"] * (CATS - PEOPLE)
    images = [(sample, new_image(sample)) for sample in samples]
    for _, image in images:
        user.upload(image)
    for _, image in images:
        user.wait_until_processed(image)
    ids = {name: [image.id for sample, image in reversed(images) if sample == name] for name in set(samples)}
    return user, {**ids, "all": [image.id for _, image in reversed(images)]}


def test_lists_the_newest_first(collection: Collection) -> None:
    user, ids = collection
    page = user.page()
    assert [image["id"] for image in page["images"]] == ids["all"]
    assert page["cursor"] is None
    times = [image["uploadedAt"] for image in page["images"]]
    assert times == sorted(times, reverse=True)


@pytest.mark.parametrize("limit", [1, 2, 3, PEOPLE + CATS - 1, PEOPLE + CATS, 100])
def test_pages_have_the_requested_size_and_no_duplicates(collection: Collection, limit: int) -> None:
    user, ids = collection
    pages = [user.page(limit=limit)]
    while pages[-1]["cursor"]:
        pages.append(user.page(limit=limit, cursor=pages[-1]["cursor"]))
    actual = [[image["id"] for image in page["images"]] for page in pages]
    assert actual == [ids["all"][first : first + limit] for first in range(0, len(ids["all"]), limit)]


@pytest.mark.parametrize(
    ("label", "sample"),
    [
        ("Cat", "chelsea"),
        ("cat", "chelsea"),
        ("CAT", "chelsea"),
        (" cat ", "chelsea"),
        ("Animal", "chelsea"),  # a parent
        ("mammal", "chelsea"),
        ("person", "astronaut"),
        ("fAcE", "astronaut"),
    ],
)
def test_finds_images_by_label_or_parent_in_any_case(collection: Collection, label: str, sample: str) -> None:
    user, ids = collection
    assert user.image_ids(label=label) == ids[sample]
    assert user.image_ids(label=label, limit=2) == ids[sample]


@pytest.mark.parametrize("label", ["Ca", "Cat Person", "cat%", "Dog", "*", "猫", "x" * 500])
def test_lists_no_images_for_an_unused_label(collection: Collection, label: str) -> None:
    assert collection[0].page(label=label) == {"images": [], "cursor": None}


def test_counts_labels_and_parents_most_frequent_first(collection: Collection) -> None:
    user, _ = collection
    assert list(user.label_counts().items()) == [
        *((name, CATS) for name in ("Animal", "Cat", "Mammal", "Pet")),
        *((name, PEOPLE) for name in ("Face", "Head", "Person")),
    ]
    for name, count in user.label_counts().items():
        assert len(user.image_ids(label=name)) == count


def test_labels_have_rekognitions_categories(collection: Collection) -> None:
    labels = collection[0].call("GET", "/labels").document["labels"]
    assert {label["name"]: label["category"] for label in labels} == {
        **dict.fromkeys(("Animal", "Cat", "Mammal", "Pet"), "Animals and Pets"),
        **dict.fromkeys(("Face", "Head", "Person"), "Person Description"),
    }


def test_counts_the_library_and_lists_it_from_a_month(collection: Collection) -> None:
    user, ids = collection
    document, total = user.call("GET", "/labels").document, len(ids["all"])
    library = document["library"]
    assert {
        name: library[name] for name in ("images", "favorites", "review", "failed", "hidden", "waiting")
    } == {
        "images": total,
        "favorites": 0,
        "review": 0,
        "failed": 0,
        "hidden": 0,
        "waiting": 0,
    }
    for order, months in library["months"].items():
        assert sum(month["count"] for month in months) == total
        for month in months:
            newer = sum(each["count"] for each in months if each["month"] > month["month"])
            assert len(user.image_ids(until=month["month"], order=order)) == total - newer
    for color in document["colors"]:
        assert len(user.image_ids(q=f'color:"{color["name"]}"')) == color["count"]


def test_counts_the_months_images_and_billed_calls(collection: Collection) -> None:
    user, ids = collection
    month = user.call("GET", "/labels").document["thisMonth"]
    assert (month["images"], month["billedCalls"]) == (len(ids["all"]), len(ids["all"]))


def test_list_entry_equals_the_image(collection: Collection) -> None:
    user, ids = collection
    (listed,) = user.page(limit=1)["images"]
    thumbnail = send("GET", listed.pop("thumbnailUrl"))
    view = user.get_image(ids["all"][0]).document
    assert listed == view["image"]
    assert (thumbnail.status, thumbnail.headers["content-type"]) == (200, "image/webp")
    assert thumbnail.body == send("GET", view["links"]["thumbnail"]).body


def test_lists_pending_and_failed_images(
    user: Client, new_image: Callable[[], ImageFile], new_file: Callable[..., ImageFile]
) -> None:
    pending, failed = new_image(), new_file(b"these are notes, ")
    user.create_upload(pending)
    user.upload(failed)
    user.wait_until_processed(failed)
    actual = [(image["id"], image["status"], image["thumbnailUrl"]) for image in user.page()["images"]]
    assert actual == [(failed.id, "failed", None), (pending.id, "pending", None)]


@pytest.mark.parametrize(
    ("query", "detail"),
    [
        ("limit=0", "limit must be a whole number from 1 to 100."),
        ("limit=101", "limit must be a whole number from 1 to 100."),
        ("limit=many", "limit must be a whole number from 1 to 100."),
        ("limit=", "limit must be a whole number from 1 to 100."),
        ("label=", "label must be the name of a label. Leave it out to list all pictures."),
        ("cursor=x", "cursor must be a cursor from this list. Leave it out to start at the newest."),
        ("until=2026-13", "until must be a year, month or day, such as 2026, 2026-10 or 2026-10-31."),
        ("page=2", 'The parameter "page" is unknown. Use q, label, order, until, limit, cursor.'),
        ("limit=1&limit=2", 'The parameter "limit" appears twice. Send each parameter once.'),
    ],
)
def test_rejects_an_invalid_query(client: Client, query: str, detail: str) -> None:
    response = client.call("GET", f"/images?{query}")
    assert (response.status, response.document["code"], response.document["detail"]) == (
        400,
        "invalid-request",
        detail,
    )
