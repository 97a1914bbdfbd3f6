from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

import pytest

from catalog.catalog import Catalog
from catalog.model_records import ModelRecord
from catalog.records import Box, ImageRecord, OwnData, ResultSummary, SourceObject
from catalog.source_records import source_record
from catalog.transitions.finish import Completion
from common.object_keys import upload_key
from limits.ceiling import Ceiling
from processor.imaging.prepare import prepare_image
from retries.recoverer import Recoverer
from retries.retrier import Retrier
from tests.image_files import encode, marked
from tests.unit.support import INPUT_BUCKET, LATER, NOW, OUTPUT_BUCKET, SOURCE_BUCKET
from tests.unit.trainer.fake_projects import FakeProjects
from trainer.preparation import Preparation
from trainer.projects import Projects
from trainer.running import Running
from trainer.services import Services
from trainer.trainer import Summary, Trainer

if TYPE_CHECKING:
    from common.storage import Storage
    from processor.imaging.interface import PrepareImage
    from retries.queue import RetryQueue

MODEL_ID = "a" * 16
IDLE_MINUTES = 30


@dataclass
class Stage:
    """A trainer with its catalog, storage and a fake of Rekognition, at a time that a test may change."""

    catalog: Catalog
    storage: Storage
    retry_queue: RetryQueue
    s3: Any
    projects: FakeProjects = field(default_factory=FakeProjects)
    now: datetime = NOW
    seconds_left: float = 800.0
    prepare_image: PrepareImage = prepare_image

    def run(self, lease_owner: str = "run") -> Summary:
        """Run the trainer once."""
        services = Services(
            stack="stack",
            input_bucket=INPUT_BUCKET,
            output_bucket=OUTPUT_BUCKET,
            catalog=self.catalog,
            storage=self.storage,
            projects=cast("Projects", self.projects),
            clock=lambda: self.now,
        )
        recoverer = Recoverer(
            self.catalog, self.storage, self.retry_queue, INPUT_BUCKET, clock=lambda: self.now
        )
        retrier = Retrier(self.catalog, recoverer, Ceiling(self.catalog, 0).check)
        trainer = Trainer(
            services,
            Preparation(services, self.prepare_image),
            Running(services, retrier, IDLE_MINUTES),
        )
        return trainer.run(lease_owner, lambda: self.seconds_left)

    def pass_time(self, **duration: float) -> None:
        self.now += timedelta(**duration)

    def add_model(self, **fields: Any) -> ModelRecord:
        """Create a model of Alice's."""
        given: dict[str, Any] = {
            "owner": "alice",
            "id": MODEL_ID,
            "name": "Parts",
            "kind": "classification",
            "classes": ("good", "bad"),
            "scope": "owner",
            "status": "preparing",
            "created_at": NOW,
            **fields,
        }
        model = ModelRecord(**given)
        assert self.catalog.models.create(model)
        return model

    def model(self) -> ModelRecord:
        """Return the model as it is now."""
        found = self.catalog.models.get("alice", MODEL_ID)
        assert found is not None
        return found

    def store(self, number: int, own: OwnData, *, is_waiting: bool = False, owner: str = "alice") -> str:
        """Create an image that is done, and its file. Return its id."""
        image_id = f"{number:064x}"
        self.catalog.start(ImageRecord(owner, image_id, "pending", "a.png", "image/png", 1000, NOW))
        summary = ResultSummary(160, 120, (), is_waiting=is_waiting)
        assert self.catalog.complete(owner, image_id, Completion(summary, 1, NOW, LATER))
        self.catalog.annotate(owner, image_id, lambda _: own)
        self.s3.put_object(
            Bucket=INPUT_BUCKET, Key=upload_key(owner, image_id), Body=encode(marked((160, 120)), "PNG")
        )
        return image_id

    def store_source(self, number: int, own: OwnData) -> None:
        """Create an image of the source bucket that is done, and its object."""
        key = f"photos/{number} ä.png"
        stored = self.s3.put_object(Bucket=SOURCE_BUCKET, Key=key, Body=encode(marked((160, 120)), "PNG"))
        source = SourceObject(SOURCE_BUCKET, key, stored["ETag"].strip('"'))
        record = source_record("alice", source, 1000, NOW)
        self.catalog.start_source(record)
        summary = ResultSummary(160, 120, ())
        assert self.catalog.complete("alice", record.id, Completion(summary, 1, NOW, LATER))
        self.catalog.annotate("alice", record.id, lambda _: own)

    def collect(self) -> list[str]:
        """Create five pictures of each class. Return their ids."""
        return [self.store(number, OwnData(tags=(("good", "bad")[number % 2],))) for number in range(10)]

    def collect_boxes(self) -> list[str]:
        """Create five pictures with a box in the lower right corner."""
        box = Box("good", 0.5, 0.5, 0.5, 0.5)
        return [self.store(number, OwnData(tags=("good",), boxes=(box,))) for number in range(5)]

    def keys(self) -> list[str]:
        """Return the keys of the output bucket, without the model's prefix."""
        found = self.s3.list_objects_v2(Bucket=OUTPUT_BUCKET).get("Contents", [])
        return [each["Key"].removeprefix(f"models/alice/{MODEL_ID}/") for each in found]

    def put(self, key: str, content: str) -> str:
        self.s3.put_object(Bucket=OUTPUT_BUCKET, Key=key, Body=content.encode())
        return key

    def manifest(self, name: str) -> list[dict[str, Any]]:
        """Return the lines of a manifest."""
        key = f"models/alice/{MODEL_ID}/{name}.manifest"
        body = self.s3.get_object(Bucket=OUTPUT_BUCKET, Key=key)["Body"].read()
        return [json.loads(line) for line in body.splitlines()]


@pytest.fixture
def stage(table: Any, storage: Storage, retry_queue: RetryQueue, s3: Any) -> Stage:
    clock: list[Stage] = []

    def now() -> datetime:
        return clock[0].now if clock else NOW

    catalog = Catalog(table, clock=now, sleep=lambda _: None)
    clock.append(Stage(catalog, storage, retry_queue, s3))
    return clock[0]
