"""The directory port: what it promises, held against Slack's wire and against the fake."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from slack_sdk import WebClient

from bot.demo import BOT_TOKEN
from handlers.ports import Directory, Person, PortError
from integrations.slack_directory import SlackDirectory
from playground.server import Playground
from tests.fakes import FakeDirectory
from tests.station import MANIFEST, TEAM
from tests.workspace import Workspace


@pytest.fixture(scope="module")
def playground() -> Iterator[Playground]:
    with Playground(MANIFEST) as playground:
        yield playground
    assert playground.violations == []


def slack(playground: Playground) -> SlackDirectory:
    return SlackDirectory(WebClient(BOT_TOKEN, base_url=playground.api_url, retry_handlers=[]))


def scripted() -> FakeDirectory:
    people = [
        Person(TEAM, "U0ANA", "Ana", "Europe/Lisbon"),
        Person(TEAM, "U0GUEST", "Gus Guest", "Europe/London", is_guest=True),
        Person(TEAM, "U0GONE", "Gil Gone", is_deactivated=True),
        Person(TEAM, "U0STATION", "Stationmaster", is_bot=True),
        Person("T0OTHER", "U0STRANGE", "Sam Stranger (Partner Ltd)", is_stranger=True),
    ]
    return FakeDirectory(people, {"S0APPROVERS": ["U0CLEO", "U0DEVI"]})


@pytest.fixture(params=["slack", "fake"])
def directory(request: pytest.FixtureRequest, playground: Playground) -> Directory:
    return slack(playground) if request.param == "slack" else scripted()


def test_it_knows_every_account_by_its_ids_and_what_kind_it_is(directory: Directory) -> None:
    by_id = {person.user: person for person in directory.people()}
    assert by_id["U0ANA"] == Person(TEAM, "U0ANA", "Ana", "Europe/Lisbon")
    assert by_id["U0GUEST"].is_guest
    assert by_id["U0GONE"].is_deactivated
    assert by_id["U0STATION"].is_bot
    assert by_id["U0STRANGE"].is_stranger
    assert by_id["U0STRANGE"].team == "T0OTHER"


def test_it_knows_who_is_in_a_group(directory: Directory) -> None:
    assert set(directory.members("S0APPROVERS")) == {"U0CLEO", "U0DEVI"}


def test_a_group_that_is_not_there_is_a_port_error_and_never_empty(
    directory: Directory, playground: Playground
) -> None:
    with pytest.raises(PortError) as caught:
        directory.members("S0NOBODY")
    assert caught.value.permanent
    assert set(Workspace(playground.base_url).violated()) <= {
        "usergroups.users.list: no_such_subteam"
    }


def test_people_on_later_pages_are_not_forgotten(
    playground: Playground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("integrations.slack_directory.PAGE", 2)
    assert len(slack(playground).people()) > 6


def test_a_page_that_fails_fails_the_whole_reading(
    playground: Playground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("integrations.slack_directory.PAGE", 2)
    workspace = Workspace(playground.base_url)
    workspace.control("fault", method="users.list", mode="500", times=1)
    with pytest.raises(PortError) as caught:
        slack(playground).people()
    assert not caught.value.permanent
