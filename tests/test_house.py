"""The walls of the house, and that its surfaces are whole. DESIGN: bot/ hears and speaks,
handlers/ decides and records, integrations/ acts."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from bot.listeners.commands import COMMANDS
from bot.reply import known_codes
from bot.views import actions
from bot.views.notices import NOTICES
from bot.views.verbs import VERBS
from handlers import gate, messages
from handlers.messages import Command, Question
from tests.station import MANIFEST, ROOT

OURS = {"bot", "handlers", "integrations", "playground", "tests"}
IMPURE = {"os", "time", "random", "secrets", "socket", "subprocess", "threading", "urllib.request"}
PURE = {"handlers.messages", "handlers.rules", "handlers.ports"}
ASKING = {
    "handlers.artefacts", "handlers.builds", "handlers.built",
    "handlers.ask", "handlers.audit", "handlers.board", "handlers.calendars", "handlers.places",
    "handlers.feeds", "handlers.freezes",
    "handlers.rules",
    "handlers.tables", "handlers.messages",
    "handlers.setup", "handlers.people", "handlers.environments", "handlers.releases",
    "handlers.deployments", "handlers.deployment_rows", "handlers.rollbacks",
    "handlers.approvals", "handlers.gating", "handlers.needs", "handlers.fitting",
    "handlers.suitability", "handlers.bookings", "handlers.locks",
    "handlers.preparations", "handlers.preparation_rows", "handlers.reset_approvals",
    "handlers.inquiries", "handlers.scaling", "handlers.drifts", "handlers.file_changes",
    "handlers.withdrawals", "handlers.orphans", "handlers.hooks", "handlers.hosts",
    "handlers.created", "handlers.on_demand", "handlers.stops", "handlers.stop_rows",
    "handlers.rests", "handlers.rest_rows", "handlers.declarations",
    "handlers.show", "handlers.notices", "handlers.subjects", "handlers.help", "handlers.upkeep",
    "handlers.store", "handlers.snapshots", "handlers.yaml_lines",
}  # fmt: skip
SHOWING = {
    "handlers.rules.times",
    "handlers.messages",
    "handlers.snapshots",
    "handlers.subjects",
    "bot.views",
    "bot.parse",
    "bot.reply",
}

# room (path prefix)     of ours it may import            third parties it may import
WALLS: list[tuple[str, set[str], set[str]]] = [
    ("handlers/messages", PURE, set()),
    ("handlers/rules/versions", set(), {"packaging"}),
    ("handlers/rules/", PURE, set()),
    ("handlers/ports", PURE, set()),
    ("handlers/migrations/", {"handlers.tables"}, {"alembic", "sqlalchemy"}),
    ("handlers/work/", {"handlers"}, {"dbos", "sqlalchemy"}),
    ("handlers/setup", {"handlers.setup", "handlers.yaml_lines", "handlers.rules"}, {"pydantic"}),
    ("handlers/yaml_lines", set(), {"yaml"}),
    ("handlers/store", set(), {"alembic", "sqlalchemy"}),
    ("handlers/deliveries", ASKING, {"sqlalchemy"}),
    ("handlers/", ASKING, {"sqlalchemy"}),
    ("integrations/", {"integrations", "handlers.ports"},
     {"aiohttp", "docker", "multidict", "yarl", "psutil", "requests", "slack_sdk", "urllib3"}),
    ("bot/parse", SHOWING, set()),
    ("bot/reply", SHOWING, set()),
    ("bot/views/calendar/paint", SHOWING, {"PIL"}),
    ("bot/views/", SHOWING, set()),
    ("bot/wiring", {"bot", "handlers", "integrations"}, {"slack_sdk"}),
    ("bot/demo", {"bot", "integrations", "playground", "handlers.claims", "handlers.store"},
     {"requests"}),
    ("bot/web", {"bot", "handlers"}, {"aiohttp", "sqlalchemy"}),
    ("bot/", {"bot", "handlers"},
     {"apscheduler", "requests", "slack_bolt", "slack_sdk", "sqlalchemy", "yaml"}),
    ("playground/", {"playground"}, {"aiohttp", "yaml"}),
]  # fmt: skip


def code() -> Iterator[Path]:
    for room in ("bot", "handlers", "integrations", "playground"):
        yield from sorted((ROOT / room).rglob("*.py"))


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def under(name: str, allowed: set[str]) -> bool:
    return any(name == one or name.startswith(f"{one}.") for one in allowed)


def breaches(path: Path) -> list[str]:
    place = path.relative_to(ROOT).as_posix()
    ours, others = next((o, t) for prefix, o, t in WALLS if place.startswith(prefix))
    pure = place.startswith(("handlers/messages", "handlers/rules/", "handlers/ports"))
    found = []
    for name in imports(path):
        top = name.split(".")[0]
        if top in OURS:
            fine = under(name, ours)
        elif top in sys.stdlib_module_names:
            fine = not (pure and under(name, IMPURE))
        else:
            fine = top in others
        if not fine:
            found.append(f"{place} imports {name}")
    return found


def test_no_room_imports_what_its_walls_keep_out() -> None:
    assert [b for path in code() for b in breaches(path)] == []


def test_an_ask_cannot_reach_the_network() -> None:
    handlers = ROOT / "handlers"
    acts = [handlers / "work", handlers / "ports"]
    asks = [p for p in handlers.rglob("*.py") if not any(p.is_relative_to(act) for act in acts)]
    assert not [p for p in asks for name in imports(p) if under(name, {"handlers.ports"})]


def test_only_the_bot_and_durable_work_touch_rows() -> None:
    rows = [p for p in (ROOT / "bot").rglob("*.py") if any(
        under(n, {"handlers.tables"}) for n in imports(p))]  # fmt: skip
    assert rows == []


def test_no_shell_is_ever_involved() -> None:
    assert not [
        p for p in code() if re.search(r"shell\s*=\s*True|os\.system|os\.popen", p.read_text())
    ]


def kinds(base: type) -> set[type]:
    return {
        kind
        for kind in vars(messages).values()
        if isinstance(kind, type) and issubclass(kind, base) and kind is not base
    }


def test_every_command_and_question_has_a_row_in_the_gate_and_the_reverse() -> None:
    assert set(gate.TABLE) == kinds(Command) | kinds(Question)


def test_every_slash_command_of_the_manifest_has_a_listener_and_the_reverse() -> None:
    manifest = yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))
    declared = {command["command"] for command in manifest["features"]["slash_commands"]}
    assert declared == set(COMMANDS)


CODE = re.compile(r"""(?:Outcome|Refusal|Blocker|Misunderstood)\(\s*"(\w+)\"""")


