"""Rekognition for a stack: its models, faults and Custom Labels, with the stack's S3."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING

from local.rekognition.custom_labels.service import CustomLabels
from local.rekognition.custom_labels.training import Storage
from local.rekognition.detectors.objects import ObjectModels
from local.rekognition.faults import FaultInjector, read_fault_settings
from local.rekognition.service import OPERATIONS, Rekognition

if TYPE_CHECKING:
    from local.aws.rekognition_objects import RekognitionObjects
    from local.faults import Faults
    from local.persistence.data import Data


def start_rekognition(
    engine: type[Rekognition],
    objects: Callable[[], RekognitionObjects],
    faults: Faults,
    data: Data,
    undo: ExitStack,
) -> Rekognition:
    """Build the engine. `objects` is called for each object, because S3 is started after Rekognition."""
    storage = Storage(lambda *call: objects().read_dataset(*call), lambda *call: objects().write(*call))
    custom_labels = CustomLabels(storage, data.resources)
    undo.callback(custom_labels.stop)
    return engine(
        lambda *call: objects().read_image(*call),
        ObjectModels.from_env(os.environ),
        FaultInjector(OPERATIONS, random=faults.random, initial=read_fault_settings(os.environ)),
        custom_labels,
    )
