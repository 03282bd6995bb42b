"""The administration socket: for the owner only, metrics there, keys not."""

from __future__ import annotations

import stat

from tests.serving.gateway.live import KEY, Live, wait_until

from llmdeploy.infra.load import generate_load


def test_the_socket_is_the_owners(quiet: Live) -> None:
    mode = quiet.admin_socket.stat().st_mode
    assert stat.S_ISSOCK(mode)
    assert stat.S_IMODE(mode) == 0o600


def test_the_configuration_dump_hides_keys(quiet: Live) -> None:
    dump = quiet.admin("/config_dump?include_eds")
    assert "llmdeploy.api_keys" in dump
    assert "[redacted]" in dump
    assert KEY not in dump


async def test_metrics_hold_time_to_first_token_by_region(quiet: Live) -> None:
    run = await generate_load(quiet.shape(requests=20, stream_share=0.5))
    assert all(record.ok for record in run.records)
    counts = [
        f'llmdeploy_gateway_ttft_ms_count{{region="local/a",stream="{stream}"}} 10'
        for stream in ("true", "false")
    ]

    def shown() -> bool:
        metrics = quiet.admin("/stats/prometheus")
        return all(count in metrics for count in counts)

    wait_until(shown, "both histograms; Envoy merges them every 5 s")
