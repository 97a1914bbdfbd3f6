"""Measure what DATA costs: the time of requests and of a start, memory and disk.

The pictures of a full folder are copies of one that was recognized. Memory is the resident memory of this
process, which runs the stack without its workers.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "src"), str(ROOT / "client")]

from glimpse import Client, IdToken, ImageFile  # noqa: E402 -- needs the path set above
from local.http import send  # noqa: E402
from local.persistence.database import FILE_NAME, Database  # noqa: E402
from local.settings import UNLIMITED, stack_parameters, use_local_credentials  # noqa: E402
from local.stack import Stack  # noqa: E402

_UPLOADS = 200
_PHOTO_BYTES = 3_000_000
_CLIENTS = 4
_COUNTS = (1, 1_000, 10_000)
_SAMPLE = ROOT / "web" / "samples" / "astronaut.jpg"


def start(folder: Path | None) -> Stack:
    parameters = {**stack_parameters(os.environ), **UNLIMITED}
    return Stack(parameters=parameters, data=folder, log=lambda name, line: None)


def measure_uploads(folder: Path | None) -> None:
    """Print how long uploads take that nothing processes."""
    with start(folder) as stack:
        stack.faults.configure({"lostEvents": 1.0})
        token, body = stack.token("alice"), os.urandom(_PHOTO_BYTES)

        def upload(number: int) -> tuple[float, float]:
            content = body + number.to_bytes(4)
            started = time.perf_counter()
            response = send(
                "POST",
                f"{stack.api_url}/uploads",
                json=ImageFile.from_bytes("photo.jpg", content).request,
                headers={"Authorization": f"Bearer {token}"},
            )
            asked = time.perf_counter()
            put = response.json()["upload"]
            send(put["method"], put["url"], data=content, headers=put["headers"]).raise_for_status()
            return asked - started, time.perf_counter() - asked

        one_by_one = [upload(number) for number in range(_UPLOADS // 4)]
        started = time.perf_counter()
        with ThreadPoolExecutor(_CLIENTS) as pool:
            list(pool.map(upload, range(_UPLOADS, 2 * _UPLOADS)))
        rate = _UPLOADS / (time.perf_counter() - started)
        ask, store = (statistics.median(times) * 1000 for times in zip(*one_by_one, strict=True))
        name = "with" if folder else "without"
        print(
            f"{name} DATA: POST /uploads {ask:.1f} ms, PUT of 3 MB {store:.1f} ms, "
            f"{rate:.0f} uploads a second with {_CLIENTS} clients",
            flush=True,
        )


def measure_writes(folder: Path) -> None:
    """Print how long the writes themselves take: of the pages of an item, and of a photo."""
    item, body = "x" * 1500, os.urandom(_PHOTO_BYTES)
    writes = {
        "an item of 1.5 kB": ("INSERT INTO items VALUES ('table', ?, ?)", item),
        "a photo of 3 MB": (
            "INSERT INTO objects (bucket, key, attributes, body) VALUES ('b', ?, '', ?)",
            body,
        ),
    }
    with Database(folder, lambda error: None) as database:
        for name, (query, content) in writes.items():
            seconds = []
            for number in range(_UPLOADS):
                started = time.perf_counter()
                with database.transaction() as connection:
                    connection.execute(query, (f"key {number}", content))
                seconds.append(time.perf_counter() - started)
            print(f"writing {name}: {statistics.median(seconds) * 1000:.2f} ms", flush=True)


def measure_start(folder: Path, count: int) -> None:
    """Print how long the start takes with `count` pictures, and what they need."""
    image_id = hashlib.sha256(_SAMPLE.read_bytes()).hexdigest()
    _copy(folder / FILE_NAME, image_id, count)
    code = f"from bench.data import *; time_start(Path({str(folder)!r}))"
    subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env={**os.environ, "PYTHONPATH": "src"}, check=True
    )
    size = sum(file.stat().st_size for file in folder.iterdir())
    print(
        f"{count} pictures: {size / 1_000_000:.0f} MB on disk, {size / count / 1000:.0f} kB each", flush=True
    )


def time_start(folder: Path) -> None:
    use_local_credentials(os.environ)
    started = time.monotonic()
    with start(folder):
        seconds = time.monotonic() - started
        status = Path("/proc/self/status").read_text(encoding="ascii")
        (resident,) = (line.split()[1] for line in status.splitlines() if line.startswith("VmRSS"))
        print(f"start {seconds:.1f} s, {int(resident) // 1000} MB of memory; ", end="", flush=True)


def _copy(file: Path, image_id: str, count: int) -> None:
    """Add copies of the picture with this id, until there are `count`."""
    with closing(sqlite3.connect(file)) as connection, connection:
        like = f"%{image_id}%"
        query = "SELECT bucket, key, attributes, body FROM objects WHERE key LIKE ?"
        objects = connection.execute(query, (like,)).fetchall()
        query = "SELECT table_name, key, item FROM items WHERE key LIKE ?"
        items = connection.execute(query, (like,)).fetchall()
        query = "SELECT count(*) FROM objects WHERE key LIKE 'uploads/%.json'"
        (number,) = connection.execute(query).fetchone()
        for copy in range(number, count):
            other = hashlib.sha256(f"copy {copy}".encode()).hexdigest()
            connection.executemany(
                "INSERT INTO objects (bucket, key, attributes, body) VALUES (?, ?, ?, ?)",
                [(bucket, key.replace(image_id, other), *rest) for bucket, key, *rest in objects],
            )
            connection.executemany(
                "INSERT INTO items VALUES (?, ?, ?)",
                [
                    (table, key.replace(image_id, other), item.replace(image_id, other))
                    for table, key, item in items
                ],
            )


def main() -> int:
    use_local_credentials(os.environ)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        measure_uploads(None)
        measure_uploads(folder / "uploads")
        measure_writes(folder / "writes")
        full = folder / "full"
        with start(full) as stack, Client(stack.api_url, IdToken(stack.token("alice"))) as client:
            client.recognize(_SAMPLE)
        for count in _COUNTS:
            measure_start(full, count)
    return 0


if __name__ == "__main__":
    sys.exit(main())
