"""The API's documents, as docs/openapi.yaml describes them."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

Status = Literal["pending", "done", "failed"]
Order = Literal["added", "taken"]
Action = Literal["get", "delete", "tag", "untag", "decide", "retry"]
DecisionValue = Literal["approved", "hidden"]
TermKind = Literal["label", "text", "color", "tag", "name", "camera", "flag", "celebrity", "missing"]


class Label(TypedDict):
    """A label of an image."""

    name: str
    confidence: float


class Reason(TypedDict):
    """Why an image failed."""

    code: str
    message: str


class Review(TypedDict):
    """Why an image needs review."""

    flags: list[str]
    missing: list[str]


class Decision(TypedDict):
    """What a reviewer decided."""

    value: DecisionValue
    by: str
    at: str


Box = TypedDict("Box", {"class": str, "left": float, "top": float, "width": float, "height": float})


class Image(TypedDict):
    """An image. Times are RFC 3339 in UTC."""

    id: str
    status: Status
    fileName: str
    contentType: str
    size: int
    width: int | None
    height: int | None
    uploadedAt: str
    processedAt: str | None
    takenAt: str | None
    camera: str | None
    people: int | None
    colors: list[str]
    labels: list[Label]
    flags: list[str]
    review: Review | None
    tags: list[str]
    favorite: bool
    caption: str | None
    decision: Decision | None
    boxes: list[Box]
    revision: int
    reason: NotRequired[Reason]
    received: NotRequired[bool]
    waiting: NotRequired[bool]


class ListedImage(Image):
    """An image of a list."""

    thumbnailUrl: str | None


class SimilarImage(ListedImage):
    """An image that looks like another one."""

    distance: int


class Links(TypedDict, total=False):
    """URLs that are valid for 5 to 15 minutes."""

    original: str
    preview: str
    thumbnail: str
    result: str


class ImageView(TypedDict):
    """An image with its result, which docs/result.schema.json describes."""

    image: Image
    result: dict[str, Any] | None
    links: Links


class PresignedUpload(TypedDict):
    """The request to send with the file's bytes as its body."""

    method: str
    url: str
    headers: dict[str, str]
    expiresAt: str


class StartedUpload(TypedDict):
    """The response of `POST /uploads`; without `upload`, the bytes are already stored."""

    image: Image
    upload: NotRequired[PresignedUpload]


class ImagePatch(TypedDict, total=False):
    """What changes: a field that is missing stays as it is, and None removes it."""

    tags: list[str] | None
    favorite: bool | None
    caption: str | None
    decision: DecisionValue | None
    boxes: list[Box] | None


class BatchResult(TypedDict):
    """What became of one image of a batch."""

    id: str
    status: int
    code: NotRequired[str]
    detail: NotRequired[str]
    image: NotRequired[Image]


class Term(TypedDict):
    """What images can be found by."""

    kind: TermKind
    value: str
    count: int


class LabelCount(TypedDict):
    """A label, and how many images have it."""

    name: str
    count: int
    category: NotRequired[str | None]


class Labels(TypedDict):
    """The response of `GET /labels`."""

    labels: list[LabelCount]
    colors: list[dict[str, Any]]
    library: dict[str, Any]
    thisMonth: dict[str, Any]
    quota: dict[str, Any]
