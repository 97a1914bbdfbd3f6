"""An endpoint that keeps its data, and restarts as after a kill."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
import yaml
from botocore.config import Config

from local.aws.endpoint import AwsEndpoint, AwsRequestHandler
from local.aws.provision import provision
from local.persistence.data import LocalData
from local.persistence.database import FILE_NAME, DataError
from local.server import Server

TEMPLATE = Path(__file__).parents[1] / "aws" / "small_template.yaml"
BUCKET = "local-input-123456789012-us-east-1"


def fail(error: DataError) -> None:
    raise AssertionError(error)


class Run:
    """The local AWS services with a data folder, one run after the other."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.resources: dict[str, Any] = yaml.safe_load(TEMPLATE.read_text(encoding="utf-8"))
        del self.resources["AWS::S3::Bucket"]["HistoryBucket"]  # versions can't be kept
        self.left: list[str] = []  # what the last start has said
        self._number = 0
        self._start()

    @property
    def template(self) -> Any:
        return SimpleNamespace(
            resources=lambda kind: self.resources.get(kind, {}), parameters={"DetectText": "true"}
        )

    def client(self, service: Any, url: str = "", **keys: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=url or self.url,
            region_name="us-east-1",
            aws_access_key_id=keys.get("AWS_ACCESS_KEY_ID", "defaultkey"),
            aws_secret_access_key=keys.get("AWS_SECRET_ACCESS_KEY", "defaultsecret"),
            config=Config(
                retries={"total_max_attempts": 1},
                s3={"addressing_style": "path"},
                signature_version="s3v4" if service == "s3" else None,
            ),
        )

    def restart(self) -> None:
        """Start again with the files as they are now: nothing is closed before, as after a kill."""
        self._number += 1
        copy = self.folder.with_name(f"copy{self._number}")
        shutil.copytree(self.folder, copy)
        assert (copy / FILE_NAME).stat().st_size > 0
        self.stop()
        self.folder = copy
        self._start()

    def stop(self) -> None:
        self._undo.close()

    def _start(self) -> None:
        with ExitStack() as undo:
            self._serve(undo)
            self._undo = undo.pop_all()

    def _serve(self, undo: ExitStack) -> None:
        data = LocalData(self.folder, fail)
        undo.callback(data.close)
        endpoint = AwsEndpoint(
            self.template,
            SimpleNamespace(),  # type: ignore[arg-type]
            lambda function_id, event: None,
            secret=data.secret,
            objects=data.objects,
        )
        server = Server("127.0.0.1", 0, "AWS_PORT", AwsRequestHandler)
        undo.callback(server.stop)
        self.data, self.endpoint, self.url = data, endpoint, server.url
        server.serve(endpoint)
        provision(self.template, self.client)
        self.left = data.restore(self.template)
        undo.enter_context(data.recording())


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    started = Run(tmp_path / "data")
    yield started
    started.stop()
