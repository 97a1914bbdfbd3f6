"""`make backfill-local` and `make reprocess-local` on a running stack."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from common.object_keys import source_image_id
from local.cli.token import fetch_tokens
from local.settings import ROOT
from tests.stack.client import Run, unique_jpeg
from tests.stack.test_data import KeptStack

if TYPE_CHECKING:
    from collections.abc import Callable

PHOTO = (Path(__file__).parents[2] / "web/samples/astronaut.jpg").read_bytes()
KEYS = ("a.jpg", "b c.jpg", "ü.jpg")
SET = "SourceBucket=archive RekognitionCallsPerSecond=25"
pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def command(run: Run) -> Callable[..., tuple[int, list[str]]]:
    """Run a command on a stack; return its exit code and the lines that it printed, without the duration."""

    def command(stack: KeptStack, *arguments: str) -> tuple[int, list[str]]:
        port = str(urlsplit(stack.aws).port)
        process = run("deploy.backfill.local", *arguments, AWS_PORT=port, PYTHONPATH=str(ROOT / "src"))
        printed, errors = process.communicate(timeout=120)
        assert "Traceback" not in errors, errors
        return process.returncode, printed.splitlines()[:-1]

    return command


def test_a_back_fill_and_a_new_detector(
    run: Run, tmp_path: Path, command: Callable[..., tuple[int, list[str]]]
) -> None:
    stack = KeptStack(run, tmp_path)
    stack.start(SET=SET)
    for key in KEYS:
        stack.client("s3").put_object(Bucket="archive", Key=key, Body=unique_jpeg(PHOTO))
    stack.client("s3").put_object(Bucket="archive", Key="notes.txt", Body=b"notes")
    code, printed = command(stack, "backfill", "s3://archive", "alice", "", "no")
    assert (code, printed) == (
        0,
        [
            "This recognizes the pictures at s3://archive as those of alice in the local stack:",
            "- to recognize: 3",
            "- not pictures, by their names: 1",
            "- calls: 3 (3 of DetectLabels)",
            "- Rekognition: on AWS, about $0.00 at list prices",
            "- time: about 0 s at 20 images/s by Rekognition's quota; the local engine may need longer",
            "- results are kept for 90 days: see RetentionDays",
            "Recognized: 3",
            "Not pictures, by their names: 1",
            "Billed calls: 3",
            "Rekognition: on AWS, about $0.00 at list prices",
        ],
    )
    alice = fetch_tokens(stack.sign_in, stack.page, "alice")["id_token"]
    assert stack.image_ids(alice) == {source_image_id("archive", key) for key in KEYS}
    stack.end(signal.SIGINT)

    stack.start(SET=f"{SET} DetectText=true")
    code, printed = command(stack, "reprocess", "alice@example.com", "", "", "no")
    assert (code, printed[1:3], printed[-3:-1]) == (
        0,
        ["- to recognize: 3", "- calls: 3 (3 of DetectText)"],
        ["Recognized: 3", "Billed calls: 3"],
    )
    assert stack.calls() == {"DetectText": 3}
    stack.end(signal.SIGINT)
