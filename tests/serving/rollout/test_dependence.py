"""How alike requests of a block are, against made-up blocks whose correlation is known."""

from __future__ import annotations

import numpy as np
import pytest

from llmdeploy.serving.rollout.dependence import correlation, design_effect, uncertainty
from llmdeploy.serving.rollout.hits import Hits


def blocks(rho: float, count: int = 2000, of: int = 50, share: float = 0.2) -> list[Hits]:
    """Beta-binomial: the share of each block is drawn so that two of its requests correlate by `rho`."""
    chance = np.random.default_rng(8)
    if rho:
        shares = chance.beta(share * (1 / rho - 1), (1 - share) * (1 / rho - 1), count)
    else:
        shares = np.full(count, share)
    return [Hits(int(hits), of) for hits in chance.binomial(of, shares)]


@pytest.mark.parametrize("rho", [0.0, 0.02, 0.1, 0.5])
def test_the_correlation_is_found(rho: float) -> None:
    assert correlation(blocks(rho)) == pytest.approx(rho, abs=0.04)


def test_requests_that_all_fare_alike_count_as_one_a_block() -> None:
    alike = [Hits(0, 50), Hits(50, 50)] * 10
    assert correlation(alike) == 1.0
    assert design_effect(alike, 1.0) == 50.0


def test_few_blocks_tell_no_correlation() -> None:
    assert correlation([Hits(3, 50)] * 4) is None
    assert correlation([Hits(0, 1)] * 40) is None


def test_what_few_blocks_tell_is_taken_for_less() -> None:
    effects = [uncertainty(number, 1e-5) for number in (5, 10, 20, 1000)]
    assert effects == sorted(effects, reverse=True)
    assert effects[-1] == pytest.approx(1.0, abs=0.03)
