"""A comment never breaks its forge's limit, and text of others stays text."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from llmdeploy.cli.render.review.comment import comment
from llmdeploy.cli.render.review.escape import block, code, plain
from llmdeploy.cli.render.review.page import page
from llmdeploy.infra.preflight.finding import Finding
from llmdeploy.infra.review.model import GpuRow, RegionReview, ResourceChange, Review, Risk
from llmdeploy.infra.runner.events import PropertyChange
from llmdeploy.serving.errors import Problem
from llmdeploy.serving.review.difference import Difference

NASTY = "<img src=x onerror=alert(1)> @everyone #12 `` | </details>\n```\n# head [a](http://evil) ~~x~~ &lt;"


def review(regions: int, resources: int, text: str = "value", spec: str = "chat.yaml") -> Review:
    """A review of as many regions, each with as many resources of which all is changed."""
    names = [f"aws/region-{index}" for index in range(regions)]
    change = PropertyChange(f"content[{text}]", "update", text * 3, f"{text}\n{text}")
    made = [
        RegionReview(
            name,
            tuple(
                ResourceChange(
                    "replace" if index % 7 == 0 else "update", f"aws:x/y:{text}", f"{name}-{index}", (change,)
                )
                for index in range(resources)
            ),
        )
        for name in names
    ]
    return Review(
        spec=spec,
        environment=text,
        stack=text,
        kind="change",
        headline=text,
        basis=text,
        regions=tuple(made),
        differences=tuple(Difference(name, text, text, text) for name in names),
        gpus=tuple(GpuRow(name, text, 1, 2, 3, 4) for name in names),
        quota=tuple(Finding(name, "quota", text, text, "failed", text) for name in names),
        risks=tuple(Risk("high", "x", f"{name} {text}", text) for name in names),
        drift=tuple(each for region in made for each in region.resources[:3]),
        notes=(text,),
    )


@pytest.mark.parametrize("regions", [1, 10, 49, 200])
def test_the_limit_holds(regions: int) -> None:
    told = comment([review(regions, 60)], report_url="https://ci.example.com/1")
    assert len(told) <= 60_000
    assert "aws/region-0" in told
    assert ("Shortened" in told) == (regions > 1)
    assert "https://ci.example.com/1" in told


def test_the_limit_holds_for_many_specs() -> None:
    told = comment([review(3, 20, spec=f"{index}.yaml") for index in range(150)])
    assert len(told) <= 60_000
    assert "more specs" in told


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 30), st.integers(0, 40), st.text(max_size=400), st.integers(3_000, 60_000))
def test_the_limit_holds_whatever_is_told(regions: int, resources: int, text: str, limit: int) -> None:
    invalid = Review("a", "", "a", "invalid", problems=(Problem("a.yaml", 1, 1, text, text, text),) * regions)
    assert len(comment([review(regions, resources, text), invalid], limit=limit)) <= limit


def test_text_of_others_stays_text() -> None:
    shown = page([review(2, 2, NASTY), Review("a", "", "a", "failed", error=NASTY, mend=NASTY)])
    body = shown.partition("<body>")[2]
    assert "<img" not in body
    assert 'evil"' not in body
    assert "<a " not in body
    for token in (
        MarkdownIt("commonmark", {"html": True}).enable("table").parse(comment([review(2, 2, NASTY)]))
    ):
        words = [each.content for each in token.children or () if each.type == "text"]
        assert not [word for word in words if re.search(r"@\w|#\d|http:", word)]


@given(st.text())
def test_code_is_read_back_as_it_was(text: str) -> None:
    line = text.replace("\r", "").replace("\n", "⏎")
    (paragraph,) = [
        each for each in MarkdownIt().parse(f"x{code(line.replace('|', ''))}x") if each.type == "inline"
    ]
    spans = [each.content for each in paragraph.children or () if each.type == "code_inline"]
    if "\0" not in line and line.replace("|", "").strip():
        assert [span.strip() for span in spans] == [line.replace("|", "").strip()]


@given(st.text(st.characters(exclude_characters="\r\0"), max_size=200))
def test_a_block_is_not_closed_from_inside(text: str) -> None:
    tokens = MarkdownIt().parse(block(text, "diff"))
    assert [token.type for token in tokens] == ["fence"]


@given(st.text(max_size=100))
def test_words_make_no_links_and_no_html(text: str) -> None:
    html = MarkdownIt("commonmark", {"html": True}).render(f"x {plain(text)}")
    assert "<a" not in html
    assert not re.search(r"<(?!/?(p|code|span)\b)", html)
