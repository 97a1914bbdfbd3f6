"""The user pool and the distribution: how people reach the page, created in moto."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from tests.deploy.imitation.documents import ACCOUNT, PARTITION
from tests.deploy.imitation.resource_types import (
    Place,
    ResourceFailure,
    ResourceType,
    api_arguments,
    new_name,
)

_FIXED_POOL_PROPERTIES = ("UsernameAttributes", "UsernameConfiguration", "AliasAttributes")
_DOMAIN_PREFIX = re.compile(r"(?!.*(aws|amazon|cognito))[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


class UserPool(ResourceType):
    def create(self, place: Place, properties: Mapping[str, Any]) -> str:
        client = place.client("cognito-idp")
        name = properties.get("UserPoolName") or new_name(place, properties)
        arguments = api_arguments(client, "CreateUserPool", properties)
        created = client.create_user_pool(**arguments | {"PoolName": name})
        return str(created["UserPool"]["Id"])

    def update(self, place: Place, physical_id: str, properties: Mapping[str, Any]) -> None:
        client = place.client("cognito-idp")
        before = client.describe_user_pool(UserPoolId=physical_id)["UserPool"]
        for name in _FIXED_POOL_PROPERTIES:
            given = api_arguments(
                client, "CreateUserPool", {name: properties[name]} if name in properties else {}
            )
            if before.get(name) != given.get(name):
                raise ResourceFailure(f"Updates are not allowed for property - {name}.")
        client.update_user_pool(UserPoolId=physical_id, **api_arguments(client, "UpdateUserPool", properties))

    def delete(self, place: Place, physical_id: str, properties: Mapping[str, Any]) -> None:
        place.client("cognito-idp").delete_user_pool(UserPoolId=physical_id)

    def attributes(self, place: Place, physical_id: str) -> dict[str, str]:
        provider = f"cognito-idp.{place.region}.amazonaws.com/{physical_id}"
        arn = f"arn:{PARTITION}:cognito-idp:{place.region}:{ACCOUNT}:userpool/{physical_id}"
        return {
            "Arn": arn,
            "ProviderName": provider,
            "ProviderURL": f"https://{provider}",
            "UserPoolId": physical_id,
        }


class UserPoolDomain(ResourceType):
    def create(self, place: Place, properties: Mapping[str, Any]) -> str:
        if not _DOMAIN_PREFIX.fullmatch(properties["Domain"]):
            raise ResourceFailure("Invalid user pool domain prefix.")
        client = place.client("cognito-idp")
        if client.describe_user_pool_domain(Domain=properties["Domain"])["DomainDescription"]:
            raise ResourceFailure("Domain already associated with another user pool.")
        client.create_user_pool_domain(**api_arguments(client, "CreateUserPoolDomain", properties))
        return str(properties["Domain"])

    def delete(self, place: Place, physical_id: str, properties: Mapping[str, Any]) -> None:
        client = place.client("cognito-idp")
        client.delete_user_pool_domain(Domain=physical_id, UserPoolId=properties["UserPoolId"])


class UserPoolClient(ResourceType):
    def create(self, place: Place, properties: Mapping[str, Any]) -> str:
        client = place.client("cognito-idp")
        name = properties.get("ClientName") or new_name(place, properties)
        arguments = api_arguments(client, "CreateUserPoolClient", properties)
        created = client.create_user_pool_client(**arguments | {"ClientName": name})
        return str(created["UserPoolClient"]["ClientId"])

    def update(self, place: Place, physical_id: str, properties: Mapping[str, Any]) -> None:
        client = place.client("cognito-idp")
        client.update_user_pool_client(
            ClientId=physical_id, **api_arguments(client, "UpdateUserPoolClient", properties)
        )

    def delete(self, place: Place, physical_id: str, properties: Mapping[str, Any]) -> None:
        client = place.client("cognito-idp")
        client.delete_user_pool_client(UserPoolId=properties["UserPoolId"], ClientId=physical_id)


class Distribution(ResourceType):
    def create(self, place: Place, properties: Mapping[str, Any]) -> str:
        config = properties["DistributionConfig"]
        (origin,) = config["Origins"]
        behavior = config["DefaultCacheBehavior"]
        created = place.client("cloudfront").create_distribution(
            DistributionConfig={
                "CallerReference": new_name(place, properties),
                "Comment": config.get("Comment", ""),
                "Enabled": True,
                "Origins": {
                    "Quantity": 1,
                    "Items": [{"Id": origin["Id"], "DomainName": origin["DomainName"]}],
                },
                "DefaultCacheBehavior": {
                    "TargetOriginId": behavior["TargetOriginId"],
                    "ViewerProtocolPolicy": behavior["ViewerProtocolPolicy"],
                },
            }
        )
        return str(created["Distribution"]["Id"])

    def delete(self, place: Place, physical_id: str, properties: Mapping[str, Any]) -> None:
        client = place.client("cloudfront")
        client.delete_distribution(Id=physical_id, IfMatch=client.get_distribution(Id=physical_id)["ETag"])

    def attributes(self, place: Place, physical_id: str) -> dict[str, str]:
        distribution = place.client("cloudfront").get_distribution(Id=physical_id)["Distribution"]
        return {"DomainName": str(distribution["DomainName"]), "Id": physical_id}
