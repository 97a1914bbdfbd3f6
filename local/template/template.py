"""The transformed template, every value in it resolved: what the local stack is built from."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml
from samtranslator.model.exceptions import InvalidDocumentException
from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

from local.template import physical
from local.template.intrinsics import UnknownInTemplate, resolve
from local.template.names import PSEUDO_PARAMETERS, REGION
from local.template.parameters import parameter_values

_STAND_IN = "s3://local/code"  # the transform takes no folder: `sam package` has uploaded them by then
_CODE = {"AWS::Serverless::Function": "CodeUri", "AWS::Serverless::LayerVersion": "ContentUri"}


# It speaks of metrics that nobody asked for when the program ends.
logging.getLogger("samtranslator").addHandler(logging.NullHandler())


class TemplateError(Exception):
    """The template cannot be read or transformed."""


class Template:
    """A template's resources, parameters and outputs, for one set of parameter values."""

    def __init__(
        self, document: Mapping[str, Any], parameters: Mapping[str, str], folders: Mapping[str, Path]
    ) -> None:
        self._document = document
        self._folders = folders
        self.parameters = parameters

    @classmethod
    def load(cls, path: Path, parameters: Mapping[str, str] | None = None) -> Template:
        """Read and transform the template at `path`.

        Raises TemplateError, ParameterError or UnknownInTemplate, each with one plain sentence.
        """
        document = _read(path)
        values = parameter_values(document.get("Parameters", {}), parameters or {})
        folders = _take_folders(document, path.resolve().parent)
        return cls(_transform(document, values, path.name), values, folders)

    def resources(self, kind: str) -> dict[str, dict[str, Any]]:
        """Give the properties of all resources of a kind that exist under the template's conditions."""
        return {
            logical_id: resolve(resource.get("Properties", {}), self)
            for logical_id, resource in self._document["Resources"].items()
            if resource["Type"] == kind and self._exists(resource)
        }

    @cached_property
    def outputs(self) -> Mapping[str, Any]:
        return {
            name: resolve(output["Value"], self)
            for name, output in self._document.get("Outputs", {}).items()
            if self._exists(output)
        }

    def code_folder(self, function_id: str) -> Path:
        """Give the folder that a function's code is in, which the transform forgets."""
        return self._folders[function_id]

    # What the intrinsic functions ask.

    def ref(self, name: str) -> Any:
        if name in PSEUDO_PARAMETERS:
            return PSEUDO_PARAMETERS[name]
        if name in self.parameters:
            declared = self._document["Parameters"][name]["Type"]
            value = self.parameters[name]
            return value.split(",") if declared in ("CommaDelimitedList", "List<Number>") else value
        return self._name(name, self._resource(name))

    def attribute(self, logical_id: str, name: str) -> Any:
        resource = self._resource(logical_id)
        return physical.attribute(resource["Type"], self._name(logical_id, resource), name)

    def condition(self, name: str) -> bool:
        conditions = self._document.get("Conditions", {})
        if name not in conditions:
            raise UnknownInTemplate(f"The template has no condition {name}.")
        return bool(resolve(conditions[name], self))

    def mapping(self, name: str, first: str, second: str) -> Any:
        return self._document["Mappings"][name][first][second]

    def _resource(self, logical_id: str) -> Mapping[str, Any]:
        resources: Mapping[str, Mapping[str, Any]] = self._document["Resources"]
        if logical_id not in resources:
            raise UnknownInTemplate(f"The template has no parameter or resource {logical_id}.")
        return resources[logical_id]

    def _name(self, logical_id: str, resource: Mapping[str, Any]) -> str:
        kind, properties = resource["Type"], resource.get("Properties", {})
        named_by = physical.name_property(kind)
        resolved = {named_by: resolve(properties[named_by], self)} if named_by in properties else {}
        return physical.physical_name(logical_id, kind, resolved)

    def _exists(self, entry: Mapping[str, Any]) -> bool:
        return "Condition" not in entry or self.condition(entry["Condition"])


class _NoManagedPolicies:
    """The transform asks for AWS's managed policies by name; the template uses none."""

    def load(self) -> dict[str, str]:
        return {}


def _read(path: Path) -> dict[str, Any]:
    try:
        document = yaml_parse(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise TemplateError(f"The template {path} cannot be read: {error.strerror}.") from error
    except yaml.YAMLError as error:
        raise TemplateError(f"The template {path.name} is not valid YAML: {error}.") from error
    if not isinstance(document, dict) or "Resources" not in document:
        raise TemplateError(f"The template {path.name} has no Resources.")
    return document


def _take_folders(document: dict[str, Any], root: Path) -> dict[str, Path]:
    """Note where each function's code is, and put a stand-in there that the transform takes."""
    shared = document.get("Globals", {}).get("Function", {})
    folders = {}
    for logical_id, resource in document["Resources"].items():
        key = _CODE.get(resource.get("Type"))
        if key is None:
            continue
        properties = resource.setdefault("Properties", {})
        folder = properties.get(key, shared.get(key))
        if not isinstance(folder, str):
            raise TemplateError(f"{logical_id} needs a {key} that is a folder.")
        folders[logical_id] = (root / folder).resolve()
        properties[key] = _STAND_IN
    shared.pop("CodeUri", None)
    return folders


def _transform(document: dict[str, Any], values: dict[str, str], name: str) -> dict[str, Any]:
    os.environ.setdefault("AWS_DEFAULT_REGION", REGION)  # the transform asks boto3 for the partition
    try:
        transformed: dict[str, Any] = transform(document, dict(values), _NoManagedPolicies())
    except InvalidDocumentException as error:
        causes = " ".join(cause.message for cause in error.causes) or error.message
        raise TemplateError(f"The template {name} cannot be transformed: {causes}") from error
    return transformed
