"""A part of `make bench`: the CPU time and the memory that it takes to decode pictures and to render them."""

from __future__ import annotations

from bench.figures import Figure, Section


def measure(*, quick: bool) -> Section:
    """Measure; `quick` only the time for a JPEG and a HEIC of 12 megapixels."""
    # Imported here, because the processes whose memory is measured import this package, too.
    from bench.imaging import photos
    from bench.imaging.memory import measure_memory
    from bench.imaging.speed import compare
    from bench.imaging.ways import HEIC_WAYS, JPEG_WAYS

    rounds = 3 if quick else 7
    subjects = [
        ("JPEG of 12 megapixels", photos.jpeg(), JPEG_WAYS),
        ("HEIC of 12 megapixels", photos.heic(), HEIC_WAYS),
    ]
    if not quick:
        subjects.append(("HEIC of 33 megapixels, 10 bits", photos.large_heic(), HEIC_WAYS))
    figures, lines = list[Figure](), list[str]()
    for name, data, ways in subjects:
        found, table = compare(name, data, ways, rounds)
        figures += found
        lines += ["", *table] if lines else table
    if not quick:
        figure, table = measure_memory()
        figures.append(figure)
        lines += ["", *table]
    return Section(tuple(figures), tuple(lines))
