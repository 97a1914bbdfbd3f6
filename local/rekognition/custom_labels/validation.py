"""Check the entries of datasets before a model is trained, and report what is wrong with them.

Errors of an entry leave it out. Errors of a manifest as a whole, or of both, end the training (Developer
Guide, "Debugging a failed model training").
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from local.rekognition.custom_labels.manifest import Entry
from local.rekognition.custom_labels.model import LabeledBox
from local.rekognition.errors import ObjectUnreadable, RekognitionError
from local.rekognition.images import OperationLimits, check_limits

# Developer Guide, "Guidelines and quotas" and "Validation rules for manifest files"
MAX_LABELS = 250
IMAGE_LIMITS = OperationLimits(min_side=64, max_side=4096)
_MAX_INVALID_RATIO = 0.2
_MIN_OVERLAP = 0.5
_TEST_RATIO = 0.2
# Terminal errors and their messages
MANIFEST_ERRORS = {
    "ERROR_MANIFEST_INACCESSIBLE_OR_UNSUPPORTED_FORMAT": (
        "The manifest file extension or contents are invalid."
    ),
    "ERROR_EMPTY_MANIFEST": "The manifest file is empty.",
    "ERROR_CANNOT_WRITE_OUTPUT_S3_BUCKET": "Unable to write to output S3 bucket.",
    "ERROR_TOO_MANY_INVALID_ROWS_IN_MANIFEST": "The manifest file contains too many invalid rows.",
    "ERROR_IMAGES_IN_MULTIPLE_S3_BUCKETS": "The manifest file contains images from multiple S3 buckets.",
    "ERROR_INSUFFICIENT_IMAGES_PER_LABEL_FOR_AUTOSPLIT": (
        "The manifest file contains insufficient labeled images per label to perform auto-split."
    ),
    "ERROR_MANIFEST_TOO_FEW_LABELS": "The manifest file has too few labels.",
    "ERROR_MANIFEST_TOO_MANY_LABELS": "The manifest file has too many labels.",
    "ERROR_INSUFFICIENT_LABEL_OVERLAP": (
        "Less than 50% label overlap between the training and testing manifest files."
    ),
}
ReadImage = Callable[[str, str], bytes]


class TerminalError(Exception):
    """An error that ends a training or an import."""

    def __init__(self, code: str) -> None:
        super().__init__(MANIFEST_ERRORS[code])


@dataclass(frozen=True)
class CheckedDataset:
    entries: Sequence[Entry]
    has_boxes: bool
    errors: Sequence[str]  # codes

    @property
    def usable(self) -> list[Entry]:
        return [entry for entry in self.entries if not entry.is_invalid and self.labels_of(entry)]

    @property
    def names(self) -> set[str]:
        return {labeled.label for entry in self.usable for labeled in self.labels_of(entry)}

    def labels_of(self, entry: Entry) -> Sequence[LabeledBox]:
        return entry.boxes if self.has_boxes else entry.labels

    def statistics(self) -> dict[str, Any]:
        """Return the dataset's part of the manifest summary."""
        invalid = sum(entry.is_invalid for entry in self.entries)
        valid = len(self.usable)
        has_case = valid and not self.errors
        use_case = "OBJECT_LOCALIZATION" if self.has_boxes else "IMAGE_LEVEL_LABELS"
        return {
            "use_case": use_case if has_case else "NOT_DETERMINED",
            "total_json_lines": len(self.entries),
            "valid_json_lines": valid,
            "invalid_json_lines": invalid,
            "ignored_json_lines": len(self.entries) - valid - invalid,
            "error_json_line_indices": [
                number for number, entry in enumerate(self.entries, 1) if entry.has_errors
            ],
            "errors": [_describe(code) for code in self.errors],
        }

    def to_manifest(self) -> str:
        return "".join(f"{entry.line}\n" for entry in self.entries)


def check_images(entries: Iterable[Entry], read: ReadImage) -> list[Entry]:
    """Return the entries with an error where the image is missing, or can't be used."""
    return [
        entry if entry.is_invalid or _is_valid_image(entry, read) else entry.rejected("ERROR_INVALID_IMAGE")
        for entry in entries
    ]


def _is_valid_image(entry: Entry, read: ReadImage) -> bool:
    try:
        check_limits(read(*entry.source or ("", "")), IMAGE_LIMITS, by_reference=True)
    except (ObjectUnreadable, RekognitionError):
        return False
    return True


def prefers_boxes(entries: Iterable[Entry]) -> bool:
    """Return whether a model for these entries finds boxes: more of them have boxes than labels."""
    counts = Counter(bool(entry.boxes) for entry in entries if entry.names)
    return counts[True] > counts[False]


def check_dataset(entries: Sequence[Entry], *, has_boxes: bool, is_training: bool) -> CheckedDataset:
    found = CheckedDataset(entries, has_boxes, ())
    errors = []
    if sum(entry.is_invalid for entry in entries) > _MAX_INVALID_RATIO * len(entries):
        errors.append("ERROR_TOO_MANY_INVALID_ROWS_IN_MANIFEST")
    if len({entry.source[0] for entry in entries if entry.source}) > 1:
        errors.append("ERROR_IMAGES_IN_MULTIPLE_S3_BUCKETS")
    if is_training and len(found.names) < (1 if has_boxes else 2):
        errors.append("ERROR_MANIFEST_TOO_FEW_LABELS")
    if len(found.names) > MAX_LABELS:
        errors.append("ERROR_MANIFEST_TOO_MANY_LABELS")
    return CheckedDataset(entries, has_boxes, errors)


def check_overlap(training: CheckedDataset, testing: CheckedDataset) -> list[str]:
    """Return the codes of errors of both datasets together."""
    shared = training.names & testing.names
    return ["ERROR_INSUFFICIENT_LABEL_OVERLAP"] if len(shared) < _MIN_OVERLAP * len(training.names) else []


def to_summary(training: CheckedDataset, testing: CheckedDataset, errors: Iterable[str]) -> dict[str, Any]:
    """Return the manifest summary."""
    statistics = {"training": training.statistics(), "testing": testing.statistics()}
    return {"statistics": statistics, "errors": [_describe(code) for code in errors]}


def split(entries: Iterable[Entry]) -> tuple[list[Entry], list[Entry]]:
    """Move 20% of the entries into a test dataset, and of each set of labels at least one of several."""
    groups: dict[tuple[str, ...], list[Entry]] = {}
    for entry in entries:
        groups.setdefault(tuple(sorted(entry.names)), []).append(entry)
    training: list[Entry] = []
    testing: list[Entry] = []
    for group in groups.values():
        count = max(round(len(group) * _TEST_RATIO), min(1, len(group) - 1))
        chosen = {number * len(group) // count for number in range(count)} if count else set()
        for number, entry in enumerate(group):
            (testing if number in chosen else training).append(entry)
    return training, testing


def _describe(code: str) -> Mapping[str, str]:
    return {"code": code, "message": MANIFEST_ERRORS[code]}
