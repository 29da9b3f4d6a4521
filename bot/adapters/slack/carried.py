"""What a button carries in its value, and gives back when it is pressed.

Pure; knows no Slack. What cannot be read is None: a value may come from an older version of the bot.
"""

import json
from dataclasses import dataclass, field, replace
from typing import Literal

LONGEST = 2000

Kind = Literal["answer", "insight"]


@dataclass(frozen=True, kw_only=True)
class Carried:
    """`ref` is a hit id or an insight id; `reply` names the reply the button hangs on, so that Share posts once.

    `more` are the hit ids of related moments, so that the button shows those that were found.
    """

    ref: str
    kind: Kind = "answer"
    question: str = field(default="", repr=False)
    reply: str = ""
    more: tuple[str, ...] = ()

    def pack(self) -> str:
        """At most 2000 characters; a question that does not fit is cut."""
        packed = self._dump()
        if len(packed) <= LONGEST:
            return packed
        spare = max(0, len(self.question) - (len(packed) - LONGEST))
        while len(packed) > LONGEST and spare:
            spare = max(0, spare - 50)
            packed = replace(self, question=self.question[:spare])._dump()
        return packed

    def _dump(self) -> str:
        fields = {"k": self.kind[0], "h": self.ref, "q": self.question, "r": self.reply, "m": " ".join(self.more)}
        return json.dumps({key: text for key, text in fields.items() if text}, ensure_ascii=False)


def unpack(value: str) -> Carried | None:
    """What `pack` made; None for anything else."""
    try:
        found = json.loads(value)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or not all(isinstance(text, str) for text in found.values()):
        return None
    ref = found.get("h", "")
    if not ref:
        return None
    kind: Kind = "insight" if found.get("k") == "i" else "answer"
    more = tuple(found.get("m", "").split())
    return Carried(ref=ref, kind=kind, question=found.get("q", ""), reply=found.get("r", ""), more=more)
