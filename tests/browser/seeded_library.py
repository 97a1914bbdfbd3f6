"""A library on the local stack whose results a test chooses, without recognition."""

from __future__ import annotations

import hashlib
import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import boto3
from PIL import Image, ImageDraw

from catalog.catalog import Catalog
from catalog.records import ImageRecord, Reason
from catalog.transitions.finish import Completion, FailureSummary
from common.object_keys import preview_key, result_key, thumbnail_key, upload_key
from common.rejections import Rejection
from local.sign_in.user_pool import USERS
from local.template.names import ADMIN_KEY, ADMIN_SECRET, REGION
from processor.imaging.interface import ImageFacts
from processor.recognition import Recognition
from processor.result import Result, SourceImage, encode
from processor.review import ReviewRules

if TYPE_CHECKING:
    from collections.abc import Sequence

    from local.stack import Stack

NEWEST = datetime(2026, 11, 20, 12, tzinfo=UTC)
_DETECTORS = ("labels", "moderation", "protective_equipment")
_BOX = {"Left": 0.25, "Top": 0.25, "Width": 0.5, "Height": 0.5}
_SECONDS = timedelta(seconds=2)


@dataclass(frozen=True)
class Picture:
    """A picture of one color, and what is found in it. A rejected one has only a `rejection` code.

    `labels` are names, or names with a category. `missing` are parts of persons' bodies without cover.
    """

    name: str
    labels: tuple[str | tuple[str, str], ...] = ()
    color: str = "gray"
    flags: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    size: tuple[int, int] = (480, 320)
    added_at: datetime | None = None
    hash: str | None = None  # perceptual, 16 hexadecimal digits
    rejection: str | None = None
    values: dict[str, Any] = field(default_factory=dict)  # more of the result


def seed(stack: Stack, pictures: Sequence[Picture], user: str = "alice") -> list[str]:
    """Store pictures, the first as the newest. Return their ids in this order."""
    catalog = Catalog(_table(stack))
    storage = stack.client("s3")

    def store(number: int) -> str:
        picture = pictures[number]
        added_at = picture.added_at or NEWEST - timedelta(minutes=number)
        return _store(stack, catalog, storage, USERS[user].sub, picture, added_at, number)

    with ThreadPoolExecutor(4) as pool:
        return list(pool.map(store, range(len(pictures))))


def _store(
    stack: Stack,
    catalog: Catalog,
    storage: Any,
    owner: str,
    picture: Picture,
    added_at: datetime,
    number: int,
) -> str:
    data = _draw(picture, number)
    image_id = hashlib.sha256(data).hexdigest()
    key = upload_key(owner, image_id)
    record = ImageRecord(owner, image_id, "pending", picture.name, "image/jpeg", len(data), added_at)
    catalog.start(record)
    expires_at = int((datetime.now(UTC) + timedelta(days=90)).timestamp())
    if picture.rejection:
        rejection = Rejection.of(picture.rejection)
        reason = Reason(rejection.code, rejection.message)
        catalog.fail(owner, image_id, FailureSummary(reason, added_at + _SECONDS, expires_at))
        return image_id
    outputs = stack.template.outputs
    result = _result(picture, SourceImage(outputs["InputBucketName"], key), data, added_at)
    renderings = ((preview_key(key), _render(data, 1600)), (thumbnail_key(key), _render(data, 512)))
    for name, body, media_type in (
        *((name, body, "image/webp") for name, body in renderings),
        (result_key(key), encode(result.document()), "application/json"),
    ):
        storage.put_object(Bucket=outputs["OutputBucketName"], Key=name, Body=body, ContentType=media_type)
    catalog.label_categories.add(result.label_categories)
    catalog.complete(owner, image_id, Completion(result.summary, 1, added_at + _SECONDS, expires_at))
    # its event comes last: what is done isn't recognized
    storage.put_object(Bucket=outputs["InputBucketName"], Key=key, Body=data, ContentType="image/jpeg")
    return image_id


def _result(picture: Picture, image: SourceImage, data: bytes, added_at: datetime) -> Result:
    width, height = picture.size
    labels = [(each, "") if isinstance(each, str) else each for each in picture.labels]
    person = {"Name": "HEAD", "Confidence": 97.0, "EquipmentDetections": []}
    values: dict[str, Any] = {
        "Labels": [
            {
                "Name": name,
                "Confidence": 99.0 - number,
                "Instances": [{"BoundingBox": _BOX, "Confidence": 98.0}] if number == 0 else [],
                "Parents": [],
                "Categories": [{"Name": category}] if category else [],
            }
            for number, (name, category) in enumerate(labels)
        ],
        "ModerationLabels": [
            {"Name": name, "Confidence": 96.0, "ParentName": "", "TaxonomyLevel": 1} for name in picture.flags
        ],
        "Persons": [
            {"Id": 0, "BoundingBox": _BOX, "Confidence": 98.0, "BodyParts": [person | {"Name": part}]}
            for part in picture.missing
        ],
        **picture.values,
    }
    return Result(
        image=SourceImage(image.bucket, image.key, "0" * 32, len(data), "JPEG", width, height),
        recognition=Recognition(values, {}, {"labels": "3.0"}, {}, 1),
        detectors=_DETECTORS,
        min_confidence=50.0,
        started_at=added_at,
        ended_at=added_at + _SECONDS,
        is_converted=False,
        facts=ImageFacts(colors=(picture.color,), perceptual_hash=picture.hash),
        review_rules=ReviewRules(80.0, frozenset({"Helmet"})),
    )


def _draw(picture: Picture, number: int) -> bytes:
    image = Image.new("RGB", picture.size, picture.color)
    ImageDraw.Draw(image).text(
        (10, 10), f"{number} {picture.name}", fill="white", stroke_width=2, stroke_fill="black"
    )
    data = io.BytesIO()
    image.save(data, "JPEG", quality=80)
    return data.getvalue()


def _render(data: bytes, side: int) -> bytes:
    image = Image.open(io.BytesIO(data))
    image.thumbnail((side, side))
    rendering = io.BytesIO()
    image.save(rendering, "WEBP", quality=60)
    return rendering.getvalue()


def _table(stack: Stack) -> Any:
    dynamodb = boto3.resource(
        "dynamodb",
        endpoint_url=stack.aws_url,
        region_name=REGION,
        aws_access_key_id=ADMIN_KEY,
        aws_secret_access_key=ADMIN_SECRET,
    )
    return dynamodb.Table(stack.template.outputs["CatalogTableName"])
