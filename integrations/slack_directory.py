"""The directory port over Slack's users and user groups."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from handlers.ports import Person, PortError

PAGE = 200
"""People per request, the size Slack recommends for users.list."""


class SlackDirectory:
    """Reads people and group members; a page that fails makes the whole reading fail."""

    def __init__(self, client: WebClient) -> None:
        self._client = client

    def people(self) -> tuple[Person, ...]:
        return tuple(_person(member) for page in self._pages() for member in page)

    def members(self, group: str) -> tuple[str, ...]:
        answer = self._ask("usergroups.users.list", usergroup=group)
        return tuple(answer["users"])

    def _pages(self) -> Iterator[list[dict[str, Any]]]:
        cursor = ""
        while True:
            answer = self._ask("users.list", limit=PAGE, cursor=cursor)
            yield answer["members"]
            cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return

    def _ask(self, method: str, **arguments: Any) -> dict[str, Any]:
        try:
            answer = self._client.api_call(method, params=arguments, http_verb="GET")
        except SlackApiError as error:
            code = str(error.response.get("error", error.response.status_code))
            passing = code in ("ratelimited", "internal_error", "fatal_error", "request_timeout")
            raise PortError(f"Slack answered {method} with {code}.", not passing) from error
        except (SlackClientError, OSError) as error:
            raise PortError(f"Slack did not answer {method}: {error}") from error
        return dict(answer.data)  # type: ignore[arg-type]


def _person(member: dict[str, Any]) -> Person:
    return Person(
        team=member.get("team_id", ""),
        user=member["id"],
        name=member.get("real_name") or member.get("name", ""),
        timezone=member.get("tz") or "UTC",
        is_bot=bool(member.get("is_bot")) or member["id"] == "USLACKBOT",
        is_guest=bool(member.get("is_restricted") or member.get("is_ultra_restricted")),
        is_deactivated=bool(member.get("deleted")),
        is_stranger=bool(member.get("is_stranger")),
    )
