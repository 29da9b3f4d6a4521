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
REQUEST = SmallTalk(
    kind="request", line="That I cannot do. I only answer questions about this episode; ask me what was said in it."
)

# Said to the bot: at the start, or behind "please", "now", "then", "you must".
_TOLD = r"(?:^|[.!?:;,\n]\s*|\b(?:please|pls|now|then|just|and|you\s+(?:must|should|will|can|shall|have\s+to))\s+)"
_INSTRUCTION = re.compile(
    rf"""
    \b(ignore|disregard|forget|override|bypass)\b.{{0,30}}\b(instructions?|prompts?|rules?|guidelines?|everything|directives?|restrictions?|
        filters?|above|training|(you\s+were|been)\s+told|(all|any)\s+(previous|prior|earlier)|your\s+(previous|prior))\b
    | \b(system|hidden|initial|original|secret|internal|developer)\s+(prompt|instructions?|message|rules?|mode)\b
    | \b(your|the\s+bot'?s?|this\s+bot'?s?)\s+(\w+\s+)?(prompt|source\s+code|config(uration)?|tokens?|api\s*keys?|password|credentials|
        env(ironment)?(\s+variables?)?|database|secrets?)\b
    | \b(bot|api|access|discord|slack|auth)[\s_-]*(tokens?|keys?|secrets?)\b
    | \b(what|which|show|print|reveal|tell|give|list|see|leak|dump|expose|output)\b.{{0,25}}\byour\s+(\w+\s+)?(instructions?|prompts?|rules)\b
    | \b(reveal|print|leak|dump|expose|output)\b.{{0,25}}\b(prompts?|tokens?|password|secrets?|credentials|database|instructions?)\b
    | \b(you\s+are|you're|youre|ur|u\s+r)\s+now\b | \bfrom\s+now\s+on\b | {_TOLD}act\s+(as|like)\b | {_TOLD}pretend\b
    | \brole\s*-?play\b | \bjail\s*-?break | \bdan\s+mode\b | \bdo\s+anything\s+now\b | \bnew\s+instructions?\b
    | {_TOLD}(repeat|say|write|type|reply|respond|answer|output|print|post|echo)\s+(after\s+me|(the\s+)?following|only|exactly|verbatim|
        (with\s+)?(only|just)|this|that|it|the\s+(words?|text|phrase|sentence)|everything|back|"|'|“)
    | \b(repeat|copy|print)\s+(this|the)\s+(link|text|message|line)\b | \b(click|visit|open|follow)\s+(here|(this|the)\s+link)\b
    | \b(drop|delete|truncate|select)\s+(\*|(table|from|database)\b) | \brm\s+-rf\b | \bsudo\b | \bunion\s+select\b
    | <\s*/?\s*(script|img|iframe|svg|a|b|style|system|user|assistant|instructions?|prompt)\b | javascript:
    | @(everyone|here|channel)\b | <[@!\#&] | \{{\{{.*\}}\}} | \$\{{ | \[/?(inst|system)\] | \bend\s+of\s+(prompt|instructions)\b
    | \[[^\]]*\]\s*\(\s*\w+:
    | {_TOLD}(ping|tag|mention|dm|message|ban|kick|mute|unban|unmute|timeout)\s+(everyone|everybody|all|@|user|member|him|her|them|
        the\s+(server|channel|admins?|mods?|user))\b
    | \b(kick|ban|mute|ping|dm|timeout)\s+\w+\s+(from|in|off|on|out\s+of)\s+(the|this)\s+(server|channel|chat|workspace|discord|slack)\b
    """,
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)  # fmt: skip

_ORDER = re.compile(
    rf"""
    \byou\s+(must|have\s+to)\s+(obey|answer|reply|respond|listen\s+to\s+me|comply)\b | \bi\s+(order|command)\s+(you|u)\b
    | \b(i\s+am|i'm|im)\s+your\s+(developer|admin|creator|owner|boss|maker)\b
    | \bas\s+(an?|your)\s+(admin|administrator|owner|moderator|root)\b(,|\s+i\b)
    | {_TOLD}(respond|reply|answer|speak|talk)\s+(to\s+me\s+)?(only\s+)?(in|as|like)\b
    | \byour\s+(memory|safety|filters?|users|logs?|access|owner'?s?|creator'?s?|restrictions?)\b | \bwhat\s+were\s+you\s+told\b
    | \bhow\s+many\s+users\s+do\s+you\b | \basked\s+(you|u)\s+(questions?|something|that|this|today)\b
    | \bstop\s+(answering|being|following)\b | \bignor(ez|iere|a|e|ar|iert)\b.{{0,25}}\b(instruct|anweis|instruc|istruz|regeln|reglas)
    | \b(execute|eval|run)\s+(a\s+|this\s+|the\s+)?(shell|command|script|ls|cat|curl|bash|cmd)\b | \bbase\s*64\b
    """,
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)  # fmt: skip

