"""The division of pictures into those to train with and those to test with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from models.split import split

CLASSES = "abcd"
IMAGES = st.dictionaries(
    st.integers(0, 10_000).map(str),
    st.sets(st.sampled_from(CLASSES), min_size=1).map(lambda found: tuple(sorted(found))),
    max_size=60,
)
ONE_CLASS_EACH = st.dictionaries(
    st.integers(0, 10_000).map(str), st.sampled_from(CLASSES).map(lambda name: (name,)), max_size=80
)


def counts(images: Mapping[str, tuple[str, ...]], ids: frozenset[str]) -> Counter[str]:
    return Counter(name for image_id, classes in images.items() if image_id in ids for name in classes)


@given(IMAGES)
def test_the_same_pictures_are_divided_alike_in_any_order(images: dict[str, tuple[str, ...]]) -> None:
    assert split(dict(reversed(images.items()))) == split(images)


@given(IMAGES)
def test_something_is_left_to_train_each_class_with(images: dict[str, tuple[str, ...]]) -> None:
    test = split(images)
    assert test <= images.keys()
    training = counts(images, frozenset(images) - test)
    assert set(training) == set(counts(images, frozenset(images)))


@given(ONE_CLASS_EACH)
def test_a_fifth_of_each_class_and_at_least_one_of_two_is_for_tests(
    images: dict[str, tuple[str, ...]],
) -> None:
    total, test = counts(images, frozenset(images)), counts(images, split(images))
    assert {name: test[name] for name in total} == {
        name: max(round(count / 5), min(1, count - 1)) for name, count in total.items()
    }


@given(ONE_CLASS_EACH, st.integers(10_001, 20_000).map(str))
def test_a_new_picture_of_another_class_moves_no_other(
    images: dict[str, tuple[str, ...]], added: str
) -> None:
    assert split({**images, added: ("other",)}) == split(images)


def test_a_picture_that_is_the_only_one_of_a_class_is_never_for_tests() -> None:
    images: dict[str, tuple[str, ...]] = {"1": ("a", "b"), "2": ("a",), "3": ("a", "c")}
    assert split(images) == {"2"}


def test_nothing_is_divided_into_nothing() -> None:
    assert split({}) == frozenset()
