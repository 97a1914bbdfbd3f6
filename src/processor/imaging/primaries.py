"""Primaries: the matrices from linear RGB to XYZ, and from there to linear sRGB."""

from __future__ import annotations

Chromaticities = tuple[tuple[float, float], ...]  # x and y of red, green, blue and white
Vector = tuple[float, float, float]
Matrix = tuple[Vector, Vector, Vector]

_D65, _D50 = (0.3127, 0.3290), (0.3457, 0.3585)
BT709: Chromaticities = ((0.640, 0.330), (0.300, 0.600), (0.150, 0.060), _D65)  # also those of sRGB
_SMPTE170M = ((0.630, 0.340), (0.310, 0.595), (0.155, 0.070), _D65)
_PRIMARIES = {  # H.273, table 2
    1: BT709,
    4: ((0.67, 0.33), (0.21, 0.71), (0.14, 0.08), (0.310, 0.316)),
    5: ((0.64, 0.33), (0.29, 0.60), (0.15, 0.06), _D65),
    6: _SMPTE170M,
    7: _SMPTE170M,
    8: ((0.681, 0.319), (0.243, 0.692), (0.145, 0.049), (0.310, 0.316)),
    9: ((0.708, 0.292), (0.170, 0.797), (0.131, 0.046), _D65),
    11: ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060), (0.314, 0.351)),
    12: ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060), _D65),
    22: ((0.630, 0.340), (0.295, 0.605), (0.155, 0.077), _D65),
}
_BRADFORD = ((0.8951, 0.2664, -0.1614), (-0.7502, 1.7135, 0.0367), (0.0389, -0.0685, 1.0296))


def is_known(code: int) -> bool:
    """Return whether a code point describes primaries."""
    return code in _PRIMARIES


def to_xyz(code: int) -> Matrix:
    """Return the matrix from linear RGB to XYZ adapted to D65, by Bradford's method.

    Unknown primaries are those of sRGB, code point 1.
    """
    return _from_chromaticities(_PRIMARIES.get(code, BT709), _D65)


def to_xyz_d50(chromaticities: Chromaticities) -> Matrix:
    """Return the matrix from linear RGB to XYZ adapted to D50, the white of ICC profiles.

    Raises ZeroDivisionError if the chromaticities describe no colors.
    """
    return _from_chromaticities(chromaticities, _D50)


def to_srgb(code: int) -> Matrix:
    """Return the matrix from linear RGB to linear sRGB."""
    return _multiply(_invert_matrix(to_xyz(1)), to_xyz(code))


def apply(matrix: Matrix, vector: Vector) -> Vector:
    """Return the product of a matrix and a vector."""
    return dot(matrix[0], vector), dot(matrix[1], vector), dot(matrix[2], vector)


def dot(a: Vector, b: Vector) -> float:
    """Return the scalar product of two vectors."""
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def _from_chromaticities(chromaticities: Chromaticities, adapted_to: tuple[float, float]) -> Matrix:
    red, green, blue, white = (_xyz(*xy) for xy in chromaticities)
    columns = _transpose((red, green, blue))
    matrix = _scale_columns(columns, apply(_invert_matrix(columns), white))
    cones = apply(_BRADFORD, _xyz(*adapted_to)), apply(_BRADFORD, white)
    ratio = cones[0][0] / cones[1][0], cones[0][1] / cones[1][1], cones[0][2] / cones[1][2]
    adaptation = _multiply(_scale_columns(_invert_matrix(_BRADFORD), ratio), _BRADFORD)
    return _multiply(adaptation, matrix)


def _xyz(x: float, y: float) -> Vector:
    return x / y, 1.0, (1 - x - y) / y


def _transpose(matrix: Matrix) -> Matrix:
    a, b, c = matrix
    return (a[0], b[0], c[0]), (a[1], b[1], c[1]), (a[2], b[2], c[2])


def _multiply(a: Matrix, b: Matrix) -> Matrix:
    columns = _transpose(b)
    return apply(columns, a[0]), apply(columns, a[1]), apply(columns, a[2])


def _scale_columns(matrix: Matrix, factors: Vector) -> Matrix:
    a, b, c = _transpose(matrix)
    x, y, z = factors
    return _transpose((_scale(a, x), _scale(b, y), _scale(c, z)))


def _scale(vector: Vector, factor: float) -> Vector:
    return vector[0] * factor, vector[1] * factor, vector[2] * factor


def _cross(a: Vector, b: Vector) -> Vector:
    return a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]


def _invert_matrix(matrix: Matrix) -> Matrix:
    a, b, c = matrix
    determinant = dot(a, _cross(b, c))
    columns = _cross(b, c), _cross(c, a), _cross(a, b)
    inverse = _transpose(columns)
    return (
        _scale(inverse[0], 1 / determinant),
        _scale(inverse[1], 1 / determinant),
        _scale(inverse[2], 1 / determinant),
    )