# A deed asked for at the start of a message; "how did he write ..." does not start so.
_WORK = (
    "poems?|songs?|code|scripts?|functions?|essays?|e-?mails?|letters?|story|stories|raps?|haikus?|jokes?|programs?|programmes?|reports?|"
    "blog|tweets?|speech|reviews?|articles?|resume|cv|quer(?:y|ies)|regex|recipes?|pictures?|images?|photos?|drawings?|memes?|logos?|"
    "websites?|apps?|videos?|playlists?|riddles?|lists?|tables?|reminders?|alarms?|timers?|limericks?|lyrics|homework|messages?|presentation|"
    "slides|spreadsheet|password|access|pizza|ticket|flight|hotel|taxi|uber"
)
_DEED = re.compile(
    rf"""
    ^\W*((hey|hi|ok|so|bot|please|pls|now|just|kindly)\W+)*((can|could|would|will)\s+(you|u)\s+(please\s+|pls\s+|just\s+)?)?
        ((i\s+(want|need)|i'd\s+like|i\s+would\s+like)\s+(you|u)\s+to\s+)?
    (
        (write|compose|draft|generate|create|make|draw|paint|sketch|design|build|give|send|tell|show|find|play|sing|buy|order|book|get|fetch|
            set|add|post|delete|cancel|read|fix|review|proofread|rewrite|debug|solve)
            \s+((me|us)\s+)?((a|an|the|my|this|some|another|all|your|one|me|us)\s+)(\w+\s+){{0,3}}?({_WORK})\b
        | (translate|decode|encode|paraphrase|proofread|rewrite|google|convert|unsubscribe)\s+\w+
        | (sing|play|dance|rap|draw|write|cook|call|e-?mail|text|marry|hug|kiss|remind|entertain|wake|invite|add)\s+(for\s+|to\s+)?(me|us|him|her|my)\b
        | (calculate|compute|solve)\s+[\d(] | count\s+(to|from|down)\b | roll\s+(a|some)\s+d | flip\s+a\s+coin\b | turn\s+(on|off)\s+(the|your|my|all)\b
        | (play|pause|rewind)\s+(the|this)\s+(podcast|episode|video|music|song)\b | search\s+(the\s+)?(web|internet|google)\b
        | reset\s+(your|the\s+(bot|chat)|everything|yourself)\b | (restart|reboot|shutdown|shut\s+down)\s*(yourself|now|the\s+bot|the\s+server)?$
        | summari[sz]e\s+.*\bas\s+an?\b | (tell|give)\s+(me|us)\s+(a|another|one\s+more)\s+(fun\s+|random\s+)?(joke|story|poem|riddle|fact)\b
    )
    """,
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)  # fmt: skip

