"""Uploading an image again keeps what its owner has said about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from catalog.records import OwnData
from tests.unit.support import FAILURE, IMAGE_ID, completion

if TYPE_CHECKING:
    from catalog.catalog import Catalog
    from catalog.transitions.delete import Deletion

OWN = OwnData(("sale",), favorite=True, caption="A cat.")


@pytest.mark.parametrize("state", ["pending", "done", "failed"])
def test_an_image_without_its_object_keeps_its_own_data(post, catalog: Catalog, state: str) -> None:
    post()
    if state == "done":
        assert catalog.complete("alice", IMAGE_ID, completion("Cat"))
    if state == "failed":
        assert catalog.fail("alice", IMAGE_ID, FAILURE)
    catalog.annotate("alice", IMAGE_ID, lambda _: OWN)
    status, body = post()
    assert (status, body["image"]["status"], body["image"]["tags"]) == (201, "pending", ["sale"])
    record = catalog.get("alice", IMAGE_ID)
    assert record is not None
    assert record.own == OWN
    assert catalog.complete("alice", IMAGE_ID, completion("Cat"))
    assert catalog.index.vocabulary("alice").count("tag:sale") == 1


def test_keeps_own_data_that_changes_during_the_request(post, catalog: Catalog, monkeypatch) -> None:
    post()
    assert catalog.complete("alice", IMAGE_ID, completion("Cat"))
    begin_deletion = catalog.begin_deletion

    def annotate_first(*arguments: Any, **options: Any) -> Deletion | None:
        catalog.annotate("alice", IMAGE_ID, lambda _: OWN)
        return begin_deletion(*arguments, **options)

    monkeypatch.setattr(catalog, "begin_deletion", annotate_first)
    status, body = post()
    assert (status, body["image"]["status"], body["image"]["tags"]) == (201, "pending", ["sale"])
    record = catalog.get("alice", IMAGE_ID)
    assert record is not None
    assert record.own == OWN


def test_a_deleted_image_does_not(post, catalog: Catalog, delete_image) -> None:
    post()
    catalog.annotate("alice", IMAGE_ID, lambda _: OWN)
    delete_image()
    _, body = post()
    assert (body["image"]["tags"], body["image"]["favorite"], body["image"]["caption"]) == ([], False, None)
