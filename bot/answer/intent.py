"""Greetings, thanks, nonsense and attempts to instruct the bot: recognised before search.

Knows words and our fixed lines, not the episode. Nothing of what a person typed is repeated or obeyed.
"""

import re
from dataclasses import dataclass

from bot.retrieval.spelling import Spelling
from bot.retrieval.text import words


@dataclass(frozen=True, kw_only=True)
class SmallTalk:
    """A kind of small talk and the line it gets."""

    kind: str
    line: str


EMPTY = SmallTalk(kind="empty", line="Ask me something about the episode, for example: why did CUDA win?")
GREETING = SmallTalk(
    kind="greeting", line="Hello! Ask me anything about the episode and I will point you to the moment."
)
THANKS = SmallTalk(kind="thanks", line="You are welcome. Ask away whenever something else comes to mind.")
GOODBYE = SmallTalk(kind="goodbye", line="Goodbye! The episode and I will be here when you are back.")
ABOUT = SmallTalk(
    kind="about",
    line="I am Chapter & Verse: I answer questions about this podcast episode and link the second where it is said.",
)
CHAT = SmallTalk(
    kind="chat", line="I only talk about this episode. Ask me what was said in it and I will find the place."
)
NONSENSE = SmallTalk(
    kind="nonsense", line="I could not read a question in that. Try a few plain words about the episode."
)
INSTRUCTION = SmallTalk(
    kind="instruction",
    line="I do not take instructions, I only answer questions about this episode. What would you like to know?",
)

_INSTRUCTION = re.compile(
    r"""
    \b(ignore|disregard|forget|override|bypass|skip)\b.{0,40}\b(instructions?|prompts?|rules?|guidelines?|everything|directives?|
        restrictions?|filters?|all|above|previous|training|told)\b
    | \b(system|hidden|initial|original|secret|internal|developer)\s+(prompt|instructions?|message|rules?|mode)\b
    | \b(your|the)\s+(prompt|instructions|source\s+code|config(uration)?|token|api\s*key|password|credentials|env(ironment)?\s+variables?)\b
    | \b(you\s+are|you're|youre|ur|u\s+r)\s+now\b | \bfrom\s+now\s+on\b | \bact\s+(as|like)\s+(a|an|if|my|the)\b
    | \bpretend\b.{0,20}\b(you|to|that|u)\b | \brole\s*-?play\b | \bjail\s*-?break | \bdan\s+mode\b | \bdo\s+anything\s+now\b
    | \b(reveal|print|leak|dump|expose|output|show|give|send|tell)\b.{0,25}\b(prompt|token|api\s*key|password|secrets?|credentials|
        database|env\s+file|instructions)\b
    | \b(repeat|say|write|reply|respond|answer|output|print|post)\s+(after\s+me|the\s+following|only|exactly|with\s+(only|just)|verbatim|
        the\s+words?|"|'|the\s+text)\b
    | \b(drop|delete|truncate|select)\s+(table|from|\*|database)\b | \brm\s+-rf\b | \bsudo\b
    | <\s*/?\s*(script|img|iframe|svg|a|b|style|system|user|assistant|instructions?|prompt)\b | javascript:
    | @(everyone|here|channel)\b | <[@!\#&]
    | \{\{.*\}\} | \$\{ | \[/?(inst|system)\] | \bnew\s+instructions?\b | \bend\s+of\s+(prompt|instructions)\b
    | \b(ping|tag|mention|dm|message|ban|kick|mute)\s+(everyone|everybody|all|the\s+(server|channel|admins?|mods?)|@)\b
    """,
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)  # fmt: skip

