"""HTML out of values: every value escaped, addresses only where we know the scheme.

Knows no page.
"""

import re
from collections.abc import Mapping
from html import escape

_HOLE = re.compile(r"\{\{(\w+)\}\}")


class Html(str):
    """Text that is already HTML. Only this module and the page templates make it."""

    __slots__ = ()


def fill(template: str, values: Mapping[str, object]) -> Html:
    """The template with each `{{name}}` replaced once; whatever is not Html is escaped. Raises KeyError."""
    return Html(_HOLE.sub(lambda hole: _safe(values[hole[1]]), template))


def joined(parts: "list[Html] | tuple[Html, ...]") -> Html:
    """One after another."""
    return Html("\n".join(parts))


def web_link(address: str) -> str:
    """The address where it is plain https, else nothing that leads anywhere."""
    return address if address.startswith("https://") else "#"


def _safe(value: object) -> str:
    return value if isinstance(value, Html) else escape(str(value), quote=True)
