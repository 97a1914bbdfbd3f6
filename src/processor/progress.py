"""The progress of an image: what is known of it so far, in this try and in earlier ones."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from processor.answers import KeptAnswers
from processor.plan import CUSTOM_LABELS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from catalog.transitions.lease import Lease
    from processor.detectors import Call
    from processor.earlier import EarlierResult
    from processor.errors import DetectorError
    from processor.imaging.interface import ImageFacts, ImageHeader
    from processor.invocation import Invocation
    from processor.plan import Plan
    from processor.result import SourceImage


@dataclass
class Progress:
    """What is known so far about an image: for the document of a failure, and for the next try."""

    image: SourceImage
    started_at: datetime  # of the first try
    counted_calls: int  # billed in earlier tries, and counted there
    uploaded_at: str  # of the record; empty for a direct upload
    done_at: str  # of the record's earlier result if it is recognized again; otherwise empty
    plan: Plan
    is_replaced: bool = False  # whether that result is about an earlier version of the source object
    recorded_etag: str | None = None  # of the version that the record of a source object is about
    ask_again: frozenset[str] = frozenset()  # operations to call, whatever that result has
    is_first: bool = False  # whether no earlier try can have kept anything
    earlier: EarlierResult | None = None  # that result
    header: ImageHeader | None = None
    is_converted: bool | None = None  # None until the image was read
    is_prepared: bool = False  # whether the renderings are stored, and the JPEG if there is one
    responses: dict[str, Mapping[str, Any]] = field(default_factory=dict)  # by operation, of all tries
    errors: Mapping[str, DetectorError] = field(default_factory=dict)  # by detector
    facts: ImageFacts | None = None  # None until the image was prepared
    uncounted_calls: int = 0  # billed, but not counted yet
    unmetered_calls: list[Call] = field(default_factory=list)  # answered, but not in the stack's usage yet
    has_leftovers: bool = False  # whether answers or a JPEG have to be deleted in the end
    is_model_stopped: bool = False  # whether the active model can't be called now

    @classmethod
    def begin(
        cls, image: SourceImage, lease: Lease, invocation: Invocation, plan: Plan, started_at: datetime
    ) -> Progress:
        """Return the progress of a try that begins with a lease."""
        return cls(
            image=image,
            started_at=started_at,
            counted_calls=lease.billed_calls,
            uploaded_at=lease.uploaded_at,
            done_at=lease.done_at,
            is_replaced=lease.is_replaced,
            recorded_etag=lease.source_etag,
            plan=plan,
            ask_again=invocation.ask_again,
            is_first=lease.is_first and not lease.done_at and not invocation.is_retry,
        )

    @property
    def source(self) -> str:
        """What identifies the object, the upload that it came with, and what it is recognized again after."""
        return f"{self.image.etag} {self.uploaded_at} {self.done_at}".strip()

    @property
    def keeps_result(self) -> bool:
        """Whether the image is done with its earlier result if it can't be recognized again."""
        is_other_version = (
            bool(self.recorded_etag and self.image.etag) and self.recorded_etag != self.image.etag
        )
        return bool(self.done_at) and not self.is_replaced and not is_other_version

    @property
    def missing_calls(self) -> list[Call]:
        """The calls to make: those without an answer, but none of a model that is stopped."""
        return [
            call
            for call in self.plan.calls
            if call.operation not in self.responses
            and not (self.is_model_stopped and call.operation == CUSTOM_LABELS)
        ]

    @property
    def lacks_custom_labels(self) -> bool:
        """Whether the active model would have had to be called, but is stopped."""
        return self.is_model_stopped and CUSTOM_LABELS not in self.responses

    def set_plan(self, plan: Plan) -> None:
        """Note what to ask about the image."""
        self.plan = plan
        self.is_model_stopped = plan.is_model_stopped

    def set_header(self, header: ImageHeader) -> None:
        """Note what the file's header says."""
        self.header = header
        self.image = self.image.with_header(header)

    def reuse(self, earlier: EarlierResult) -> None:
        """Start from the earlier result of an image that is recognized again."""
        self.set_header(earlier.header)
        self.is_converted = earlier.is_converted
        current = earlier.current_answers(self.plan.calls)
        self.responses = {name: found for name, found in current.items() if name not in self.ask_again}
        self.facts = earlier.facts
        self.counted_calls = max(self.counted_calls, earlier.billed_calls)
        self.earlier = earlier

    def resume(self, kept: KeptAnswers) -> None:
        """Go on from an earlier try."""
        self.set_header(kept.header)
        self.started_at = kept.started_at
        self.is_converted = kept.is_converted
        self.is_prepared = kept.is_prepared and kept.limits == self.plan.limits and kept.facts is not None
        self.facts = kept.facts or self.facts
        self.responses |= kept.responses
        self.uncounted_calls = kept.uncounted_calls
        self.counted_calls = max(self.counted_calls, len(kept.responses) - kept.uncounted_calls)
        self.has_leftovers = True

    def kept_answers(self) -> KeptAnswers | None:
        """Return what the next try can go on from, or None if the image couldn't be read yet."""
        if self.image.etag is None or self.header is None or self.is_converted is None:
            return None
        return KeptAnswers(
            source=self.source,
            header=self.header,
            limits=self.plan.limits,
            is_converted=self.is_converted,
            is_prepared=self.is_prepared,
            started_at=self.started_at,
            uncounted_calls=self.uncounted_calls,
            responses=dict(self.responses),
            facts=self.facts,
        )
