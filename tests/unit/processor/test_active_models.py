"""With the feature, the active model of an image's owner, or else the stack's, recognizes it as well."""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from catalog.active_models import ActiveModel
from common.object_keys import parse_upload_key
from processor.events import ObjectCreated
from processor.imaging.interface import Limits
from processor.plan import Planner
from tests.cloud import CUSTOM_MODEL_ARN
from tests.unit.processor.support import ALL_SETTLED, DIRECT_KEY, THROTTLED, make_file
from tests.unit.support import IMAGE_ID, INPUT_BUCKET, NOW, OUTPUT_BUCKET, UPLOAD_KEY

if TYPE_CHECKING:
    from collections.abc import Callable

    from catalog.active_models import State
    from processor.outcome import Outcome

SECONDS = int(NOW.timestamp())
LATER = NOW + timedelta(minutes=5)
NOT_READY = "ResourceNotReadyException"
OWN, EVERYONES = (f"arn:aws:rekognition:us-east-1:1:project/stack-{name}/version/v/1" for name in ("a", "b"))
SCRATCH = {"Name": "scratch", "Confidence": 91.0}
TRAIN = {"train_models": True}
WAIT = {**TRAIN, "when_model_stopped": "wait"}
EVENT = ObjectCreated(INPUT_BUCKET, UPLOAD_KEY, NOW, parse_upload_key(UPLOAD_KEY))


@pytest.fixture
def activate(catalog) -> Callable[..., None]:
    """Make a model active, that of an owner or of the stack."""

    def activate(
        owner: str | None = "alice", arn: str = OWN, state: State = "running", used_at: int = SECONDS
    ) -> None:
        catalog.active_models.set(owner, ActiveModel("00" * 8, arn, state, used_at))

    return activate


@pytest.fixture
def recognize(make_processor, invocation, put) -> Callable[..., Outcome]:
    """Recognize an upload, or a direct upload, with some settings."""

    def recognize(key: str = UPLOAD_KEY, **settings: Any) -> Outcome:
        event = put(make_file("JPEG"), key)
        outcome: Outcome = make_processor(**settings).process(event, invocation)
        assert outcome.status == "done"
        return outcome

    return recognize


@pytest.fixture
def repeat(make_processor, invocation, catalog, rekognition) -> Callable[..., None]:
    """Recognize the upload again five minutes later, with some settings."""

    def repeat(**settings: Any) -> None:
        rekognition.requests.clear()
        assert catalog.reopen(catalog.get("alice", IMAGE_ID)).status == "pending"
        again = replace(invocation, lease_owner="request-2", is_retry=True)
        assert make_processor(lambda: LATER, **settings).process(EVENT, again).status == "done"

    return repeat


@pytest.fixture
def asked_models(rekognition) -> Callable[[], list[str]]:
    """Return the ARNs of the models that were called."""
    return lambda: [
        request["ProjectVersionArn"]
        for operation, request in rekognition.requests
        if operation == "DetectCustomLabels"
    ]


@pytest.fixture
def table_calls(table) -> list[str]:
    """The names of the calls of DynamoDB."""
    names: list[str] = []
    table.meta.client.meta.events.register(
        "before-call.dynamodb", lambda model, **_: names.append(model.name)
    )
    return names


@pytest.mark.parametrize(("key", "active"), [(UPLOAD_KEY, "BatchGetItem"), (DIRECT_KEY, "GetItem")])
def test_a_picture_takes_one_more_request_and_without_the_feature_none(
    recognize, delete_image, activate, table_calls, catalog, s3, monkeypatch, key: str, active: str
) -> None:
    monkeypatch.setattr(catalog.index, "merge_sometimes", lambda _: None)  # it would at random
    activate(None)

    def calls(**settings: Any) -> Counter[str]:
        table_calls.clear()
        recognize(key, **settings)
        found = Counter(table_calls)
        if key == UPLOAD_KEY:
            delete_image()
        s3.delete_object(Bucket=OUTPUT_BUCKET, Key=f"{key}.json")
        return found

    calls()  # which adds the labels' categories
    without = calls()
    assert calls(**TRAIN) == without + Counter([active])
    assert calls(**TRAIN, custom_labels_model_arn=CUSTOM_MODEL_ARN) == without + Counter([active])
    assert calls(custom_labels_model_arn=CUSTOM_MODEL_ARN) == without


