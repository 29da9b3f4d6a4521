"""A reply as Discord shows it: one embed, rows of buttons, perhaps a picture. Frozen values.

Knows Discord's limits, no client. `fit_card` is the last step of the renderer, after each text was fitted by itself.
"""

from dataclasses import dataclass, replace

from bot.adapters.discord.ids import CUSTOM_ID_LENGTH
from bot.adapters.discord.text import fit_label, units

CONTENT, TITLE, DESCRIPTION, FIELDS, TOTAL = 2000, 256, 4096, 25, 6000
FIELD_NAME, FIELD_VALUE, FOOTER, LABEL, URL = 256, 1024, 2048, 80, 512
ROWS, ROW_WIDTH = 5, 5
NOTHING = "…"


@dataclass(frozen=True, kw_only=True)
class Field:
    """A name and a value, both already escaped."""

    name: str
    value: str


@dataclass(frozen=True, kw_only=True)
class Button:
    """Either a link (`url`) or a press (`custom_id`), never both."""

    label: str
    url: str | None = None
    custom_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Card:
    """One reply. `title`, `text` and fields are escaped; `footer` knows no markup; `colour` is 0xRRGGBB.

    `content` stands above the embed: only for the ping of a role that an admin chose.
    """

    content: str = ""
    title: str = ""
    text: str = ""
    colour: int | None = None
    fields: tuple[Field, ...] = ()
    footer: str = ""
    rows: tuple[tuple[Button, ...], ...] = ()

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of its buttons that are presses."""
        return tuple(button.custom_id for row in self.rows for button in row if button.custom_id)


def fit_card(card: Card) -> Card:
    """The same card inside every limit of Discord. Expects texts that were fitted one by one."""
    if not card.title.strip() and not card.text.strip():
        card = replace(card, title="", text=NOTHING)
    fields = tuple(one for one in card.fields if one.name.strip() and one.value.strip())[:FIELDS]
    footer = fit_label(card.footer, FOOTER)
    fixed = units(card.title) + units(footer)
    while fields and fixed + _size(fields) + min(units(card.text), DESCRIPTION) > TOTAL:
        fields = fields[:-1]
    if fixed + units(card.text) > TOTAL:
        footer = ""
    rows = tuple(made for row in card.rows[:ROWS] if (made := _fit_row(row)))
    content = card.content if units(card.content) <= CONTENT else ""
    return replace(card, content=content, fields=fields, footer=footer, rows=_unique(rows))


def _size(fields: tuple[Field, ...]) -> int:
    return sum(units(one.name) + units(one.value) for one in fields)


def _fit_row(row: tuple[Button, ...]) -> tuple[Button, ...]:
    fitted = [replace(one, label=fit_label(one.label, LABEL) or NOTHING) for one in row if _is_usable(one)]
    return tuple(fitted[:ROW_WIDTH])


def _is_usable(button: Button) -> bool:
    if button.url is not None:
        return button.custom_id is None and 0 < len(button.url) <= URL and button.url.startswith("https://")
    return button.custom_id is not None and 0 < len(button.custom_id) <= CUSTOM_ID_LENGTH


def _unique(rows: tuple[tuple[Button, ...], ...]) -> tuple[tuple[Button, ...], ...]:
    """Discord refuses a message with the same custom id twice."""
    seen: set[str] = set()
    kept: list[tuple[Button, ...]] = []
    for row in rows:
        fresh: list[Button] = []
        for button in row:
            if button.custom_id is None or button.custom_id not in seen:
                seen.add(button.custom_id or "")
                fresh.append(button)
        if fresh:
            kept.append(tuple(fresh))
    return tuple(kept)
