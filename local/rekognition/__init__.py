"""Emulator of Amazon Rekognition: its wire protocol, limits and errors, answered by local models."""

from local.rekognition.detectors.onnx_model import OnnxModel
from local.rekognition.errors import ObjectUnreadable, SettingError
from local.rekognition.service import Rekognition

__all__ = ["ObjectUnreadable", "OnnxModel", "Rekognition", "SettingError"]
