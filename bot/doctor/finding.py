"""What one check found, and how it is shown.

Holds words of ours only: no value of a setting that is secret.
"""

from dataclasses import dataclass
from typing import Literal, Self


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One line. `advice` is what to do, empty where there is nothing to do."""

    name: str
    state: Literal["fine", "note", "bad"]
    line: str
    advice: str = ""

    @classmethod
    def fine(cls, name: str, line: str) -> Self:
        """As it should be."""
        return cls(name=name, state="fine", line=line)

    @classmethod
    def note(cls, name: str, line: str, advice: str = "") -> Self:
        """Works, but the operator may want to know."""
        return cls(name=name, state="note", line=line, advice=advice)

    @classmethod
    def bad(cls, name: str, line: str, advice: str) -> Self:
        """Something will not work before it is mended."""
        return cls(name=name, state="bad", line=line, advice=advice)

    @property
    def is_bad(self) -> bool:
        """Whether it makes the examination fail."""
        return self.state == "bad"

    def shown(self) -> str:
        """The line as an operator reads it."""
        mark = {"fine": "fine", "note": "note", "bad": "BAD "}[self.state]
        text = " ".join(self.line.split())
        return f"{mark}  {self.name:<12} {text}" + (f" -> {self.advice}" if self.advice else "")
