"""A regularized logistic regression for each label.

There are far more features than pictures, so the features are first reduced to the directions in which the
pictures differ. Each label has its own weights: a picture may have several labels, or none.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from cv2.typing import MatLike

MAX_DIRECTIONS = 96
DECAY = 0.03  # of the weights: larger values make probabilities less extreme
_STEPS = 30
_MIN_DEVIATION = 1e-3
_MIN_CURVATURE = 1e-4
_MIN_VARIANCE = 1e-9
_MAX_BASIS = 500  # examples from which the directions are found


@dataclass(frozen=True)
class Classifier:
    weights: MatLike  # a row for each label
    biases: MatLike

    def predict(self, features: MatLike) -> MatLike:
        """Return the probability of each label, a row for each row of features."""
        return _sigmoid(features @ self.weights.T + self.biases)

    def to_document(self) -> dict[str, Any]:
        return {"weights": _encode(self.weights), "biases": _encode(self.biases), "labels": len(self.biases)}

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Classifier:
        weights, biases = (
            np.frombuffer(base64.b64decode(document[name]), dtype=np.float32)
            for name in ("weights", "biases")
        )
        return cls(weights.reshape(document["labels"], -1), biases)


def fit(features: MatLike, targets: MatLike, *, balanced: bool) -> Classifier:
    """Train on a row of features and a row of targets (1 or 0 for each label) for each example.

    If `balanced`, the examples with a label count as much as all others together, however few they are.
    """
    mean = features.mean(axis=0)
    deviation = np.maximum(features.std(axis=0), _MIN_DEVIATION)
    scale = 1 / (deviation * np.sqrt(features.shape[1]))  # so that examples have a length of about 1
    reduced, directions = _reduce((features - mean) * scale)
    weights, biases = [], []
    for target in targets.T:
        found, bias = _fit_label(reduced, target, balanced)
        weights.append((directions @ found) * scale)
        biases.append(bias - weights[-1] @ mean)
    return Classifier(np.array(weights, dtype=np.float32), np.array(biases, dtype=np.float32))


def _reduce(examples: MatLike) -> tuple[MatLike, MatLike]:
    """Return the examples in the directions in which they differ most, and these directions."""
    chosen = examples[:: math.ceil(len(examples) / _MAX_BASIS)].astype(np.float64)
    variances, vectors = np.linalg.eigh(chosen @ chosen.T)
    kept = np.flatnonzero(variances > _MIN_VARIANCE)[-MAX_DIRECTIONS:]
    directions = chosen.T @ (vectors[:, kept] / np.sqrt(variances[kept]))
    return examples @ directions, directions


def _fit_label(examples: MatLike, target: MatLike, balanced: bool) -> tuple[MatLike, float]:
    """Find the weights by Newton's method."""
    count, positive = len(target), float(target.sum())
    if positive in (0.0, count):  # nothing to learn from
        return np.zeros(examples.shape[1]), 4.0 if positive else -4.0
    importance = np.ones(count)
    if balanced:
        importance = np.where(target > 0, count / 2 / positive, count / 2 / (count - positive))
    design = np.hstack([examples, np.ones((count, 1))])
    penalty = np.full(design.shape[1], DECAY)
    penalty[-1] = 1e-6
    solution = np.zeros(design.shape[1])
    for _ in range(_STEPS):
        probabilities = _sigmoid(design @ solution)
        gradient = design.T @ (importance * (probabilities - target)) + penalty * solution
        curvature = importance * np.maximum(probabilities * (1 - probabilities), _MIN_CURVATURE)
        step = np.linalg.solve((design.T * curvature) @ design + np.diag(penalty), gradient)
        solution -= step
        if np.abs(step).max() < 1e-6:
            break
    return solution[:-1], float(solution[-1])


def _sigmoid(values: MatLike) -> MatLike:
    result: MatLike = 1 / (1 + np.exp(-np.clip(values, -40, 40)))
    return result


def _encode(array: MatLike) -> str:
    return base64.b64encode(np.ascontiguousarray(array, dtype=np.float32).tobytes()).decode()
