"""The imaging process: it answers as `prepare_image` does, and no file ends or stalls the function."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from common.rejections import Rejection
from processor.imaging import imaging_process
from processor.imaging.imaging_process import ImagingError, ImagingProcess
from processor.imaging.interface import ImageHeader, Limits
from processor.imaging.prepare import prepare_image
from tests.unit.processor.support import make_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LIMITS = Limits()
MEMORY = 1 << 30
HEADER = ImageHeader("GIF", 200, 120)
# A child that does what a test says, when it gets a file that begins with BAD.
CHILD = """
import ctypes, os, signal, sys, time
import processor.imaging.child as child
real = child.prepare_image
def prepare_image(data, limits, on_header, on_decoded):
    if not data.startswith(b"BAD"):
        return real(data, limits, on_header, on_decoded)
    on_header(child.ImageHeader("GIF", 200, 120))
    exec(data[3:].decode())
child.prepare_image = prepare_image
child.main(int(sys.argv[-2]), int(sys.argv[-1]))
"""


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., ImagingProcess]]:
    """Start an imaging process that can be told to behave badly."""
    started = []
    popen = subprocess.Popen

    def start_child(command: list[str], **options: Any) -> subprocess.Popen[bytes]:
        return popen([sys.executable, "-P", "-c", CHILD, *command[-2:]], **options)

    def start(memory: int = MEMORY, **options: Any) -> ImagingProcess:
        started.append(ImagingProcess(memory, **options))
        return started[-1]

    monkeypatch.setattr(subprocess, "Popen", start_child)
    yield start
    for process in started:
        process.close()


def reject(process: ImagingProcess, code: str) -> tuple[str, list[ImageHeader]]:
    """Prepare a file that runs some code; return the rejection's code, and the headers that were reported."""
    headers: list[ImageHeader] = []
    with pytest.raises(Rejection) as caught:
        process.prepare(b"BAD" + code.encode(), LIMITS, headers.append)
    return caught.value.code, headers


def wait_until(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 10
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.01)
    return condition()


