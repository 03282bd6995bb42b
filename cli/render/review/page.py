"""A review as one HTML page, which needs nothing but a browser."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from llmdeploy.cli.render.review.comment import whole
from llmdeploy.infra.review.model import Review

_PAGE: Final = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>llmdeploy preview</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
body {{ font: 15px/1.5 system-ui, sans-serif; max-width: 1012px; margin: 2rem auto; padding: 0 1rem;
  color: #1f2328; background: #fff; overflow-wrap: anywhere; }}
h2, h3 {{ border-bottom: 1px solid #d1d9e0; padding-bottom: .3em; line-height: 1.25; }}
table {{ border-collapse: collapse; margin: 0 0 1rem; display: block; overflow-x: auto; }}
th, td {{ border: 1px solid #d1d9e0; padding: 6px 13px; overflow-wrap: normal; }}
tr:nth-child(2n) {{ background: #f6f8fa; }}
code {{ background: #eff1f3; border-radius: 6px; padding: .2em .4em;
  font: 85%/1.45 ui-monospace, monospace; }}
pre {{ background: #f6f8fa; border-radius: 6px; padding: 1rem; overflow-x: auto; }}
pre code {{ background: none; padding: 0; }}
details {{ margin: 0 0 .6rem; }}
details details {{ margin-left: 1rem; }}
summary {{ cursor: pointer; }}
sub {{ color: #59636e; }}
pre .add {{ color: #116329; background: #dafbe1; display: block; }}
pre .del {{ color: #82071e; background: #ffebe9; display: block; }}
pre .chg {{ color: #953800; background: #ffd8b5; display: block; }}
</style></head><body>
{body}
</body></html>
"""


def page(reviews: Sequence[Review]) -> str:
    """The page, with everything that is known."""
    return markdown_page(whole(reviews))


def markdown_page(text: str) -> str:
    """A comment's Markdown as a page that looks as on a forge."""
    from markdown_it import MarkdownIt

    # HTML is let through for the folds: all text of others in it is escaped (`escape.py`).
    renderer = MarkdownIt("commonmark", {"html": True, "highlight": _highlighted}).enable("table")
    return _PAGE.format(body=renderer.render(text))


def _highlighted(content: str, language: str, _attributes: str) -> str:
    from html import escape

    if language != "diff":
        return ""
    classes = {"+": "add", "-": "del", "!": "chg", "±": "chg", "~": "chg"}
    lines = []
    for line in content.rstrip("\n").split("\n"):
        kind = classes.get(line[:1])
        lines.append(f'<span class="{kind}">{escape(line)}</span>' if kind else f"{escape(line)}\n")
    return "".join(lines)
