"""What each command of the terminal does: call one function, print what comes back.

Knows the parsed arguments and the settings, not how they were written.
"""

import argparse
import json
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bot.answer.plain import outcome_data, related_data, spoken_data
from bot.answer.service import Answers
from bot.errors import UsageError
from bot.retrieval.cache import load_index
from bot.settings import Settings


def _folder(settings: Settings) -> Path:
    """The episode's folder; `--knowledge` may also name it directly."""
    if os.path.exists(settings.knowledge_dir / "episode.yaml"):
        return settings.knowledge_dir.resolve()
    return settings.knowledge_dir / settings.episode


def _answers(settings: Settings) -> Answers:
    return Answers(load_index(_folder(settings), settings.data_dir))


def _print_json(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False))


def _console() -> Any:
    from rich.console import Console  # only where a person reads: a batch does without it

    return Console(soft_wrap=True)


def chat(options: argparse.Namespace, settings: Settings) -> int:
    from bot.adapters.console.chat import converse, typed_lines

    converse(_answers(settings), lines=typed_lines(), console=_console())
    return 0


def ask(options: argparse.Namespace, settings: Settings) -> int:
    from bot.adapters.console.render import show
    from bot.answer.model import Question

    if not options.batch and not options.question:
        raise UsageError('Give a question: ask "why did CUDA win?"')
    answers = _answers(settings)
    _known_theme(answers, options.theme)
    if options.batch:
        for line in sys.stdin:
            asked = Question(text=line.rstrip("\r\n"), theme=options.theme)
            _print_json({**outcome_data(answers.ask(asked)), "question": asked.text})
            sys.stdout.flush()
        return 0
    text = " ".join(options.question)
    outcome = answers.ask(Question(text=text, theme=options.theme))
    if options.json:
        _print_json(outcome_data(outcome))
    else:
        _console().print(show(outcome), highlight=False)
    if options.why:
        for hit_id, score, lines in answers.why(text):
            print(f"{score:8.2f}  {hit_id}  {'; '.join(lines)}", file=sys.stderr)
    return 0


def _known_theme(answers: Answers, theme: str | None) -> None:
    known = [one.id for one in answers.themes()]
    if theme is not None and theme not in known:
        raise UsageError(f"There is no theme {theme!r}; choose one of {', '.join(known)}.")


def when(options: argparse.Namespace, settings: Settings) -> int:
    from bot.adapters.console.render import show_moments

    moments = _answers(settings).when(" ".join(options.topic))
    if options.json:
        _print_json([related_data(one) for one in moments])
    else:
        _console().print(show_moments(moments), highlight=False)
    return 0


def at(options: argparse.Namespace, settings: Settings) -> int:
    from bot.adapters.console.render import show_spoken

    spoken = _answers(settings).at(" ".join(options.time))
    if options.json:
        _print_json(spoken_data(spoken))
    else:
        _console().print(show_spoken(spoken), highlight=False)
    return 0


def insight(options: argparse.Namespace, settings: Settings) -> int:
    from bot.adapters.console.render import show_thought

    answers = _answers(settings)
    _known_theme(answers, options.theme)
    thought = answers.insight(options.theme)
    if thought is None:
        raise UsageError("This episode has no insights.")
    if options.json:
        _print_json({**asdict(thought.insight), "url": thought.moment.url})
    else:
        _console().print(show_thought(thought), highlight=False)
    return 0


def themes(options: argparse.Namespace, settings: Settings) -> int:
    from bot.adapters.console.render import show_themes

    answers = _answers(settings)
    if options.json:
        _print_json(
            {
                "themes": [asdict(theme) for theme in answers.themes()],
                "chapters": [asdict(chapter) for chapter in answers.chapters()],
            }
        )
    else:
        _console().print(show_themes(answers.themes(), answers.chapters()), highlight=False)
    return 0


def check(options: argparse.Namespace, settings: Settings) -> int:
    from bot.episode.loader import read_episode
    from bot.errors import KnowledgeError

    folder = _folder(settings)
    try:
        episode = read_episode(folder)
    except KnowledgeError as error:
        if options.json:
            _print_json({"ok": False, "problems": list(error.problems)})
        else:
            print(*error.problems, sep="\n")
            print(f"{folder}: {len(error.problems)} problem{'s' * (len(error.problems) > 1)}", file=sys.stderr)
        return 1
    counts = {
        "notes": len(episode.notes),
        "asks": sum(len(note.asks) for note in episode.notes),
        "not_here": sum(len(note.not_here) for note in episode.notes),
        "not_covered": len(episode.not_covered),
        "insights": len(episode.insights),
    }
    if options.json:
        _print_json({"ok": True, "problems": [], **counts})
    else:
        print(f"{folder}: fine ({', '.join(f'{count} {name}' for name, count in counts.items())})")
    return 0


def score(options: argparse.Namespace, settings: Settings) -> int:
    from bot.evaluate.command import evaluate

    return evaluate(
        options.questions,
        knowledge=_folder(settings),
        data=settings.data_dir,
        as_json=options.json,
        show_misses=options.misses,
    )


def transcript(options: argparse.Namespace, settings: Settings) -> int:
    from bot.transcripts import fetch_transcript, import_transcript, show_transcript

    if options.action == "import":
        if options.file is None:
            raise UsageError("Name the file: transcript import PAGE.html")
        found = import_transcript(options.file, folder=_folder(settings), data=settings.data_dir)
    elif options.action == "fetch":
        found = fetch_transcript(folder=_folder(settings), data=settings.data_dir, force=options.force)
    else:
        found = show_transcript(folder=_folder(settings), data=settings.data_dir)
    if options.json:
        _print_json(found)
    else:
        counts = ", ".join(f"{found[name]} {name}" for name in ("turns", "words", "chapters") if name in found)
        print(f"{counts}, speakers: {', '.join(found['speakers']) or 'not named'}")
    return 0


def run(options: argparse.Namespace, settings: Settings) -> int:
    from bot.app import run

    return run(settings, only=options.only)


def doctor(options: argparse.Namespace, settings: Settings) -> int:
    from bot.doctor import examine

    return examine(settings, as_json=options.json)


def discord(options: argparse.Namespace, settings: Settings) -> int:
    from bot.adapters.discord.invite import invite_link

    if not settings.discord_application_id:
        raise UsageError("Set DISCORD_APPLICATION_ID to the application's id (General Information in its portal).")
    print(invite_link(settings.discord_application_id))
    return 0


def slack(options: argparse.Namespace, settings: Settings) -> int:
    from bot.adapters.slack.manifest import manifest_yaml

    print(manifest_yaml("" if settings.slack_app_token else settings.public_url), end="")
    return 0
