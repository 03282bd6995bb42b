"""What a refresh keeps, what it leaves out, and that the catalog then shows it."""

from __future__ import annotations

import json
import resource

import pytest

from llmdeploy.infra.pricing.quote import Answer, PricesUnavailable, Quote
from llmdeploy.infra.pricing.refresh import keep
from llmdeploy.serving.catalog.prices import own_file, price

GOOD = (
    Quote("us-east-1", "g6.xlarge", "on-demand", 0.9),
    Quote("us-east-1", "g6.xlarge", "spot", 0.3),
)
MISFILED = (
    Quote("us-east-1", "p5.48xlarge", "on-demand", 10.0),
    Quote("us-east-1", "p5.48xlarge", "spot", 26.0),
)


def test_sensible_rows_are_written_and_read_back(tmp_path):
    folder = tmp_path / "catalog"
    refreshed = keep("aws", Answer((*GOOD, *MISFILED)), folder, write=True)
    assert refreshed.file == folder / "refreshed-aws.json"
    assert (refreshed.prices, refreshed.regions) == (2, 1)
    assert refreshed.rejected == ("us-east-1 p5.48xlarge: on-demand 10.0 below spot 26.0",)
    found = price("aws/us-east-1", "g6.xlarge", "on-demand", folder)
    assert (found.hourly_usd, found.estimated) == (0.9, False)
    # What was left out is still the catalog's.
    assert price("aws/us-east-1", "p5.48xlarge", "on-demand", folder).hourly_usd == 55.04
    assert [file.name for file in folder.iterdir()] == ["refreshed-aws.json"]


def test_a_dry_run_writes_nothing(tmp_path):
    refreshed = keep("aws", Answer(GOOD), tmp_path / "catalog", write=False)
    assert refreshed.file is None
    assert not (tmp_path / "catalog").exists()


def test_no_price_at_all_is_an_error_and_keeps_what_was(tmp_path):
    keep("aws", Answer(GOOD), tmp_path, write=True)
    before = (tmp_path / "refreshed-aws.json").read_bytes()
    with pytest.raises(PricesUnavailable):
        keep("aws", Answer(MISFILED), tmp_path, write=True)
    assert (tmp_path / "refreshed-aws.json").read_bytes() == before


@pytest.mark.parametrize(
    ("quote", "reason"),
    [
        (Quote("us-east-1", "g6.xlarge", "on-demand", 0.0), "on-demand price 0.0 USD an hour"),
        (Quote("us-east-1", "g6.xlarge", "on-demand", 80.48), "on-demand 80.48, and the catalog has 0.8048"),
        (Quote("us-east-1", "g6.xlarge", "on-demand", 0.008), "on-demand 0.008, and the catalog has 0.8048"),
    ],
)
def test_a_price_that_cannot_be_is_left_out_with_the_reason(tmp_path, quote, reason):
    other = Quote("us-east-1", "g6.2xlarge", "on-demand", 0.98)
    refreshed = keep("aws", Answer((quote, other)), tmp_path, write=True)
    assert refreshed.rejected == (f"us-east-1 g6.xlarge: {reason}",)
    assert price("aws/us-east-1", "g6.xlarge", "on-demand", tmp_path).hourly_usd == 0.8048


def test_the_users_own_prices_come_before_refreshed_ones_and_are_never_overwritten(tmp_path):
    own = own_file(tmp_path, "aws")
    own.write_text(
        json.dumps(
            {
                "sources": [{"source": "our contract", "checked": "2026-11-24"}],
                "regions": {"us-east-1": {"g6.xlarge": {"on-demand": 0.5}}},
            }
        )
    )
    before = own.read_bytes()
    keep("aws", Answer(GOOD), tmp_path, write=True)
    assert price("aws/us-east-1", "g6.xlarge", "on-demand", tmp_path).source == "our contract"
    assert price("aws/us-east-1", "g6.xlarge", "spot", tmp_path).hourly_usd == 0.3
    assert own.read_bytes() == before


def test_a_refresh_that_cannot_be_written_leaves_what_was_and_no_half_file(tmp_path):
    keep("aws", Answer(GOOD), tmp_path, write=True)
    before = (tmp_path / "refreshed-aws.json").read_bytes()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (64, hard))  # the disk is full after 64 bytes
    try:
        with pytest.raises(OSError, match="File too large"):
            keep("aws", Answer(GOOD), tmp_path, write=True)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert (tmp_path / "refreshed-aws.json").read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["refreshed-aws.json"]
