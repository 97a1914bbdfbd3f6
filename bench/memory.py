"""Measure the memory that the processor needs: the largest picture of each format, each in a fresh process.

The figure is the operating system's peak of resident memory, of a process that has loaded all that the
function loads. `--make FORMAT PATH` and `--measure PATH` are the steps, for the processes that this starts.
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

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from bench.largest import MAKERS  # noqa: E402 -- the path is set first


def measure(path: Path) -> dict[str, object]:
    """Process one picture as the function does, Rekognition and S3 aside, and tell the peak."""
    from bench.fakes import processor_of  # what it imports is part of what is measured

    process = processor_of(path.read_bytes())
    started = time.perf_counter()
    outcome = process()
    seconds = time.perf_counter() - started
    unit = 1_048_576 if sys.platform == "darwin" else 1024  # bytes there, kilobytes elsewhere
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // unit
    reason = outcome.reason.code if outcome.reason else ""
    return {"status": outcome.status, "reason": reason, "seconds": seconds, "peak": peak}


def main() -> int:
    """Print a table; fail where a picture is not done, or needs more than the template gives."""
    template = (ROOT / "template.yaml").read_text()
    limit = max(int(size) for size in re.findall(r"MemorySize: (\d+)", template))
    chosen = sys.argv[1:] or list(MAKERS)
    worst = 0
    failed = False
    print(f"{'picture':<28}{'pixels':>16}{'file MB':>9}{'seconds':>9}{'peak MB':>9}")
    with tempfile.TemporaryDirectory() as folder:
        for name in chosen:
            path = Path(folder) / "picture"
            pixels = _run("--make", name, str(path))["pixels"]
            found = _run("--measure", str(path))
            size = path.stat().st_size / 1_048_576
            print(f"{name:<28}{pixels!s:>16}{size:>9.1f}{found['seconds']:>9.1f}{found['peak']:>9}", end="")
            print("" if found["status"] == "done" else f"  {found['status']} {found['reason']}", flush=True)
            worst = max(worst, int(str(found["peak"])))
            failed = failed or found["status"] != "done"
    print(f"worst {worst} MB of the {limit} MB that the template gives")
    return int(failed or worst >= limit)


def _run(*arguments: str) -> dict[str, object]:
    done = subprocess.run(
        [sys.executable, __file__, *arguments],
        stdout=subprocess.PIPE,
        check=True,
        env={**os.environ, "AWS_DEFAULT_REGION": "us-east-1"},
    )
    answer: dict[str, object] = json.loads(done.stdout)
    return answer


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        print(json.dumps(measure(Path(sys.argv[2]))))
    elif sys.argv[1:2] == ["--make"]:
        data, (width, height) = MAKERS[sys.argv[2]]()
        Path(sys.argv[3]).write_bytes(data)
        print(json.dumps({"pixels": f"{width}×{height}"}))
    else:
        raise SystemExit(main())
