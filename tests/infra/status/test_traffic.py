"""Figures of servers of every make, from their metrics pages."""

from __future__ import annotations

import pytest

from llmdeploy.infra.status.report import Traffic
from llmdeploy.infra.status.traffic import tokens_per_s, traffic

VLLM = """\
# TYPE vllm:num_requests_running gauge
vllm:num_requests_running{model_name="m"} 3
# TYPE vllm:generation_tokens_total counter
vllm:generation_tokens_total{model_name="m"} 40
"""


@pytest.mark.parametrize("server", ["vllm-cpu", "custom"])
def test_vllm(server: str) -> None:
    found = traffic(VLLM, server)
    assert found is not None
    assert (found.running, found.generated_tokens, found.ttft_p50_s) == (3, 40, None)


@pytest.mark.parametrize("page", ["", "<html>not a metrics page</html>", "other_metric 1\n"])
def test_a_page_that_says_nothing_we_know(page: str) -> None:
    assert traffic(page, "custom") is None


@pytest.mark.parametrize(
    ("before", "now", "rate"),
    [(100, 150, 25.0), (100, 100, 0.0), (100, 20, None), (None, 20, None)],
    ids=["works", "idle", "started anew", "said nothing before"],
)
def test_tokens_per_second(before: int | None, now: int, rate: float | None) -> None:
    earlier = Traffic(generated_tokens=before)
    assert tokens_per_s(Traffic(generated_tokens=now), 12.0, earlier, 10.0) == rate
