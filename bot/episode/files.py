"""The shape of the curated YAML files: what a curator may write, and how it is read.

Knows nothing across files; what must agree between them is in check.py.
"""

from datetime import date
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError

from bot.episode.clock import is_video_id, parse_clock
from bot.errors import UsageError

ANSWER_LENGTH = 280
INSIGHT_LENGTH = 400
DEEPEST = 5_000


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """YAML of texts, lists and mappings alone: no 1:15:04 -> 4504, no yes -> True, no tags; keys stand once."""

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.constructor.ConstructorError(None, None, "a key is one word", key.start_mark)
            if key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"key {key.value!r} twice", key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag == "tag:yaml.org,2002:null"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.yaml_constructors = {
    tag: construct
    for tag, construct in yaml.SafeLoader.yaml_constructors.items()
    if tag is None or tag.rsplit(":", 1)[1] in ("map", "seq", "str", "null")
}


def _seconds(value: object) -> object:
    if not isinstance(value, str):
        raise ValueError("write a time like 1:15:02")
    try:
        return parse_clock(value)
    except UsageError:
        raise ValueError(f"{value!r} is no time; write it like 1:15:02") from None


def _length(value: object) -> object:
    if _seconds(value) == 0:
        raise ValueError("write how long the video is, like 1:15:02")
    return value


def _date(value: object) -> object:
    try:
        return date.fromisoformat(str(value)).isoformat()
    except ValueError:
        raise ValueError(f"{value!r} is no date; write it like 2026-03-23") from None


def _video_id(value: object) -> object:
    if not isinstance(value, str) or not is_video_id(value):
        raise ValueError("write the 11 characters behind v= of the video's address")
    return value


Seconds = Annotated[int, BeforeValidator(_seconds)]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=40)]
Line = Annotated[str, Field(min_length=1, max_length=200)]
HttpsAddress = Annotated[str, Field(pattern=r"^https://[a-z0-9.-]+(/\S*)?$")]


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class ThemeFile(_File):
    id: Slug
    name: Annotated[str, Field(min_length=1, max_length=40)]
    emoji: Annotated[str, Field(min_length=1, max_length=8)]
    line: Line
    colour: Annotated[str, Field(pattern=r"^#[0-9a-f]{6}$")]


class ChapterFile(_File):
    title: Line
    start: Seconds


class LinksFile(_File):
    video: HttpsAddress
    transcript: HttpsAddress | None = None
    episode: HttpsAddress | None = None


class StandardsFile(_File):
    """How much this episode promises; `check` holds the files to it."""

    notes: int = 1
    asks: int = 1
    not_here: int = 0
    not_here_asks: int = 1
    not_covered: int = 0
    insights: int = 0


class EpisodeFile(_File):
    title: Line
    show: Line
    number: int
    date: Annotated[str, BeforeValidator(_date)]
    host: Line
    guest: Line
    duration: Annotated[Seconds, BeforeValidator(_length)]
    video_id: Annotated[str, BeforeValidator(_video_id)]
    links: LinksFile
    standards: StandardsFile = StandardsFile()
    starters: list[Line] = []
    themes: Annotated[list[ThemeFile], Field(min_length=1)]
    chapters: Annotated[list[ChapterFile], Field(min_length=1)]


class NotHereFile(_File):
    topic: Line
    asks: list[Line]


class NoteFile(_File):
    id: Slug
    title: Annotated[str, Field(min_length=1, max_length=60)]
    theme: Slug
    start: Seconds
    end: Seconds
    speaker: Line
    answer: Annotated[str, Field(min_length=1, max_length=ANSWER_LENGTH)]
    detail: Annotated[str, Field(max_length=800)] = ""
    asks: list[Line]
    not_here: list[NotHereFile] = []


class NotCoveredFile(_File):
    id: Slug
    kind: Slug
    asks: Annotated[list[Line], Field(min_length=1)]
    refusal: Annotated[str, Field(min_length=1, max_length=ANSWER_LENGTH)]
    nearest: Slug | None = None


class InsightFile(_File):
    id: Slug
    theme: Slug
    note: Slug
    text: Annotated[str, Field(min_length=1, max_length=INSIGHT_LENGTH)]
    question: Annotated[str, Field(min_length=1, max_length=120, pattern=r"\?$")]


class TermFile(_File):
    name: Line
    variants: Annotated[list[Line], Field(min_length=1)]


class GlossaryFile(_File):
    terms: list[TermFile] = []
    synonyms: list[Annotated[list[Line], Field(min_length=2)]] = []
    common: list[Line] = []


