"""What several of AWS's data sources need."""

from __future__ import annotations

import fnmatch

from llmdeploy.infra.simulate.errors import CloudError
from llmdeploy.infra.simulate.offline import aws


def known_region(region: str) -> str:
    """The region. Raises CloudError: there is none of that name."""
    if region not in aws.regions():
        raise CloudError("", f"invalid AWS Region: {region}")
    return region


def any_matches(value: str, patterns: list[str] | None) -> bool:
    """Whether a value matches one of the patterns of a filter; None: there is no filter."""
    return patterns is None or any(fnmatch.fnmatchcase(value, pattern) for pattern in patterns)
