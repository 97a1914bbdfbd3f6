"""Records: what the catalog knows about an image."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from catalog.terms import Term, unique_terms
from common.time import month_of

if TYPE_CHECKING:
    from datetime import datetime

    from catalog.terms import Kind

# Of what is counted of an indexed record: version 1, stored as true, has no months. `make reindex` adds them.
INDEX_VERSION = 2

Status = Literal["pending", "done", "failed"]
DecisionValue = Literal["approved", "hidden"]


@dataclass(frozen=True)
class LabelSummary:
    """A label as shown in lists; the confidence is in percent."""

    name: str
    confidence: float


@dataclass(frozen=True)
class Reason:
    """Why an image failed."""

    code: str
    message: str


@dataclass(frozen=True)
class Review:
    """Why an image needs review: categories of unsafe content, and the equipment that a person lacks.

    Both have the highest confidence first, and one of them isn't empty.
    """

    flags: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class ResultSummary:
    """What a record keeps of a result; the size is in upright pixels.

    `flags` are the top-level categories of unsafe content that were found, highest confidence first. `terms`
    are those that aren't labels, highest confidence first. `taken_at` is when the picture was taken, in UTC
    if its zone is known. `perceptual_hash` has 16 hexadecimal digits. `review` is None if none is needed.
    `is_waiting` is whether the image has to be recognized again when its custom model runs.
    """

    width: int
    height: int
    labels: tuple[LabelSummary, ...]
    flags: tuple[str, ...] = ()
    terms: tuple[Term, ...] = ()
    taken_at: datetime | None = None
    perceptual_hash: str | None = None
    review: Review | None = None
    is_waiting: bool = False


@dataclass(frozen=True)
class Decision:
    """What a reviewer decided about an image; `by` is their e-mail address, or the subject of their token."""

    value: DecisionValue
    by: str
    at: datetime


@dataclass(frozen=True)
class Box:
    """Where something is, in fractions of the upright picture; `name` is its class, which is also a tag."""

    name: str
    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True)
class OwnData:
    """What the owner has said about an image. Processing it again never changes this."""

    tags: tuple[str, ...] = ()
    favorite: bool = False
    caption: str | None = None
    decision: Decision | None = None
    boxes: tuple[Box, ...] = ()


@dataclass(frozen=True)
class SourceObject:
    """An object of the source bucket that an image is read from, and the version of it that is known."""

    bucket: str
    key: str
    etag: str  # without quotes


@dataclass(frozen=True)
class ImageRecord:
    """A record; `size` is in bytes, `width` and `height` are in upright pixels.

    Leases and marks end in epoch seconds: one whose time has passed has no effect. `terms` are those that
    aren't labels of the image, highest confidence first; `perceptual_hash` has 16 hexadecimal digits.
    """

    owner: str
    id: str
    status: Status
    file_name: str
    content_type: str
    size: int
    uploaded_at: datetime
    width: int | None = None
    height: int | None = None
    processed_at: datetime | None = None
    labels: tuple[LabelSummary, ...] = ()
    flags: tuple[str, ...] = ()
    reason: Reason | None = None
    is_received: bool = False  # whether the processor has seen its file
    lease_expires_at: int | None = None  # None if the processor isn't working on it
    queued_until: int | None = None  # until then its event is in the retry queue
    counted_at: datetime | None = None  # when its upload was counted, if it can still be given back
    done_at: datetime | None = None  # of the result that it has while it is recognized again
    terms: tuple[Term, ...] = ()
    taken_at: datetime | None = None
    perceptual_hash: str | None = None
    review: Review | None = None  # even if it has a decision
    is_waiting: bool = False  # for its custom model to run
    own: OwnData = OwnData()
    is_indexed: bool = False  # whether its terms are in the index
    revision: int = 0  # of its terms and own data; each change adds 1
    source: SourceObject | None = None  # None of an upload
    billed_calls: int = 0  # counted so far

    @property
    def has_result(self) -> bool:
        """Whether there is a result; while it is recognized again, that is the earlier one."""
        return self.status == "done" or self.done_at is not None

    @property
    def open_review(self) -> Review | None:
        """Why the image needs review, or None if it doesn't: then it may have a decision."""
        return None if self.own.decision else self.review

    @property
    def all_terms(self) -> tuple[Term, ...]:
        """The terms by which the image can be found, if they are indexed."""
        found = [
            *(Term("label", label.name) for label in self.labels),
            *self.terms,
            *(Term("tag", tag) for tag in self.own.tags),
            Term("name", self.file_name),
        ]
        if self.own.favorite:
            found.append(Term("is", "favorite"))
        if self.own.decision:
            found.append(Term("is", self.own.decision.value))
        if self.open_review:
            found.append(Term("is", "review"))
        if self.is_waiting:
            found.append(Term("is", "waiting"))
        if self.status != "done":  # most are
            found.append(Term("status", self.status))
        return unique_terms(found)

    @property
    def months(self) -> tuple[Term, ...]:
        """The months in which the image counts, if it is indexed."""
        return Term("added", month_of(self.uploaded_at)), Term("taken", month_of(self.sort_time))

    @property
    def sort_time(self) -> datetime:
        """When the picture was taken or, if that is unknown, uploaded."""
        return self.taken_at or self.uploaded_at

    def values(self, kind: Kind) -> tuple[str, ...]:
        """Return the values of the terms of a kind, other than labels."""
        return tuple(term.value for term in self.terms if term.kind == kind)
