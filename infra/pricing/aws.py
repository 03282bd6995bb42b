"""EC2's prices: on demand from the AWS Price List, spot from EC2's price history."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from statistics import median
from typing import Any

from llmdeploy.infra.pricing.quote import Answer, PricesUnavailable, Quote, Tell

PRICING_REGION = "us-east-1"
"""The price list's API answers in few regions; this one has all prices."""
ATTEMPTS = 8
"""Of one call: with botocore's backoff a throttled one is tried for about two minutes."""
# Linux on shared hardware without software, and not a capacity block.
_FILTERS = {
    "operatingSystem": "Linux",
    "tenancy": "Shared",
    "preInstalledSw": "NA",
    "capacitystatus": "Used",
    "marketoption": "OnDemand",
}
Client = Callable[[str, str], Any]
"""Makes a boto3 client of a service in a region."""


def boto3_client() -> Client:
    """Clients with the user's own credentials; throttled calls are tried again.

    Raises:
        PricesUnavailable: boto3 is not installed.
    """
    try:
        import boto3
        from botocore.config import Config
    except ImportError as error:
        raise PricesUnavailable(
            "AWS prices need boto3, which is not installed", "pip install 'llmdeploy-stacks[aws]'"
        ) from error
    patient = Config(retries={"mode": "standard", "max_attempts": ATTEMPTS}, connect_timeout=10)
    session = boto3.Session()

    def client(service: str, region: str) -> Any:
        return session.client(service, region_name=region, config=patient)

    return client


def aws_quotes(client: Client, instances: Sequence[str], locations: Iterable[str], tell: Tell) -> Answer:
    """Every price of `instances`, on demand everywhere and spot in `locations`.

    Raises:
        PricesUnavailable: no credentials, no permission, or no answer.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    quotes: list[Quote] = []
    unasked: list[str] = []
    try:
        pricing = client("pricing", PRICING_REGION)
        for count, instance in enumerate(instances, 1):
            tell(f"aws: on-demand price of {instance} ({count} of {len(instances)})")
            quotes += _on_demand(pricing, instance)
        for location in locations:
            tell(f"aws: spot prices in {location}")
            try:
                quotes += _spot(client("ec2", location), location, instances)
            except (BotoCoreError, ClientError) as error:
                if _forbidden(error):
                    raise
                # One region that the account has not enabled says nothing about the others.
                unasked.append(f"{location}: {error}")
    except (BotoCoreError, ClientError) as error:
        raise PricesUnavailable(
            f"AWS does not tell its prices: {error}",
            "give credentials (`aws sts get-caller-identity` shows them) that allow pricing:GetProducts and "
            "ec2:DescribeSpotPriceHistory",
        ) from error
    return Answer(tuple(quotes), tuple(unasked))


def _forbidden(error: Exception) -> bool:
    told: dict[str, dict[str, str]] = getattr(error, "response", {})
    return told.get("Error", {}).get("Code") == "UnauthorizedOperation"


def _on_demand(pricing: Any, instance: str) -> Iterator[Quote]:
    wanted = {**_FILTERS, "instanceType": instance}
    filters = [{"Type": "TERM_MATCH", "Field": field, "Value": value} for field, value in wanted.items()]
    for page in pricing.get_paginator("get_products").paginate(ServiceCode="AmazonEC2", Filters=filters):
        for text in page["PriceList"]:
            product = json.loads(text)
            location = product["product"]["attributes"].get("regionCode")
            for usd in _dollars(product):
                if location:
                    yield Quote(location, instance, "on-demand", usd)


def _dollars(product: dict[str, Any]) -> Iterator[float]:
    for term in product["terms"].get("OnDemand", {}).values():
        for dimension in term["priceDimensions"].values():
            usd = dimension["pricePerUnit"].get("USD")
            if dimension["unit"] == "Hrs" and usd is not None:
                yield float(usd)


def _spot(ec2: Any, location: str, instances: Sequence[str]) -> Iterator[Quote]:
    pages = ec2.get_paginator("describe_spot_price_history").paginate(
        InstanceTypes=list(instances),
        ProductDescriptions=["Linux/UNIX"],
        StartTime=datetime.now(UTC),
    )
    zones: dict[str, dict[str, float]] = {}
    for page in pages:
        for row in page["SpotPriceHistory"]:
            # The newest of a zone comes first.
            zones.setdefault(row["InstanceType"], {}).setdefault(
                row["AvailabilityZone"], float(row["SpotPrice"])
            )
    for instance, prices in zones.items():
        yield Quote(location, instance, "spot", round(median(prices.values()), 6))