_GREETINGS = frozenset(
    "hi hello hey heya hiya yo sup hola howdy greetings morning evening afternoon night good day moin bonjour hallo ciao "
    "namaste aloha wassup whatsup g'day gday ello hullo there bot everyone all guys folks team friend mate again to you "
    "and a very my hii hiii helloo heyy heyyy what's up".split()
)
_THANKS = frozenset(
    "thanks thank you thx ty tysm cheers ta merci danke gracias much so very a lot appreciated appreciate it that was is "
    "helpful great awesome cool nice perfect good bot job one answer for the help this really u lovely amazing brilliant "
    "wonderful super man mate many cheers".split()
)
_GOODBYES = frozenset(
    "bye goodbye cya see you ya later good night nite farewell ttyl laters take care then now".split()
)
_CHATTER = frozenset(
    "ok okay k kk lol lmao haha hahaha hehe yes no yeah yep nope sure fine hmm hm um uh oh wow cool nice great test testing "
    "ping pong please sorry what huh maybe right exactly true same idk omg brb yay meh ah aha well so and but".split()
)
_HOW_ARE_YOU = re.compile(r"\b(how|hows|how's)\s+(are|r|is|you|u|it|ya)\b.{0,12}\b(you|u|doing|going|ya|today|life)\b")
_ABOUT_BOT = re.compile(
    r"^(so |hey |hi |ok )?(who|what)('s| is| are| r|re)? (you|u|this bot|chapter (and|&) verse)( exactly| then)?$"
    r"|\b(are|r) (you|u) (a |an )?(real|human|bot|robot|ai|person|machine|alive|chatgpt|gpt|llm|sentient|there|ok|online|working)\b"
    r"|\bwhat (can|do|could) (you|u|this bot|this thing|the bot) (do|know|answer|help)\b|^help( me)?( please)?$"
    r"|\bhow (do|does|can|should) (i|you|this|one|the bot) (use|work|ask)( you| this| the bot)?\b.{0,5}$"
    r"|\b(who|what) (made|built|created|wrote|owns|runs|programmed) (you|u|this bot)\b|\bwhat('s| is|s) your name\b"
    r"|\b(tell me|talk) about (yourself|urself)\b|\byour (favou?rite|opinion|age|birthday|creator|purpose|name)\b"
    r"|\bhow old (are|r) (you|u)\b|\bdo (you|u) (like|love|feel|sleep|dream|eat|have (feelings|a name|emotions))\b|\bwhat are your\b"
)
_FEELINGS = re.compile(
    r"^(i|im|i'm|we|you|u|ur|you're|youre|this bot|bot|this|that)\b.{0,10}\b(love|like|hate|am|are|is|bored|sad|happy|tired|lonely|"
    r"stupid|dumb|awesome|great|the best|useless|smart|cute|funny|idiot|amazing|rubbish|sucks?|rocks?)\b"
    r"( (you|u|this bot|bot|it|so much|today|the best|very|much|bored|happy|sad|tired|stupid|dumb|useless|smart|cute|funny|great|"
    r"awesome|amazing|a))*$"
)


def recognise(text: str, spelling: Spelling) -> SmallTalk | None:
    """The small talk this is, or None for something worth searching."""
    if _INSTRUCTION.search(text):
        return INSTRUCTION
    found = words(text)
    if not found:
        return NONSENSE if text.strip() else EMPTY
    plain = " ".join(found)
    for vocabulary, talk in (
        (_CHATTER, CHAT),
        (_GREETINGS, GREETING),
        (_THANKS, THANKS),
        (_GOODBYES, GOODBYE),
    ):
        if len(found) <= 8 and vocabulary.issuperset(found):
            return talk
    if len(found) <= 12 and _ABOUT_BOT.search(plain):
        return ABOUT
    if len(found) <= 8 and (_HOW_ARE_YOU.search(plain) or _FEELINGS.search(plain)):
        return CHAT
    if not any(_is_readable(word, spelling) for word in found):
        return NONSENSE
    return None


def _is_readable(word: str, spelling: Spelling) -> bool:
    if len(word) < 2 or word.isdigit():
        return False
    return spelling.is_known(word) or spelling.repair(word) != word
