"""What the steps share: the stack's services, and how they change a model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from common.logs import get_logger
from common.object_keys import model_images_prefix
from trainer.errors import NotYet
from trainer.projects import Projects

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from catalog.catalog import Catalog
    from catalog.model_records import ModelRecord, ModelStatus
    from common.storage import Storage
    from trainer.projects import VersionState

_log = get_logger(__name__)


@dataclass(frozen=True)
class Services:
    """The services, and the names of the stack and its buckets."""

    stack: str
    input_bucket: str
    output_bucket: str
    catalog: Catalog
    storage: Storage
    projects: Projects
    clock: Callable[[], datetime]

    def project_name(self, model: ModelRecord) -> str:
        """Return the name of a model's project, which the functions' permissions depend on."""
        return f"{self.stack}-{model.id}"

    def version(self, model: ModelRecord) -> VersionState:
        """Return a model's version. Raises NotYet if there is none."""
        version = self.projects.version(model.project) if model.project else None
        if version is None:
            raise NotYet("AWS has no such model. Delete it.")
        return version

    def change(self, model: ModelRecord, if_status: ModelStatus, **changes: Any) -> bool:
        """Change a model, unless its status has changed meanwhile: then the next run sees the new one.

        Return whether it was changed.
        """
        is_changed = self.catalog.models.change(model, if_status=(if_status,), **changes) is not None
        if is_changed and "status" in changes:
            _log.info("model changed", extra={"status": changes["status"]})
        return is_changed

    def delete_copies(self, model: ModelRecord) -> None:
        """Delete the copies of a model's pictures: nothing needs them once the training has ended."""
        self.storage.delete_prefix(self.output_bucket, model_images_prefix(model.owner, model.id))