def test_the_owners_model_finds_labels_like_any_other(
    recognize, activate, rekognition, read_document, get_record, catalog
) -> None:
    activate(used_at=SECONDS - 60)
    rekognition.queue_response("DetectCustomLabels", {"CustomLabels": [SCRATCH]})
    recognize(**TRAIN)
    document = read_document(UPLOAD_KEY)
    assert document["CustomLabels"] == [SCRATCH]
    assert document["Errors"] == {}
    assert document["Recognition"]["Detectors"] == ["labels", "custom"]
    assert document["Recognition"]["Calls"]["DetectCustomLabels"] == {
        "ProjectVersionArn": OWN,
        "MinConfidence": 40.0,
    }
    assert catalog.index.vocabulary("alice").count("label:scratch") == 1
    assert not get_record().is_waiting
    assert catalog.active_models.get("alice").used_at == SECONDS


@pytest.mark.parametrize(
    ("key", "active", "arn", "asked"),
    [
        (UPLOAD_KEY, {"alice": OWN, None: EVERYONES}, CUSTOM_MODEL_ARN, [OWN]),
        (UPLOAD_KEY, {"bob": OWN, None: EVERYONES}, CUSTOM_MODEL_ARN, [EVERYONES]),
        (UPLOAD_KEY, {"bob": OWN}, CUSTOM_MODEL_ARN, [CUSTOM_MODEL_ARN]),
        (UPLOAD_KEY, {"bob": OWN}, None, []),
        (DIRECT_KEY, {"alice": OWN, None: EVERYONES}, CUSTOM_MODEL_ARN, [EVERYONES]),
        (DIRECT_KEY, {"alice": OWN}, CUSTOM_MODEL_ARN, [CUSTOM_MODEL_ARN]),
    ],
)
def test_the_nearest_model_is_asked(
    recognize,
    activate,
    asked_models,
    key: str,
    active: dict[str | None, str],
    arn: str | None,
    asked: list[str],
) -> None:
    for owner, model_arn in active.items():
        activate(owner, model_arn)
    recognize(key, **TRAIN, custom_labels_model_arn=arn)
    assert asked_models() == asked


@pytest.mark.parametrize("key", [UPLOAD_KEY, DIRECT_KEY])
def test_the_stacks_model_is_used_by_everyone(recognize, activate, catalog, key: str) -> None:
    activate(None, EVERYONES, used_at=0)
    recognize(key, **TRAIN)
    assert catalog.active_models.get(None).used_at == SECONDS


@pytest.mark.parametrize("is_waiting", [False, True])
@pytest.mark.parametrize("has_stopped_meanwhile", [False, True])
def test_without_its_model_a_picture_is_done_without_custom_labels(
    recognize,
    activate,
    rekognition,
    asked_models,
    read_document,
    get_record,
    catalog,
    is_waiting: bool,
    has_stopped_meanwhile: bool,
) -> None:
    activate(state="running" if has_stopped_meanwhile else "stopped", used_at=0)
    rekognition.queue_errors("DetectCustomLabels", NOT_READY)
    recognize(**(WAIT if is_waiting else TRAIN), custom_labels_model_arn=CUSTOM_MODEL_ARN)
    assert asked_models() == ([OWN] if has_stopped_meanwhile else [])
    document = read_document(UPLOAD_KEY)
    assert "CustomLabels" not in document
    assert document["Errors"] == {}
    assert document["Recognition"]["Detectors"] == ["labels"]
    assert list(document["Recognition"]["Calls"]) == ["DetectLabels"]
    assert get_record().is_waiting == is_waiting
    assert catalog.index.vocabulary("alice").count("is:waiting") == is_waiting
    assert catalog.active_models.get("alice").used_at == 0


def test_a_picture_that_only_a_stopped_model_recognizes_is_done(recognize, activate, read_document) -> None:
    activate(state="stopped")
    recognize(**TRAIN, detect_labels=False)
    assert read_document(UPLOAD_KEY)["Recognition"]["Detectors"] == []


def test_the_model_of_the_parameter_has_to_run(recognize, rekognition, read_document, get_record) -> None:
    rekognition.queue_errors("DetectCustomLabels", NOT_READY)
    recognize(**WAIT, custom_labels_model_arn=CUSTOM_MODEL_ARN)
    assert read_document(UPLOAD_KEY)["Errors"]["custom"]["Code"] == NOT_READY
    assert not get_record().is_waiting


def test_a_direct_upload_doesnt_wait(recognize, activate, asked_models, read_document) -> None:
    activate(None, state="stopped")
    recognize(DIRECT_KEY, **WAIT)
    assert asked_models() == []
    assert read_document(DIRECT_KEY)["Recognition"]["Detectors"] == ["labels"]


