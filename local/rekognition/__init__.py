"""Amazon Rekognition on this machine: its wire protocol, limits and errors, with local eyes."""

from local.rekognition.errors import ObjectUnreadable
from local.rekognition.options import Options, SettingError
from local.rekognition.service import Rekognition

__all__ = ["ObjectUnreadable", "Options", "Rekognition", "SettingError"]
