"""The trial in its short form; the long one is `python -m tests.cluster --long`."""

from pathlib import Path

import pytest

from tests.cluster.nginx import NGINX, site
from tests.cluster.trial import SHORT, carry_out


@pytest.mark.slow
@pytest.mark.skipif(NGINX is None, reason="nginx is not installed (apt-get install nginx-light)")
async def test_a_cluster_loses_no_question_and_no_insight(tmp_path: Path) -> None:
    """Three web replicas and two schedulers on PostgreSQL, each killed, the database stopped: nobody meets silence."""
    figures = await carry_out(SHORT, tmp_path)
    assert figures.silences == 0, figures.outcomes
    assert figures.outcomes["answer"] > 9 * figures.outcomes["apology"]
    assert (figures.insights.due, figures.insights.posted) == (3 * SHORT.batch, 3 * SHORT.batch)
    assert (figures.insights.doubled, figures.insights.lost, figures.insights.uncertain) == (0, 0, 0)
    late = [figures.insight_delays[f"insights of killed scheduler {number}"] for number in (1, 2)]
    assert all(0 < seconds < 12 for seconds in late), "killed too late, or what it held had to wait for its lease"
    assert len(figures.recoveries) == 6
    assert figures.exit_codes == (0,) * 5


def test_a_replica_that_fails_is_left_out_and_its_question_goes_on() -> None:
    """The configuration names every replica, passes a failed question on, and has words for when none is left."""
    text = site(8080, [1, 2, 3])
    assert "listen 127.0.0.1:8080;" in text
    assert [f"server 127.0.0.1:{port} " in text for port in (1, 2, 3, 8081)] == [True, True, True, False]
    assert text.count("max_fails=1 fail_timeout=2s;") == 3
    assert "proxy_next_upstream error timeout http_502 http_503 http_504;" in text
    assert '"message": "I am away for a moment' in text
