"""The pictures that a command is asked to recognize: files, and folders of them.

Only what certainly isn't an image is rejected here. The pipeline decides about the rest.
"""

from __future__ import annotations

import codecs
import re
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pi_heif
from PIL import Image, UnidentifiedImageError

pi_heif.register_heif_opener()

_CHUNK = 65_536  # bytes
# Image formats by extension, with those that Pillow can't open and the pipeline names.
_EXTENSIONS = frozenset(
    (
        *("jpg", "jpeg", "jpe", "jfif", "pjpeg", "pjp", "mpo", "jps", "png", "apng", "webp", "gif"),
        *("tif", "tiff", "bmp", "dib", "heic", "heics", "heif", "heifs", "hif", "avci", "avif", "avifs"),
        *("jxl", "jp2", "j2k", "j2c", "jpc", "jpf", "jpx", "jpm", "jxr", "wdp", "hdp", "jng", "mng", "jbig2"),
        *("svg", "svgz", "eps", "ps", "wmf", "emf", "cdr", "wpg", "dwg", "djvu", "ico", "cur", "ani", "icns"),
        *("psd", "psb", "xcf", "ora", "kra", "pdn", "psp", "exr", "hdr", "dds", "tga", "pcx", "qoi", "ff"),
        *("pbm", "pgm", "ppm", "pnm", "pam", "pfm", "xbm", "xpm", "xwd", "sgi", "rgb", "ras", "fits", "dcm"),
        *("dng", "cr2", "cr3", "crw", "nef", "nrw", "arw", "sr2", "srf", "orf", "rw2", "raf", "pef", "srw"),
        *("3fr", "fff", "iiq", "mrw", "x3f", "ari", "rwl", "kdc", "dcr", "mef", "mos", "erf", "raw"),
    )
)
_SVG_ROOT = re.compile(r"<(?:\w+:)?(svg|html)[\s>]|<!doctype\s+(html)", re.IGNORECASE)  # HTML may embed one


@dataclass(frozen=True)
class Picture:
    path: Path
    name: str  # for people, and of its result; with the folder if a folder was given
    problem: str | None = None  # why it can't be sent, in words for the user


def find_pictures(paths: Iterable[Path]) -> tuple[list[Picture], int]:
    """Return the files and those in the folders, and how many of a folder's files are left out.

    A folder's files are left out if neither their content nor their extension is an image's.
    """
    pictures: list[Picture] = []
    left_out = 0
    for path in paths:
        if path.is_dir():
            found = [Picture(each, name, _find_problem(each)) for each, name in _search(path)]
            chosen = [each for each in found if each.problem is None or _has_image_extension(each.path)]
            left_out += len(found) - len(chosen)
            empty = Picture(path, str(path), f"The folder {path} has no pictures in it.")
            pictures += chosen or [empty]
        elif not path.is_file():
            pictures.append(Picture(path, path.name, f"The file {path} doesn't exist."))
        else:
            pictures.append(Picture(path, path.name, _find_problem(path)))
    return pictures, left_out


def _search(folder: Path) -> list[tuple[Path, str]]:
    """Return the files in a folder and their names, without the hidden ones."""
    name = folder.resolve().name
    files = [(path, path.relative_to(folder)) for path in sorted(folder.rglob("*")) if path.is_file()]
    return [
        (path, (Path(name) / relative).as_posix())
        for path, relative in files
        if not any(part.startswith(".") for part in relative.parts)
    ]


def _find_problem(path: Path) -> str | None:
    """Return why a file certainly isn't an image, or None."""
    try:
        if path.stat().st_size == 0:
            return f"{path.name} is empty. Choose another file."
        is_rejected = not _pillow_knows(path) and (not _has_image_extension(path) or _is_text(path))
        if is_rejected and not _is_svg(path):
            return f"{path.name} isn't an image. Choose a photo, such as a JPEG, PNG or HEIC file."
    except OSError:  # it can't be read, as its upload will explain
        pass
    return None


def _has_image_extension(path: Path) -> bool:
    return path.suffix.lower().removeprefix(".") in _EXTENSIONS


def _pillow_knows(path: Path) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about metadata, and about sizes
        try:
            with Image.open(path):
                return True
        except UnidentifiedImageError:
            return False
        except Exception:  # a decoder recognized the file, but it is damaged or too large
            return not _is_text(path)  # as prose that begins like a Netpbm file


def _is_text(path: Path) -> bool:
    """Tell whether a whole file is UTF-8 without NUL characters."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as file:
            for chunk in iter(partial(file.read, _CHUNK), b""):
                if "\0" in decoder.decode(chunk):
                    return False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _is_svg(path: Path) -> bool:
    with path.open("rb") as file:
        text = file.read(_CHUNK).decode("utf-8-sig", "replace").lstrip()
    root = _SVG_ROOT.search(text) if text.startswith("<") else None
    return root is not None and (root[1] or "").lower() == "svg"