# A line of small talk holds a word of its kind and besides only filler. Kinds in the order in which they are tried.
_MARKERS: tuple[tuple[SmallTalk, frozenset[str]], ...] = (
    (
        THANKS,
        frozenset(
            "thanks thank thx ty tysm tyvm cheers merci danke gracias grazie arigato obrigado appreciated appreciate thankyou "
            "thanx tnx cheerz ta helpful".split()
        ),
    ),
    (
        GOODBYE,
        frozenset(
            "bye goodbye byebye cya farewell ttyl laters night nite goodnight seeya ciao adios later tomorrow weekend care ya gn".split()
        ),
    ),
    (
        GREETING,
        frozenset(
            "hi hello hey heya hiya yo sup hola howdy greetings morning evening afternoon moin bonjour hallo namaste aloha wassup "
            "whatsup gday g ello hullo hii hiii helloo heyy heyyy hai salut ahoy wazzup whazzup wagwan oi welcome gm".split()
        ),
    ),
    (
        CHAT,
        frozenset(
            "ok okay k kk lol lmao rofl haha hahaha hehe yes no yeah yep yup nope sure fine hmm hm um uh oh wow cool nice great "
            "test testing ping pong sorry huh maybe omg brb yay meh ah aha bored congrats congratulations happy sad tired lonely "
            "awesome amazing brilliant lovely wonderful super perfect sweet neat dope lit bruh dude hungry birthday christmas "
            "love hate stupid dumb useless smart cute funny idiot rubbish sucks rocks best worst correct wrong right true false "
            "entertain trash garbage awful terrible friday monday tuesday wednesday thursday saturday sunday friends same story bro start stop foo bar baz whatever nvm nevermind oops whoops yikes ugh sleepy boring interesting good bad up".split()
        ),
    ),
)
_FILLER = frozenset(
    "there bot everyone all guys folks team friend mate man buddy pal again to you u and a an very my so much lot it that was "
    "is s are am i im me we us the this really one job bot answer help of day time have had has your ya take care then "
    "now see soon in on too whats thats new not well for r weather between test 123 hello do did does just with at today good nice great please pls oh hey and but "
    "going doing no meet meeting talk talking chat merry new year work well back here be will would like "
    "feel feeling think said say same exactly absolutely totally quite kinda sorta bit little some more super lovely awesome "
    "tbh ngl fr imo imho anyone anybody home somebody still yet ever always cool alright right sir madam boss thing stuff over out".split()
)
_HOW_ARE_YOU = re.compile(
    r"^(i'm |im |i am |so |very |oh )*sorry\b|\b(be|are we|become) (my )?(friends?|mates|pals)\b|\bi (love|like|hate|miss) (you|u|this bot)\b|"
    r"\b(how|hows|how's)\s+(are|r|is|you|u|it|ya)\b.{0,12}\b(you|u|doing|going|ya|today|life)\b"
    r"|^(hey |hi |so |yo )*(what|whats|wat|wats|what's|what is|what are|whatcha)( is| s| are)?( you| u)? (up|new|happening|good|up to|doing)( bot| man| mate| today)?$"
    r"|^long time no see$|\b(can|could|will|would) (you|u) (please )?help( me)?( out)?$|^(are |r )?(you|u|anyone|anybody|somebody) (there|here|home|alive)$"
    r"|\bwhat do (you|u) think (of|about) (me|us|yourself)\b|^(you|u|ur|you're|youre|you are|i|we|this bot|the bot) (\w+ )?(suck|sucks|rock|rocks|cool|dumb|"
    r"love|like|hate) ?(you|u|it|this|me)?$|^is (this|it|this thing|the bot) (on|working|broken|alive)$"
)
_ABOUT_BOT = re.compile(
    r"^(so |hey |hi |ok |and )*who (are|r) (you|u|ya)\b|"
    r"^(so |hey |hi |ok )?(who|what)('s| is| are| r|re)? (you|u|this bot|chapter (and|&) verse)( exactly| then)?$"
    r"|\b(are|r) (you|u) (a |an )?(real|human|bot|robot|ai|person|machine|alive|chatgpt|gpt|llm|sentient|there|ok|online|working)\b"
    r"|\bwhat (can|do|could) (you|u|this bot|this thing|the bot) (do|know|answer|help)\b|^help( me)?( please)?$"
    r"|\bhow (do|does|can|should) (i|you|this|one|the bot) (use|work|ask)( you| this| the bot)?\b.{0,5}$"
    r"|\b(who|what) (made|built|created|wrote|owns|runs|programmed) (you|u|this bot)\b|\bwhat('s| is|s) your name\b"
    r"|\b(tell me|talk) about (yourself|urself)\b|\b(your|ur) (favou?rite|opinion|age|birthday|creator|purpose|name)\b"
    r"|^(commands?|menu|usage|options|start|help|info|begin|how to use( this)?( bot)?|how do i ask( a question)?|\?+)$"
    r"|^(what|wut|wat|whats) (is |s )?(this|dis|that)( bot| thing| app)?( for| about)?$|^what('s| is)? (the point of )?(this|the) bot( for| do)?$"
    r"|^(can|do) (you|u) (hear|see|read|understand) me$|^what time is it( now)?$|^(are|r) (you|u) \w+$|\b(what|which|how many) languages (do|can) (you|u)\b|\bhow old (are|r) (you|u)\b|\bdo (you|u) (like|love|feel|sleep|dream|eat|have (feelings|a name|emotions))\b|\bwhat are your\b"
)
_MASKED = str.maketrans("013457", "oieast")
_SMALL = _FILLER.union(*(markers for _, markers in _MARKERS))


def recognise(text: str, spelling: Spelling) -> SmallTalk | None:
    """The small talk this is, or None for something worth searching."""
    unmasked = text.translate(_MASKED)
    if any(pattern.search(form) for pattern in (_INSTRUCTION, _ORDER) for form in (text, unmasked)):
        return INSTRUCTION
    if _DEED.search(text):
        return REQUEST
    found = words(text)
    if not found:
        return NONSENSE if text.strip() else EMPTY
    plain = " ".join(found)
    if len(found) <= 12 and _ABOUT_BOT.search(plain):
        return ABOUT
    if len(found) <= 8 and _HOW_ARE_YOU.search(plain):
        return CHAT
    if len(found) <= 8:
        for talk, markers in _MARKERS:
            if not markers.isdisjoint(found) and all(word in markers or word in _SMALL for word in found):
                return talk
    written = [word for word in found if not word.isdigit()]
    if not any(_is_readable(word, spelling) for word in written or found):
        return NONSENSE
    return None


def _is_readable(word: str, spelling: Spelling) -> bool:
    if word.isdigit():
        return 2 <= len(word) <= 4
    return len(word) >= 2 and (spelling.is_known(word) or spelling.repair(word) != word)