def is_running(pid: int) -> bool:
    """Return whether a process runs; one that has ended may still be waiting for its parent."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


@pytest.mark.parametrize("format_name", ["JPEG", "GIF"])
def test_the_answer_is_that_of_the_function(start, format_name: str) -> None:
    data = make_file(format_name)
    reported: list[Any] = []
    prepared = start().prepare(data, LIMITS, reported.append, reported.append)
    assert prepared == prepare_image(data, LIMITS)
    assert reported == [ImageHeader(format_name, 200, 120), prepared.body]


def test_a_process_that_ends_after_decoding_is_the_files_fault(start) -> None:
    process, bodies = start(), list[bytes | None]()
    code = b"BADon_decoded(b'jpeg'); os.kill(os.getpid(), signal.SIGSEGV)"
    with pytest.raises(Rejection) as caught:
        process.prepare(code, LIMITS, on_decoded=bodies.append)
    assert (caught.value.code, bodies) == ("broken", [b"jpeg"])
    assert process.prepare(make_file("GIF"), LIMITS).width == 200


def test_the_module_runs_as_a_process() -> None:
    process = ImagingProcess(MEMORY)
    try:
        data = make_file("HEIF")
        assert process.prepare(data, LIMITS) == prepare_image(data, LIMITS)
    finally:
        process.close()


def test_the_limits_are_passed_on(start) -> None:
    data = make_file("JPEG")
    limits = replace(LIMITS, max_stored_bytes=10)
    assert start().prepare(data, limits) == prepare_image(data, limits)


def test_a_large_file_passes_through(start) -> None:
    data = make_file("GIF") + bytes(25 << 20)
    assert start().prepare(data, LIMITS).width == 200


def test_a_rejection_is_raised_again(start) -> None:
    with pytest.raises(Rejection) as caught:
        start().prepare(b"%PDF-1.7", LIMITS)
    expected = Rejection.of("unsupported-format", format="PDF")
    assert (caught.value.code, caught.value.message) == (expected.code, expected.message)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("time.sleep(60)", "too-complex"),
        ("while True: pass", "too-complex"),
        ("signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals()); time.sleep(60)", "too-complex"),
        ("ctypes.PyDLL(None).sleep(60)", "too-complex"),  # holds the interpreter
        ("os.kill(os.getpid(), signal.SIGKILL)", "too-complex"),
        ("bytes(2 << 30)", "too-complex"),
        ("x = []\nwhile True: x.append(bytearray(1 << 20))", "too-complex"),
        ("ctypes.string_at(0)", "broken"),
        ("os.abort()", "too-complex"),
    ],
)
def test_a_file_that_ends_or_stalls_the_process_is_rejected(start, code: str, expected: str) -> None:
    process = start(max_seconds=1.0)
    assert reject(process, code) == (expected, [HEADER])
    assert process.prepare(make_file("GIF"), LIMITS).width == 200


def test_a_bug_is_an_error_with_its_traceback(start) -> None:
    process = start()
    with pytest.raises(ImagingError, match=r"(?s)Traceback.*ZeroDivisionError"):
        process.prepare(b"BAD1 / 0", LIMITS)
    assert process.prepare(make_file("GIF"), LIMITS).width == 200


def test_a_process_that_exits_is_an_error(start) -> None:
    process = start()
    with pytest.raises(ImagingError, match="exited with status 3"):
        process.prepare(b"BADos._exit(3)", LIMITS)
    assert process.prepare(make_file("GIF"), LIMITS).width == 200


def test_a_process_that_ended_while_it_was_idle_is_restarted(start) -> None:
    process = start()
    for _ in range(2):
        process.prepare(make_file("GIF"), LIMITS)
        os.kill(process.pid, signal.SIGKILL)
    assert process.prepare(make_file("GIF"), LIMITS).width == 200


def test_a_process_that_never_starts_is_an_error(start, monkeypatch) -> None:
    monkeypatch.setattr(f"{__name__}.CHILD", "raise SystemExit(1)")
    with pytest.raises(ImagingError, match="doesn't start"):
        start().prepare(make_file("GIF"), LIMITS)


def test_a_process_that_never_receives_is_an_error(start, monkeypatch) -> None:
    monkeypatch.setattr(f"{__name__}.CHILD", "import time; time.sleep(60)")
    monkeypatch.setattr(imaging_process, "_MAX_START", 0.2)
    with pytest.raises(ImagingError, match="doesn't start"):
        start().prepare(make_file("GIF") + bytes(1 << 20), LIMITS)


def test_the_time_of_an_image_begins_at_its_turn(start) -> None:
    process = start(max_seconds=2.0)
    codes = []

    def sleep() -> None:
        with suppress(ImagingError):
            process.prepare(b"BADtime.sleep(0.8); raise ValueError", LIMITS)
            codes.append("prepared")

    threads = [threading.Thread(target=sleep) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes == []
    assert process.prepare(make_file("GIF"), LIMITS).width == 200


def test_a_process_that_could_not_be_started_is_started_for_the_next_image(start, monkeypatch) -> None:
    process = start()
    with monkeypatch.context() as patch:

        def fail(*_: Any, **__: Any) -> None:
            raise BlockingIOError  # as fork does without resources

        patch.setattr(subprocess, "Popen", fail)
        os.kill(process.pid, signal.SIGKILL)
        with pytest.raises(BlockingIOError):
            process.prepare(make_file("GIF"), LIMITS)
    assert process.prepare(make_file("GIF"), LIMITS).width == 200


def test_the_process_has_no_credentials(start, monkeypatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    with pytest.raises(ImagingError, match=r"names: \n"):
        start().prepare(
            b"BADraise Exception('names: ' + ' '.join(n for n in os.environ if n.startswith('AWS_')))", LIMITS
        )


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc, which CI has")
@pytest.mark.parametrize(
    ("work", "max_seconds"),
    [("", 60), ("time.sleep(60)", 60), ("while True: pass", 60), ("ctypes.PyDLL(None).sleep(60)", 1)],
)
def test_the_process_ends_with_the_function(work: str, max_seconds: int) -> None:
    parent = subprocess.Popen(
        [
            sys.executable,
            "-c",
            _PARENT,
            CHILD.replace("real =", f"child._MAX_SECONDS = {max_seconds}; real ="),
            work,
        ],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    assert parent.stdout
    with parent, parent.stdout:
        pid = int(parent.stdout.readline())
        assert is_running(pid)
        parent.kill()
        parent.wait()
        assert wait_until(lambda: not is_running(pid))


_PARENT = """
import subprocess, sys
from processor.imaging import imaging_process
from processor.imaging.interface import Limits
popen = subprocess.Popen
start = lambda command, **options: popen([sys.executable, "-P", "-c", sys.argv[1], *command[-2:]], **options)
imaging_process.subprocess.Popen = start
process = imaging_process.ImagingProcess(1 << 30)
show = lambda header: print(process.pid, flush=True)
if sys.argv[2]:
    process.prepare(b"BAD" + sys.argv[2].encode(), Limits(), show)
print(process.pid, flush=True)
sys.stdin.read()
import time; time.sleep(60)
"""
