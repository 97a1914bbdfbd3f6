"""The processor's peak memory for the largest picture of each format, each in a new process.

The peak is the sum of the highest resident memory of two processes (from /proc, so on Linux only): one that
has loaded everything the function loads, and its imaging process. The options `--make FORMAT PATH` and
`--measure PATH` are for the child processes.
"""

from __future__ import annotations

import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.figures import Figure
from bench.imaging.largest import MAKERS
from local.settings import ROOT

_SMALL = ROOT / "web" / "samples" / "astronaut.jpg"


def read_limit() -> int:
    """Return the function's memory in the template (MB)."""
    template = (ROOT / "template.yaml").read_text()
    return max(int(size) for size in re.findall(r"MemorySize: (\d+)", template))


def measure_memory() -> tuple[Figure, list[str]]:
    """Return the highest peak, and the table of all formats."""
    idle = int(_run("--measure", str(_SMALL))["peak"])
    lines = [
        f"{'picture':<26}{'pixels':>13}{'file MB':>9}{'seconds':>9}{'peak MB':>9}{'MB per megapixel':>18}"
    ]
    peaks = []
    with tempfile.TemporaryDirectory() as folder:
        for name in MAKERS:
            path = Path(folder) / "picture"
            width, height = _run("--make", name, str(path))["size"]
            measured = _run("--measure", str(path))
            if measured["status"] != "done":
                raise RuntimeError(f"{name}: {measured['status']} {measured['reason']}")
            peaks.append(measured["peak"])
            share = (measured["peak"] - idle) / (width * height / 1_000_000)
            size = path.stat().st_size / 1_048_576
            lines.append(
                f"{name:<26}{f'{width}×{height}':>13}{size:>9.1f}{measured['seconds']:>9.1f}"
                f"{measured['peak']:>9}{share:>18.1f}"
            )
    lines.append(f"{'a small picture':<57}{idle:>9}")
    name = "peak memory of the largest picture"
    return Figure(name, (max(peaks),), "MB", limit=read_limit(), decimals=0), lines


def measure_picture(path: Path) -> dict[str, object]:
    """Process one picture with fake clients; return its status, reason, seconds and peak memory (MB)."""
    from bench.fakes import prepare_processing  # its imports are part of the measurement
    from processor.imaging.imaging_process import ImagingProcess

    imaging = ImagingProcess.from_env({"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(read_limit())})
    process = prepare_processing(path.read_bytes(), imaging.prepare)
    started = time.perf_counter()
    outcome = process()
    seconds = time.perf_counter() - started
    imaging.close()
    # Of this process, `ru_maxrss` would include the peak of the one that started it.
    (own,) = re.findall(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"))
    function, child = int(own) // 1024, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    reason = outcome.reason.code if outcome.reason else ""
    return {"status": outcome.status, "reason": reason, "seconds": seconds, "peak": function + child}


def _run(*arguments: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", __name__, *arguments],
        stdout=subprocess.PIPE,
        check=True,
        cwd=ROOT,
        env={**os.environ, "AWS_DEFAULT_REGION": "us-east-1", "PYTHONPATH": "src"},
    )
    output: dict[str, Any] = json.loads(done.stdout)
    return output


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["--measure", picture]:
            print(json.dumps(measure_picture(Path(picture))))
        case ["--make", name, picture]:
            data, size = MAKERS[name]()
            Path(picture).write_bytes(data)
            print(json.dumps({"size": size}))
