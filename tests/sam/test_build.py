"""SAM CLI validates, builds, and packages the template."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from samtranslator.yaml_helper import yaml_parse

from local.cli.sam import local_environment
from local.settings import ROOT
from tests.template.support import ALL_FUNCTIONS

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.stack import Stack


def test_template_is_valid(sam: Callable[..., Any]) -> None:
    completed = sam(["validate", "--lint"], seconds=120)
    assert (completed.code, "is a valid SAM Template" in completed.stdout) == (0, True), completed


def test_build_contains_the_code_and_the_layers_packages(built: None) -> None:
    build = ROOT / ".aws-sam" / "build"
    source = {file.relative_to(ROOT / "src") for file in (ROOT / "src").rglob("*.py")}
    for function in ALL_FUNCTIONS:
        assert {file.relative_to(build / function) for file in (build / function).rglob("*.py")} == source
        compiled = {file.name.split(".")[0] for file in (build / function).rglob("*.cpython-313.pyc")}
        assert compiled == {file.stem for file in source}
    packages = {entry.name for entry in (build / "ImagingLayer" / "python").iterdir()}
    assert {"PIL", "pi_heif"} <= packages


def test_package_uploads_the_code(built: None, stack: Stack, sam: Callable[..., Any], tmp_path: Path) -> None:
    s3 = stack.client("s3")
    s3.create_bucket(Bucket="packages")
    packaged = tmp_path / "packaged.yaml"
    completed = sam(
        ["package", "--s3-bucket", "packages", "--output-template-file", str(packaged)],
        seconds=120,
        env=local_environment() | {"AWS_ENDPOINT_URL": stack.aws_url},
    )
    assert completed.code == 0, completed
    resources = yaml_parse(packaged.read_text())["Resources"]
    urls = {
        resources["PresignFunction"]["Properties"]["CodeUri"],
        resources["ProcessorFunction"]["Properties"]["CodeUri"],
        resources["ImagesFunction"]["Properties"]["CodeUri"],
        resources["ImagingLayer"]["Properties"]["ContentUri"],
    }
    keys = {entry["Key"] for entry in s3.list_objects_v2(Bucket="packages")["Contents"]}
    assert {url.removeprefix("s3://packages/") for url in urls} == keys
