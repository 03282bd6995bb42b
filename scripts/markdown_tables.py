"""Tables of a page in Markdown, between `<!-- name -->` and `<!-- end of name -->`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

Tables = Mapping[str, Callable[[], Iterator[str]]]
"""What makes the lines of each, by its name on the page."""


def written(page: str, tables: Tables) -> str:
    """A page with what is between its markers written anew."""
    for name, lines in tables.items():
        begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
        body = "\n".join(lines())
        page = re.sub(f"{begin}.*?{end}", lambda _, t=f"{begin}\n{body}\n{end}": t, page, flags=re.DOTALL)
    return page


def header(cells: Iterable[str]) -> Iterator[str]:
    """The head of a table."""
    titles = tuple(cells)
    yield row(titles)
    yield row("---" for _ in titles)


def row(cells: Iterable[str]) -> str:
    """A row of a table."""
    return f"| {' | '.join(cells)} |"
