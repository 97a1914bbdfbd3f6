"""The sentence about the local engine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from local.rekognition.detectors.objects import LABELS, ObjectModels
from local.rekognition.detectors.onnx_model import OnnxModel
from local.rekognition.summary import summarize
from tests.unit.local.rekognition.onnx_models import CLASSIFIERS


def test_names_what_the_built_in_model_finds() -> None:
    assert summarize(ObjectModels()) == (
        "The local engine finds 80 kinds of everyday objects, faces, printed text, colors, and explicit "
        "content. Rekognition on AWS finds much more."
    )
    names = LABELS.read_text().splitlines()
    assert len([name for name in names if not name.startswith("none")]) == 80


def test_names_the_model_of_the_user(tmp_path: Path, labels: Any) -> None:
    own = OnnxModel(CLASSIFIERS["logits"](tmp_path / "mine.onnx"), labels())
    assert summarize(ObjectModels(own)).startswith(
        "The local engine finds 80 kinds of everyday objects, the classes of your model (mine), faces, "
    )
    assert summarize(ObjectModels(own, has_built_in=False)).startswith(
        "The local engine finds the classes of your model (mine), faces, "
    )
