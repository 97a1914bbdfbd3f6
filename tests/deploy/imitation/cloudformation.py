"""CloudFormation's operations, for the stacks of one region."""

from __future__ import annotations

import re
import threading
import uuid
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from botocore import xform_name
from botocore.exceptions import ClientError

from tests.deploy.imitation.deployment import Deployment
from tests.deploy.imitation.documents import (
    ACCOUNT,
    MAX_BODY_BYTES,
    PARTITION,
    Blueprint,
    parameter_values,
    process_document,
    read_document,
)
from tests.deploy.imitation.errors import AwsError, InvalidRequest, NotImitated
from tests.deploy.imitation.plan import plan_changes
from tests.deploy.imitation.scope import check_rules
from tests.deploy.imitation.services import Services
from tests.deploy.imitation.stack import DELETABLE, UPDATABLE, ChangeSet, Stack

_STACK_NAME = re.compile(r"[a-zA-Z][-a-zA-Z0-9]{0,127}")
_NO_CHANGES = (
    "The submitted information didn't contain changes. Submit different information to create a change set."
)


class CloudFormation:
    """Answers one call at a time. An operation on a stack is complete when its call returns."""

    def __init__(self, region: str, services: Services) -> None:
        self.region = region
        self.failures: dict[str, str] = {}  # the reason why a resource will fail next time, by its name
        self._services = services
        self._stacks: dict[str, Stack] = {}  # by ARN, deleted ones too
        self._lock = threading.Lock()

    def call(self, operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        """Carry out an operation. Raises AwsError, or NotImitated if the imitation lacks it."""
        method = getattr(self, f"_{xform_name(operation)}", None)
        if method is None:
            raise NotImitated(operation)
        with self._lock:
            result: Mapping[str, Any] | None = method(parameters)
        return result or {}

    def stack(self, name: str) -> Stack | None:
        """Return a stack by name, if it exists, or by ARN, even if it is deleted."""
        if name in self._stacks:
            return self._stacks[name]
        existing = (stack for stack in self._stacks.values() if stack.status != "DELETE_COMPLETE")
        return next((stack for stack in existing if stack.name == name), None)

    # ---------------------------------------------------------------- change sets

    def _create_change_set(self, given: Mapping[str, Any]) -> Mapping[str, Any]:
        stack = self._target(given["StackName"], given.get("ChangeSetType", "UPDATE"))
        body = self._template_body(given, stack)
        document = read_document(body)
        previous = stack.blueprint.parameters if stack.blueprint else {}
        values = parameter_values(document, given.get("Parameters", []), previous)
        check_rules(document, values, self.region)
        if stack.arn not in self._stacks:
            self._stacks[stack.arn] = stack
            stack.set_status("REVIEW_IN_PROGRESS", "User Initiated")
        tags = {tag["Key"]: tag["Value"] for tag in given.get("Tags", [])}
        name, arn = given["ChangeSetName"], self._arn(f"changeSet/{given['ChangeSetName']}/{uuid.uuid4()}")
        try:
            transformed = process_document(document, values, self.region, given.get("Capabilities", []))
            blueprint = Blueprint(body, transformed, values, tags)
            change_set = ChangeSet(name, arn, blueprint, self._changes(stack, blueprint))
        except InvalidRequest as error:
            change_set = ChangeSet(name, arn, None, [], error.message)
        stack.change_sets[arn] = change_set
        return {"Id": arn, "StackId": stack.arn}

    def _describe_change_set(self, given: Mapping[str, Any]) -> Mapping[str, Any]:
        stack, change_set = self._find_change_set(given)
        return {"StackId": stack.arn, "StackName": stack.name, **change_set.describe()}

    def _execute_change_set(self, given: Mapping[str, Any]) -> None:
        stack, change_set = self._find_change_set(given)
        if change_set.blueprint is None:
            message = f"ChangeSet [{change_set.arn}] cannot be executed in its current status of [FAILED]"
            raise AwsError("InvalidChangeSetStatus", message)
        stack.change_sets.clear()  # they were made for the former state
        deployment = Deployment(stack, self._services, self.failures)
        if stack.status == "REVIEW_IN_PROGRESS":
            deployment.create(change_set.blueprint)
        else:
            deployment.update(change_set.blueprint)

    def _delete_change_set(self, given: Mapping[str, Any]) -> None:
        stack, change_set = self._find_change_set(given)
        del stack.change_sets[change_set.arn]

    def _list_change_sets(self, given: Mapping[str, Any]) -> Mapping[str, Any]:
        return {"Summaries": [entry.describe() for entry in self._find(given).change_sets.values()]}

    # ---------------------------------------------------------------- stacks

    def _describe_stacks(self, given: Mapping[str, Any]) -> Mapping[str, Any]:
        if "StackName" in given:
            return {"Stacks": [self._find(given).describe()]}
        existing = (stack for stack in self._stacks.values() if stack.status != "DELETE_COMPLETE")
        return {"Stacks": [stack.describe() for stack in existing]}

    def _list_stacks(self, given: Mapping[str, Any]) -> Mapping[str, Any]:
        wanted = given.get("StackStatusFilter")
        summaries = [stack.describe() for stack in self._stacks.values()]
        return {
            "StackSummaries": [entry for entry in summaries if not wanted or entry["StackStatus"] in wanted]
        }

    def _describe_stack_events(self, given: Mapping[str, Any]) -> Mapping[str, Any]:
        return {"StackEvents": self._find(given).events}

    def _list_stack_resources(self, given: Mapping[str, Any]) -> Mapping[str, Any]:
        return {"StackResourceSummaries": self._find(given).describe_resources()}

    def _describe_stack_resources(self, given: Mapping[str, Any]) -> Mapping[str, Any]:
        name = given["PhysicalResourceId"]
        for stack in self._stacks.values():
            if stack.status != "DELETE_COMPLETE":
                found = [entry for entry in stack.describe_resources() if entry["PhysicalResourceId"] == name]
                if found:
                    return {"StackResources": [{**entry, "StackId": stack.arn} for entry in found]}
        raise InvalidRequest(f"Stack for {name} does not exist")

    def _get_template_summary(self, given: Mapping[str, Any]) -> Mapping[str, Any]:
        blueprint = self._find(given).blueprint
        declared = blueprint.document.get("Parameters", {}) if blueprint else {}
        return {
            "Parameters": [
                {"ParameterKey": name, "ParameterType": entry["Type"]} for name, entry in declared.items()
            ]
        }

    def _delete_stack(self, given: Mapping[str, Any]) -> None:
        stack = self.stack(given["StackName"])
        if stack is None or stack.status == "DELETE_COMPLETE":
            return  # not an error
        if stack.status not in DELETABLE:
            raise InvalidRequest(f"Stack [{stack.name}] cannot be deleted while in status {stack.status}")
        if given.get("RetainResources"):
            raise NotImitated("DeleteStack with RetainResources")
        Deployment(stack, self._services, self.failures).delete()

    # ---------------------------------------------------------------- what the operations share

    def _target(self, name: str, kind: str) -> Stack:
        """Return the stack that a change set is for, which may be a new one. Raises InvalidRequest."""
        if not _STACK_NAME.fullmatch(name) and not name.startswith("arn:"):
            raise InvalidRequest(
                f"1 validation error detected: Value '{name}' at 'stackName' failed to satisfy constraint"
            )
        stack = self.stack(name)
        if kind == "CREATE":
            if stack is not None and stack.status != "REVIEW_IN_PROGRESS":
                raise InvalidRequest(
                    f"Stack [{name}] already exists and cannot be created again with the changeSet."
                )
            return stack or Stack(name, self.region)
        if stack is None:
            raise InvalidRequest(f"Stack [{name}] does not exist")
        if stack.status not in UPDATABLE:
            raise InvalidRequest(f"Stack:{stack.arn} is in {stack.status} state and can not be updated.")
        return stack

    def _changes(self, stack: Stack, blueprint: Blueprint) -> list[Mapping[str, Any]]:
        """Return what a change set changes. Raises InvalidRequest if that is nothing."""
        changes = plan_changes(stack, blueprint)
        if not changes and stack.blueprint is not None:
            same_outputs = stack.scope(blueprint).outputs() == stack.outputs
            if same_outputs and stack.blueprint.tags == blueprint.tags:
                raise InvalidRequest(_NO_CHANGES)
        return changes

    def _template_body(self, given: Mapping[str, Any], stack: Stack) -> str:
        if given.get("UsePreviousTemplate") and stack.blueprint:
            return stack.blueprint.body
        if body := given.get("TemplateBody"):
            if len(body.encode()) > MAX_BODY_BYTES:
                raise InvalidRequest(f"Member must have length less than or equal to {MAX_BODY_BYTES}")
            return str(body)
        bucket, _, key = unquote(urlsplit(given["TemplateURL"]).path)[1:].partition("/")
        try:
            stored = self._services.client("s3", self.region).get_object(Bucket=bucket, Key=key)
        except ClientError as error:
            raise InvalidRequest(f"S3 error: {error.response['Error']['Message']}") from error
        return str(stored["Body"].read().decode())

    def _find(self, given: Mapping[str, Any]) -> Stack:
        stack = self.stack(given["StackName"])
        if stack is None:
            raise InvalidRequest(f"Stack with id {given['StackName']} does not exist")
        return stack

    def _find_change_set(self, given: Mapping[str, Any]) -> tuple[Stack, ChangeSet]:
        name = given["ChangeSetName"]
        for stack in [self._find(given)] if "StackName" in given else self._stacks.values():
            for change_set in stack.change_sets.values():
                if name in (change_set.name, change_set.arn):
                    return stack, change_set
        raise AwsError("ChangeSetNotFound", f"ChangeSet [{name}] does not exist")

    def _arn(self, resource: str) -> str:
        return f"arn:{PARTITION}:cloudformation:{self.region}:{ACCOUNT}:{resource}"
