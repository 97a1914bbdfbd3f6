"""What the function and its imaging process share: no decoders, because the function shouldn't load any."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

from common.units import MEGABYTE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# The slowest accepted file of bench/imaging takes 9 seconds on two cores, of which the function has little
# more than one, and 27 where ten processes share a core, which must not decide whether a file is accepted.
MAX_PREPARE_SECONDS = 35.0
RENDERING_MEDIA_TYPE = "image/webp"
MIN_SIDE = 80  # pixels; the minimum of every operation but DetectProtectiveEquipment, which accepts 64
MAX_SIDE = 4096  # pixels; the largest maximum that all operations accept


@dataclass(frozen=True)
class Limits:
    """Limits of an operation: bytes in the request, bytes of an S3 object, and pixels per side.

    Source: https://docs.aws.amazon.com/rekognition/latest/dg/limits.html
    """

    max_bytes: int = 5 * MEGABYTE
    max_stored_bytes: int = 15 * MEGABYTE
    min_side: int = MIN_SIDE
    max_side: int = 10_000


@dataclass(frozen=True)
class ImageHeader:
    """What a file's header says; width and height are upright."""

    format: str
    width: int
    height: int


@dataclass(frozen=True)
class ImageFacts:
    """What is known about a picture without recognition.

    `exif` is the result's `Exif`. `colors` are the names of the dominant colors, the largest first.
    `perceptual_hash` has 16 hexadecimal digits; None for a uniform picture, which would resemble many.
    """

    exif: Mapping[str, Any] = field(default_factory=dict)
    colors: tuple[str, ...] = ()
    perceptual_hash: str | None = None

    @property
    def taken_at(self) -> datetime | None:
        """When the picture was taken, in UTC. A time whose zone is unknown is taken for UTC."""
        if "TakenAt" not in self.exif:
            return None
        time = datetime.fromisoformat(self.exif["TakenAt"])
        return time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)

    @property
    def camera(self) -> str | None:
        """The name of the camera."""
        return self.exif.get("Camera")

    def without_location(self) -> ImageFacts:
        """Return the facts without where the picture was taken."""
        return replace(self, exif={name: value for name, value in self.exif.items() if name != "Location"})

    def document(self) -> dict[str, Any]:
        """Return the facts as JSON."""
        return {"Exif": dict(self.exif), "Colors": list(self.colors), "PerceptualHash": self.perceptual_hash}

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> ImageFacts:
        """Return the facts of `document`. Raises KeyError or TypeError if it isn't one."""
        return cls(document["Exif"], tuple(document["Colors"]), document["PerceptualHash"])


@dataclass(frozen=True)
class PreparedImage(ImageHeader):
    """An image ready for recognition, its renderings, and facts about it.

    `body` is the JPEG for Rekognition, or None if it accepts the stored object.
    """

    body: bytes | None
    preview: bytes
    thumbnail: bytes
    facts: ImageFacts


def ignore(_: object) -> None:
    """Do nothing with what is known so far."""


class PrepareImage(Protocol):
    """Prepares an image: in this process, or in another one."""

    def __call__(
        self,
        data: bytes,
        limits: Limits,
        on_header: Callable[[ImageHeader], None] = ignore,
        on_decoded: Callable[[bytes | None], None] = ignore,
    ) -> PreparedImage:
        """Decode, convert and render a file.

        `on_header` is called once its header has been read. `on_decoded` is called with the `body` of the
        prepared image once all pixels are decoded, so that the detectors can be called while it is rendered.
        Raises Rejection if the file isn't a supported image, is damaged or too complex.
        """