def read_yaml(path: Path, shape: Any, problems: list[str], *, shown_as: str) -> Any:
    """The file's content in that shape, or None with its problems added, each `file: place: what to write`."""
    try:
        text = path.read_text(encoding="utf-8")
        if _may_nest(text) > DEEPEST:
            problems.append(f"{shown_as}: nested beyond reason; write lists and keys as in knowledge/README.md")
            return None
        content = yaml.load(text, Loader=_Loader)
        if content is None:
            problems.append(f"{shown_as}: the file is empty; knowledge/README.md shows what goes in it")
            return None
        return TypeAdapter(shape).validate_python(content)
    except FileNotFoundError:
        problems.append(f"{shown_as}: the file is missing; knowledge/README.md shows what goes in it")
    except UnicodeDecodeError:
        problems.append(f"{shown_as}: not UTF-8 text; save it again as UTF-8")
    except OSError as error:
        problems.append(f"{shown_as}: cannot be read ({error.strerror}); check what it is and who may read it")
    except yaml.MarkedYAMLError as error:
        problems.append(f"{shown_as}: {_explain_syntax(error)}")
    except (yaml.YAMLError, RecursionError):
        problems.append(f"{shown_as}: no YAML text; save it as plain UTF-8 without control characters")
    except ValidationError as error:
        problems.extend(_explain(found, content, shown_as) for found in error.errors(include_url=False))
    return None


def _may_nest(text: str) -> int:
    """How deep a file can be nested at most. Over about 10,000 the C parser runs out of stack and ends the process."""
    return max(text.count("[") + text.count("{"), max((line.count("- ") for line in text.splitlines()), default=0))


def _explain_syntax(error: yaml.MarkedYAMLError) -> str:
    line = error.problem_mark.line + 1 if error.problem_mark else 1
    problem = error.problem or "cannot be read"
    advice = "quote text that holds ': ' or starts with a sign, and indent alike what belongs together"
    if "any token" in problem:
        advice = "indent with spaces, not tabs, and quote text that starts with a sign"
    elif problem.startswith("key "):
        advice = "keep one of them"
    elif "tag" in problem:
        advice = "quote text that starts with !"
    return f"line {line}: {problem}; {advice}"


def _explain(found: Any, content: Any, shown_as: str) -> str:
    place, at = "", content
    for step in found["loc"]:
        place += f"[{step}]" if isinstance(step, int) else f".{step}"
        at = at[step] if isinstance(at, dict) and step in at else at[step] if _has(at, step) else None
        if isinstance(at, dict) and isinstance(at.get("id"), str):
            place += f" ({at['id']})"
    return f"{shown_as}: {place.lstrip('.') or 'file'}: {_advise(found)}"


def _advise(found: Any) -> str:
    """What to write instead, in a curator's words."""
    kind, given, limits = found["type"], found["input"], found.get("ctx", {})
    if kind == "string_too_long":
        return f"{len(given)} characters; write at most {limits['max_length']}"
    if kind == "string_pattern_mismatch":
        return f"{given!r} does not fit; write {_PATTERN_ADVICE[limits['pattern']]}"
    if kind == "too_short":
        return f"{limits['actual_length']} entries; write at least {limits['min_length']}"
    if kind == "string_type" and isinstance(given, dict):
        return "quote the text; it holds ': '"
    return _ADVICE.get(kind) or str(found["msg"]).removeprefix("Value error, ")


def _has(at: Any, step: object) -> bool:
    return isinstance(at, list) and isinstance(step, int) and step < len(at)


_ADVICE = {
    "extra_forbidden": "this key is not known; remove it or mend its spelling",
    "missing": "this key is missing; add it",
    "string_type": "nothing to read stands here; write a text",
    "string_too_short": "it is empty; write a text",
    "list_type": "write a list, each entry on a line of its own behind '- '",
    "model_type": "write keys with their values, such as `name: text`",
    "model_attributes_type": "write keys with their values, such as `name: text`",
    "int_parsing": "write a whole number in digits",
    "int_type": "write a whole number in digits",
}
_PATTERN_ADVICE = {
    r"^[a-z0-9]+(-[a-z0-9]+)*$": "lower-case words joined by hyphens",
    r"^#[0-9a-f]{6}$": "a colour like #76b900",
    r"^https://[a-z0-9.-]+(/\S*)?$": "an address that starts with https://",
    r"\?$": "a question that ends with ?",
}
