"""What 1,000 pictures cost by what was counted for one: the same arithmetic for both functions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from common.prices import PRICES
from deploy.cost import assumptions as assumed

if TYPE_CHECKING:
    from collections.abc import Mapping

_GIGABYTE = 1024**3
_GIGABYTE_SECOND: float = PRICES["lambda"]["gigabyteSeconds"]["arm64"]
_PRICES: dict[str, float] = {
    "invocations": PRICES["lambda"]["requests"],
    "s3Writes": PRICES["s3"]["writes"],
    "s3Reads": PRICES["s3"]["reads"],
    "writeUnits": PRICES["dynamodb"]["writeUnits"],
    "readUnits": PRICES["dynamodb"]["readUnits"],
    "listUnits": PRICES["dynamodb"]["readUnits"],
    "apiRequests": PRICES["httpApi"]["requests"][0][1],
}
_REQUESTS = ("s3Writes", "s3Reads", "dynamodbRequests")


@dataclass(frozen=True)
class Used:
    """What one picture uses of a function with `memory` MB, or of none (a client)."""

    counts: Mapping[str, float]
    memory: int = 0
    log_bytes: float = 0.0  # of its own, for an invocation

    def dollars(self) -> float:
        """Return the price for 1,000 pictures, without Rekognition, on arm64."""
        counted = sum(self.counts.get(kind, 0) * price for kind, price in _PRICES.items())
        return 1000 * (counted + self._seconds() * self.memory / 1024 * _GIGABYTE_SECOND + self._logs())

    def _seconds(self) -> float:
        """Return the billed seconds: CPU time by the share of a vCPU, and waiting."""
        if not self.memory:
            return 0.0
        calls = self.counts.get("rekognitionCalls", 0)
        requests = sum(self.counts.get(kind, 0) for kind in _REQUESTS) - calls  # Rekognition's own read
        cpu = self.counts.get("cpuMilliseconds", 0) / 1000
        waiting = requests * assumed.REQUEST_SECONDS + min(calls, 1) * assumed.REKOGNITION_SECONDS
        return cpu / min(1.0, self.memory / assumed.FULL_CPU_MEGABYTES) + waiting

    def _logs(self) -> float:
        written = self.counts.get("invocations", 0) * (self.log_bytes + assumed.PLATFORM_LOG_BYTES)
        written += self.counts.get("apiRequests", 0) * assumed.ACCESS_LOG_BYTES
        return float(written / _GIGABYTE * PRICES["cloudWatch"]["logGigabytes"])
