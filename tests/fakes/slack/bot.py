"""The bot in a process of its own, for tests and the load figure; run as `python -m tests.fakes.slack.bot`.

Prints one JSON line once it is ready; on SIGTERM it stops as the application does and exits 0.
"""

import argparse
import asyncio
import json
import signal

from bot.adapters.slack.incoming import Incoming
from bot.store.store import Store
from tests.fakes.slack.house import adapter_of, config, desk_of, now, serve


async def _nothing(incoming: Incoming) -> None:
    """The empty handler."""


async def run(options: argparse.Namespace) -> None:
    store = await Store.open(f"sqlite:///{options.folder}/bot.db", clock=now)
    settings = config(options.slack_url, socket=options.mode == "socket", http=options.mode == "http")
    adapter = adapter_of(settings, desk_of(store, per_minute=10_000_000))
    if options.slow:
        adapter.serve(lambda incoming: asyncio.sleep(options.slow))
    elif options.empty:
        adapter.serve(_nothing)
    await adapter.start()
    runner, port = await serve(adapter.endpoints)
    stopping = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)
    print(json.dumps({"port": port, "ready": adapter.health().is_ready}), flush=True)
    await stopping.wait()
    await adapter.stop()
    await runner.cleanup()
    await store.close()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("slack_url")
    parser.add_argument("folder")
    parser.add_argument("mode", choices=["socket", "http"])
    parser.add_argument("--empty", action="store_true")
    parser.add_argument("--slow", type=float, default=0.0)
    asyncio.run(run(parser.parse_args()))


if __name__ == "__main__":
    main()
