"""The source, the transformed template, and every variant of the stack are valid."""

from __future__ import annotations

import json
from graphlib import CycleError, TopologicalSorter
from typing import Any

import pytest
from cfnlint.api import ManualArgs, lint

from tests.template import variants
from tests.template.references import condition_parameters, deciding_parameters, dependencies, missing
from tests.template.support import TEMPLATE

# SAM replaces parameters in its own resources with their values, so that a Fn::Sub may have none left
SUB_WITHOUT_VARIABLES = "W1020"
# SAM puts a function's condition around its routes, and around each method of them
REPEATED_CONDITION = "W1028"


def cfn_lint(text: str) -> list[tuple[str, str]]:
    """Return the rule and the message of every finding."""
    found = lint(text, config=ManualArgs(regions=["us-east-1"]))
    return [(match.rule.id, match.message) for match in found]


def problems(document: dict[str, Any]) -> list[str]:
    """Return what stops a deployment: a reference to something that doesn't exist, or a circular one."""
    found = [f"{name} doesn't exist" for name in sorted(missing(document))]
    try:
        TopologicalSorter(dependencies(document)).prepare()
    except CycleError as error:
        found.append(f"circular: {' → '.join(_from_smallest(error.args[1]))}")
    return found


def _from_smallest(cycle: list[str]) -> list[str]:
    """Return a cycle, whose last name is its first, in a form that doesn't depend on where it was found."""
    names = cycle[:-1]
    start = names.index(min(names))
    return [*names[start:], *names[: start + 1]]


def problems_of_any_variant(document: dict[str, Any]) -> set[str]:
    """Return the problems of every combination of the choices that decide about resources and references."""
    deciding = deciding_parameters(document)
    choices = [choice for choice in variants.CHOICES if deciding & choice.keys()]
    documents = [variants.decided(document, parameters) for parameters in variants.combinations(choices)]
    assert len(documents) > len(choices)
    return {problem for each in documents for problem in problems(each)}


def test_the_source_is_valid() -> None:
    assert cfn_lint(TEMPLATE.read_text(encoding="utf-8")) == []


def test_the_transformed_template_is_valid(transformed: dict[str, Any]) -> None:
    found = cfn_lint(json.dumps(transformed))
    assert [
        finding for finding in found if finding[0] not in (SUB_WITHOUT_VARIABLES, REPEATED_CONDITION)
    ] == []


def test_the_choices_include_every_parameter_that_a_condition_compares(transformed: dict[str, Any]) -> None:
    compared = {
        name
        for condition in transformed["Conditions"]
        for name in condition_parameters(transformed, condition)
    }
    assert compared - variants.merged(variants.CHOICES).keys() == set()


def test_no_variant_has_a_missing_or_circular_reference(transformed: dict[str, Any]) -> None:
    assert problems_of_any_variant(transformed) == set()


def test_a_circular_reference_is_found(transformed: dict[str, Any]) -> None:
    variables = transformed["Resources"]["ProcessorFunction"]["Properties"]["Environment"]["Variables"]
    variables["INPUT_BUCKET"] = {"Ref": "InputBucket"}
    (problem,) = problems_of_any_variant(transformed)
    assert problem.startswith("circular: ")


def test_a_circular_reference_of_a_single_variant_is_found(transformed: dict[str, Any]) -> None:
    policy = transformed["Resources"]["SiteHeaders"]["Properties"]["ResponseHeadersPolicyConfig"]
    policy["Comment"] = {"Fn::If": ["OwnUserPool", {"Ref": "UserPool"}, "another provider"]}
    (problem,) = problems_of_any_variant(transformed)
    assert problem.startswith("circular: ")


def test_a_missing_resource_of_a_single_variant_is_found(transformed: dict[str, Any]) -> None:
    transformed["Resources"]["UserPool"]["Condition"] = "OwnSite"
    assert problems_of_any_variant(transformed) == {"UserPool doesn't exist"}


@pytest.mark.parametrize("parameters", variants.pairwise())
def test_a_variant_has_no_error(parameters: dict[str, str]) -> None:
    document = variants.decided(variants.transformed(parameters), parameters)
    found = cfn_lint(json.dumps(document))
    assert [finding for finding in found if finding[0].startswith("E")] == []
