"""What a result lacks: calls of today's plan that are missing, had other parameters, or an older model."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from deploy.backfill.images import call_kind
from processor.plan import CUSTOM_LABELS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deploy.backfill.images import CallKind
    from processor.detectors import Call
    from processor.earlier import EarlierResult
    from processor.plan import Plan


@dataclass(frozen=True)
class Findings:
    """The calls that a result lacks, and the model version of each call that it has."""

    lacking: tuple[CallKind, ...]
    versions: tuple[tuple[CallKind, str], ...]


def compare(result: EarlierResult | None, plan: Plan) -> Findings:
    """Compare a result with the plan of its image; without a result, it lacks everything."""
    calls = calls_to_make(plan)
    current = result.current_answers(calls) if result else {}
    versions = tuple(
        (call_kind(call), version)
        for call in calls
        if result and call.operation in current and (version := _version(call, result.model_versions))
    )
    return Findings(tuple(call_kind(call) for call in calls if call.operation not in current), versions)


def calls_to_make(plan: Plan) -> list[Call]:
    """Return the calls of a plan, without that of a custom model that is stopped."""
    return [call for call in plan.calls if not (plan.is_model_stopped and call.operation == CUSTOM_LABELS)]


def _version(call: Call, versions: Mapping[str, str]) -> str | None:
    found = [versions[detector.name] for detector in call.detectors if detector.name in versions]
    return found[0] if found else None  # detectors of one call have the same model


class NewestVersions:
    """The newest model version of each operation that was seen in any result."""

    def __init__(self) -> None:
        self._newest: dict[str, str] = {}

    def see(self, findings: Findings) -> None:
        """Note the versions of a result."""
        for (operation, _), version in findings.versions:
            if operation not in self._newest or _age(self._newest[operation]) < _age(version):
                self._newest[operation] = version

    def outdated(self, findings: Findings) -> tuple[CallKind, ...]:
        """Return the calls of a result that have an older version."""
        return tuple(
            kind
            for kind, version in findings.versions
            if _age(version) < _age(self._newest.get(kind[0], version))
        )


def _age(version: str) -> list[tuple[int, str]]:
    """Return what sorts versions such as 3.0 and 10.1 by their numbers."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"[.\-]", version)]
