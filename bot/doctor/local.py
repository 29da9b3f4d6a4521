"""What can be checked on this machine: settings that need one another, knowledge, folders, the port.

Knows files and setting names; no network.
"""

import errno
import os
import socket
from pathlib import Path

from bot.doctor.finding import Finding
from bot.errors import ChapterVerseError, KnowledgeError, SettingsError, TranscriptError
from bot.settings import Settings

SHORTEST_KEY = 32


def check_settings(settings: Settings) -> list[Finding]:
    """Settings that are fine alone and wrong together; those wrong alone are reported before anything starts."""
    found = [
        Finding.bad("settings", name, advice)
        for name, advice in (problem.split(": ", 1) for problem in _problems(settings))
    ]
    keys = [key.strip() for key in settings.secret_key.reveal().split(",") if key.strip()]
    if any(len(key) < SHORTEST_KEY for key in keys):
        found.append(Finding.bad("settings", "SECRET_KEY is short", f"use {SHORTEST_KEY} random characters or more"))
    if not keys and settings.database_url.reveal().startswith("postgres"):
        advice = "set the same SECRET_KEY for every process that shares the database"
        found.append(Finding.note("settings", "SECRET_KEY is not set; each DATA_DIR gets its own", advice))
    if not settings.discord_token and not _wants_slack(settings):
        found.append(Finding.note("settings", "neither Discord nor Slack is set; `run` serves the page alone"))
    return found if any(one.is_bad for one in found) else [*found, Finding.fine("settings", "read, and they agree")]


def _problems(settings: Settings) -> list[str]:
    from bot.adapters.discord.config import Config

    found: list[str] = []
    try:
        Config.from_settings(settings)
    except SettingsError as error:
        found += error.problems
    if settings.discord_public_key and not settings.discord_token:
        found.append("DISCORD_PUBLIC_KEY: it needs DISCORD_TOKEN beside it")
    if not settings.discord_gateway and settings.discord_token and not settings.discord_public_key:
        found.append("DISCORD_GATEWAY: off, so set DISCORD_PUBLIC_KEY; else nothing arrives from Discord")
    if _wants_slack(settings):
        from bot.adapters.slack.config import SlackConfig

        found += SlackConfig.of(settings).problems
    return found


def _wants_slack(settings: Settings) -> bool:
    return bool(settings.slack_bot_token or settings.slack_app_token or settings.slack_client_id)


def check_knowledge(settings: Settings) -> list[Finding]:
    """The episode's files and its transcript."""
    from bot.episode.loader import read_episode
    from bot.episode.stored import load_turns
    from bot.retrieval.cache import transcript_path

    folder = episode_folder(settings)
    try:
        episode = read_episode(folder)
    except KnowledgeError as error:
        advice = f"{len(error.problems)} in all; `check` lists them" if len(error.problems) > 1 else "mend the file"
        return [Finding.bad("knowledge", error.problems[0], advice)]
    except (ChapterVerseError, OSError) as error:
        return [Finding.bad("knowledge", f"{folder}: {type(error).__name__}", "check KNOWLEDGE_DIR and EPISODE")]
    knowledge = Finding.fine(
        "knowledge", f"{folder.name}: {len(episode.notes)} notes, {len(episode.insights)} insights"
    )
    try:
        turns = load_turns(transcript_path(settings.data_dir, episode.id))
    except TranscriptError as error:
        return [knowledge, Finding.bad("transcript", str(error), "import or fetch it again")]
    if not turns:
        line = "not there; the notes answer alone"
        return [knowledge, Finding.note("transcript", line, "`transcript fetch`, or `transcript import FILE`")]
    return [knowledge, Finding.fine("transcript", f"{len(turns)} turns")]


def episode_folder(settings: Settings) -> Path:
    """The folder of the episode that is answered about; KNOWLEDGE_DIR may name it directly."""
    direct = settings.knowledge_dir
    return direct if (direct / "episode.yaml").exists() else direct / settings.episode


def check_data(settings: Settings) -> Finding:
    """Whether the data folder can be written."""
    folder = settings.data_dir
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f".doctor.{os.getpid()}"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        return Finding.bad("data folder", f"{folder}: {error.strerror}", "choose a DATA_DIR that can be written")
    return Finding.fine("data folder", f"{folder} can be written")


def check_port(settings: Settings) -> Finding:
    """Whether the HTTP server could listen. A bot that runs already holds the port: that alone is only a note."""
    place = f"{settings.host}:{settings.port}"
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((settings.host, settings.port))
    except (OSError, UnicodeError) as error:
        line = f"{place[:80]}: {getattr(error, 'strerror', '') or 'no such address'}"
        if getattr(error, "errno", None) == errno.EADDRINUSE:
            return Finding.note("port", line, "fine if the bot runs already; else choose another HOST or PORT")
        return Finding.bad("port", line, "set HOST to an address of this machine, PORT to one it may use")
    return Finding.fine("port", "any free one" if settings.port == 0 else f"{place} is free")
