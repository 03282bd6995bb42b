"""Run an `up` with an import that takes its time: `python -m … HOME CACHE`. Says when it is under way."""

from __future__ import annotations

from tests.infra.provider.bedrock.program import program
from tests.infra.provider.bedrock.world import under_way
from tests.infra.provider.interruptions import up_that_tells

if __name__ == "__main__":
    up_that_tells(program(), under_way)
