"""What every operation is answered with: the request, the picture's sight, and the engine's other parts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from local.rekognition.models import LocalModel
    from local.rekognition.sight import Sight
    from local.rekognition.text import Reader

Request = dict[str, Any]
Answer = dict[str, Any]


@dataclass(frozen=True)
class Engine:
    reader: Reader
    model: LocalModel | None


@dataclass(frozen=True)
class Scene:
    sight: Sight
    engine: Engine
