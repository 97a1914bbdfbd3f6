"""Measure the local stack under load: 40 photos of 12 megapixels at once, with every local detector.

A text file follows them, named like a photo: it must be rejected while they are still being recognized.
The argument is another number of photos. The option `--make FOLDER NUMBER` is for the child process that
draws the photos. Memory is the sum of the resident memory of this process, which runs the stack, and of the
functions' processes with their decoders', as `ps` reports it.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "src"), str(ROOT / "client")]

from glimpse import Client, IdToken  # noqa: E402 -- needs the path set above
from local.http import send  # noqa: E402
from local.settings import UNLIMITED, stack_parameters, use_local_credentials  # noqa: E402
from local.stack import Stack  # noqa: E402

_PHOTOS = 40
_SIZE = (4000, 3000)
# In addition to those of the local environment.
_DETECTORS = ("DetectCelebrities", "DetectProtectiveEquipment")
_UPLOADS = 6  # at a time, as a browser does
_POLL_SECONDS = 0.25
_TIMEOUT = 600  # seconds
_MAX_FIRST_SECONDS = 3.0
_MAX_REJECTION_SECONDS = 3.0
_MAX_MEGABYTES = 1400


@dataclass
class Memory:
    """Samples the memory of this process and its children until `stop`."""

    peak: int = 0  # MB
    _stopped: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopped.wait(0.2):
            self.peak = max(self.peak, _resident_megabytes())


def _resident_megabytes() -> int:
    """Return the resident memory of this process and of all that it started, directly or not.

    A child that has just been started, `ps` itself for example, is still a copy of this process, with its
    command line, and shares its memory. It doesn't count.
    """
    listed = subprocess.run(
        ["ps", "-A", "-ww", "-o", "pid=,ppid=,rss=,args="], capture_output=True, text=True, check=True
    )
    rows = [line.split(None, 3) for line in listed.stdout.splitlines()]
    own = str(os.getpid())
    ((total, own_line),) = [(int(row[2]), row[3]) for row in rows if row[0] == own]
    started = {own}
    while children := [row for row in rows if row[1] in started and row[0] not in started]:
        started |= {row[0] for row in children}
        total += sum(int(row[2]) for row in children if row[3] != own_line and not row[3].startswith("ps "))
    return total // 1024


def make_photos(folder: Path, count: int) -> None:
    """Draw photos from four real ones, each with another crop, brightness, grain and text."""
    paths = [path for folder in ("web/samples", "bench/pictures") for path in (ROOT / folder).glob("*.jpg")]
    originals = [Image.open(path).convert("RGB") for path in sorted(paths, key=lambda path: path.name)]
    random = np.random.default_rng(1)
    grain = random.normal(0, 6, (_SIZE[1], _SIZE[0], 1)).astype(np.float32)
    for number in range(count):
        original = originals[number % len(originals)]
        left, top, right, bottom = random.uniform(0, 0.1, 4)
        box = (
            *(left * original.width, top * original.height),
            *((1 - right) * original.width, (1 - bottom) * original.height),
        )
        photo = original.resize(_SIZE, Image.Resampling.BICUBIC, box=box)
        ImageDraw.Draw(photo).text((200, 2600), f"Platform {number}: mind the gap", "white", font_size=200)
        pixels = np.asarray(photo) * np.float32(random.uniform(0.8, 1.1)) + np.roll(grain, number, axis=0)
        Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(folder / f"{number:02}.jpg", quality=85)


def main(count: int) -> int:
    """Print the times and the memory; return 1 if a photo failed, a call was repeated or a limit exceeded."""
    use_local_credentials(os.environ)
    problems: list[str] = []

    def log(name: str, line: str) -> None:
        is_expected = '"level": "INFO"' in line  # such as the rejection of the text file, which is counted
        if not is_expected and ("failed" in line or "ERROR" in line):
            problems.append(f"{name}: {line}")

    parameters = {**stack_parameters(os.environ), **UNLIMITED, **dict.fromkeys(_DETECTORS, "true")}
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, __file__, "--make", folder, str(count)], check=True)
        files = sorted(Path(folder).iterdir())
        text = Path(folder) / "text.jpg"
        text.write_text("This is not a picture.")
        megabytes = sum(file.stat().st_size for file in files) / 1_048_576
        print(f"{len(files)} photos of {_SIZE[0]}×{_SIZE[1]} pixels, {megabytes:.0f} MB", flush=True)
        with Stack(parameters=parameters, log=log) as stack:
            stack.rekognition.warm_up()  # the models are loaded by the time somebody has signed in
            idle, memory = _resident_megabytes(), Memory()
            first, last, rejected, statuses = _recognize_all(stack, files, text)
            memory.stop()
            calls = stack.rekognition.calls()
    repeated = {name: made - count for name, made in calls.items() if made > count}
    print(f"first result after {first:.1f} s, the last after {last:.1f} s")
    print(f"the text file failed {rejected:.1f} s after it was added")
    print(f"memory: {idle} MB at the start, at most {memory.peak} MB")
    print(f"statuses: {dict(statuses)}, repeated calls: {repeated or 'none'}, problems: {len(problems)}")
    for problem in problems[:5]:
        print(f"  {problem[:300]}")
    passed = statuses == {"done": count, "failed": 1} and not repeated and not problems
    is_fast = first <= _MAX_FIRST_SECONDS and rejected <= _MAX_REJECTION_SECONDS
    return int(not (passed and is_fast and memory.peak <= _MAX_MEGABYTES))


def _recognize_all(stack: Stack, photos: list[Path], text: Path) -> tuple[float, float, float, Counter[str]]:
    """Upload the photos, then the text file. Return three times in seconds, and the statuses.

    The times are from the start to the first and to the last result, and from when the text file is added
    to its rejection.
    """
    token, started = stack.token("alice"), time.monotonic()
    first = last = 0.0
    statuses: Counter[str] = Counter()
    with ThreadPoolExecutor(_UPLOADS) as pool:
        for photo in photos:
            pool.submit(_upload, stack, photo, token)
        rejection = pool.submit(_time_rejection, stack, text, token)
        while statuses.total() - statuses["pending"] <= len(photos) and last < _TIMEOUT:
            time.sleep(_POLL_SECONDS)
            response = send(
                "GET", f"{stack.api_url}/images?limit=100", headers={"Authorization": f"Bearer {token}"}
            )
            statuses = Counter(image["status"] for image in response.json()["images"])
            last = time.monotonic() - started
            if not first and statuses["done"]:
                first = last
        rejected = rejection.result()
    return first, last, rejected, statuses


def _upload(stack: Stack, file: Path, token: str) -> None:
    with Client(stack.api_url, IdToken(token)) as client:
        client.upload(file)


def _time_rejection(stack: Stack, file: Path, token: str) -> float:
    """Return the seconds from the start of the upload until the record has a result."""
    started = time.monotonic()
    with Client(stack.api_url, IdToken(token)) as client:
        client.recognize(file)
    return time.monotonic() - started


if __name__ == "__main__":
    if sys.argv[1:2] == ["--make"]:
        make_photos(Path(sys.argv[2]), int(sys.argv[3]))
    else:
        raise SystemExit(main(int(sys.argv[1]) if sys.argv[1:] else _PHOTOS))
