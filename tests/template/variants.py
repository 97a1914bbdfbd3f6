"""The choices that the template's parameters offer, and the stack that each combination of them makes."""

from __future__ import annotations

import copy
import itertools
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from local.template.parameters import parameter_values
from local.template.template import Template, transform_document
from tests.cloud import ALL_DETECTORS, ENTERPRISE_OPTIONS, EVENTS, MODELS, SOURCES
from tests.template.support import OTHER_PROVIDER, broken_rules, read_source

OWN_DOMAIN = {name: ENTERPRISE_OPTIONS[name] for name in ("SiteDomainName", "SiteCertificateArn")}
OWN_SENDER = {
    "EmailFrom": "pictures@example.com",
    "SesIdentityArn": "arn:aws:ses:us-east-1:123456789012:identity/example.com",
}
ALARM_EMAIL = {"AlarmEmail": "operations@example.com"}
ALARM_TOPIC = {"AlarmTopicArn": "arn:aws:sns:us-east-1:123456789012:operations"}
BUDGET = ALARM_EMAIL | {"MonthlyBudget": "100"}
# Each is one decision: its parameters are set together, or keep their defaults.
CHOICES: tuple[Mapping[str, str], ...] = (
    {"PageOrigin": "https://pictures.example.com"},
    OTHER_PROVIDER,
    OWN_DOMAIN,
    OWN_SENDER,
    {"SelfSignUp": "true"},
    {"ProgramAudiences": "4k1,7b2"},
    {"UploadsPerDay": "50", "UploadsPerMonth": "500"},
    {"Mfa": "ON"},
    {"Protect": "true"},
    ALARM_EMAIL,
    ALARM_TOPIC,
    BUDGET,
    {"Dashboard": "true"},
    {"Tracing": "PassThrough"},
    {"DetectLabels": "false"},
    EVENTS,
    SOURCES,
    MODELS,
    ALL_DETECTORS,  # together, because each adds a statement of the same form
    *({name: value} for name, value in ENTERPRISE_OPTIONS.items() if name not in OWN_DOMAIN),
)
NO_VALUE = object()
Pair = tuple[int, int, tuple[bool, bool]]  # two positions in CHOICES, and whether each choice is made


def transformed(parameters: Mapping[str, str]) -> dict[str, Any]:
    """Return the template as CloudFormation receives it, with its intrinsic functions."""
    document = copy.deepcopy(read_source())
    document["Globals"]["Function"]["CodeUri"] = "s3://packaged/code"
    document["Resources"]["ImagingLayer"]["Properties"]["ContentUri"] = "s3://packaged/layer"
    values = parameter_values(document["Parameters"], parameters)
    return transform_document(document, values, "template.yaml")


def decided(document: Mapping[str, Any], parameters: Mapping[str, str]) -> dict[str, Any]:
    """Return a transformed document with the conditions applied, as a stack with these parameters has it."""
    template = Template(document, parameter_values(document["Parameters"], parameters), {})
    result: dict[str, Any] = copy.deepcopy({**document})
    for section in ("Resources", "Outputs"):
        result[section] = {
            name: _decide({key: value for key, value in entry.items() if key != "Condition"}, template)
            for name, entry in document[section].items()
            if "Condition" not in entry or template.condition(entry["Condition"])
        }
    for name, value in parameters.items():
        result["Parameters"][name]["Default"] = value
    return {key: value for key, value in result.items() if key not in ("Conditions", "Rules")}


def combinations(choices: Iterable[Mapping[str, str]]) -> Iterator[dict[str, str]]:
    """Yield the parameters of every combination that the template's rules accept."""
    chosen = tuple(choices)
    for size in range(len(chosen) + 1):
        for combination in itertools.combinations(chosen, size):
            if _accepted(parameters := merged(combination)):
                yield parameters


def pairwise() -> list[dict[str, str]]:
    """Return a few variants in which any two choices are both made, one without the other, and neither.

    Pairs that the template's rules refuse are left out.
    """
    wanted: set[Pair] = {
        (first, second, (state[0], state[1]))
        for first, second in itertools.combinations(range(len(CHOICES)), 2)
        for state in itertools.product((False, True), repeat=2)
        if _accepted(merged(itertools.compress((CHOICES[first], CHOICES[second]), state)))
    }
    numbers = random.Random(0)  # the same variants in every run
    variants = []
    while wanted:
        candidates = [[numbers.random() < 0.5 for _ in CHOICES] for _ in range(200)]
        accepted = [made for made in candidates if _accepted(merged(itertools.compress(CHOICES, made)))]
        best = max(accepted, key=lambda made: len(_seen(wanted, made)))
        wanted -= _seen(wanted, best)
        variants.append(merged(itertools.compress(CHOICES, best)))
    return variants


def merged(choices: Iterable[Mapping[str, str]]) -> dict[str, str]:
    return {name: value for choice in choices for name, value in choice.items()}


def _seen(pairs: set[Pair], made: Sequence[bool]) -> set[Pair]:
    return {(first, second, state) for first, second, state in pairs if (made[first], made[second]) == state}


def _accepted(parameters: Mapping[str, str]) -> bool:
    return not broken_rules(**parameters)


def _decide(value: Any, template: Template) -> Any:
    match value:
        case {"Fn::If": [condition, if_true, if_false]}:
            return _decide(if_true if template.condition(condition) else if_false, template)
        case {"Ref": "AWS::NoValue"}:
            return NO_VALUE
        case dict():
            entries = {key: _decide(entry, template) for key, entry in value.items()}
            return {key: entry for key, entry in entries.items() if entry is not NO_VALUE}
        case list():
            decisions = [_decide(entry, template) for entry in value]
            return [entry for entry in decisions if entry is not NO_VALUE]
    return value
