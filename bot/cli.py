"""Thin verbs for the terminal: read the arguments, call one function, print what comes back.

Results go to stdout, chatter to stderr; exit 0 fine, 1 a problem was found, 2 wrong usage.
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from bot import __version__
from bot.answer.plain import outcome_data, related_data, spoken_data
from bot.answer.service import Answers
from bot.errors import ChapterVerseError, UsageError
from bot.retrieval.cache import load_index
from bot.settings import Settings

Verb = Callable[[argparse.Namespace, Settings], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        return int(options.verb(options, _settings(options)))
    except UsageError as error:
        print(error, file=sys.stderr)
        return 2
    except ChapterVerseError as error:
        print(error, file=sys.stderr)
        return 1
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output went away; that is its right
        return 0
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    folders = argparse.ArgumentParser(add_help=False)
    folders.add_argument(
        "--knowledge", type=Path, default=None, metavar="DIR", help="folder with one folder an episode"
    )
    folders.add_argument("--data", type=Path, default=None, metavar="DIR", help="where transcript and cache live")
    folders.add_argument("--episode", default=None, metavar="ID", help="which episode")
    folders.add_argument("--json", action="store_true", help="print JSON")
    parser = argparse.ArgumentParser(
        prog="chapterverse", description="Ask a podcast episode; get the answer and the moment."
    )
    parser.add_argument("--version", action="version", version=f"Chapter & Verse {__version__}")
    verbs = parser.add_subparsers(required=True, metavar="COMMAND")

    def verb(name: str, run: Verb, help: str) -> argparse.ArgumentParser:
        added = verbs.add_parser(name, parents=[folders], help=help, description=help)
        added.set_defaults(verb=run)
        return added

    run = verb("run", _run, "start every adapter whose settings are there; none: the page")
    run.add_argument("--only", default="", metavar="ROLES", help="some of web,slack,discord,schedule")
    verb("chat", _chat, "talk with the episode in the terminal")
    ask = verb("ask", _ask, "answer one question, or a batch from standard input")
    ask.add_argument("question", nargs="*", help="the question")
    ask.add_argument("--batch", action="store_true", help="one question a line on stdin, one JSON object a line out")
    ask.add_argument("--why", action="store_true", help="show which words of which field matched")
    ask.add_argument("--theme", default=None, metavar="ID", help="keep to one theme")
    when = verb("when", _when, "up to five moments about a topic")
    when.add_argument("topic", nargs="+")
    at = verb("at", _at, "what is said at a time")
    at.add_argument("time", nargs="+")
    insight = verb("insight", _insight, "one insight")
    insight.add_argument("theme", nargs="?", default=None)
    verb("themes", _themes, "the themes and chapters")
    verb("check", _check, "check the knowledge files; every problem in one report")
    score = verb("eval", _eval, "score the answers on a question set")
    score.add_argument("questions", nargs="?", type=Path, default=Path("tests/golden/questions.yaml"))
    score.add_argument("--misses", action="store_true", help="list the tuning questions that went wrong")
    transcript = verb("transcript", _transcript, "fetch or import the transcript")
    transcript.add_argument("action", choices=["fetch", "import", "show"])
    transcript.add_argument("file", nargs="?", type=Path)
    transcript.add_argument("--force", action="store_true", help="fetch again though it is there")
    verb("doctor", _doctor, "check settings, tokens, database, knowledge, and say what to do")
    discord = verb("discord", _discord, "Discord helpers")
    discord.add_argument("action", choices=["invite"])
    slack = verb("slack", _slack, "Slack helpers")
    slack.add_argument("action", choices=["manifest"])
    return parser


def _settings(options: argparse.Namespace) -> Settings:
    settings = Settings.load()
    changes: dict[str, Any] = {}
    if options.knowledge is not None:
        changes["knowledge_dir"] = options.knowledge
    if options.data is not None:
        changes["data_dir"] = options.data
    if options.episode is not None:
        changes["episode"] = options.episode
    return replace(settings, **changes)


def _folder(settings: Settings) -> Path:
    """The episode's folder; `--knowledge` may also name it directly."""
    if (settings.knowledge_dir / "episode.yaml").exists():
        return settings.knowledge_dir
    return settings.knowledge_dir / settings.episode


def _answers(settings: Settings) -> Answers:
    return Answers(load_index(_folder(settings), settings.data_dir))


def _print_json(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False))


def _console() -> Any:
    from rich.console import Console  # only where a person reads: a batch does without it

    return Console(soft_wrap=True)


def _chat(options: argparse.Namespace, settings: Settings) -> int:
    from bot.adapters.console.chat import converse, typed_lines

    converse(_answers(settings), lines=typed_lines(), console=_console())
    return 0


def _ask(options: argparse.Namespace, settings: Settings) -> int:
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


def _when(options: argparse.Namespace, settings: Settings) -> int:
    from bot.adapters.console.render import show_moments

    moments = _answers(settings).when(" ".join(options.topic))
    if options.json:
        _print_json([related_data(one) for one in moments])
    else:
        _console().print(show_moments(moments), highlight=False)
    return 0


def _at(options: argparse.Namespace, settings: Settings) -> int:
    from bot.adapters.console.render import show_spoken

    spoken = _answers(settings).at(" ".join(options.time))
    if options.json:
        _print_json(spoken_data(spoken))
    else:
        _console().print(show_spoken(spoken), highlight=False)
    return 0


def _insight(options: argparse.Namespace, settings: Settings) -> int:
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


def _themes(options: argparse.Namespace, settings: Settings) -> int:
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


def _check(options: argparse.Namespace, settings: Settings) -> int:
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
            print(f"{folder}: {len(error.problems)} problems", file=sys.stderr)
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


def _eval(options: argparse.Namespace, settings: Settings) -> int:
    from bot.evaluate.command import evaluate

    return evaluate(
        options.questions,
        knowledge=_folder(settings),
        data=settings.data_dir,
        as_json=options.json,
        show_misses=options.misses,
    )


def _transcript(options: argparse.Namespace, settings: Settings) -> int:
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
        print(
            f"{found['turns']} turns, {found['words']} words, {found['chapters']} chapters, "
            f"speakers: {', '.join(found['speakers']) or 'not named'}"
        )
    return 0


def _run(options: argparse.Namespace, settings: Settings) -> int:
    from bot.app import run

    return run(settings, only=options.only)


def _doctor(options: argparse.Namespace, settings: Settings) -> int:
    from bot.doctor import examine

    return examine(settings, as_json=options.json)


def _discord(options: argparse.Namespace, settings: Settings) -> int:
    from bot.adapters.discord.invite import invite_link

    if not settings.discord_application_id:
        raise UsageError("Set DISCORD_APPLICATION_ID to the application's id (General Information in its portal).")
    print(invite_link(settings.discord_application_id))
    return 0


def _slack(options: argparse.Namespace, settings: Settings) -> int:
    from bot.adapters.slack.manifest import manifest_yaml

    print(manifest_yaml(), end="")
    return 0
