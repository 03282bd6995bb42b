"""The report of a drill: the same figures as a page, as Markdown, and every request in the picture."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import pytest

from llmdeploy.cli.render.drill_report.markdown import markdown
from llmdeploy.cli.render.drill_report.page import page
from llmdeploy.cli.render.drill_report.scale import Scale, round_up
from llmdeploy.cli.render.drill_report.svg import BROKEN, FAILED, draw
from llmdeploy.cli.render.drill_report.write import write_report
from llmdeploy.infra.drill import DrillReport, PhaseReport
from llmdeploy.infra.drill.timeline import Point, Timeline
from llmdeploy.infra.load.latency import Latencies
from llmdeploy.serving.errors import LlmdeployError

SVG = "{http://www.w3.org/2000/svg}"
NAUGHTY = '<script>alert("&")</script>'
POINTS = (
    Point(0.5, 0.2, False, "local/a", "answered"),
    Point(1.0, 0.4, True, "local/a", "answered"),
    Point(2.5, 3.1, True, "local/a", "broken", "broken"),
    Point(2.6, 1.2, False, "local/b", "answered"),
    Point(3.0, 0.1, False, "", "failed", "status 503"),
    Point(3.5, 0.3, True, "local/b", "answered"),
    Point(9.0, 0.2, False, "local/a", "answered"),
)
TIMELINE = Timeline(POINTS, fault_s=2.4, noticed_s=2.9, restored_s=6.4, well_s=7.0, ended_s=10.0)
PHASE = PhaseReport(3, 1, {"local/a": 2}, Latencies(2, 0.2, 0.4, 0.4, 0.4, None, None))
REPORT = DrillReport(
    stack="chat",
    fault="kill",
    region="local/a",
    replicas=("a-0",),
    entry="http://127.0.0.1:8080/v1",
    workers=8,
    outage_s=4.0,
    requests=7,
    failures={"status 503": 1},
    broken_streams=1,
    longest_gap_s=1.23,
    usual_gap_s=0.2,
    detected_s=0.5,
    unaffected_s=0.7,
    last_served_s=None,
    seen_healthy_s=0.6,
    recovered_s=None,
    before=PHASE,
    during=PHASE,
    after=PHASE,
    notes=(NAUGHTY,),
    reasons=("1 requests failed, 0 are allowed",),
    limits=("at most 0 failed requests",),
    timeline=TIMELINE,
    began=1_795_996_800.0,
)


def picture(timeline: Timeline = TIMELINE) -> ET.Element:
    return ET.fromstring(draw(timeline, "kill", NAUGHTY))


def strokes(of: ET.Element, color: str) -> list[ET.Element]:
    return [each for each in of.iter(f"{SVG}path") if each.get("stroke") == color]


def test_every_request_is_in_the_picture() -> None:
    svg = picture()
    circles = list(svg.iter(f"{SVG}circle"))
    assert len(circles) == sum(point.ended == "answered" for point in POINTS)
    hollow = [each for each in circles if each.get("fill") == "none"]
    assert len(hollow) == sum(point.ended == "answered" and point.stream for point in POINTS)
    assert len({each.get("fill") for each in circles} - {"none"}) == 2, "a colour for each region"
    assert (len(strokes(svg, FAILED)), len(strokes(svg, BROKEN))) == (1, 1)
    (told,) = [each.findtext(f"{SVG}title") for each in strokes(svg, FAILED)]
    assert told == "status 503: sent at 3.00 s, took 0.10 s"


def test_the_picture_is_to_scale() -> None:
    svg = picture()
    first, *_, last = (float(each.get("cx", "")) for each in svg.iter(f"{SVG}circle"))
    fault, back = (each for each in svg.iter(f"{SVG}rect") if each.get("y") == "44")
    second = (last - first) / (9.0 - 0.5)
    assert float(fault.get("width", "")) == pytest.approx(second * (6.4 - 2.4), abs=0.2)
    assert float(fault.get("x", "")) == pytest.approx(first + second * (2.4 - 0.5), abs=0.2)
    assert float(back.get("x", "")) == pytest.approx(first + second * (6.4 - 0.5), abs=0.2)
    higher = {each.get("cy") for each in svg.iter(f"{SVG}circle")}
    assert len(higher) == 4


def test_what_did_not_happen_is_not_drawn() -> None:
    svg = picture(replace(TIMELINE, noticed_s=None, well_s=None, points=()))
    assert not [each for each in svg.iter(f"{SVG}path") if each.get("stroke-dasharray")]
    assert not list(svg.iter(f"{SVG}circle"))
    assert "nan" not in draw(replace(TIMELINE, points=()), "kill", "")


def test_axes_have_round_marks() -> None:
    assert [round_up(most, 5) for most in (0.03, 1.0, 3.1, 61)] == pytest.approx([0.03, 1.0, 4.0, 80])
    assert list(Scale(10, 0, 100).marks(5)) == [0, 2, 4, 6, 8, 10]


def test_the_page_says_what_the_terminal_says() -> None:
    text = page(REPORT)
    assert "<h1>chat: kill a-0 of local/a for 4.0 s under 8 clients</h1>" in text
    assert "2026-11-30 00:00:00 UTC" in text
    assert "✗ 1 requests failed, 0 are allowed" in text
    assert "1 (1 status 503)" in text
    assert "1.23 s without an answer; 0.20 s before" in text
    assert NAUGHTY not in text
    assert "http-equiv" not in text
    assert text.count("src=") + text.count("href=") == 0, "the page needs nothing but itself"
    body = text[text.index("<svg") : text.index("</svg>") + len("</svg>")]
    assert len(list(ET.fromstring(body).iter(f"{SVG}circle"))) == 5


def test_a_good_drill_of_simulated_clouds() -> None:
    good = replace(REPORT, reasons=(), failures={}, simulated=True)
    for text in (page(good), markdown(good)):
        assert "✓ within the limits: at most 0 failed requests" in text
        assert "simulated clouds on one machine" in text
    assert "no limits were set" in page(replace(good, limits=()))


def test_an_evacuation_has_other_figures() -> None:
    text = markdown(replace(REPORT, fault="evacuate", drained_s=2.5))
    assert "### chat: evacuate local/a for 4.0 s under 8 clients" in text
    assert "| drained | 2.50 s after it began |" in text
    assert "broken streams" not in text


def test_markdown_with_the_picture_beside_it(tmp_path: Path) -> None:
    file = tmp_path / "my drill.md"
    write_report(REPORT, file)
    text = file.read_text("utf-8")
    assert "![Latency over time](<my drill.svg>)" in text
    assert "| failed | 1 (1 status 503) |" in text
    assert "<script>" not in text
    svg = ET.parse(tmp_path / "my drill.svg").getroot()
    assert len(list(svg.iter(f"{SVG}circle"))) == 5
    assert "Latency over time" not in markdown(REPORT)


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(LlmdeployError) as refused:
        write_report(REPORT, tmp_path / "gone" / "drill.html")
    assert "No such file or directory" in refused.value.problem


def test_json_has_the_figures_and_not_every_request() -> None:
    document = REPORT.document()
    assert "timeline" not in document
    assert (document["failed"], document["limits"]) == (1, ("at most 0 failed requests",))
