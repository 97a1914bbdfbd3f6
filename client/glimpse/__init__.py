"""A client of the image-recognition pipeline."""

from glimpse.client import Client
from glimpse.credentials import Credentials, IdToken, Person, Program
from glimpse.errors import GlimpseError, Problem
from glimpse.image_file import ImageFile
from glimpse.provider import Provider

__all__ = [
    "Client",
    "Credentials",
    "GlimpseError",
    "IdToken",
    "ImageFile",
    "Person",
    "Problem",
    "Program",
    "Provider",
]