def test_a_picture_that_waits_asks_only_its_model(
    recognize, repeat, activate, rekognition, read_document, get_record, catalog
) -> None:
    activate(state="stopped")
    recognize(**WAIT, detect_faces=True)
    assert get_record().is_waiting
    activate()
    rekognition.queue_response("DetectCustomLabels", {"CustomLabels": [SCRATCH]})
    before = read_document(UPLOAD_KEY)
    repeat(**WAIT, detect_faces=True)
    assert rekognition.call_counts() == {"DetectCustomLabels": 1}
    document = read_document(UPLOAD_KEY)
    assert document["Labels"] == before["Labels"]
    assert document["CustomLabels"] == [SCRATCH]
    assert document["Recognition"]["BilledCalls"] == before["Recognition"]["BilledCalls"] + 1
    assert catalog.stack_usage().analyses == {"image": 2, "properties": 0}  # custom labels cost no analysis
    assert not get_record().is_waiting
    assert catalog.index.vocabulary("alice").count("is:waiting") == 0


def test_a_picture_that_still_waits_is_neither_read_nor_asked_about(
    recognize, repeat, activate, rekognition, get_record
) -> None:
    activate(state="stopped")
    recognize(**WAIT)
    repeat(**WAIT)
    assert rekognition.requests == []
    assert get_record().is_waiting


@pytest.mark.parametrize(("arn", "waits"), [(OWN, False), (EVERYONES, True)])
def test_a_picture_keeps_its_custom_labels_while_the_model_is_stopped(
    recognize, repeat, activate, rekognition, read_document, get_record, arn: str, waits: bool
) -> None:
    activate()
    rekognition.queue_response("DetectCustomLabels", {"CustomLabels": [SCRATCH]})
    recognize(**WAIT)
    activate(arn=arn, state="stopped")
    repeat(**WAIT)
    assert rekognition.requests == []
    document = read_document(UPLOAD_KEY)
    assert document["CustomLabels"] == [SCRATCH]
    assert document["Recognition"]["Detectors"] == ["labels", "custom"]
    assert document["Recognition"]["Calls"]["DetectCustomLabels"]["ProjectVersionArn"] == OWN
    assert get_record().is_waiting == waits  # for the labels of another model


def test_another_model_is_asked_again(recognize, repeat, activate, rekognition, asked_models) -> None:
    activate()
    recognize(**TRAIN)
    repeat(**TRAIN)
    assert rekognition.requests == []
    activate(arn=EVERYONES)
    repeat(**TRAIN)
    assert asked_models() == [EVERYONES]
    assert rekognition.call_counts() == {"DetectCustomLabels": 1}


def test_a_picture_waits_for_the_models_quota_in_the_retry_queue(
    make_processor, invocation, put, deliver, activate, rekognition, get_record
) -> None:
    activate()
    rekognition.queue_errors("DetectCustomLabels", THROTTLED)
    processor = make_processor(**WAIT)
    assert processor.process(put(make_file("JPEG"), UPLOAD_KEY), invocation).status == "parked"
    rekognition.requests.clear()
    assert deliver(processor) == ALL_SETTLED
    assert rekognition.call_counts() == {"DetectCustomLabels": 1}
    assert (get_record().status, get_record().is_waiting) == ("done", False)


def test_a_model_that_stops_while_a_picture_is_parked_isnt_asked(
    make_processor, invocation, put, deliver, activate, rekognition, get_record
) -> None:
    activate()
    rekognition.queue_errors("DetectCustomLabels", THROTTLED)
    processor = make_processor(**WAIT)
    assert processor.process(put(make_file("JPEG"), UPLOAD_KEY), invocation).status == "parked"
    rekognition.requests.clear()
    activate(state="stopped")
    assert deliver(processor) == ALL_SETTLED
    assert rekognition.requests == []
    assert (get_record().status, get_record().is_waiting) == ("done", True)


def test_an_answer_counts_more_than_the_models_use(
    recognize, activate, read_document, caplog, monkeypatch, catalog
) -> None:
    activate(used_at=0)

    def fail(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(catalog.active_models, "note_use", fail)
    recognize(**TRAIN)
    assert read_document(UPLOAD_KEY)["CustomLabels"] == []
    (warning,) = (record for record in caplog.records if record.levelno == logging.WARNING)
    assert warning.getMessage() == "use of the model not noted"


@pytest.mark.parametrize(
    ("state", "limits"), [("running", Limits(max_bytes=4_000_000)), ("stopped", Limits()), (None, Limits())]
)
def test_a_picture_has_to_suit_only_a_model_that_runs(
    activate, settings, catalog, state: State | None, limits: Limits
) -> None:
    if state:
        activate(state=state)
    plan = Planner(replace(settings, train_models=True), catalog.active_models).plan(EVENT)
    assert plan.limits.max_bytes == limits.max_bytes
    assert plan.is_model_stopped == (state == "stopped")
