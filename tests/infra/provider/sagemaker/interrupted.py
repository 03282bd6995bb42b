"""Run an `up` with a component that takes its time: `python -m … HOME CACHE`. Says when it is under way."""

from __future__ import annotations

from tests.infra.provider.interruptions import up_that_tells
from tests.infra.provider.sagemaker.program import program
from tests.infra.provider.sagemaker.world import components

if __name__ == "__main__":
    up_that_tells(program(), components)
