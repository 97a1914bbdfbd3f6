"""Preparation: the pictures are copied, listed in manifests and imported, and the training begins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalog.source_records import original_of
from common.logs import get_logger
from common.object_keys import model_image_key, model_manifest_key, model_prefix
from common.rejections import Rejection
from common.storage import ObjectArchived, ObjectForbidden, ObjectGone
from models.dataset import Dataset
from models.pictures import find_pictures
from models.rules import MAX_SIDE
from processor.imaging.formats.jpeg_markers import read_markers
from processor.imaging.imaging_process import ImagingError
from processor.imaging.interface import MAX_PREPARE_SECONDS, Limits
from trainer.errors import NotYet, Refused
from trainer.manifests import to_manifest
from trainer.plan import load_plan, plan_images, save_plan
from trainer.projects import DATASET_TYPES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from catalog.model_records import ModelRecord
    from processor.imaging.interface import PrepareImage
    from trainer.plan import PlannedImage
    from trainer.run import Run
    from trainer.services import Services

# No stored object is accepted as it is, so that each picture becomes an upright JPEG.
COPY_LIMITS = Limits(max_stored_bytes=0, max_side=MAX_SIDE)
_SAVE_EVERY = 25  # copies that an interrupted run makes again
_MIN_SECONDS = MAX_PREPARE_SECONDS + 20  # for a picture, and what follows
_MEDIA_TYPE = "image/jpeg"
_log = get_logger(__name__)


class Preparation:
    """Takes a model from `preparing` to `training`."""

    def __init__(self, services: Services, prepare_image: PrepareImage) -> None:
        self._services = services
        self._storage = services.storage
        self._bucket = services.output_bucket
        self._prepare_image = prepare_image

    def advance(self, model: ModelRecord, run: Run) -> None:
        """Do what can be done now. Raises NotYet or Refused."""
        images = load_plan(self._storage, self._bucket, model) or self._plan(model)
        images = self._copy(model, images, run)
        projects, name = self._services.projects, self._services.project_name(model)
        project = projects.project(name)
        if project is None:
            self._write_manifests(model, images)
            projects.create_project(name)
            project = projects.project(name)
        if project is None or project.status != "CREATED":
            raise NotYet
        missing = [each for each in DATASET_TYPES if each not in project.datasets]
        for dataset_type in missing:
            projects.create_dataset(
                project.arn, dataset_type, model_manifest_key(model.owner, model.id, dataset_type)
            )
        if missing:
            raise NotYet
        for dataset in project.datasets.values():
            if dataset.status.endswith("_FAILED"):
                raise Refused(f"AWS couldn't import the pictures: {dataset.message}")
        if any(dataset.status != "CREATE_COMPLETE" for dataset in project.datasets.values()):
            raise NotYet
        self._train(model, project.arn)

    def _train(self, model: ModelRecord, project: str) -> None:
        version = self._services.projects.version(project)
        if not self._services.change(model, "preparing", project=project):
            raise NotYet  # it is deleted: a training can't be canceled, and would be billed
        if version is None:
            self._services.projects.train(project, f"{model_prefix(model.owner, model.id)}results")
            version = self._services.projects.version(project)
        if version is None:
            raise NotYet
        self._services.change(
            model,
            "preparing",
            status="training",
            version=version.arn,
            training_since=self._services.clock(),
            message=None,
        )

    def _plan(self, model: ModelRecord) -> list[PlannedImage]:
        found = find_pictures(self._services.catalog.index, model.owner, model.kind, model.classes)
        dataset = Dataset(model.kind, model.classes, found)
        problems = dataset.problems()
        if problems:  # since the model was asked for
            raise Refused(problems[0].message)
        images = plan_images(dataset)
        save_plan(self._storage, self._bucket, model, images)
        return images

    def _copy(self, model: ModelRecord, images: list[PlannedImage], run: Run) -> list[PlannedImage]:
        """Copy the pictures that aren't copied yet. Return all. Raises NotYet if the time is over."""
        left = list(images)
        copied = 0
        try:
            for number, image in enumerate(images):
                if not image.is_open:
                    continue
                if run.seconds_left() < _MIN_SECONDS:
                    done = sum(not each.is_open for each in left)
                    raise NotYet(f"{done} of {len(left)} pictures are copied.")
                left[number] = self._copy_image(model, image)
                copied += 1
                if copied % _SAVE_EVERY == 0:
                    run.renew_lease()
                    save_plan(self._storage, self._bucket, model, left)
        finally:
            if copied:
                save_plan(self._storage, self._bucket, model, left)
        if copied:
            _log.info("pictures copied", extra={"pictures": copied})
        self._check(model, left)
        return left

    def _check(self, model: ModelRecord, images: Sequence[PlannedImage]) -> None:
        """Raise Refused if pictures of a class are missing; otherwise note how many there are."""
        present = [image for image in images if not image.is_gone]
        test = [image for image in present if image.is_test]
        training = [image for image in present if not image.is_test]
        for part in (training, test):
            having = {name for image in part for name in image.classes}
            for name in model.classes:
                if name not in having:
                    raise Refused(
                        f"Pictures of “{name}” were deleted meanwhile, or can't be read. "
                        "Train the model again."
                    )
        if (model.training_images, model.test_images) != (len(training), len(test)):
            self._services.catalog.models.change(model, training_images=len(training), test_images=len(test))

    def _copy_image(self, model: ModelRecord, image: PlannedImage) -> PlannedImage:
        record = self._services.catalog.get(model.owner, image.id)
        if record is None:
            return image.gone()
        try:
            original = self._storage.read(*original_of(record, self._services.input_bucket))
            body = self._prepare_image(original, COPY_LIMITS).body
        except (ObjectGone, ObjectForbidden, ObjectArchived, Rejection, ImagingError) as error:
            _log.warning("picture left out", extra={"imageId": image.id, "error": error})
            return image.gone()
        if body is None:
            raise AssertionError("a picture wasn't converted")
        key = model_image_key(model.owner, model.id, image.id)
        self._storage.write(self._bucket, key, body, content_type=_MEDIA_TYPE)
        frame = read_markers(body).frame
        return image.copied((frame.width, frame.height))

    def _write_manifests(self, model: ModelRecord, images: Sequence[PlannedImage]) -> None:
        for dataset_type in DATASET_TYPES:
            part = [image for image in images if image.is_test == (dataset_type == "TEST")]
            body = to_manifest(
                model,
                part,
                lambda image_id: f"s3://{self._bucket}/{model_image_key(model.owner, model.id, image_id)}",
            )
            key = model_manifest_key(model.owner, model.id, dataset_type)
            self._storage.write(self._bucket, key, body, content_type="application/x-ndjson")