def test_every_code_has_its_sentence() -> None:
    said = {code for path in code() for code in CODE.findall(path.read_text(encoding="utf-8"))}
    rules = {
        code
        for path in (ROOT / "handlers" / "rules").glob("*.py")
        for code in re.findall(r'return "(\w+)"', path.read_text(encoding="utf-8"))
    }
    assert len(said | rules) > 30
    assert (said | rules) - known_codes() - {"nothing_due"} == set()


def words_given_to(function: str) -> set[str]:
    """The string literals with which a function is called anywhere."""
    return {
        argument.value
        for path in code()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith(function)
        for argument in node.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    }


def test_every_notice_that_is_told_is_drawn() -> None:
    assert words_given_to("notices.") == set(NOTICES)


def test_every_permission_is_named_in_the_refusal() -> None:
    asked = {permission for permission, _ in gate.TABLE.values()} | words_given_to("require")
    assert asked - {gate.ANYBODY, gate.CLOCK_ONLY} - set(VERBS) == set()


def test_every_action_that_is_drawn_has_a_listener(listened: set[str]) -> None:
    assert set(actions.ALL_ACTIONS) == {name for name in listened if name in actions.ALL_ACTIONS}
    assert set(actions.ALL_FORMS) <= listened


@pytest.fixture
def listened() -> set[str]:
    """The ids that listeners were registered for, read from their code."""
    text = "".join(p.read_text(encoding="utf-8") for p in (ROOT / "bot" / "listeners").glob("*.py"))
    names = {value: key for key, value in vars(actions).items() if isinstance(value, str)}
    found = {value for value, key in names.items() if f"actions.{key}" in text}
    return found | (set(actions.ALL_FORMS) if "actions.ALL_FORMS" in text else set())


PORT_SUITES = {"Runtime": "test_runtimes.py", "Watched": "test_runtimes.py",
               "Errands": "test_errands.py",
               "Source": "test_sources.py",
               "Directory": "test_directories.py", "Volumes": "test_volumes.py",
               "Probe": "test_probes.py", "Images": "test_images.py",
               "Visitor": "test_visitors.py", "Builder": "test_builders.py"}  # fmt: skip


def test_every_port_has_a_contract_suite() -> None:
    files = (ROOT / "handlers" / "ports").glob("*.py")
    ports = {
        node.name
        for path in files
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ClassDef) and any(ast.unparse(b) == "Protocol" for b in node.bases)
    }
    assert ports == set(PORT_SUITES)
    assert all((ROOT / "tests" / "contracts" / name).is_file() for name in PORT_SUITES.values())


def functions(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            yield f"{path.relative_to(ROOT)}:{node.name}", lines


def test_no_function_is_longer_than_a_page_and_no_file_than_five() -> None:
    read = [path for path in code() if "versions" not in path.parts]  # migrations are generated
    long = [(name, n) for path in read for name, n in functions(path) if n > 50]
    assert long == []
    files = [(p.name, n) for p in code() if (n := p.read_text().count("\n")) > 300]
    assert files == []
