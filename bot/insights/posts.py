"""What a daily post is: the same for every platform, and the same in a preview as in the channel.

Knows no markup; an adapter turns it into a message.
"""

from dataclasses import dataclass

from bot.episode.model import Episode, Insight, Moment, Theme


@dataclass(frozen=True, kw_only=True)
class DailyPost:
    """One insight to be posted.

    `mark` (at most 25 characters) belongs to this delivery alone: the nonce, or what is looked for in the channel.
    `note_id` is what "Ask about this" answers. `role_id` is pinged, where an admin chose one.
    """

    episode_id: str
    source: str
    insight: Insight
    theme: Theme
    moment: Moment
    chapter: str
    note_id: str
    mark: str
    role_id: str | None = None


def daily_post(episode: Episode, insight_id: str, *, mark: str, role_id: str | None = None) -> DailyPost:
    """The post of that insight. Raises KeyError when the episode no longer has it."""
    insight = next((item for item in episode.insights if item.id == insight_id), None)
    if insight is None:
        raise KeyError(insight_id)
    end_seconds = episode.note(insight.note).end_seconds
    return DailyPost(
        episode_id=episode.id,
        source=f"{episode.show} #{episode.number}, {episode.guest}",
        insight=insight,
        theme=episode.theme(insight.theme),
        moment=episode.moment(insight.start_seconds, max(end_seconds, insight.start_seconds + 1)),
        chapter=episode.chapter_at(insight.start_seconds).title,
        note_id=insight.note,
        mark=mark,
        role_id=role_id,
    )
