"""The commands of the terminal: their arguments, exit codes and what an error prints. What each does is in verbs.py.

Results go to stdout, chatter to stderr; exit 0 fine, 1 a problem was found, 2 wrong usage.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from bot import __version__, verbs
from bot.errors import ChapterVerseError, UsageError
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
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def verb(name: str, run: Verb, help: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, parents=[folders], help=help, description=help)
        added.set_defaults(verb=run)
        return added

    run = verb("run", verbs.run, "start every adapter whose settings are there; none: the page")
    run.add_argument("--only", default="", metavar="ROLES", help="some of web,slack,discord,schedule")
    verb("chat", verbs.chat, "talk with the episode in the terminal")
    ask = verb("ask", verbs.ask, "answer one question, or a batch from standard input")
    ask.add_argument("question", nargs="*", help="the question")
    ask.add_argument("--batch", action="store_true", help="one question a line on stdin, one JSON object a line out")
    ask.add_argument("--why", action="store_true", help="show which words of which field matched")
    ask.add_argument("--theme", default=None, metavar="ID", help="keep to one theme")
    when = verb("when", verbs.when, "up to five moments about a topic")
    when.add_argument("topic", nargs="+")
    at = verb("at", verbs.at, "what is said at a time")
    at.add_argument("time", nargs="+")
    insight = verb("insight", verbs.insight, "one insight")
    insight.add_argument("theme", nargs="?", default=None)
    verb("themes", verbs.themes, "the themes and chapters")
    verb("check", verbs.check, "check the knowledge files; every problem in one report")
    score = verb("eval", verbs.score, "score the answers on a question set")
    score.add_argument("questions", nargs="?", type=Path, default=Path("tests/golden/questions.yaml"))
    score.add_argument("--misses", action="store_true", help="list the tuning questions that went wrong")
    transcript = verb("transcript", verbs.transcript, "fetch or import the transcript")
    transcript.add_argument("action", choices=["fetch", "import", "show"])
    transcript.add_argument("file", nargs="?", type=Path)
    transcript.add_argument("--force", action="store_true", help="fetch again though it is there")
    verb("doctor", verbs.doctor, "check settings, tokens, database, knowledge, and say what to do")
    discord = verb("discord", verbs.discord, "Discord helpers")
    discord.add_argument("action", choices=["invite"])
    slack = verb("slack", verbs.slack, "Slack helpers")
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
