"""What a router is told to do: its configuration file, which begins with what it stands for."""

from __future__ import annotations

import io
import json
import tarfile
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from hashlib import sha256

from integrations.runtimes.docker.words import CONFIG, ENTRY, SPARE

HEAD = "# stationmaster "
SOCKET = "abns@router"
CHECK = "check inter 1s fall 3 rise 1"
"""Between looks of the bot, the router itself leaves out a server that no longer listens."""

TEXT = """
global
    stats socket {socket} level admin
    maxconn 8000
    hard-stop-after 5m
defaults
    mode http
    timeout connect 2s
    timeout client 5m
    timeout server 5m
    timeout tunnel 1h
    timeout queue 5s
    timeout http-request 30s
    timeout http-keep-alive 75s
    # A connection to a service carries one request: none is sent on one that was just closed.
    option http-server-close
    option forwardfor
    option redispatch 1
    retries 3
    retry-on conn-failure empty-response
resolvers engine
    nameserver dns 127.0.0.11:53
    hold valid 2s
frontend address
    bind :{entry}
    default_backend app
backend app
    balance roundrobin
    # Asked for while it runs: a name that nobody has yet would hold up the start.
    default-server resolvers engine init-addr none
    # What may have been done already is not asked twice; HEAD counts as GET here.
    http-request disable-l7-retry unless METH_GET or METH_OPTIONS
    http-request return status 503 content-type text/plain string "{nothing}" if {{ nbsrv eq 0 }}
"""


@dataclass(frozen=True)
class Lead:
    """Where an address leads, on record in the router itself: an operation, the fence of the order,
    and its servers, by their names in the network and the addresses that these had."""

    operation: str
    fence: int
    version: str
    commit: str
    address: str
    port: int
    servers: tuple[tuple[str, str], ...]


def text_of(lead: Lead | None) -> str:
    head = HEAD + json.dumps(asdict(lead)) if lead else HEAD.rstrip()
    nothing = "Nothing serves here at the moment.\\n" if lead else "Nothing serves here yet.\\n"
    text = TEXT.format(socket=SOCKET, entry=ENTRY, nothing=nothing)
    servers = lead.servers if lead else ()
    lines = (f"    server {name} {name}:{lead.port} {CHECK}\n" for name, _ in servers if lead)
    return f"{head}{text}{''.join(lines)}"


def lead_of(text: str) -> Lead | None:
    """What a configuration file says of itself; None when it leads nowhere. ValueError for a file
    that is not ours or not whole."""
    head = text.partition("\n")[0]
    if not head.startswith(HEAD.rstrip()):
        raise ValueError("the configuration of the router is not ours")
    said = head.removeprefix(HEAD.rstrip()).strip()
    if not said:
        return None
    facts = json.loads(said)
    if not isinstance(facts, dict) or set(facts) != {one.name for one in fields(Lead)}:
        raise ValueError("the configuration of the router is not whole")
    return Lead(**facts | {"servers": tuple((name, ip) for name, ip in facts["servers"])})


def stamp_of(lead: Lead | None) -> datetime:
    """The time at which its file is said to have been changed: made of what stands in it, so that
    whoever sees the one knows the other."""
    drawn = int.from_bytes(sha256(text_of(lead).encode()).digest()[:8])
    return datetime.fromtimestamp(drawn % 2**31, UTC).replace(microsecond=drawn // 2**31 % 10**6)


def archive_of(lead: Lead | None) -> bytes:
    """The file, as it is sent into a container, with its spare before it. An Engine writes the one
    after the other, and where it cannot write the first it touches no other."""
    content = text_of(lead).encode()
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        folder = tarfile.TarInfo(CONFIG.split("/")[1])
        folder.type, folder.mode = tarfile.DIRTYPE, 0o755
        archive.addfile(folder)
        for path in (SPARE, CONFIG):
            entry = tarfile.TarInfo(path[1:])
            entry.size, entry.mode = len(content), 0o644
            entry.pax_headers = {"mtime": f"{stamp_of(lead).timestamp():.6f}"}
            archive.addfile(entry, io.BytesIO(content))
    return packed.getvalue()


def lead_in(archive: bytes) -> Lead | None:
    """Out of the archive that a container gives back. Only the one file is read, into memory."""
    try:
        with tarfile.open(fileobj=io.BytesIO(archive)) as packed:
            member = packed.next()
            file = packed.extractfile(member) if member and member.isfile() else None
            if file is None:
                raise ValueError("the router has no configuration")
            return lead_of(file.read().decode())
    except tarfile.TarError as error:
        raise ValueError(str(error)) from None
