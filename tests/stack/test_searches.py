"""The README's searches find what they should, through the API of the running stack."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import pytest

from catalog.catalog import Catalog
from catalog.records import ImageRecord, LabelSummary, ResultSummary, Review
from catalog.terms import Term
from catalog.transitions.finish import Completion
from local.template.names import ADMIN_KEY, ADMIN_SECRET, REGION

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.stack.client import Client, ImageFile

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
SUMMER, WINTER = datetime(2026, 7, 31, 23, 59, tzinfo=UTC), datetime(2026, 11, 20, tzinfo=UTC)
SUBJECTS = {"a family": 1, "a photo archive": 2, "a moderator": 3, "a catalog team": 4, "a safety officer": 5}
# What was recognized in each picture, with the file name and the date. The first five are those to find.
PICTURES: dict[int, tuple[str, datetime, tuple[str, ...]]] = {
    1: ("IMG_1.jpg", SUMMER, ("label:Cat", "people:0")),
    2: ("DSCN2.jpg", datetime(2009, 5, 1, tzinfo=UTC), ("camera:Nikon Coolpix P80", "people:3")),
    3: ("IMG_3.jpg", WINTER - timedelta(days=3), ("flag:Violence", "people:1")),
    4: ("sku-1042.jpg", SUMMER, ("label:Sports Car", "color:red")),
    5: ("IMG_5.jpg", WINTER, ("label:Person", "missing:Helmet", "people:1")),
    # a cat with a person, a cat in winter
    6: ("IMG_6.jpg", SUMMER, ("label:Cat", "people:1")),
    7: ("IMG_7.jpg", WINTER, ("label:Cat", "people:0")),
    # a group taken later, by another camera, and one person
    8: ("DSCN8.jpg", WINTER, ("camera:Nikon Coolpix P80", "people:3")),
    9: ("DSCF9.jpg", datetime(2009, 5, 1, tzinfo=UTC), ("camera:Fujifilm X10", "people:3")),
    10: ("DSCN10.jpg", datetime(2009, 5, 1, tzinfo=UTC), ("camera:Nikon Coolpix P80", "people:1")),
    # a blue one, one of another series, and a red cart of a sports club
    11: ("sku-1043.jpg", SUMMER, ("label:Sports Car", "color:blue")),
    12: ("sku-2042.jpg", SUMMER, ("label:Sports Car", "color:red")),
    13: ("sku-1044.jpg", SUMMER, ("label:Sports Cart", "color:red")),
    # without a helmet, earlier
    14: ("IMG_14.jpg", SUMMER, ("label:Person", "missing:Helmet", "people:1")),
    # a flag that needs no review
    15: ("IMG_15.jpg", WINTER - timedelta(days=3), ("flag:Violence", "people:1")),
}
REVIEWS = {3: Review(flags=("Violence",))}


def image_id(number: int) -> str:
    return f"{number:064x}"


def searches() -> dict[str, str]:
    """Return the README's searches by who does them."""
    (section,) = re.findall(r"^### Search\n(.*?)^### ", README, re.MULTILINE | re.DOTALL)
    return dict(re.findall(r"^\| (a .*?) \| `(.*?)` \|", section, re.MULTILINE))


@pytest.fixture(scope="module")
def collection(new_user: Callable[[], Client]) -> Client:
    """A user with these pictures, recorded as the functions do it."""
    user = new_user()
    resource = boto3.resource(
        "dynamodb",
        endpoint_url=user.stack.aws_url,
        region_name=REGION,
        aws_access_key_id=ADMIN_KEY,
        aws_secret_access_key=ADMIN_SECRET,
    )
    catalog = Catalog(resource.Table("CatalogTable"))
    now = datetime.now(UTC).replace(microsecond=0)
    for number, (file_name, taken_at, texts) in PICTURES.items():
        added_at = now - timedelta(minutes=number)
        record = ImageRecord(user.owner, image_id(number), "pending", file_name, "image/jpeg", 1000, added_at)
        catalog.start(record)
        terms = [Term.parse(text) for text in texts]
        labels = tuple(LabelSummary(term.value, 90.0) for term in terms if term.kind == "label")
        others = tuple(term for term in terms if term.kind != "label")
        summary = ResultSummary(640, 480, labels, terms=others, taken_at=taken_at, review=REVIEWS.get(number))
        expires_at = int(now.timestamp()) + 86_400
        completion = Completion(summary, billed_calls=1, processed_at=now, expires_at=expires_at)
        assert catalog.complete(user.owner, record.id, completion)
    return user


def test_the_readme_has_five_searches() -> None:
    assert list(searches()) == list(SUBJECTS)


@pytest.mark.parametrize("who", SUBJECTS)
@pytest.mark.parametrize("order", ["added", "taken"])
def test_a_search_of_the_readme_finds_its_picture_only(collection: Client, who: str, order: str) -> None:
    assert collection.image_ids(q=searches()[who], order=order) == [image_id(SUBJECTS[who])]


def test_suggests_terms_with_counts(collection: Client) -> None:
    response = collection.call("GET", "/terms?prefix=spo")
    assert (response.status, response.document) == (
        200,
        {
            "terms": [
                {"kind": "label", "value": "Sports Car", "count": 3},
                {"kind": "label", "value": "Sports Cart", "count": 1},
            ]
        },
    )


def test_finds_a_recognized_picture(user: Client, new_image: Callable[..., ImageFile]) -> None:
    cat, astronaut = new_image("chelsea"), new_image("astronaut")
    for image in (cat, astronaut):
        user.recognize(image)
    for query, found in [
        ("cat", [cat.id]),
        ("mammal", [cat.id]),  # a parent
        ("person -cat", [astronaut.id]),
        ("people:1..", [astronaut.id]),
        ("name:photo", [astronaut.id, cat.id]),
        ("name:pho", []),
        ("status:failed", []),
    ]:
        assert user.image_ids(q=query) == found, query


def test_another_person_finds_nothing(collection: Client, user: Client) -> None:
    for query in searches().values():
        assert user.page(q=query) == {"images": [], "cursor": None}
    assert user.call("GET", "/terms").document == {"terms": []}


def test_says_where_a_search_is_wrong(user: Client) -> None:
    response = user.call("GET", "/images?q=cat%20%22dog")
    assert (response.status, response.document["code"], response.document["position"]) == (
        400,
        "invalid-query",
        5,
    )
