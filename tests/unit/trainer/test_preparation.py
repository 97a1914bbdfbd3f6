"""From pictures to a training: copies, manifests, a project, its datasets and a version."""

from __future__ import annotations

import io
import itertools
import json
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from catalog.records import OwnData
from common.object_keys import upload_key
from local.rekognition.custom_labels.manifest import parse_line
from processor.imaging.imaging_process import ImagingError
from processor.imaging.interface import ignore
from tests.unit.support import INPUT_BUCKET, NOW, OUTPUT_BUCKET
from tests.unit.trainer.conftest import MODEL_ID
from tests.unit.trainer.fake_projects import VERSION
from trainer import preparation
from trainer.errors import NotYet, Refused
from trainer.trainer import Summary

if TYPE_CHECKING:
    from collections.abc import Callable

    from processor.imaging.interface import ImageHeader, Limits, PreparedImage
    from tests.unit.trainer.conftest import Stage

PREFIX = f"models/alice/{MODEL_ID}"
MANIFESTS = [("create_dataset", f"{PREFIX}/{name}.manifest") for name in ("train", "test")]


def test_each_run_does_what_can_be_done(stage: Stage) -> None:
    ids = stage.collect()
    stage.add_model()
    assert stage.run() == Summary(advanced=1, leased=0)
    assert stage.projects.calls == [("create_project", f"stack-{MODEL_ID}"), *MANIFESTS]
    images = [f"images/{image_id}.jpg" for image_id in ids]
    assert stage.keys() == [*images, "pictures.json", "test.manifest", "train.manifest"]
    model = stage.model()
    assert (model.status, model.training_images, model.test_images) == ("preparing", 8, 2)

    stage.run()  # the datasets are being imported
    assert stage.projects.calls[3:] == []
    stage.projects.set_datasets("CREATE_COMPLETE")
    stage.run()
    assert stage.projects.calls[3:] == [("train", f"{PREFIX}/results")]
    model = stage.model()
    assert (model.status, model.training_since, model.version) == ("training", NOW, VERSION)


def test_the_manifests_name_each_picture_once_with_its_classes(stage: Stage) -> None:
    stage.collect()
    both = stage.store(20, OwnData(tags=("good", "Bad", "other")))
    stage.add_model()
    stage.run()
    lines = [*stage.manifest("train"), *stage.manifest("test")]
    entries = [parse_line(json.dumps(line)) for line in lines]
    assert not any(entry.has_errors for entry in entries)
    names = {str(entry.source and entry.source[1]): entry.names for entry in entries}
    assert len(names) == len(lines) == 11
    assert names[f"{PREFIX}/images/{both}.jpg"] == {"good", "bad"}


def test_boxes_are_in_pixels_of_the_copy(stage: Stage) -> None:
    stage.collect_boxes()
    stage.add_model(kind="detection", classes=("good",))
    stage.run()
    line: dict[str, Any] = stage.manifest("test")[0]
    assert line["boxes"] == {
        "image_size": [{"width": 160, "height": 120, "depth": 3}],
        "annotations": [{"class_id": 0, "left": 80, "top": 60, "width": 80, "height": 60}],
    }
    assert line["boxes-metadata"]["class-map"] == {"0": "good"}
    assert line["boxes-metadata"]["objects"] == [{"confidence": 1}]


def test_the_copies_are_jpegs(stage: Stage) -> None:
    ids = stage.collect()
    stage.add_model()
    stage.run()
    body = stage.s3.get_object(Bucket=OUTPUT_BUCKET, Key=f"{PREFIX}/images/{ids[0]}.jpg")["Body"].read()
    with Image.open(io.BytesIO(body)) as copy:
        assert (copy.format, copy.size, copy.mode) == ("JPEG", (160, 120), "RGB")


def before_each_image(stage: Stage, act: Callable[[int], None]) -> None:
    """Call `act` with the number of each image, from 1, before it is prepared."""
    original, numbers = stage.prepare_image, itertools.count(1)

    def prepare(
        data: bytes,
        limits: Limits,
        on_header: Callable[[ImageHeader], None] = ignore,
        on_decoded: Callable[[bytes | None], None] = ignore,
    ) -> PreparedImage:
        act(next(numbers))
        return original(data, limits, on_header, on_decoded)

    stage.prepare_image = prepare


def test_a_run_without_time_goes_on_where_it_stopped(stage: Stage) -> None:
    stage.collect()
    stage.add_model()
    prepared = []

    def run_out_of_time(number: int) -> None:
        prepared.append(number)
        stage.seconds_left = 800 if number != 4 else 10

    before_each_image(stage, run_out_of_time)
    stage.run()
    assert (stage.model().message, stage.projects.calls) == ("4 of 10 pictures are copied.", [])
    stage.seconds_left = 800
    stage.run()
    assert (len(prepared), stage.model().message) == (10, None)
    assert stage.projects.calls[0] == ("create_project", f"stack-{MODEL_ID}")


