"""Owners with images that wait for a model are noted until they have none, or their records expire."""

from __future__ import annotations

from datetime import timedelta

import pytest

from catalog.waiting_owners import WaitingOwner


@pytest.fixture
def owners(catalog):
    return catalog.waiting_owners


@pytest.fixture
def seconds(clock) -> int:
    return int(clock.now.timestamp())


def test_an_owner_is_noted_once(owners, clock, seconds) -> None:
    assert owners.all() == []
    owners.add("anna", seconds + 5000)
    owners.add("ben", seconds + 5000)
    clock.now += timedelta(seconds=10)
    owners.add("anna", seconds + 6000)
    assert owners.all() == [WaitingOwner("anna", seconds + 10), WaitingOwner("ben", seconds)]


def test_a_note_expires_with_the_records(owners, clock, seconds) -> None:
    owners.add("anna", seconds + 5000)
    clock.now += timedelta(seconds=5000)
    assert owners.all() == []


@pytest.mark.parametrize(("minutes", "is_removed"), [(60, False), (61, True)])
def test_a_new_note_is_kept(owners, clock, seconds, minutes: int, *, is_removed: bool) -> None:
    owners.add("anna", seconds + 50_000)
    (noted,) = owners.all()
    clock.now += timedelta(minutes=minutes)
    owners.remove(noted)
    assert (owners.all() == []) == is_removed


def test_an_owner_who_was_noted_again_meanwhile_is_kept(owners, clock, seconds) -> None:
    owners.add("anna", seconds + 50_000)
    (noted,) = owners.all()
    clock.now += timedelta(minutes=61)
    owners.add("anna", seconds + 50_000)
    owners.remove(noted)
    assert [each.owner for each in owners.all()] == ["anna"]
