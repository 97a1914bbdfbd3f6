"""The bill as text."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from common.prices import PRICES
from deploy.cost import assumptions
from deploy.cost.bill import MILLION, compute, total
from deploy.cost.usage import MEASURED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from deploy.cost.bill import Line
    from deploy.cost.usage import Month

_WIDTH = 100
_BUNDLES = {1: "each", 1000: "per 1,000", MILLION: "per million"}


def lines(month: Month) -> Iterator[str]:
    """Yield the lines of the report on a month."""
    bill, unshared = compute(month), compute(month, free=False)
    yield f"A month with {month.images:,} pictures of {month.megabytes:g} MB"
    yield f"Detectors: {', '.join(month.detectors)}. Each picture is looked at {_times(month.views)}."
    yield ""
    yield f"{'':43}{'quantity':>12}{'free':>10}  {'price':22}{'dollars':>10}"
    yield from _section("For the pictures", bill.pictures)
    yield from _section("Fixed, also without pictures", bill.fixed)
    yield ""
    yield _sum("Total", bill.total)
    yield _sum("Per 1,000 pictures", bill.total / month.images * 1000)
    yield _sum("Total if the free allowances are used up by other stacks", unshared.total)
    yield _sum("  of which fixed", total(unshared.fixed))
    yield ""
    yield from _paragraph(_optional(bill.optional))
    yield ""
    yield from _notes(month.architecture)


def amount(dollars: float) -> str:
    """Return dollars with cents."""
    return f"{dollars:,.2f}"


def _section(title: str, rows: Sequence[Line]) -> Iterator[str]:
    yield title
    for line in rows:
        free = _number(line.free) if line.free else ""
        price = f"${_price(line.price)} {_BUNDLES[line.bundle]}" if line.price else "free"
        yield (
            f"  {line.service:19}{line.item:22}{_number(line.quantity):>12}{free:>10}  "
            f"{price:22}{amount(line.dollars):>10}"
        )
    yield _sum("  Sum", total(rows))


def _sum(title: str, dollars: float) -> str:
    return f"{title:89}{amount(dollars):>10}"


def _number(quantity: float) -> str:
    """Return a quantity, with three digits after the point if it is small."""
    if quantity < 0.001:
        return "< 0.001"
    return f"{quantity:,.0f}" if quantity >= 100 else f"{quantity:,.3f}".rstrip("0").rstrip(".")


def _price(price: float) -> str:
    """Return a price with cents, or with more digits if it has some."""
    whole, _, cents = f"{price:,.4f}".rstrip("0").partition(".")
    return f"{whole}.{cents:0<2}"


def _times(views: float) -> str:
    return {0.0: "never", 1.0: "once", 2.0: "twice"}.get(views) or f"{views:g} times"


def _optional(rows: Iterable[Line]) -> str:
    cloudwatch, cognito = PRICES["cloudWatch"], PRICES["cognito"]
    found = [f"{line.item} ({line.quantity:g}) for ${amount(line.dollars)}" for line in rows]
    return (
        f"Not in the total, because it is optional: {', '.join([*found, 'your own KMS key'])}, a web ACL, "
        "a custom model (billed by the hour), and access logs. "
        f"Alarms cost ${_price(cloudwatch['alarmMetrics'])} for each of their metrics after "
        f"{cloudwatch['free']['alarmMetrics']}, and "
        f"dashboards ${_price(cloudwatch['dashboards'])} after {cloudwatch['free']['dashboards']}. "
        f"Budgets are free. People who sign in with Cognito cost ${_price(cognito['users'])} each after "
        f"{cognito['free']['users']:,} a month."
    )


def _notes(architecture: str) -> Iterator[str]:
    yield f"Prices of {PRICES['date']} in {PRICES['region']}, without tax (src/common/prices.json)."
    unconfirmed = [f"{group} ({name})" for group, values in PRICES.items() for name in _unconfirmed(values)]
    if unconfirmed:
        yield from _paragraph(f"Not confirmed by a second source: {', '.join(unconfirmed)}.")
    yield from _paragraph(
        "Free are the always-free allowances of an account. What is free in the first year only isn't taken "
        "off."
    )
    yield from _paragraph(
        f"Requests, units and CPU time were measured on {MEASURED['date']} on the local stack "
        f"({MEASURED['machine']}), with {MEASURED['pictures']} pictures of 12 megapixels and "
        f"{MEASURED['labelNames']} label names each (deploy/cost/measured.json)."
    )
    days, log_days = MEASURED["parameters"]["RetentionDays"], MEASURED["parameters"]["LogRetentionDays"]
    yield from _paragraph(
        f"The parameters have their defaults: pictures are kept for {days} days and logs for {log_days}."
    )
    yield from _paragraph(
        f"The functions run on {architecture} (ARCHITECTURE). On arm64, a GB-second costs 20 % less; the CPU "
        "time is taken to be the same."
    )
    yield "Assumed:"
    for sentence in assumptions.SENTENCES:
        yield from textwrap.wrap(sentence, _WIDTH, initial_indent="- ", subsequent_indent="  ")


def _unconfirmed(values: object) -> Sequence[str]:
    return values.get("unconfirmed", ()) if isinstance(values, dict) else ()


def _paragraph(text: str) -> list[str]:
    return textwrap.wrap(text, _WIDTH)
