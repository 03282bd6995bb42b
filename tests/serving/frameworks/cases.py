"""A case is a spec, with all that its server is started with beside it.

`# gpus: N`, `# api-key` and `# quantized-checkpoint` in its first line say what the spec leaves to the plan.
"""

from __future__ import annotations

import re
from pathlib import Path

from llmdeploy.serving.frameworks.from_spec import serve_request
from llmdeploy.serving.frameworks.launch import Launch
from llmdeploy.serving.frameworks.render import render
from llmdeploy.serving.load import parse_spec
from llmdeploy.serving.rules.features import server_of

CASES = sorted((Path(__file__).parent / "cases").glob("*.yaml"))


def launch_of(case: Path) -> tuple[str, Launch]:
    """The server of a case, and how it is started."""
    text = case.read_text("utf-8")
    head = text.partition("\n")[0]
    gpus = re.search(r"gpus: (\d+)", head)
    spec = parse_spec(text, case.name).spec
    request = serve_request(
        spec,
        gpu_count=int(gpus[1]) if gpus else 1,
        api_key="api-key" in head,
        quantized_checkpoint="quantized-checkpoint" in head,
    )
    return server_of(spec), render(server_of(spec), request)
