"""Whether this process should get traffic: every check asked at once, none waited for longer than two seconds.

Knows names of checks, not what they look at.
"""

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from bot.adapters.contract import Health

CHECK_SECONDS = 2.0
Check = Callable[[], Health | Awaitable[Health]]


async def readiness(checks: Mapping[str, Check]) -> tuple[bool, dict[str, Any]]:
    """Whether all are ready, and one entry a check."""
    found = await asyncio.gather(*(_asked(check) for check in checks.values()))
    shown = {
        name: {"ready": health.is_ready, "line": health.line, "event_age_seconds": health.event_age_seconds}
        for name, health in zip(checks, found, strict=True)
    }
    is_ready = all(health.is_ready for health in found)
    return is_ready, {"ready": is_ready, "checks": shown}


async def _asked(check: Check) -> Health:
    """The check's word; a check that fails or hangs is not ready, whatever the reason."""
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            health = check()
            return await health if inspect.isawaitable(health) else health
    except TimeoutError:
        return Health(is_ready=False, line="no answer in time")
    except Exception as error:
        return Health(is_ready=False, line=f"failed: {type(error).__name__}")
