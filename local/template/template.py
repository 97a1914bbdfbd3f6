"""The SAM template, transformed and resolved. The local stack is built from it."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from samtranslator.model.exceptions import InvalidDocumentException
from samtranslator.translator.transform import transform

from local.template.documents import read_yaml_template
from local.template.intrinsics import ResolutionError, resolve
from local.template.names import ATTRIBUTES, NAME_PROPERTIES, PSEUDO_PARAMETERS, REFERENCES, REGION
from local.template.parameters import ParameterError, parameter_values

_CODE_LOCATION = "s3://local/code"  # the transform rejects folders: `sam package` replaces them with S3 URLs
_CODE_PROPERTIES = {"AWS::Serverless::Function": "CodeUri", "AWS::Serverless::LayerVersion": "ContentUri"}

# Without a handler, samtranslator prints a message about metrics when the process exits.
logging.getLogger("samtranslator").addHandler(logging.NullHandler())


class TemplateError(Exception):
    """The template can't be transformed, or the local stack doesn't support it."""


class Template:
    """Resources, parameters, and outputs of a template, for one set of parameter values."""

    def __init__(
        self,
        document: Mapping[str, Any],
        parameters: Mapping[str, str],
        folders: Mapping[str, Path],
        region: str | None = None,
    ) -> None:
        """Wrap a transformed document; `folders` maps functions and layers to their code."""
        self._region = region  # instead of the local stack's
        self._document = document
        self._folders = folders
        self.parameters = parameters

    @classmethod
    def load(cls, path: Path, parameters: Mapping[str, str] | None = None) -> Template:
        """Read and transform the template at `path`.

        Raises DocumentError, TemplateError or ParameterError with a message for the user.
        """
        document = read_yaml_template(path)
        values = parameter_values(document.get("Parameters", {}), parameters or {})
        folders = _replace_code_folders(document, path.resolve().parent)
        template = cls(transform_document(document, values, path.name), values, folders)
        template.check_rules()
        return template

    def check_rules(self) -> None:
        """Raise ParameterError with a rule's description if the parameters violate the rule."""
        for rule in self._document.get("Rules", {}).values():
            if resolve(rule.get("RuleCondition", True), self):
                for assertion in rule["Assertions"]:
                    if not resolve(assertion["Assert"], self):
                        raise ParameterError(assertion["AssertDescription"])

    def resources(self, resource_type: str) -> dict[str, dict[str, Any]]:
        """Return the resolved properties of all resources of a type, by logical id.

        Resources whose condition is false are left out. Raises ResolutionError.
        """
        return {
            logical_id: resolve(resource.get("Properties", {}), self)
            for logical_id, resource in self._document["Resources"].items()
            if resource["Type"] == resource_type and self._exists(resource)
        }

    @cached_property
    def outputs(self) -> Mapping[str, Any]:
        return {
            name: resolve(output["Value"], self)
            for name, output in self._document.get("Outputs", {}).items()
            if self._exists(output)
        }

    def code_folder(self, function_id: str) -> Path:
        """Return the folder of a function's code, which the transformed document doesn't contain."""
        return self._folders[function_id]

    # The methods below are called by the intrinsic functions.

    def ref(self, name: str) -> Any:
        if name == "AWS::Region" and self._region:
            return self._region
        if name in PSEUDO_PARAMETERS:
            return PSEUDO_PARAMETERS[name]
        if name in self.parameters:
            parameter_type = self._document["Parameters"][name]["Type"]
            value = self.parameters[name]
            return value.split(",") if parameter_type in ("CommaDelimitedList", "List<Number>") else value
        resource = self._resource(name)
        physical_name = self._physical_name(name, resource)
        reference = REFERENCES.get(resource["Type"])
        return reference(physical_name) if reference else physical_name

    def attribute(self, logical_id: str, name: str) -> str:
        resource = self._resource(logical_id)
        resource_type = resource["Type"]
        if (resource_type, name) not in ATTRIBUTES:
            raise ResolutionError(f"The local stack doesn't support the attribute {name} of {resource_type}.")
        return ATTRIBUTES[resource_type, name](self._physical_name(logical_id, resource))

    def condition(self, name: str) -> bool:
        conditions = self._document.get("Conditions", {})
        if name not in conditions:
            raise ResolutionError(f"The template has no condition {name}.")
        return bool(resolve(conditions[name], self))

    def mapped(self, name: str, key: str, subkey: str) -> Any:
        try:
            return self._document["Mappings"][name][key][subkey]
        except KeyError:
            raise ResolutionError(f"The template maps nothing to {name}, {key}, {subkey}.") from None

    def _resource(self, logical_id: str) -> Mapping[str, Any]:
        resources: Mapping[str, Mapping[str, Any]] = self._document["Resources"]
        if logical_id not in resources:
            raise ResolutionError(f"The template has no parameter or resource {logical_id}.")
        return resources[logical_id]

    def _physical_name(self, logical_id: str, resource: Mapping[str, Any]) -> str:
        # Resolve the name only: other properties may refer to this resource.
        key = NAME_PROPERTIES.get(resource["Type"], "")
        return str(resolve(resource.get("Properties", {}).get(key, logical_id), self))

    def _exists(self, entry: Mapping[str, Any]) -> bool:
        return "Condition" not in entry or self.condition(entry["Condition"])


def _replace_code_folders(document: dict[str, Any], root: Path) -> dict[str, Path]:
    """Return the code folder of each function and layer, and replace it with a location for the transform."""
    globals_ = document.get("Globals", {}).get("Function", {})
    folders = {}
    for logical_id, resource in document["Resources"].items():
        key = _CODE_PROPERTIES.get(resource.get("Type"))
        if key is None:
            continue
        properties = resource.setdefault("Properties", {})
        folder = properties.get(key, globals_.get(key))
        if not isinstance(folder, str):
            raise TemplateError(f"The {key} of {logical_id} must be a folder.")
        folders[logical_id] = (root / folder).resolve()
        properties[key] = _CODE_LOCATION
    globals_.pop("CodeUri", None)
    return folders


def transform_document(document: dict[str, Any], values: Mapping[str, str], name: str) -> dict[str, Any]:
    """Apply the SAM transform to a document. Raises TemplateError, which mentions the template's name."""
    os.environ.setdefault("AWS_DEFAULT_REGION", REGION)  # the transform asks boto3 for the partition
    managed_policies = SimpleNamespace(load=dict)  # ARNs by name; the template uses none
    try:
        transformed: dict[str, Any] = transform(document, dict(values), managed_policies)
    except InvalidDocumentException as error:
        causes = " ".join(cause.message for cause in error.causes) or error.message
        raise TemplateError(f"The template {name} can't be transformed: {causes}") from error
    return transformed
