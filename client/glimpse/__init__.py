"""A client of the image-recognition pipeline."""

from glimpse.client import Client
from glimpse.credentials import Credentials, IdToken, Person, Program
from glimpse.errors import (
    CeilingReached,
    Changed,
    GlimpseError,
    InvalidQuery,
    InvalidRequest,
    NotFound,
    NotPermitted,
    NotRecognizedInTime,
    NotRetryable,
    NotSignedIn,
    Problem,
    QuotaExceeded,
    RateLimited,
    ServiceError,
    SignInExpired,
    SignInFailed,
    TooLarge,
    Unreachable,
    UnsupportedType,
)
from glimpse.image_file import ImageFile
from glimpse.provider import Provider
from glimpse.session import Session
from glimpse.uploader import Outcome, Uploader

__version__ = "0.1.0"
__all__ = [
    "CeilingReached",
    "Changed",
    "Client",
    "Credentials",
    "GlimpseError",
    "IdToken",
    "ImageFile",
    "InvalidQuery",
    "InvalidRequest",
    "NotFound",
    "NotPermitted",
    "NotRecognizedInTime",
    "NotRetryable",
    "NotSignedIn",
    "Outcome",
    "Person",
    "Problem",
    "Program",
    "Provider",
    "QuotaExceeded",
    "RateLimited",
    "ServiceError",
    "Session",
    "SignInExpired",
    "SignInFailed",
    "TooLarge",
    "Unreachable",
    "UnsupportedType",
    "Uploader",
]
