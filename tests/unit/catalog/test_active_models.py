"""At most one model is active for an owner, and one for the stack."""

from __future__ import annotations

from dataclasses import replace

import pytest

from catalog.active_models import ActiveModel

ARN = "arn:aws:rekognition:eu-central-1:000000000000:project/stack-{0}/version/1/1700000000000"
OLD, NEW = "00" * 8, "ff" * 8


def model(model_id: str = OLD, used_at: int = 0) -> ActiveModel:
    return ActiveModel(model_id, ARN.format(model_id), "running", used_at)


@pytest.fixture
def models(catalog):
    return catalog.active_models


@pytest.fixture
def seconds(clock) -> int:
    return int(clock.now.timestamp())


def test_nothing_is_active_at_first(models, calls) -> None:
    assert models.for_owner("anna") is None
    assert models.get("anna") is None
    assert models.get(None) is None
    assert calls.clear() == ["BatchGetItem", "GetItem", "GetItem"]


def test_an_owner_has_their_own_model_or_else_the_stacks(models, read_items) -> None:
    own, everyones = model(OLD), model(NEW, used_at=1)
    models.set("anna", own)
    models.set(None, everyones)
    assert [models.get("anna"), models.get("ben"), models.get(None)] == [own, None, everyones]
    assert [models.for_owner("anna"), models.for_owner("ben")] == [own, everyones]
    attributes = {"modelId": OLD, "arn": ARN.format(OLD), "state": "running", "usedAt": 0}
    others = {"modelId": NEW, "arn": ARN.format(NEW), "state": "running", "usedAt": 1}
    assert read_items() == {"OWNER#anna ACTIVE_MODEL": attributes, "STACK ACTIVE_MODEL": others}


def test_a_picture_reads_both_models_in_one_cheap_call(models, table) -> None:
    requests: list[dict[str, object]] = []
    table.meta.client.meta.events.register(
        "provide-client-params.dynamodb.BatchGetItem", lambda params, **_: requests.append(params)
    )
    models.for_owner("anna")
    (request,) = requests
    keys = [{"pk": "OWNER#anna", "sk": "ACTIVE_MODEL"}, {"pk": "STACK", "sk": "ACTIVE_MODEL"}]
    assert request == {"RequestItems": {table.name: {"Keys": keys, "ConsistentRead": False}}}


@pytest.mark.parametrize("owner", ["anna", None])
def test_only_the_active_model_changes(models, seconds: int, owner: str | None) -> None:
    models.set(owner, model(OLD))
    models.set(owner, model(NEW))
    assert not models.set_state(owner, OLD, "stopped")
    assert not models.touch(owner, OLD)
    models.remove(owner, OLD)
    assert models.get(owner) == model(NEW)
    assert models.set_state(owner, NEW, "stopped")
    assert models.touch(owner, NEW)
    assert models.get(owner) == replace(model(NEW), state="stopped", used_at=seconds)
    models.remove(owner, NEW)
    assert models.get(owner) is None


def test_a_model_that_is_gone_isnt_created_by_its_use(models, read_items) -> None:
    assert not models.touch("anna", OLD)
    assert not models.set_state("anna", OLD, "running")
    models.note_use("anna", model(OLD))
    assert read_items() == {}


@pytest.mark.parametrize("owner", ["anna", None])
def test_a_use_is_noted_once_a_minute(models, clock, calls, seconds: int, owner: str | None) -> None:
    models.set(owner, model(used_at=seconds))
    calls.clear()
    clock.advance(seconds=59)
    models.note_use("anna", models.for_owner("anna"))
    assert calls.clear() == ["BatchGetItem"]
    clock.advance(seconds=1)
    models.note_use("anna", models.for_owner("anna"))
    assert calls.clear() == ["BatchGetItem", *(["UpdateItem"] if owner else ["UpdateItem", "UpdateItem"])]
    assert models.get(owner) == model(used_at=seconds + 60)
