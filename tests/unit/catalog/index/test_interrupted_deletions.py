"""Deletions, cut off or overtaken at every place where they can be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from catalog.catalog import Claim

if TYPE_CHECKING:
    from collections.abc import Callable

ID = "ab" * 32
NAMES = ["Label 1", "Label 2", "Label 3"]  # more than one transaction holds here


@pytest.fixture
def delete_and_start_anew(catalog, delete, again) -> Callable[[], None]:
    """Delete the image, and upload it again."""

    def delete_and_start_anew() -> None:
        delete()
        catalog.start(again)

    return delete_and_start_anew


def test_a_deletion_after_a_result_that_was_cut_off_leaves_nothing(
    look, delete, cut_off, nothing_left
) -> None:
    def check() -> None:
        assert delete() is True
        nothing_left()

    cut_off(lambda: look(*NAMES), check)


def test_a_deletion_that_was_cut_off_is_finished_by_the_next(
    catalog, look, delete, cut_off, nothing_left
) -> None:
    def check() -> None:
        marked = catalog.get("public", ID) is None
        assert catalog.claim("public", ID, "me", 60) is (Claim.MISSING if marked else Claim.DONE)
        assert delete() is True
        nothing_left()
        assert delete() is False

    assert cut_off(delete, check, lambda: look(*NAMES)) == 5


def test_an_image_deleted_while_it_is_completed_does_not_come_back(
    catalog, look, delete, overtaken, nothing_left
) -> None:
    answers: list[bool] = []

    def check() -> None:
        nothing_left()
        assert look(*NAMES) is False
        nothing_left()

    places = overtaken(lambda: answers.append(look(*NAMES)), delete, check)
    assert answers == [False] * places + [True]


@pytest.mark.parametrize("finish", ["look", "fail"])
def test_an_image_deleted_and_started_anew_meanwhile_is_left_as_new(
    catalog, again, look, fail, counts, delete_and_start_anew, overtaken, finish: str
) -> None:
    """Its claimant looked at what is gone; whoever claims it next looks at what comes."""
    answers: list[bool] = []

    def check() -> None:
        assert catalog.get("public", ID) == again
        assert counts() == {}
        assert [each.id for each in catalog.page("public", limit=9).records] == [ID]
        catalog.claim("public", ID, "another", 60)
        assert look(*NAMES, claimant="another") is True
        assert counts() == dict.fromkeys(NAMES, 1)

    work = {"look": lambda: look(*NAMES, claimant="me"), "fail": lambda: fail(claimant="me")}[finish]
    places = overtaken(
        lambda: answers.append(work()),
        delete_and_start_anew,
        check,
        lambda: catalog.claim("public", ID, "me", 60),
    )
    assert answers == [False] * places + [True]


def test_an_image_marked_while_it_is_completed_is_not_listed_again(
    catalog, look, delete, overtaken, nothing_left
) -> None:
    def check() -> None:
        assert delete() is True
        nothing_left()

    overtaken(lambda: look(*NAMES), lambda: catalog.begin_deletion("public", ID), check)


def test_a_result_that_comes_while_the_image_is_deleted_is_refused(
    look, delete, overtaken, nothing_left
) -> None:
    answers: list[bool] = []
    overtaken(delete, lambda: answers.append(look("Cat")), nothing_left)
    assert answers == [True, False, False]  # before the mark, and twice before the end


def test_a_failure_of_an_image_that_is_deleted_is_refused(fail, delete, overtaken, nothing_left) -> None:
    answers: list[bool] = []
    places = overtaken(lambda: answers.append(fail()), delete, nothing_left)
    assert answers == [False] * places + [True]


def test_two_deletions_at_once_take_each_label_back_once(look, delete, overtaken, nothing_left) -> None:
    overtaken(delete, delete, nothing_left, lambda: look(*NAMES))


def test_the_slower_of_two_deletions_leaves_alone_what_was_begun_since(
    catalog, again, look, delete_and_start_anew, overtaken
) -> None:
    """Its objects are at the same keys."""
    places: list[object] = []

    def check() -> None:
        stands = None if len(places) == 1 else again  # what was begun before the mark is what is deleted
        assert (places[-1] is None, catalog.get("public", ID)) == (stands is not None, stands)

    overtaken(
        lambda: places.append(catalog.begin_deletion("public", ID)),
        delete_and_start_anew,
        check,
        lambda: look(*NAMES),
    )
    assert len(places) == 5


def test_an_old_deletion_does_not_end_a_new_one(catalog, table, again, fresh) -> None:
    fresh()
    old = catalog.begin_deletion("public", ID)
    catalog.end_deletion(old)
    catalog.start(again)
    new = catalog.begin_deletion("public", ID)
    catalog.end_deletion(old)
    assert len(table.scan()["Items"]) == 2
    catalog.end_deletion(new)
    assert table.scan()["Items"] == []


def test_two_different_results_at_once_leave_nothing_that_cannot_be_deleted(
    look, delete, counts, overtaken, nothing_left
) -> None:
    def check() -> None:
        assert set(counts().values()) == {1}
        delete()
        nothing_left()

    overtaken(lambda: look(*NAMES), lambda: look("Label 3", "Cat"), check)
