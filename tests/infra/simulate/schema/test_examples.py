"""Nothing that the clouds take is refused: the SDK's own 8,400 examples are taken, but for mistakes in them.

mistaken_examples.txt lists those: examples that leave out what is required, name what is not there, or write
`...` for an ARN. A line more is a false alarm, or a new SDK. Write it anew with
`python -m scripts.docstring_corpus`, and read the difference.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from scripts.docstring_corpus import corpus, invokes, mistakes

from llmdeploy.infra.simulate.schema import check_invoke

LISTED = (Path(__file__).parent / "mistaken_examples.txt").read_text().splitlines()


@pytest.mark.slow
@pytest.mark.parametrize(("package", "at_least"), [("aws", 3800), ("gcp", 4500)])
def test_examples(package: str, at_least: int) -> None:
    assert len(list(corpus(package))) >= at_least
    assert mistakes(package) == [line for line in LISTED if line.startswith(f"{package}:")]


@pytest.mark.slow
def test_calls_of_data_sources() -> None:
    calls = [*invokes("aws"), *invokes("gcp")]
    assert len(calls) > 300
    assert [call for call in calls if check_invoke(call.token, call.inputs)] == []
