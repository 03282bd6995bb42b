"""Compute Engine's prices: machines put together from the parts that the Cloud Billing catalog lists."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from llmdeploy.infra.pricing.gcp_parts import Rates, sku_rates
from llmdeploy.infra.pricing.quote import Answer, PricesUnavailable, Quote, Tell
from llmdeploy.serving.catalog.instances import InstanceType, instance_types
from llmdeploy.serving.catalog.prices import Purchase

COMPUTE_ENGINE = "services/6F81-5844-456A"
"""As the Cloud Billing catalog numbers services."""
SCOPE = "https://www.googleapis.com/auth/cloud-billing.readonly"
RETRIES = 6
"""Of one page when Google answers 429 or 5xx: with the library's backoff about a minute."""
PAGE_SIZE = 5000
"""SKUs in an answer; the most that Google gives."""


def billing_service() -> Any:
    """Google's client of the Cloud Billing API, with the user's application default credentials.

    Raises:
        PricesUnavailable: Google's libraries are not installed, or there are no credentials.
    """
    try:
        import google.auth
        from google.auth.exceptions import GoogleAuthError
        from googleapiclient.discovery import build
    except ImportError as error:
        raise PricesUnavailable(
            "GCP prices need google-api-python-client, which is not installed",
            "pip install 'llmdeploy-stacks[gcp]'",
        ) from error
    try:
        credentials, _ = google.auth.default(scopes=[SCOPE])
    except GoogleAuthError as error:
        raise PricesUnavailable(
            "GCP does not tell its prices without credentials",
            "run `gcloud auth application-default login`, or set GOOGLE_APPLICATION_CREDENTIALS",
        ) from error
    # The description of the API that the library brings along: nothing is fetched to make the client.
    return build("cloudbilling", "v1", credentials=credentials, static_discovery=True, cache_discovery=False)


def gcp_quotes(service: Any, tell: Tell, *, retries: int = RETRIES) -> Answer:
    """Every price of the catalog's machine types whose parts are all listed. Local SSD is not in it.

    Raises:
        PricesUnavailable: no permission, or no answer.
    """
    rates: Rates = {}
    for sku in _skus(service, tell, retries):
        rates.update(sku_rates(sku))
    places = dict.fromkeys((location, purchase) for location, purchase, _, _ in rates)
    quotes = []
    for location, purchase in places:
        for one in instance_types("gcp").values():
            usd = _machine(rates, location, purchase, one)
            if usd is not None:
                quotes.append(Quote(location, one.name, purchase, usd))
    return Answer(tuple(quotes))


def _skus(service: Any, tell: Tell, retries: int) -> Iterator[dict[str, Any]]:
    from google.auth.exceptions import GoogleAuthError
    from googleapiclient.errors import Error, HttpError
    from httplib2 import HttpLib2Error

    skus = service.services().skus()
    request, page = skus.list(parent=COMPUTE_ENGINE, pageSize=PAGE_SIZE, currencyCode="USD"), 0
    while request is not None:
        page += 1
        tell(f"gcp: page {page} of the price list")
        try:
            answer = request.execute(num_retries=retries)
        except (Error, GoogleAuthError, HttpLib2Error, OSError) as error:
            # The whole error would repeat the address and the headers.
            reason = f"{error.status_code} {error.reason}" if isinstance(error, HttpError) else str(error)
            raise PricesUnavailable(
                f"GCP does not tell its prices: {reason}",
                "see that the credentials are valid and that the Cloud Billing API is enabled for their "
                "quota project",
            ) from error
        yield from answer.get("skus", ())
        request = skus.list_next(request, answer)


def _machine(rates: Rates, location: str, purchase: Purchase, one: InstanceType) -> float | None:
    if purchase == "on-demand" and not one.on_demand:
        return None
    family = one.name.partition("-")[0]
    needed = (("gpu", one.gpu, one.gpus), ("core", family, one.vcpus), ("ram", family, one.memory_gib))
    parts = [(rates.get((location, purchase, kind, name)), amount) for kind, name, amount in needed]
    if any(rate is None for rate, _ in parts):
        return None
    return round(sum(rate * amount for rate, amount in parts if rate is not None), 6)
