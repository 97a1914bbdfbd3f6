"""SAM CLI takes the template: validate, build and package."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from samtranslator.yaml_helper import yaml_parse

from local.cli.sam import ROOT, local_environment

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.stack import Stack


def test_the_template_is_valid(sam: Callable[..., Any]) -> None:
    answer = sam(["validate", "--lint"], seconds=120)
    assert (answer.code, "is a valid SAM Template" in answer.stdout) == (0, True), answer


def test_the_build_holds_the_code_once_a_function_and_the_layer_its_wheels(built: None) -> None:
    build = ROOT / ".aws-sam" / "build"
    source = {file.relative_to(ROOT / "src") for file in (ROOT / "src").rglob("*.py")}
    for function in ("PresignFunction", "ProcessorFunction", "ImagesFunction"):
        assert {file.relative_to(build / function) for file in (build / function).rglob("*.py")} == source
    packages = {entry.name for entry in (build / "ImagingLayer" / "python").iterdir()}
    assert {"PIL", "pi_heif"} <= packages


def test_the_package_is_uploaded_and_the_template_names_it(
    built: None, stack: Stack, sam: Callable[..., Any], tmp_path: Path
) -> None:
    s3 = stack.client("s3")
    s3.create_bucket(Bucket="packages")
    packaged = tmp_path / "packaged.yaml"
    answer = sam(
        ["package", "--s3-bucket", "packages", "--output-template-file", str(packaged)],
        seconds=120,
        env=local_environment() | {"AWS_ENDPOINT_URL": stack.aws_url},
    )
    assert answer.code == 0, answer
    resources = yaml_parse(packaged.read_text())["Resources"]
    places = {
        resources["PresignFunction"]["Properties"]["CodeUri"],
        resources["ProcessorFunction"]["Properties"]["CodeUri"],
        resources["ImagesFunction"]["Properties"]["CodeUri"],
        resources["ImagingLayer"]["Properties"]["ContentUri"],
    }
    keys = {entry["Key"] for entry in s3.list_objects_v2(Bucket="packages")["Contents"]}
    assert {place.removeprefix("s3://packages/") for place in places} == keys