def test_a_picture_of_the_source_bucket_is_copied_from_there(stage: Stage) -> None:
    for number in range(10):
        stage.store_source(number, OwnData(tags=(("good", "bad")[number % 2],)))
    stage.add_model()
    stage.run()
    keys = stage.keys()
    assert len([key for key in keys if key.startswith("images/")]) == 10


def test_a_picture_that_is_gone_is_left_out(stage: Stage) -> None:
    ids = stage.collect()
    stage.s3.delete_object(Bucket=INPUT_BUCKET, Key=upload_key("alice", ids[0]))
    stage.s3.put_object(Bucket=INPUT_BUCKET, Key=upload_key("alice", ids[1]), Body=b"notes")
    stage.add_model()
    stage.run()
    model = stage.model()
    assert model.training_images + model.test_images == 8
    assert len(stage.manifest("train")) + len(stage.manifest("test")) == 8


def test_an_archived_picture_is_left_out(stage: Stage) -> None:
    first, *_ = stage.collect()
    key, body = upload_key("alice", first), b"archived"
    stage.s3.put_object(Bucket=INPUT_BUCKET, Key=key, Body=body, StorageClass="DEEP_ARCHIVE")
    stage.add_model()
    stage.run()
    model = stage.model()
    assert (model.status, model.training_images + model.test_images) == ("preparing", 9)


def test_a_picture_that_cannot_be_prepared_is_left_out(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    stage.collect()
    stage.add_model()

    def fail_first(number: int) -> None:
        if number == 1:
            raise ImagingError("a bug")

    before_each_image(stage, fail_first)
    stage.run()
    model = stage.model()
    assert (model.status, model.training_images + model.test_images) == ("preparing", 9)
    (record,) = [record for record in caplog.records if record.message == "picture left out"]
    assert str(record.__dict__["error"]) == "ImagingError: a bug"


def test_a_class_without_pictures_fails_and_leaves_no_copies(stage: Stage) -> None:
    for image_id in stage.collect()[::2]:
        stage.s3.delete_object(Bucket=INPUT_BUCKET, Key=upload_key("alice", image_id))
    stage.add_model()
    stage.run()
    model = stage.model()
    assert model.status == "failed"
    assert model.message == (
        "Pictures of “good” were deleted meanwhile, or can't be read. Train the model again."
    )
    assert stage.keys() == ["pictures.json"]


def test_pictures_that_lost_their_tags_fail(stage: Stage) -> None:
    stage.add_model()
    stage.run()
    assert stage.model().status == "failed"
    assert str(stage.model().message).startswith("“good” needs at least 2 pictures")


def test_an_import_that_failed_fails(stage: Stage) -> None:
    stage.collect()
    stage.add_model()
    stage.run()
    stage.projects.set_datasets("CREATE_FAILED", "The manifest file is empty.")
    stage.run()
    assert stage.model().status == "failed"
    assert stage.model().message == "AWS couldn't import the pictures: The manifest file is empty."


@pytest.mark.parametrize(
    ("error", "status", "message"),
    [
        (Refused("AWS refused: no."), "failed", "AWS refused: no."),
        (NotYet("Two models are being trained."), "preparing", "Two models are being trained."),
        (NotYet(), "preparing", None),
    ],
)
def test_what_aws_refuses_fails_and_the_rest_is_repeated(
    stage: Stage, error: Exception, status: str, message: str | None
) -> None:
    stage.collect()
    stage.add_model()
    stage.projects.error = error
    stage.run()
    assert (stage.model().status, stage.model().message) == (status, message)


def test_a_version_that_an_interrupted_run_made_is_found(stage: Stage) -> None:
    stage.collect()
    stage.add_model()
    stage.run()
    stage.projects.set_datasets("CREATE_COMPLETE")
    stage.projects.train(f"arn:stack-{MODEL_ID}", "before")
    stage.run()
    assert stage.model().status == "training"
    assert [name for name, _ in stage.projects.calls].count("train") == 1


def test_a_model_that_is_deleted_meanwhile_is_prepared_no_further(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preparation, "_SAVE_EVERY", 2)
    stage.collect()
    stage.add_model()
    prepared = []

    def delete(number: int) -> None:
        prepared.append(number)
        stage.catalog.models.change(stage.model(), status="deleting")

    before_each_image(stage, delete)
    stage.run()
    assert (len(prepared), stage.projects.calls, stage.model().status) == (2, [], "deleting")
    stage.run()
    assert (stage.catalog.models.all(), stage.keys()) == ([], [])


def test_a_model_that_is_deleted_right_before_its_training_is_not_trained(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.collect()
    stage.add_model()
    stage.run()
    stage.projects.set_datasets("CREATE_COMPLETE")
    calls = list(stage.projects.calls)

    def version(project: str) -> None:
        stage.catalog.models.change(stage.model(), status="deleting")

    monkeypatch.setattr(stage.projects, "version", version)
    stage.run()
    assert (stage.projects.calls, stage.model().status) == (calls, "deleting")
