"""A run of the client while its network is cut: 1,000 pictures, on a stack of its own.

`test_client_network.py` looks at what the run leaves. The client has a process of its own, as a real one has.
"""

from __future__ import annotations

import functools
import hashlib
import tempfile
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch
from urllib.parse import urlsplit

from bench.usage.engine import Engine
from common.object_keys import upload_key
from glimpse import Client, IdToken
from glimpse.uploader import Uploader
from local.aws.endpoint import AwsEndpoint
from local.aws.moto_state import find_object
from local.settings import UNLIMITED
from local.sign_in.user_pool import USERS
from local.stack import Stack
from tests.image_files import encode, marked
from tests.stack.client import unique_jpeg
from tests.stack.cut_network import Network, detour

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PICTURES = 1000
_DETECTORS = ("DetectModeration", "DetectText", "DetectFaces")
_PARAMETERS = {
    **UNLIMITED,
    **dict.fromkeys(_DETECTORS, "false"),
    "ApiRateLimit": "10000",
    "ApiBurstLimit": "5000",
}
_JOBS = 8


class _Engine(Engine):
    """Finds nothing, so that a picture has few entries in the index."""

    names = 0


@dataclass
class Run:
    """What the client says: the connections that each cut ended, and each file's image, or the error."""

    cuts: list[int]
    images: dict[str, Any]
    listed: Counter[str]


@dataclass
class Observation:
    """What the run leaves. The PUTs are those of the client, by id and status."""

    run: Run
    puts: Counter[tuple[str, int]]
    stored: dict[str, str]  # the SHA-256 of the bytes by id


def take() -> Observation:
    """Upload the pictures, and look at what is stored."""
    puts: Counter[tuple[str, int]] = Counter()
    options: dict[str, Any] = {"engine": _Engine, "schedules": False, "log": lambda name, line: None}
    with ExitStack() as cleanup:
        folder = Path(cleanup.enter_context(tempfile.TemporaryDirectory()))
        jpeg = encode(marked((80, 80)), "JPEG")
        for number in range(PICTURES):
            Path(folder, f"{number:04}.jpg").write_bytes(unique_jpeg(jpeg))
        stack = cleanup.enter_context(Stack(parameters=_PARAMETERS, speedup=1200, **options))
        cleanup.enter_context(_counting(puts))  # not the stack's own sample upload
        process = cleanup.enter_context(ProcessPoolExecutor(1, get_context("spawn")))
        run = process.submit(upload, folder, stack.api_url, stack.aws_url, stack.token("alice")).result()
        bucket, ids = stack.template.outputs["InputBucketName"], [each["id"] for each in run.images.values()]
        return Observation(run, puts, {each: _stored_hash(bucket, each) for each in ids})


def upload(folder: Path, api_url: str, aws_url: str, token: str) -> Run:
    """Upload a folder through a network that is cut."""
    network = Network(cut_in_bytes=PICTURES // 3, cut_before_response=2 * PICTURES // 3)
    ports = [urlsplit(url).port or 0 for url in (api_url, aws_url)]
    transport = detour({port: network.proxy(port) for port in ports})
    with Client(api_url, IdToken(token), transport=transport) as client:
        outcomes = list(Uploader(client, _JOBS).upload(sorted(folder.iterdir())))
        images = {each.path.name: each.image or {"id": "", "status": str(each.error)} for each in outcomes}
        return Run(network.cuts, images, Counter(image["status"] for image in client.search()))


def _stored_hash(bucket: str, image_id: str) -> str:
    found = find_object(bucket, upload_key(USERS["alice"].sub, image_id))
    return hashlib.sha256(found.body).hexdigest() if found else ""


def _counting(puts: Counter[tuple[str, int]]) -> Any:
    """Count the presigned PUTs that reach S3, by id and status, within a `with` block."""
    serve = AwsEndpoint.__call__

    @functools.wraps(serve)
    def counted(endpoint: AwsEndpoint, environ: Any, start_response: Callable[..., Any]) -> Iterator[bytes]:
        def start(status: str, *arguments: Any) -> Any:
            if environ["REQUEST_METHOD"] == "PUT" and "X-Amz-Signature=" in environ.get("QUERY_STRING", ""):
                puts[environ["PATH_INFO"].rpartition("/")[2], int(status.split()[0])] += 1
            return start_response(status, *arguments)

        return serve(endpoint, environ, start)  # type: ignore[return-value]

    return patch.object(AwsEndpoint, "__call__", counted)
