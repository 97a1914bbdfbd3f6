"""Measure the processor's peak memory for the largest picture of each format, each in a new process.

The peak is the sum of the highest resident memory of two processes: one that has loaded everything the
function loads, and its imaging process. The options `--make FORMAT PATH` and `--measure PATH` are for the
child processes.
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

from bench.largest import MAKERS  # noqa: E402 -- needs the path set above


def read_limit() -> int:
    """Return the function's memory in the template (MB)."""
    template = (ROOT / "template.yaml").read_text()
    return max(int(size) for size in re.findall(r"MemorySize: (\d+)", template))


def measure(path: Path) -> dict[str, object]:
    """Process one picture with fake clients; return its status, reason, seconds and peak memory (MB)."""
    from bench.fakes import prepare_processing  # its imports are part of the measurement
    from processor.imaging.imaging_process import ImagingProcess

    imaging = ImagingProcess.from_env({"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(read_limit())})
    process = prepare_processing(path.read_bytes(), imaging.prepare)
    started = time.perf_counter()
    outcome = process()
    seconds = time.perf_counter() - started
    unit = 1_048_576 if sys.platform == "darwin" else 1024  # bytes on macOS, kilobytes on Linux
    imaging.close()
    function = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // unit
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // unit
    reason = outcome.reason.code if outcome.reason else ""
    return {"status": outcome.status, "reason": reason, "seconds": seconds, "peak": function + child}


def main() -> int:
    """Print a table; return 1 if a picture failed or exceeded the memory in the template."""
    limit = read_limit()
    names = sys.argv[1:] or list(MAKERS)
    highest = 0
    failed = False
    print(f"{'picture':<28}{'pixels':>16}{'file MB':>9}{'seconds':>9}{'peak MB':>9}")
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            path = Path(folder) / "picture"
            pixels = _run("--make", name, str(path))["pixels"]
            measured = _run("--measure", str(path))
            size = path.stat().st_size / 1_048_576
            seconds, peak, status = (measured[key] for key in ("seconds", "peak", "status"))
            problem = "" if status == "done" else f"  {status} {measured['reason']}"
            print(f"{name:<28}{pixels!s:>16}{size:>9.1f}{seconds:>9.1f}{peak:>9}{problem}", flush=True)
            highest = max(highest, int(str(peak)))
            failed = failed or status != "done"
    print(f"maximum: {highest} MB, limit in the template: {limit} MB")
    return int(failed or highest >= limit)


def _run(*arguments: str) -> dict[str, object]:
    done = subprocess.run(
        [sys.executable, __file__, *arguments],
        stdout=subprocess.PIPE,
        check=True,
        env={**os.environ, "AWS_DEFAULT_REGION": "us-east-1"},
    )
    output: dict[str, object] = json.loads(done.stdout)
    return output


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        print(json.dumps(measure(Path(sys.argv[2]))))
    elif sys.argv[1:2] == ["--make"]:
        data, (width, height) = MAKERS[sys.argv[2]]()
        Path(sys.argv[3]).write_bytes(data)
        print(json.dumps({"pixels": f"{width}×{height}"}))
    else:
        raise SystemExit(main())
