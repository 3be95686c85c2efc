"""Environment variables -> one frozen Settings; everything missing or wrong is named at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from urllib.parse import unquote, urlsplit

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

SLACK_API = "https://slack.com/api/"
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
TOKENS = ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN")
DATABASES = ("sqlite", "postgresql")


class SettingsError(Exception):
    """The environment does not say enough to start; ``problems`` has a sentence for each thing."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Settings:
    """What the process was told by its environment."""

    bot_token: str
    app_token: str
    slack_api_url: str
    data: Path
    team_file: Path
    database_url: str
    log_level: str
    web: str = ""
    """Where the web server listens; empty when it does not."""
    web_url: str = ""
    """How others reach it."""

    @property
    def secrets(self) -> tuple[str, ...]:
        """Values that must never be drawn, logged or recorded."""
        password = urlsplit(self.database_url).password or ""
        found = (self.bot_token, self.app_token, password, unquote(password))
        return tuple(secret for secret in found if secret)


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Read all settings, or raise SettingsError naming every problem."""
    problems = [
        *_token(environ, "SLACK_BOT_TOKEN", "xoxb-", "OAuth & Permissions → Bot User OAuth Token"),
        *_token(environ, "SLACK_APP_TOKEN", "xapp-", "Basic Information → App-Level Tokens"),
        *_url(environ),
        *_database(environ),
        *_level(environ),
        *_web(environ),
    ]
    if problems:
        raise SettingsError(problems)
    data = Path(environ.get("STATION_DATA") or "data").absolute()
    return Settings(
        bot_token=environ["SLACK_BOT_TOKEN"],
        app_token=environ["SLACK_APP_TOKEN"],
        slack_api_url=environ.get("SLACK_API_URL") or SLACK_API,
        data=data,
        team_file=Path(environ.get("STATION_TEAM") or "team.yml").absolute(),
        database_url=database_url(environ, data),
        log_level=environ.get("STATION_LOG_LEVEL") or "INFO",
        web=environ.get("STATION_WEB") or "",
        web_url=_web_url(environ),
    )


def database_url(environ: Mapping[str, str], data: Path) -> str:
    """``DATABASE_URL``, or a SQLite file in the data folder; SettingsError when it is neither."""
    if problems := _database(environ):
        raise SettingsError(problems)
    return environ.get("DATABASE_URL") or f"sqlite:///{data / 'stationmaster.db'}"


def _token(environ: Mapping[str, str], name: str, prefix: str, where: str) -> list[str]:
    value = environ.get(name, "")
    if not value.strip():
        return [f"{name} is not set. Find it in your Slack app under {where}."]
    if not value.startswith(prefix):
        return [f"{name} should begin with {prefix} (Slack app, {where}); another kind is set."]
    return []


def _url(environ: Mapping[str, str]) -> list[str]:
    value = environ.get("SLACK_API_URL") or SLACK_API
    parts = urlsplit(value)
    if parts.scheme in ("http", "https") and parts.hostname:
        return []
    return [f"SLACK_API_URL is {value!r}; expected an address such as {SLACK_API}."]


def _database(environ: Mapping[str, str]) -> list[str]:
    """The value itself is not repeated: there may be a password in it."""
    try:
        kind = make_url(environ.get("DATABASE_URL") or "sqlite://").get_backend_name()
        if kind == "postgresql":
            import_module("psycopg")
    except (ArgumentError, ValueError):
        kind = ""
    except ImportError:
        return ["DATABASE_URL needs a driver: pip install 'stationmaster[postgres]'."]
    if kind in DATABASES:
        return []
    return [
        "DATABASE_URL is not the address of a database that is supported; expected one such as "
        "postgresql://user:password@host/name, or nothing for a SQLite file in the data folder."
    ]


def _level(environ: Mapping[str, str]) -> list[str]:
    value = environ.get("STATION_LOG_LEVEL") or "INFO"
    if value in LEVELS:
        return []
    return [f"STATION_LOG_LEVEL is {value!r}; expected one of {', '.join(LEVELS)}."]


def host_and_port(address: str) -> tuple[str, int]:
    """``127.0.0.1:8080``, ``[::1]:8080`` -> where to listen; ValueError when it is neither."""
    host, _, port = address.rpartition(":")
    bare = host.removeprefix("[").removesuffix("]")
    if not bare or (":" in bare and bare == host) or not port.isascii() or not port.isdigit():
        raise ValueError(address)
    if not 0 < int(port) < 65536:
        raise ValueError(address)
    return bare, int(port)


def _web_url(environ: Mapping[str, str]) -> str:
    given = environ.get("STATION_WEB_URL") or ""
    here = environ.get("STATION_WEB") or ""
    return (given or (here and f"http://{here}")).rstrip("/")


def _web(environ: Mapping[str, str]) -> list[str]:
    address, url = environ.get("STATION_WEB") or "", environ.get("STATION_WEB_URL") or ""
    problems = []
    if address:
        try:
            host_and_port(address)
        except ValueError:
            problems.append(f"STATION_WEB is {address!r}; expected one such as 127.0.0.1:8080.")
    parts = urlsplit(url)
    fits = parts.scheme in ("http", "https") and parts.hostname and not parts.query
    if url and (not fits or "@" in parts.netloc or not url.isascii()):
        said = "expected an address such as https://station.example.com"
        problems.append(f"STATION_WEB_URL is {url!r}; {said}.")
    elif url and not address:
        problems.append("STATION_WEB_URL is set and STATION_WEB is not: say where to listen.")
    return problems
