"""`make botocore-data`: write the part of botocore's data that the functions need to build their clients.

The installed botocore describes more than 400 services with their documentation. The functions read this part
instead, at every cold start.
"""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

from botocore.loaders import Loader

from local.settings import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FOLDER = ROOT / "src" / "common" / "botocore_data"
# What the functions call, by service; and HeadBucket, by which botocore finds out a bucket's region
OPERATIONS: dict[str, frozenset[str]] = {
    "s3": frozenset({"DeleteObject", "GetObject", "HeadBucket", "HeadObject", "ListObjectsV2", "PutObject"}),
    "dynamodb": frozenset(
        {
            "BatchGetItem",
            "BatchWriteItem",
            "DeleteItem",
            "GetItem",
            "PutItem",
            "Query",
            "TransactWriteItems",
            "UpdateItem",
        }
    ),
    "sqs": frozenset({"SendMessage"}),
    "events": frozenset({"PutEvents"}),
    "rekognition": frozenset(
        {
            "CreateDataset",
            "CreateProject",
            "CreateProjectVersion",
            "DeleteDataset",
            "DeleteProject",
            "DeleteProjectVersion",
            "DescribeProjectVersions",
            "DescribeProjects",
            "DetectCustomLabels",
            "DetectFaces",
            "DetectLabels",
            "DetectModerationLabels",
            "DetectProtectiveEquipment",
            "DetectText",
            "RecognizeCelebrities",
            "StartProjectVersion",
            "StopProjectVersion",
        }
    ),
}
_OF_ALL_SERVICES = ("_retry", "partitions", "sdk-default-configuration")


def main() -> None:
    """Replace the folder."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    for name, content in needed_data().items():
        file = FOLDER / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")
    print(f"Written to {FOLDER.relative_to(ROOT)}.")


def needed_data() -> dict[str, str]:
    """Return the files' contents, by their paths in the folder."""
    return {f"{name}.json": _json(data) for name, data in _needed_data(Loader())}


def _needed_data(loader: Loader) -> Iterator[tuple[str, Any]]:
    for name in _OF_ALL_SERVICES:
        yield name, loader.load_data(name)
    endpoints = loader.load_data("endpoints")
    yield "endpoints", {**endpoints, "partitions": [_only_ours(each) for each in endpoints["partitions"]]}
    for service, operations in OPERATIONS.items():
        folder = f"{service}/{loader.determine_latest_version(service, 'service-2')}"
        yield f"{folder}/service-2.sdk-extras", {"version": 1.0, "merge": {}}  # the model has them
        yield f"{folder}/service-2", trim(loader.load_service_model(service, "service-2"), operations)
        yield (
            f"{folder}/endpoint-rule-set-1",
            loader.load_service_model(service, "endpoint-rule-set-1"),
        )
        pages = loader.load_service_model(service, "paginators-1")["pagination"]
        if ours := {name: page for name, page in pages.items() if name in operations}:
            yield f"{folder}/paginators-1", {"pagination": ours}


def _only_ours(partition: Mapping[str, Any]) -> dict[str, Any]:
    services = {name: each for name, each in partition["services"].items() if name in OPERATIONS}
    return {**partition, "services": services}


def trim(model: Mapping[str, Any], operations: frozenset[str]) -> dict[str, Any]:
    """Return a service's model with some operations, the shapes that they need, and no documentation."""
    kept = {name: model["operations"][name] for name in sorted(operations)}
    shapes: dict[str, Any] = {}
    missing = list(_references(kept))
    while missing:
        name = missing.pop()
        if name not in shapes:
            shapes[name] = model["shapes"][name]
            missing += _references(shapes[name])
    return {
        **model,
        "operations": _without_documentation(kept),
        "shapes": {name: _without_documentation(shapes[name]) for name in sorted(shapes)},
    }


def _references(definition: Any) -> Iterator[str]:
    """Yield the names of the shapes in a definition."""
    if isinstance(definition, list):
        for each in definition:
            yield from _references(each)
    elif isinstance(definition, dict):
        for name, value in definition.items():
            if name == "shape" and isinstance(value, str):
                yield value
            else:
                yield from _references(value)


def _without_documentation(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_documentation(each) for each in value]
    if isinstance(value, dict):
        return {
            name: _without_documentation(each)
            for name, each in value.items()
            if not (name == "documentation" and isinstance(each, str))
        }
    return value


def _json(data: Any) -> str:
    return json.dumps(data, separators=(",", ":")) + "\n"


if __name__ == "__main__":
    main()
