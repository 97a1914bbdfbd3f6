"""Emulator of Amazon Rekognition: its wire protocol, limits and errors, answered by local models."""

from local.rekognition.errors import ObjectUnreadable
from local.rekognition.options import Options, SettingError
from local.rekognition.service import Rekognition

__all__ = ["ObjectUnreadable", "Options", "Rekognition", "SettingError"]
