"""Answers as lines for a terminal. Pure; colours and links are applied where the terminal has them."""

from rich.text import Text

from bot.answer.model import Answer, DailyThought, Refusal, Related, Spoken
from bot.episode.model import Chapter, Theme


def show(outcome: Answer | Refusal) -> Text:
    """An answer or a refusal, ready to print. Control characters of any source are dropped."""
    return _answer(outcome) if isinstance(outcome, Answer) else _refusal(outcome)


def _answer(answer: Answer) -> Text:
    lines = Text(_clean(answer.text), style="bold")
    lines.append("\n")
    lines.append(f"▶ {answer.moment.clock}", style=f"link {answer.moment.url} cyan")
    lines.append(f"  {answer.moment.url}", style="not bold cyan")
    lines.append("\n")
    if answer.theme:
        lines.append(f"{answer.theme.emoji} {answer.theme.name}", style=f"not bold {answer.theme.colour}")
        lines.append(" · ", style="not bold")
    lines.append(f"{answer.chapter.title}", style="not bold")
    if answer.quote:
        said_by = f" ({answer.quote.speaker})" if answer.quote.speaker else ""
        lines.append(_clean(f"\n“{answer.quote.text}”{said_by}"), style="not bold italic")
    if answer.related:
        lines.append("\nSee also:", style="not bold dim")
        lines.append(_moments(answer.related))
    return lines


def _refusal(refusal: Refusal) -> Text:
    lines = Text(_clean(refusal.text), style="yellow")
    if refusal.outcome == "closest" or (refusal.nearest and refusal.nearest[0].moment.clock not in refusal.text):
        lines.append(_moments(refusal.nearest))
    elif refusal.nearest:
        lines.append(f"\n▶ {refusal.nearest[0].moment.url}", style="cyan")
    return lines


def _moments(moments: tuple[Related, ...]) -> Text:
    lines = Text()
    for one in moments:
        lines.append("\n  ")
        lines.append(f"▶ {one.moment.clock}", style=f"link {one.moment.url} not bold cyan")
        lines.append(f"  {_clean(one.title)}", style="not bold")
    return lines


def show_moments(moments: tuple[Related, ...]) -> Text:
    """The moments of `when`, or the line that there are none."""
    if not moments:
        return Text("Nothing about that in this episode.", style="yellow")
    return Text("\n").join(
        Text.assemble((f"▶ {one.moment.clock}", "cyan"), f"  {_clean(one.title)}\n    ", (one.moment.url, "dim"))
        for one in moments
    )


def show_spoken(spoken: Spoken) -> Text:
    """What is said at a time."""
    lines = Text.assemble(
        (f"▶ {spoken.moment.clock}", "cyan"), f"  {spoken.chapter.title}\n", (spoken.moment.url, "dim")
    )
    if spoken.answer:
        lines.append(f"\n{_clean(spoken.answer.text)}", style="bold")
    if spoken.quote:
        lines.append(_clean(f"\n“{spoken.quote.text}”"), style="italic")
    return lines


def show_thought(thought: DailyThought) -> Text:
    """An insight."""
    return Text.assemble(
        (f"{thought.theme.emoji} {thought.theme.name}\n", thought.theme.colour),
        (f"{_clean(thought.insight.text)}\n", "bold"),
        (f"{_clean(thought.insight.question)}\n", "italic"),
        (f"▶ {thought.moment.clock}  {thought.moment.url}", "cyan"),
    )


def show_themes(themes: tuple[Theme, ...], chapters: tuple[Chapter, ...]) -> Text:
    """The themes and the chapters."""
    lines = Text("Themes\n", style="bold")
    for theme in themes:
        lines.append(f"  {theme.emoji} {theme.name}", style=f"not bold {theme.colour}")
        lines.append(f"  {theme.id}: {theme.line}\n", style="not bold")
    lines.append("Chapters\n")
    for chapter in chapters:
        minutes, seconds = divmod(chapter.start_seconds, 60)
        lines.append(f"  {minutes // 60}:{minutes % 60:02}:{seconds:02}  {chapter.title}\n", style="not bold")
    lines.rstrip()
    return lines


def _clean(text: str) -> str:
    return "".join(letter for letter in text if letter == "\n" or letter.isprintable())
