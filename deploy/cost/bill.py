"""The bill: a line for each service and item, with the free allowances of an account taken off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from common.prices import GROUPS, PRICES, tiered_cost
from deploy.cost.usage import fixed_quantities, optional_quantities, picture_quantities

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from deploy.cost.usage import Month

MILLION = 1_000_000
ARCHITECTURES: Sequence[str] = tuple(PRICES["lambda"]["gigabyteSeconds"])
SERVICES = {
    "rekognition": "Rekognition",
    "lambda": "Lambda",
    "s3": "S3",
    "transfer": "Data transfer out",
    "dynamodb": "DynamoDB",
    "sqs": "SQS",
    "httpApi": "HTTP API",
    "cloudFront": "CloudFront",
    "cloudWatch": "CloudWatch",
    "xray": "X-Ray",
}
ITEMS = {  # the name of each item, and how many a price is usually given for
    "image": ("analyses", 1000),
    "properties": ("image properties", 1000),
    "requests": ("requests", MILLION),
    "gigabyteSeconds": ("GB-seconds", MILLION),
    "writes": ("PUT requests", MILLION),
    "reads": ("GET requests", MILLION),
    "deletes": ("DELETE requests", MILLION),
    "gigabyteMonths": ("GB stored", 1),
    "backupGigabyteMonths": ("GB backed up", 1),
    "gigabytes": ("GB", 1),
    "writeUnits": ("write units", MILLION),
    "readUnits": ("read units", MILLION),
    "logGigabytes": ("GB of logs written", 1),
    "logGigabyteMonths": ("GB of logs stored", 1),
    "metrics": ("custom metrics", 1),
    "alarmMetrics": ("metrics of alarms", 1),
    "dashboards": ("dashboards", 1),
    "traces": ("traces", MILLION),
}


@dataclass(frozen=True)
class Line:
    """A line of the bill, rounded to cents; `price` is that of `bundle` units, in the first tier."""

    service: str
    item: str
    quantity: float
    free: float
    price: float
    bundle: int
    dollars: float


@dataclass(frozen=True)
class Bill:
    """The bill of a month, in dollars without tax. What is optional isn't in the total."""

    fixed: tuple[Line, ...]
    pictures: tuple[Line, ...]
    optional: tuple[Line, ...]

    @property
    def total(self) -> float:
        """The dollars of the month."""
        return total((*self.fixed, *self.pictures))


def total(lines: Iterable[Line]) -> float:
    """Return the dollars of lines."""
    return round(sum(line.dollars for line in lines), 2)


def compute(month: Month, *, free: bool = True) -> Bill:
    """Return the bill of a month. `free` is whether the account's allowances are left for the stack."""
    remaining: dict[str, float] = {}
    if free:
        for group in SERVICES:
            allowances = PRICES[group].get("free", {})
            remaining |= {f"{group} {item}": amount for item, amount in allowances.items()}

    def charge(quantities: Mapping[str, float]) -> tuple[Line, ...]:
        names = sorted(quantities, key=_position)
        return tuple(_charge(name, quantities[name], remaining, month.architecture) for name in names)

    analyses = {f"rekognition {group}": month.analyses[group] for group in GROUPS if month.analyses[group]}
    return Bill(
        fixed=charge(fixed_quantities()),
        pictures=charge({**analyses, **picture_quantities(month)}),
        optional=charge(optional_quantities()),
    )


def _position(name: str) -> tuple[int, int]:
    service, item = name.split()
    return list(SERVICES).index(service), list(ITEMS).index(item)


def _charge(name: str, quantity: float, remaining: dict[str, float], architecture: str) -> Line:
    """Return the line of a quantity, and take what is free of it off the remaining allowances."""
    service, item = name.split()
    price: Any = PRICES[service][item]
    if isinstance(price, dict):
        price = price[architecture]
    tiers = price if isinstance(price, list) else [(None, price)]
    free = min(quantity, remaining.get(name, 0.0))
    if name in remaining:
        remaining[name] -= free
    dollars = round(tiered_cost(tiers, quantity - free), 2)
    label, bundle = ITEMS[item]
    return Line(SERVICES[service], label, quantity, free, tiers[0][1] * bundle, bundle, dollars)
