"""Pictures in their order, a page at a time, by label; and how many have each label."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.stack.client import send

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.stack.client import Picture, Pipeline

    Collection = tuple[Pipeline, dict[str, list[str]]]

PEOPLE, CATS = 3, 4


@pytest.fixture(scope="module")
def collection(newcomer: Callable[[], Pipeline], photograph: Callable[..., Picture]) -> Collection:
    """Somebody with people and cats in turn; their ids, the newest first, all and by kind."""
    person = newcomer()
    kinds = ["chelsea", "astronaut"] * PEOPLE + ["chelsea"] * (CATS - PEOPLE)
    pictures = [(kind, photograph(kind)) for kind in kinds]
    for _, picture in pictures:
        person.upload(picture)
    for _, picture in pictures:
        person.finished(picture)
    newest = [(kind, picture.id) for kind, picture in reversed(pictures)]
    ids = {kind: [each for of, each in newest if of == kind] for kind in set(kinds)}
    return person, {**ids, "all": [each for _, each in newest]}


def test_the_newest_come_first(collection: Collection) -> None:
    person, ids = collection
    page = person.page()
    assert [image["id"] for image in page["images"]] == ids["all"]
    assert page["cursor"] is None
    times = [image["uploadedAt"] for image in page["images"]]
    assert times == sorted(times, reverse=True)


@pytest.mark.parametrize("limit", [1, 2, 3, PEOPLE + CATS - 1, PEOPLE + CATS, 100])
def test_pages_hold_what_they_are_asked_for_and_nothing_twice(collection: Collection, limit: int) -> None:
    person, ids = collection
    pages = [person.page(limit=limit)]
    while pages[-1]["cursor"]:
        pages.append(person.page(limit=limit, cursor=pages[-1]["cursor"]))
    found = [[image["id"] for image in page["images"]] for page in pages]
    assert found == [ids["all"][first : first + limit] for first in range(0, len(ids["all"]), limit)]


@pytest.mark.parametrize(
    ("label", "kind"),
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
def test_a_label_or_its_parent_in_any_case_finds_the_pictures(
    collection: Collection, label: str, kind: str
) -> None:
    person, ids = collection
    assert person.listed(label=label) == ids[kind]
    assert person.listed(label=label, limit=2) == ids[kind]


@pytest.mark.parametrize("label", ["Ca", "Cat Person", "cat%", "Dog", "*", "猫", "x" * 500])
def test_a_label_that_no_picture_has_finds_none(collection: Collection, label: str) -> None:
    assert collection[0].page(label=label) == {"images": [], "cursor": None}


def test_labels_and_their_parents_are_counted_most_frequent_first(
    collection: Collection,
) -> None:
    person, _ = collection
    assert list(person.counts().items()) == [
        *((name, CATS) for name in ("Animal", "Cat", "Mammal", "Pet")),
        *((name, PEOPLE) for name in ("Face", "Head", "Person")),
    ]
    for name, count in person.counts().items():
        assert len(person.listed(label=name)) == count


def test_the_month_has_its_pictures_and_calls(
    collection: Collection,
) -> None:
    person, ids = collection
    month = person.call("GET", "/labels").document["thisMonth"]
    assert month == {"images": len(ids["all"]), "billedCalls": len(ids["all"])}


def test_a_list_shows_what_the_picture_itself_does(
    collection: Collection,
) -> None:
    person, ids = collection
    (listed,) = person.page(limit=1)["images"]
    thumbnail = send("GET", listed.pop("thumbnailUrl"))
    view = person.status(ids["all"][0]).document
    assert listed == view["image"]
    assert (thumbnail.status, thumbnail.headers["content-type"]) == (200, "image/webp")
    assert thumbnail.body == send("GET", view["links"]["thumbnail"]).body


def test_a_picture_in_work_and_a_failed_one_are_listed(
    newcomer: Callable[[], Pipeline], photograph: Callable[[], Picture], file_of: Callable[..., Picture]
) -> None:
    person, waiting, failed = newcomer(), photograph(), file_of(b"these are notes, ")
    person.permission(waiting)
    person.upload(failed)
    person.finished(failed)
    found = [(image["id"], image["status"], image["thumbnailUrl"]) for image in person.page()["images"]]
    assert found == [(failed.id, "failed", None), (waiting.id, "pending", None)]


@pytest.mark.parametrize(
    ("query", "detail"),
    [
        ("limit=0", "limit must be a whole number from 1 to 100."),
        ("limit=101", "limit must be a whole number from 1 to 100."),
        ("limit=many", "limit must be a whole number from 1 to 100."),
        ("limit=", "limit must be a whole number from 1 to 100."),
        ("label=", "label must be the name of a label. Leave it out to see all pictures."),
        ("cursor=x", "cursor must be one that this list gave. Leave it out to start at the newest."),
        ("page=2", 'The parameter "page" is not known. Use label, limit, cursor.'),
        ("limit=1&limit=2", 'The parameter "limit" is there twice. Send each parameter once.'),
    ],
)
def test_a_bad_query_is_a_problem_in_words(pipeline: Pipeline, query: str, detail: str) -> None:
    reply = pipeline.call("GET", f"/images?{query}")
    assert (reply.status, reply.document["code"], reply.document["detail"]) == (
        400,
        "invalid-request",
        detail,
    )
