"""What a run uploads: each choice follows from the seed."""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass, replace

from bench.chaos.pictures import MAX_NUMBER, draw

OWNERS = ("alice", "bob", "carol")
DELETED = 0.06  # share of the API's uploads; 5 % of all
REPEATED = 0.04  # … that the same person uploads again later
SHARED = 0.04  # … that another person uploads, too
MAX_DELAY = 8.0  # seconds between an upload and its deletion or repetition
# Kind, share, and how a picture of it must end
_KINDS = (
    ("jpeg", 0.77, "done"),
    ("png", 0.06, "done"),
    ("webp", 0.05, "done"),  # Rekognition doesn't accept it, so it is converted
    ("text", 0.03, "not-an-image"),
    ("truncated", 0.02, "broken"),
    ("direct", 0.05, "done"),
    ("direct empty", 0.02, "empty"),  # POST /uploads wouldn't accept it
)


@dataclass(frozen=True)
class Upload:
    """A file that somebody uploads; delays are in seconds after it, None if it isn't done."""

    number: int
    kind: str
    owner: str  # a name of OWNERS; empty for a direct upload
    expected: str  # done, or the code of its rejection
    delete_after: float | None = None
    repeat_after: float | None = None

    @property
    def is_direct(self) -> bool:
        """Whether the object is put into the bucket without POST /uploads."""
        return self.kind.startswith("direct")

    @property
    def content_type(self) -> str:
        """The media type that the client claims."""
        return f"image/{self.kind}" if self.kind in ("png", "webp") else "image/jpeg"

    def content(self) -> bytes:
        """Return the bytes of the file."""
        if self.kind == "text":
            return f"This is file {self.number}, and not a picture.".encode()
        if self.kind == "direct empty":
            return b""
        picture = draw(self.number, self.kind.upper() if self.kind in ("png", "webp") else "JPEG")
        if self.kind == "truncated":  # with a comment, because what is left of two pictures may be the same
            comment = f"{self.number:05}".encode()
            picture = (
                picture[:2] + b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment + picture[2:]
            )
            return picture[: len(picture) // 2]
        return picture

    def key(self, subs: dict[str, str]) -> str:
        """Return the key in the input bucket; `subs` are the owners' ids by name."""
        if self.is_direct:
            return f"direct/{self.number:05}.jpg"
        return f"uploads/{subs[self.owner]}/{hashlib.sha256(self.content()).hexdigest()}"


def plan_uploads(count: int, seed: int) -> list[Upload]:
    """Return the uploads of a run in order; `count` of them, and those that a second person makes."""
    choose = random.Random(f"plan {seed}")
    numbers = choose.sample(range(MAX_NUMBER), count)
    kinds = choose.choices(_KINDS, [share for _, share, _ in _KINDS], k=count)
    uploads: list[Upload] = []
    for number, (kind, _, expected) in zip(numbers, kinds, strict=True):
        upload = Upload(number, kind, choose.choice(OWNERS), expected)
        if upload.is_direct:
            uploads.append(replace(upload, owner=""))
            continue
        chance, delay = choose.random(), choose.uniform(0, MAX_DELAY)
        if chance < DELETED:
            uploads.append(replace(upload, delete_after=delay))
        elif chance < DELETED + REPEATED:
            uploads.append(replace(upload, repeat_after=delay))
        else:
            uploads.append(upload)
            if chance < DELETED + REPEATED + SHARED and kind != "webp":  # converted bytes have no owner
                other = choose.choice([owner for owner in OWNERS if owner != upload.owner])
                uploads.append(replace(upload, owner=other))
    return uploads
