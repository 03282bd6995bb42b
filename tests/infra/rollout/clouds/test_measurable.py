"""What the clouds do not tell is refused before anything changes, all of it at once."""

from __future__ import annotations

import pytest

from llmdeploy.infra.rollout.clouds import require_measurable
from llmdeploy.infra.rollout.errors import RolloutRefused
from llmdeploy.serving.rollout.criteria import Criteria

WHY = "clouds tell figures by the minute, and the judge needs 5 of them"
SHORT = f"rollout.bake: 2m is too short: {WHY}"
TPOT = "rollout.abort_on.tpot_p95: no cloud tells the time per output token"
WHOLE = "is known how long whole answers take, and nothing of their first token"
TTFT = "rollout.abort_on.ttft_p95: of {} " + WHOLE


@pytest.mark.parametrize("providers", [{"aws"}, {"gcp"}, {"azure"}, {"aws", "gcp"}])
def test_the_defaults_can_be_measured(providers) -> None:
    require_measurable(Criteria(), providers)
    require_measurable(Criteria(bake=300, error_rate=0.01), providers)


def test_aws_tells_the_time_to_the_headers() -> None:
    require_measurable(Criteria(ttft_p95=2), {"aws"})


@pytest.mark.parametrize(
    ("criteria", "providers", "text"),
    [
        (Criteria(bake=120), {"aws"}, f"{SHORT}; use bake: 10m"),
        (Criteria(tpot_p95=0.05), {"aws"}, f"{TPOT}; leave tpot_p95 out"),
        (
            Criteria(ttft_p95=2),
            {"aws", "gcp"},
            f"{TTFT.format('Google Cloud')}; leave ttft_p95 out: `slower` compares whole answers",
        ),
        (
            Criteria(ttft_p95=2),
            {"azure", "gcp"},
            f"{TTFT.format('Google Cloud and Azure')}; leave ttft_p95 out: `slower` compares whole answers",
        ),
        (
            Criteria(bake=120, tpot_p95=0.05),
            {"aws"},
            f"{SHORT}; {TPOT}; use bake: 10m; leave tpot_p95 out",
        ),
    ],
)
def test_what_cannot_be_is_refused(criteria, providers, text) -> None:
    with pytest.raises(RolloutRefused) as refused:
        require_measurable(criteria, providers)
    assert str(refused.value) == text
