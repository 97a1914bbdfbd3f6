"""Compare image decoders: CPU seconds, memory, and the files of a corpus that they read.

Measures those that are installed: `pip install 'pyvips[binary]' opencv-python-headless imagecodecs av`.
The argument is a corpus; each decoder tries its JPEG, PNG, WebP, GIF, TIFF, BMP, HEIC and AVIF files.
Decision 15 in docs/decisions explains the choice that came of it.
"""

from __future__ import annotations

import importlib.util
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from bench.corpus.bounded import Limits, call_each  # noqa: E402 -- needs the path set above

if TYPE_CHECKING:
    from collections.abc import Callable

_MAX_SIDE = 2048  # pixels of the preview
_PHOTO = (4032, 3024)
_LARGEST = (10_000, 10_000)
_LIMITS = Limits(120.0, 6144)
_ROUNDS = 3


def _pillow(path: Path) -> None:
    from pi_heif import register_heif_opener
    from PIL import Image

    register_heif_opener()
    with Image.open(path) as image:
        image.draft(None, (_MAX_SIDE, _MAX_SIDE))
        image.load()
        small = image.convert("RGB") if image.mode in ("P", "1", "PA") else image
        small.thumbnail((_MAX_SIDE, _MAX_SIDE))


def _vips(path: Path) -> None:
    import pyvips

    pyvips.Image.thumbnail(
        str(path), _MAX_SIDE, height=_MAX_SIDE, size="down", fail_on="error"
    ).write_to_memory()


def _opencv(path: Path) -> None:
    import cv2

    image = cv2.imread(str(path))
    if image is None:
        raise ValueError("not read")
    scale = min(1.0, _MAX_SIDE / max(image.shape[:2]))
    cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)


def _imagecodecs(path: Path) -> None:
    import imagecodecs

    imagecodecs.imread(str(path))  # has no function to resize


def _ffmpeg(path: Path) -> None:
    import av

    with av.open(str(path)) as container:
        frame = next(container.decode(video=0))
        scale = min(1.0, _MAX_SIDE / max(frame.width, frame.height))
        frame.reformat(max(1, round(frame.width * scale)), max(1, round(frame.height * scale)), "rgb24")


DECODERS: dict[str, tuple[str, Callable[[Path], None]]] = {
    "Pillow, pi-heif": ("PIL", _pillow),
    "libvips (pyvips)": ("pyvips", _vips),
    "OpenCV": ("cv2", _opencv),
    "imagecodecs": ("imagecodecs", _imagecodecs),
    "ffmpeg (PyAV)": ("av", _ffmpeg),
}


def _measure(item: tuple[str, Path]) -> tuple[float, float]:
    """Return the CPU seconds of the first decoding, with the import, and the median of the next ones.

    CPU time is what Lambda's fraction of a processor has to provide, however busy this machine is.
    """
    _, decode = DECODERS[item[0]]
    seconds = []
    for _ in range(1 + _ROUNDS):
        started = time.process_time()
        decode(item[1])
        seconds.append(time.process_time() - started)
    return seconds[0], sorted(seconds[1:])[_ROUNDS // 2]


def _try(item: tuple[str, Path]) -> None:
    DECODERS[item[0]][1](item[1])


def _make(folder: Path) -> list[Path]:
    """Draw the pictures to measure; runs in a process of its own, whose memory they are."""
    from PIL import Image
    from pillow_heif import from_pillow

    sample = Image.open(ROOT / "web" / "samples" / "chelsea.jpg").convert("RGB")
    paths = [folder / name for name in ("12-mp.jpg", "12-mp.heic", "100-mp.jpg", "100-mp.png", "100-mp.webp")]
    for path in paths:
        largest = (16_383, 6_103) if path.suffix == ".webp" else _LARGEST  # WebP's maximum side
        picture = sample.resize(_PHOTO if path.name.startswith("12") else largest)
        if path.suffix == ".heic":
            from_pillow(picture).save(path, quality=85)
        else:
            picture.save(path, compress_level=1, method=0)  # fast to write, for PNG and WebP
    return paths


def _print_speed(installed: list[str]) -> None:
    print(f"{'decoder':<18}{'picture':<14}{'first':>9}{'next':>9}{'peak MB':>9}")
    with tempfile.TemporaryDirectory() as folder:
        (made,) = call_each(_make, [Path(folder)], Limits(1800.0, 6144), 1)
        if made.value is None:
            raise RuntimeError(made.failure)
        items = [(name, path) for path in made.value for name in installed]
        for call in call_each(_measure, items, _LIMITS, 1):
            name, path = call.item
            first, later = call.value or (0.0, 0.0)
            failure = " ".join(call.failure.split())[:60]
            print(
                f"{name:<18}{path.name:<14}{first:9.2f}{later:9.2f}{call.megabytes:9}  {failure}", flush=True
            )


def _print_corpus(installed: list[str], corpus: Path) -> None:
    from common.rejections import Rejection
    from processor.imaging.sniff import sniff_format

    files: dict[Path, str] = {}
    for path in sorted(path for path in corpus.rglob("*") if path.is_file()):
        try:
            files[path] = sniff_format(path.read_bytes())
        except Rejection:
            continue
    read: Counter[tuple[str, str]] = Counter()
    died: Counter[str] = Counter()
    for call in call_each(_try, [(name, path) for name in installed for path in files], _LIMITS, 2):
        name, path = call.item
        read[name, files[path]] += not call.failure
        died[name] += call.failure.startswith(("crash", "timeout"))
    print(f"\n{'format':<8}{'files':>7}" + "".join(f"{name:>18}" for name in installed))
    for format_name, count in sorted(Counter(files.values()).items()):
        print(f"{format_name:<8}{count:7}" + "".join(f"{read[name, format_name]:18}" for name in installed))
    print(f"{'crashes and hangs':<15}" + "".join(f"{died[name]:18}" for name in installed))


def main(arguments: list[str]) -> int:
    """Print a table of speed and memory, and one of the corpus if there is an argument."""
    installed = [name for name, (module, _) in DECODERS.items() if importlib.util.find_spec(module)]
    _print_speed(installed)
    if arguments:
        _print_corpus(installed, Path(arguments[0]))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
