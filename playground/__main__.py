"""``python -m playground``: serve the workspace until a signal, or until stdin closes."""

import argparse
import asyncio
import signal
import sys
from pathlib import Path

from playground.manifest import ManifestError
from playground.server import serve
from playground.workspace import SeedError
from playground.world import Plan, World

_LAST_PORT = 65_535


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= _LAST_PORT):
        raise argparse.ArgumentTypeError(f"{text!r} is not a port: 0 to {_LAST_PORT}")
    return int(text)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m playground", description=__doc__)
    parser.add_argument("--manifest", type=Path, required=True, help="the app's manifest")
    parser.add_argument("--seed", type=Path, help="people and channels (default: workspace.yml)")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=_port, default=8065)
    parser.add_argument(
        "--request-url", default="", help="send signed requests there instead of Socket Mode"
    )
    parser.add_argument("--repeatable", action="store_true", help="the same ids and times each run")
    parser.add_argument("--data", type=Path, help="keep the workspace in this folder")
    parser.add_argument(
        "--while-stdin", action="store_true", help="quit when standard input closes"
    )
    return parser.parse_args()


async def _run(arguments: argparse.Namespace) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    plan = Plan(
        arguments.manifest,
        arguments.seed,
        arguments.data,
        request_url=arguments.request_url,
        repeatable=arguments.repeatable,
    )
    work = [asyncio.create_task(serve(plan, arguments.host, arguments.port, _say, stop))]
    if arguments.while_stdin:
        work.append(asyncio.create_task(_stop_at_eof(stop)))
    try:
        await work[0]
    finally:
        for task in work[1:]:
            task.cancel()


def _say(world: World) -> None:
    """Say where the workspace is, and what an app needs to be the one installed in it."""
    app, chat = world.workspace.app, world.chat
    sys.stdout.write(f"Slack workspace at {chat.base_url}\n")
    sys.stdout.write(f"  API address     {chat.base_url}/api/\n")
    sys.stdout.write(f"  bot token       {app.bot_token}\n")
    if world.manifest.urls is None:
        sys.stdout.write(f"  app token       {app.app_token}\n")
    else:
        sys.stdout.write(f"  signing secret  {app.signing_secret}\n")
        sys.stdout.write(f"  requests go to  {', '.join(sorted(set(world.manifest.urls.all())))}\n")
    sys.stdout.flush()
    world.inspector.complain = _complain


def _complain(violation: str) -> None:
    sys.stderr.write(f"Slack would refuse this: {violation}\n")


async def _stop_at_eof(stop: asyncio.Event) -> None:
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while await reader.read(1024):
        pass
    stop.set()


def main() -> int:
    """Serve; return 1 when the manifest, the seed or the address cannot be used."""
    try:
        asyncio.run(_run(_arguments()))
    except (ManifestError, SeedError, OSError) as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
