"""Background work is kept alive, its failures are told, and it ends in order."""

import asyncio
import gc

import pytest

from bot.adapters.tasks import Tasks


class _Reports(list[BaseException]):
    """Failures in the order they were told."""

    def __call__(self, error: BaseException) -> None:
        self.append(error)


async def test_work_runs_and_is_let_go() -> None:
    """Held while it runs, forgotten when done; drain then finds nothing to cancel."""
    tasks, done = Tasks(_Reports()), asyncio.Event()
    may_end = asyncio.Event()

    async def work() -> None:
        await may_end.wait()
        done.set()

    assert tasks.spawn(work(), name="work")
    await asyncio.sleep(0)
    gc.collect()
    assert len(tasks) == 1
    may_end.set()
    await done.wait()
    assert await tasks.drain(1.0) == 0
    assert len(tasks) == 0


async def test_a_failure_is_told_and_hurts_no_other_work() -> None:
    """Instead of a line at exit that nobody reads."""
    reports = _Reports()
    tasks = Tasks(reports)
    finished: list[str] = []

    async def fail() -> None:
        raise ValueError("broken")

    async def work() -> None:
        await asyncio.sleep(0)
        finished.append("work")

    tasks.spawn(fail(), name="fail")
    tasks.spawn(work(), name="work")
    assert await tasks.drain(1.0) == 0
    assert [type(error) for error in reports] == [ValueError]
    assert finished == ["work"]


async def test_late_work_is_cancelled_and_may_apologise() -> None:
    """What does not end in time gets its moment in `except CancelledError`."""
    reports, said = _Reports(), list[str]()
    tasks = Tasks(reports)

    async def endless() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            await asyncio.sleep(0)
            said.append("sorry")
            raise

    tasks.spawn(endless(), name="endless")
    await asyncio.sleep(0)
    assert await tasks.drain(0.01) == 1
    assert said == ["sorry"]
    assert reports == []
    assert len(tasks) == 0


async def test_an_apology_that_fails_is_told() -> None:
    """A failure during the end is a failure."""
    reports = _Reports()
    tasks = Tasks(reports)

    async def endless() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            raise RuntimeError("no network") from None

    tasks.spawn(endless(), name="endless")
    await asyncio.sleep(0)
    assert await tasks.drain(0.01) == 1
    assert [type(error) for error in reports] == [RuntimeError]


async def test_nothing_starts_after_the_end_began() -> None:
    """Late work is refused and closed, so that the caller can say so and nothing warns at exit."""
    tasks, started = Tasks(_Reports()), list[str]()

    async def work() -> None:
        started.append("late")

    assert await tasks.drain(0.0) == 0
    assert not tasks.spawn(work(), name="late")
    gc.collect()
    assert (started, len(tasks)) == ([], 0)


async def test_work_that_begets_work_is_drained_too() -> None:
    """What runs when draining begins may end; what it would start is refused."""
    tasks, begotten = Tasks(_Reports()), list[bool]()
    go_on = asyncio.Event()

    async def parent() -> None:
        await go_on.wait()
        begotten.append(tasks.spawn(asyncio.sleep(0), name="child"))

    tasks.spawn(parent(), name="parent")
    draining = asyncio.create_task(tasks.drain(1.0))
    await asyncio.sleep(0)
    go_on.set()
    assert await draining == 0
    assert begotten == [False]


async def test_draining_twice_is_fine() -> None:
    """A second stop finds nothing left."""
    tasks = Tasks(_Reports())
    tasks.spawn(asyncio.sleep(0), name="short")
    assert await tasks.drain(1.0) == 0
    assert await tasks.drain(0.0) == 0


async def test_many_tasks_leave_nothing_behind() -> None:
    """A thousand at once, a tenth of them failing: all failures told, nothing held."""
    reports = _Reports()
    tasks = Tasks(reports)

    async def work(number: int) -> None:
        await asyncio.sleep(0)
        if number % 10 == 0:
            raise ValueError(number)

    for number in range(1000):
        tasks.spawn(work(number), name=str(number))
    assert await tasks.drain(5.0) == 0
    assert len(reports) == 100
    assert len(tasks) == 0


@pytest.mark.parametrize("error", [KeyError("x"), AssertionError(), TimeoutError()])
async def test_any_kind_of_failure_is_told(error: Exception) -> None:
    """None is swallowed."""
    reports = _Reports()
    tasks = Tasks(reports)

    async def fail() -> None:
        raise error

    tasks.spawn(fail(), name="fail")
    await tasks.drain(1.0)
    assert reports == [error]
