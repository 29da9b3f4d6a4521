"""Attempts to instruct the bot, and deeds asked of it, told from questions.

Pure; knows words, not the episode. What is found here is never searched, repeated or obeyed.
"""

import re

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
    | \b(you\s+are|you're|youre|ur|u\s+r)\s+now\b | \bfrom\s+now\s+on\b | {_TOLD}act\s+(as|like)\b | {_TOLD}pretend\s+(to\s+be|that|you|u|there|we|i|like|as|this|it|not)\b
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
        | (translate|decode|encode|paraphrase|proofread|rewrite|convert|unsubscribe)\s+\w+
        | google\s+(it|this|that|for|the|a|my|me|some|something|how|what|who|where|when|why)\b
        | (sing|play|dance|rap|draw|write|cook|call|e-?mail|text|marry|hug|kiss|remind|entertain|wake|invite|add)\s+(for\s+|to\s+)?(me|us|him|her|my)\b
        | (calculate|compute|solve)\s+[\d(] | count\s+(to|from|down)\b | roll\s+(a|some)\s+d | flip\s+a\s+coin\b | turn\s+(on|off)\s+(the|your|my|all)\b
        | (play|pause|rewind)\s+(the|this)\s+(podcast|episode|video|music|song)\b | search\s+(the\s+)?(web|internet|google)\b
        | reset\s+(your|the\s+(bot|chat)|everything|yourself)\b | (restart|reboot|shutdown|shut\s+down)\s*(yourself|now|the\s+bot|the\s+server)?$
        | summari[sz]e\s+.*\bas\s+an?\b | (tell|give)\s+(me|us)\s+(a|another|one\s+more)\s+(fun\s+|random\s+)?(joke|story|poem|riddle|fact)\b
    )
    """,
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)  # fmt: skip

_MASKED = str.maketrans("013457", "oieast")


def is_instruction(text: str) -> bool:
    """True for "ignore your instructions", markup, pings and their kin, also with digits for letters."""
    forms = {text, text.translate(_MASKED)}
    return any(pattern.search(form) for pattern in (_INSTRUCTION, _ORDER) for form in forms)


def is_deed(text: str) -> bool:
    """True for a message that begins by asking for a deed: "write me a poem", "set a timer"."""
    return _DEED.search(text) is not None
