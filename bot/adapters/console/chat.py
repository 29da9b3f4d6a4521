"""An interactive conversation in the terminal.

Knows reading and printing; what a line means is the answers' business.
"""

import sys
from collections.abc import Iterable
from typing import TextIO

from rich.console import Console
from rich.text import Text

from bot.adapters.console import render
from bot.answer.model import Answer, Question
from bot.answer.service import Answers
from bot.errors import UsageError

HELP = (
    "Ask a question, or: /when TOPIC   /at TIME   /insight [THEME]   /themes   /help   /quit\n"
    "A follow-up like “and why?” belongs to the answer before."
)


def converse(answers: Answers, *, lines: Iterable[str], console: Console) -> None:
    """Answer line by line until the input ends or `/quit`."""
    episode = answers.episode
    console.print(f"[bold]Chapter & Verse[/bold]: {episode.show} #{episode.number}, {episode.guest}", highlight=False)
    console.print(HELP, style="dim", highlight=False, markup=False)
    topic: str | None = None
    for line in lines:
        text = line.strip()
        if text.lower().removeprefix("/") in ("quit", "exit", "q"):
            return
        if text.startswith("/"):
            console.print(_command(answers, text), highlight=False)
            continue
        outcome = answers.ask(Question(text=text, topic=topic))
        topic = outcome.hit_id if isinstance(outcome, Answer) else topic
        console.print(render.show(outcome), highlight=False)


def _command(answers: Answers, text: str) -> Text:
    name, _, rest = text.partition(" ")
    if name == "/when":
        return render.show_moments(answers.when(rest))
    if name == "/at":
        try:
            return render.show_spoken(answers.at(rest))
        except UsageError as error:
            return Text(str(error), style="yellow")
    if name == "/themes":
        return render.show_themes(answers.themes(), answers.chapters())
    if name == "/insight":
        thought = answers.insight(rest.strip() or None)
        return render.show_thought(thought) if thought else Text("No insight of that theme.", style="yellow")
    return Text(HELP)


def typed_lines(source: TextIO = sys.stdin, *, prompt: str = "\n> ") -> Iterable[str]:
    """Lines as somebody types them, with a prompt on a terminal; ends at end of input or Ctrl-C."""
    if source is sys.stdin and source.isatty():
        import readline  # noqa: F401  # line editing and history for input()

    while True:
        try:
            yield input(prompt) if source is sys.stdin and source.isatty() else _next_line(source)
        except (EOFError, KeyboardInterrupt):
            return


def _next_line(source: TextIO) -> str:
    line = source.readline()
    if not line:
        raise EOFError
    return line
