"""Custom Labels: the table of its operations, and the background thread of imports and trainings."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable
from typing import Any

from local.rekognition.custom_labels.datasets import SERVICE_ISSUE, Datasets, Submit
from local.rekognition.custom_labels.projects import Projects
from local.rekognition.custom_labels.resources import Resources, ResourceStore
from local.rekognition.custom_labels.training import Storage
from local.rekognition.custom_labels.versions import Versions

_STOP_TIMEOUT = 10  # seconds
logger = logging.getLogger(__name__)


class CustomLabels:
    """The state of Custom Labels. Thread-safe.

    What was in progress when the state was stored has failed: nothing continues it.
    """

    def __init__(
        self,
        storage: Storage,
        store: ResourceStore | None = None,
        clock: Callable[[], float] = time.time,
        submit: Submit | None = None,
    ) -> None:
        self._resources = Resources(store or ResourceStore(), clock)
        self._resources.fail_unfinished(SERVICE_ISSUE)
        self._background = Background()
        submit = submit or self._background.submit
        self.projects = Projects(self._resources)
        self.datasets = Datasets(self._resources, storage, submit)
        self.versions = Versions(self._resources, storage, submit)

    def respond(self, operation: str, request: dict[str, Any], access_key: str) -> dict[str, Any]:
        """Return the response to a valid request. Raises RekognitionError."""
        with self._resources.lock:
            return OPERATIONS[operation](self, request, access_key)

    def stop(self) -> None:
        """Wait for the import or training that is running, and start no other."""
        self._background.stop(_STOP_TIMEOUT)


OPERATIONS: dict[str, Callable[[CustomLabels, dict[str, Any], str], dict[str, Any]]] = {
    "CreateDataset": lambda service, *call: service.datasets.create(*call),
    "CreateProject": lambda service, *call: service.projects.create(*call),
    "CreateProjectVersion": lambda service, *call: service.versions.create(*call),
    "DeleteDataset": lambda service, *call: service.datasets.delete(*call),
    "DeleteProject": lambda service, *call: service.projects.delete(*call),
    "DeleteProjectVersion": lambda service, *call: service.versions.delete(*call),
    "DescribeDataset": lambda service, *call: service.datasets.describe(*call),
    "DescribeProjectVersions": lambda service, *call: service.versions.describe(*call),
    "DescribeProjects": lambda service, *call: service.projects.describe(*call),
    "DistributeDatasetEntries": lambda service, *call: service.datasets.distribute_entries(*call),
    "ListDatasetEntries": lambda service, *call: service.datasets.list_entries(*call),
    "ListDatasetLabels": lambda service, *call: service.datasets.list_labels(*call),
    "StartProjectVersion": lambda service, *call: service.versions.start(*call),
    "StopProjectVersion": lambda service, *call: service.versions.stop(*call),
    "UpdateDatasetEntries": lambda service, *call: service.datasets.update_entries(*call),
}


class Background:
    """Runs functions one after another in a thread, which starts with the first one."""

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def submit(self, function: Callable[[], None]) -> None:
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="custom-labels", daemon=True)
                self._thread.start()
        self._queue.put(function)

    def stop(self, timeout: float) -> None:
        with self._lock:
            thread = self._thread
        if thread is None:
            return
        while not self._queue.empty():
            self._queue.get()
        self._queue.put(None)
        thread.join(timeout)

    def _run(self) -> None:
        while (function := self._queue.get()) is not None:
            try:
                function()
            except Exception:  # the thread must go on with the next function
                logger.exception("a task of Custom Labels failed")
