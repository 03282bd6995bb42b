"""Google's Cloud Quotas API: the quotas by GPU family, and what has been asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from llmdeploy.infra.preflight.clouds.errors import Denied, NoAnswer, ServiceDisabled
from llmdeploy.infra.preflight.clouds.gcp_api import GoogleApi, NotThere
from llmdeploy.infra.preflight.clouds.protocol import Quota, QuotaName

_QUOTAS: Final = "https://cloudquotas.googleapis.com/v1/projects"


def quota(api: GoogleApi, location: str, name: QuotaName) -> Quota | None:
    """A quota; None where there is none of that id or metric. The usage is not told here."""
    info = _info(api, name)
    if info is None:
        return None
    name = replace(name, code=info.get("quotaId", name.code))
    wanted = _dimensions(location, name)
    fitting = [row for row in info.get("dimensionsInfos", ()) if _fits(row, wanted, location)]
    # The most particular row counts (Cloud Quotas documentation, configure dimensions). A row without a
    # value is one of 0.
    row = max(fitting, key=lambda each: len(each.get("dimensions", {})), default=None)
    value = float(row.get("details", {}).get("value", 0)) if row else 0.0
    # -1 stands for no limit.
    return Quota(value if value >= 0 else float("inf"), pending=pending(api, location, name))


def _info(api: GoogleApi, name: QuotaName) -> Mapping[str, Any] | None:
    url = f"{_QUOTAS}/{api.project}/locations/global/services/{name.service}/quotaInfos"
    try:
        if name.code:
            return api.get(f"{url}/{name.code}", "cloudquotas.quotas.get")
        return _measuring(api, url, name.metric)
    except NotThere:
        return None


def _measuring(api: GoogleApi, url: str, metric: str) -> Mapping[str, Any] | None:
    """The quota of a metric, for a project and a region; page by page."""
    token = ""
    while True:
        page = api.get(url, "cloudquotas.quotas.get", pageSize="500", pageToken=token)
        for info in page.get("quotaInfos", ()):
            if info.get("metric") == metric and "region" in info.get("dimensions", ()):
                return dict(info)
        if not (token := page.get("nextPageToken", "")):
            return None


def pending(api: GoogleApi, location: str, name: QuotaName) -> float | None:
    """What a request asks for that is not yet decided; None also where that may not be looked at."""
    try:
        answer = api.get(
            f"{_QUOTAS}/{api.project}/locations/global/quotaPreferences",
            "cloudquotas.quotas.get",
            pageSize="100",
        )
    except (Denied, NoAnswer, ServiceDisabled, NotThere):
        return None
    wanted = _dimensions(location, name)
    asked = [
        float(row.get("quotaConfig", {}).get("preferredValue", 0))
        for row in answer.get("quotaPreferences", ())
        if row.get("reconciling") and row.get("quotaId") == name.code and row.get("dimensions", {}) == wanted
    ]
    return max(asked, default=None)


def _dimensions(location: str, name: QuotaName) -> dict[str, str]:
    region = {"region": location} if location else {}
    return region | ({"gpu_family": name.family} if name.family else {})


def _fits(row: Mapping[str, Any], wanted: Mapping[str, str], location: str) -> bool:
    given = row.get("dimensions", {})
    places = row.get("applicableLocations", ())
    return all(wanted.get(key) == value for key, value in given.items()) and (
        not location or "region" in given or not places or location in places
    )
