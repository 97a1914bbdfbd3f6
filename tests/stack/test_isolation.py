"""Two people never see each other's pictures, by any route."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from common.auth import owner_of
from tests.stack.client import ROUTES, Pipeline, send

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.stack.client import Picture

NOBODYS = "0" * 64


@dataclass(frozen=True)
class Person:
    """Somebody with one picture of their own, and one that the other has as well."""

    pipeline: Pipeline
    own: Picture
    shared: Picture


@pytest.fixture(scope="module")
def people(pipeline: Pipeline, bob: Pipeline, photograph: Callable[..., Picture]) -> tuple[Person, Person]:
    shared = photograph("chelsea")
    each = (Person(pipeline, photograph(), shared), Person(bob, photograph("chelsea"), shared))
    for person in each:
        person.pipeline.upload(person.own)
        person.pipeline.upload(person.shared)
    for person in each:
        person.pipeline.finished(person.own)
        person.pipeline.finished(person.shared)
    return each


@pytest.fixture(params=[0, 1], ids=["alice", "bob"])
def sides(people: tuple[Person, Person], request: pytest.FixtureRequest) -> tuple[Person, Person]:
    """Who looks, and whom they must not see."""
    return people[request.param], people[1 - request.param]


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_anothers_picture_is_as_one_that_never_was(sides: tuple[Person, Person], method: str) -> None:
    me, other = sides
    others = me.pipeline.call(method, f"/images/{other.own.id}")
    nobodys = me.pipeline.call(method, f"/images/{NOBODYS}")
    assert (others.status, others.body) == (404, nobodys.body)
    assert other.pipeline.status(other.own.id).document["image"]["status"] == "done"
    assert other.pipeline.counts()  # its labels, too


def test_an_upload_of_anothers_picture_tells_nothing_of_it(sides: tuple[Person, Person]) -> None:
    me, other = sides
    reply = me.pipeline.ask(other.own.request)
    assert (reply.status, reply.document["image"]["status"]) == (201, "pending")
    assert f"/uploads/{me.pipeline.owner}/" in reply.document["upload"]["url"]
    assert me.pipeline.delete(other.own.id) == 204  # the record that this made
    assert other.pipeline.status(other.own.id).document["image"]["status"] == "done"


@pytest.mark.parametrize("label", [None, "cat", "Person", "ANIMAL"])
def test_lists_hold_ones_own_pictures_alone(sides: tuple[Person, Person], label: str | None) -> None:
    me, other = sides
    query = {"label": label} if label else {}
    mine, others = me.pipeline.listed(**query), other.pipeline.listed(**query)
    assert other.own.id not in mine
    assert set(mine) & set(others) <= {me.shared.id}
    thumbnails = [image["thumbnailUrl"] for image in me.pipeline.page(**query)["images"]]
    assert all(f"/uploads/{me.pipeline.owner}/" in url for url in thumbnails if url)


@pytest.mark.parametrize("label", ["#LABEL#cat", "{other}#LABEL#cat", "{other}", "cat#"])
def test_no_label_reaches_into_anothers_lists(sides: tuple[Person, Person], label: str) -> None:
    me, other = sides
    assert me.pipeline.listed(label=label.replace("{other}", other.pipeline.owner)) == []


def test_anothers_cursor_leads_to_ones_own_pictures(
    sides: tuple[Person, Person], newcomer: Callable[[], Pipeline]
) -> None:
    me, other = sides
    cursor = other.pipeline.page(limit=1)["cursor"]
    assert cursor
    assert set(me.pipeline.listed(cursor=cursor)) <= set(me.pipeline.listed())
    assert newcomer().page(cursor=cursor) == {"images": [], "cursor": None}


def test_labels_are_counted_for_each_person(
    people: tuple[Person, Person], newcomer: Callable[[], Pipeline]
) -> None:
    alone = newcomer()
    reply = alone.call("GET", "/labels")
    assert reply.document == {"labels": [], "thisMonth": {"images": 0, "billedCalls": 0}}
    for person in people:
        counts = person.pipeline.counts()
        assert counts["Cat"] == len(person.pipeline.listed(label="cat"))


def test_the_same_bytes_are_two_pictures(
    newcomer: Callable[[], Pipeline], photograph: Callable[[], Picture]
) -> None:
    one, two, picture = newcomer(), newcomer(), photograph()
    answers = [person.recognised(picture) for person in (one, two)]  # the second is uploaded as well
    assert answers[0]["image"]["id"] == answers[1]["image"]["id"]
    assert one.delete(picture.id) == 204
    assert (one.status(picture.id).status, one.listed(), one.counts()) == (404, [], {})
    assert two.listed() == [picture.id]
    assert two.counts() == {"Face": 1, "Head": 1, "Person": 1}
    links = two.status(picture.id).document["links"]
    assert {name: send("GET", url).status for name, url in links.items()} == {
        "original": 200,
        "thumbnail": 200,
        "result": 200,
    }


@pytest.mark.parametrize(
    "sub", ["auth0|5f7c", "a/b/../c", "..", "Jürgen 猫", "x" * 300, "s-abc", "+%2F%25&?#", "a\\b"]
)
def test_whatever_a_provider_calls_a_person_their_pictures_are_theirs(
    pipeline: Pipeline, photograph: Callable[[], Picture], sub: str
) -> None:
    stack = pipeline.stack
    person, picture = Pipeline(stack, owner(sub), stack.sign_in.token("alice", sub=sub)), photograph()
    person.recognised(picture)
    assert (person.listed(), person.listed(label="person")) == ([picture.id], [picture.id])
    links = person.status(picture.id).document["links"].values()
    assert [send("GET", url).status for url in links] == [200] * 3
    assert person.delete(picture.id) == 204
    assert (person.listed(), person.counts()) == ([], {})


def owner(sub: str) -> str:
    return owner_of({"requestContext": {"authorizer": {"jwt": {"claims": {"sub": sub}}}}})


def test_names_that_differ_in_case_alone_are_two_people(
    pipeline: Pipeline, photograph: Callable[[], Picture]
) -> None:
    stack, picture, subs = pipeline.stack, photograph(), ("carol-of-case", "Carol-of-case")
    small, large = (Pipeline(stack, sub, stack.sign_in.token("alice", sub=sub)) for sub in subs)
    small.recognised(picture)
    assert (large.status(picture.id).status, large.listed(), large.counts()) == (404, [], {})


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("sub", ["", None])
def test_who_has_no_name_is_not_signed_in(pipeline: Pipeline, route: str, sub: str | None) -> None:
    token = pipeline.stack.sign_in.token("alice", sub=sub)
    method, path = route.replace("{id}", NOBODYS).split(" ")
    reply = pipeline.call(method, path, None, {"Authorization": f"Bearer {token}"})
    assert (reply.status, reply.document["code"]) == (401, "not-signed-in")


def test_no_link_says_whose_other_pictures_there_are(sides: tuple[Person, Person]) -> None:
    me, other = sides
    answers = [
        me.pipeline.status(me.shared.id).document,
        me.pipeline.page(),
        me.pipeline.call("GET", "/labels").document,
    ]
    assert other.pipeline.owner not in json.dumps(answers)
