"""The setup file: the example is its manual, and every mistake is named with its line."""

from __future__ import annotations

import os
import re
import typing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import BaseModel

from handlers.setup import (
    Setup,
    SetupError,
    json_schema,
    load,
    missing_folders,
    missing_secrets,
    secret_words,
    version_of,
)
from tests.station import ROOT

EXAMPLE = ROOT / "team.example.yml"
TEXT = EXAMPLE.read_text(encoding="utf-8")


def line_of(part: str, text: str = TEXT) -> int:
    return text[: text.index(part)].count("\n") + 1


def load_text(folder: Path, text: str | bytes) -> Setup:
    path = folder / "team.yml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return load(path)


def problems(folder: Path, text: str | bytes) -> list[str]:
    """What is said about a file, without the file's own name."""
    with pytest.raises(SetupError) as caught:
        load_text(folder, text)
    prefix = f"{folder / 'team.yml'}:"
    assert all(problem.startswith(prefix) for problem in caught.value.problems)
    return [problem.removeprefix(prefix) for problem in caught.value.problems]


def models(kind: Any) -> set[type[BaseModel]]:
    """A model and all models its fields are made of."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        inner = [field.annotation for field in kind.model_fields.values()]
        return {kind}.union(*(models(one) for one in inner))
    return set().union(*(models(one) for one in typing.get_args(kind)))


def keys(value: Any) -> set[str]:
    """Every key that stands anywhere in a value."""
    if isinstance(value, dict):
        return set(value).union(*(keys(one) for one in value.values()))
    return set().union(*(keys(one) for one in value)) if isinstance(value, list) else set()


def known_keys() -> set[str]:
    """Every key as it is written."""
    fields = (field for model in models(Setup) for field in model.model_fields.items())
    return {field.alias or name for name, field in fields}


def test_the_example_is_a_whole_setup() -> None:
    setup = load(EXAMPLE)
    assert set(setup.services) == {"shop-api", "shop-web"}
    assert setup.environments["staging"].services["shop-api"].address == "127.0.0.1:8101"
    assert setup.groups == ("S0APPROVERS",)


def test_every_key_there_is_appears_in_the_example() -> None:
    assert known_keys() - keys(yaml.safe_load(TEXT)) == set()


def test_editors_learn_every_key_and_that_there_is_no_other() -> None:
    schema = json_schema()
    parts = [schema, *schema["$defs"].values()]
    assert set(schema["$defs"]) == {model.__name__ for model in models(Setup)} - {"Setup"}
    assert all(part["additionalProperties"] is False for part in parts)
    assert {name for part in parts for name in part["properties"]} == known_keys()


def test_editors_take_times_as_they_are_written_and_not_as_they_are_kept() -> None:
    watch = json_schema()["$defs"]["Service"]["properties"]["watch"]
    assert watch["type"] == "string"
    for text, right in (("45s", True), ("1.5m", True), ("45", False), ("soon", False)):
        assert bool(re.search(watch["pattern"], text)) is right


def test_folders_of_data_are_taken_from_the_file_s_own_folder(tmp_path: Path) -> None:
    text = TEXT.replace('baseline: "", seeds: []', "baseline: base, seeds: [june]")
    data = load_text(tmp_path, text).environments["staging"].services["shop-api"].data
    assert data is not None
    folder = tmp_path.resolve()
    assert (data.baseline, data.seeds) == (str(folder / "base"), (str(folder / "june"),))


def test_a_folder_of_data_that_is_away_is_named_and_no_error_of_the_file(tmp_path: Path) -> None:
    text = TEXT.replace('baseline: "", seeds: []', "baseline: base, seeds: [june]")
    setup, folder = load_text(tmp_path, text), tmp_path.resolve()
    assert missing_folders(setup) == [
        f"{part}.services.shop-api.data.{key}: there is no folder {folder}/{name}."
        for part in ("environments.staging", "blueprints.preview")
        for key, name in (("baseline", "base"), ("seeds", "june"))
    ]
    for name in ("base", "june"):
        (tmp_path / name).mkdir()
    assert missing_folders(setup) == []


def test_secrets_are_taken_from_there_too_and_one_that_is_away_is_named(tmp_path: Path) -> None:
    setup = load_text(tmp_path, TEXT.replace("secrets: {}", "secrets: {db: keys/db}"))
    path = tmp_path.resolve() / "keys" / "db"
    place = setup.environments["lab"].services["shop-api"]
    assert place.secrets == {"db": str(path)}
    said = f"environments.lab.services.shop-api.secrets.db: there is no file {path} to be read."
    assert missing_secrets(setup) == [said]
    assert version_of(place)
    path.parent.mkdir()
    path.write_text("tops3cret\nand the second line\n", "utf-8")
    assert missing_secrets(setup) == []
    assert secret_words(setup, ["staging"]) == ()
    whole = "tops3cret\nand the second line"
    assert secret_words(setup) == (whole, *whole.split("\n"))


def test_the_version_of_secrets_is_another_when_a_file_was_written_or_was_not_given(
    tmp_path: Path,
) -> None:
    setup = load_text(tmp_path, TEXT.replace("secrets: {}", "secrets: {db: db, key: key}"))
    place = setup.environments["lab"].services["shop-api"]
    for name in place.secrets:
        (tmp_path / name).write_text("same", "utf-8")
        os.utime(tmp_path / name, (1000, 1000))
    first = version_of(place)
    assert version_of(place, datetime.fromtimestamp(1000, UTC)) == first
    assert version_of(place, datetime.fromtimestamp(999, UTC)) != first
    os.utime(tmp_path / "key", (1000, 1001))
    assert version_of(place) != first
    assert version_of(setup.environments["staging"].services["shop-api"]) == ""


def test_times_are_read_in_their_units(tmp_path: Path) -> None:
    read = load(EXAMPLE)
    assert read.environments["production"].approvals.expire == 30 * 60
    for text, seconds in (("45s", 45), ("1.5m", 90), ("4h", 14400), ("30d", 30 * 86400)):
        setup = load_text(tmp_path, TEXT.replace("expire: 30m", f"expire: {text}"))
        assert setup.environments["production"].approvals.expire == seconds


def test_a_repository_may_be_a_folder_beside_the_file_or_any_address(tmp_path: Path) -> None:
    for told, meant in (
        ("shop/shop-api", str(tmp_path.resolve() / "shop" / "shop-api")),
        ("/srv/git/api", "/srv/git/api"),
        ("https://git.example.com/api.git", "https://git.example.com/api.git"),
        ("git@git.example.com:team/api.git", "git@git.example.com:team/api.git"),
    ):
        setup = load_text(
            tmp_path, TEXT.replace("repository: shop/shop-api", f"repository: {told}")
        )
        assert setup.services["shop-api"].repository == meant


def test_any_change_of_the_rules_is_another_policy(tmp_path: Path) -> None:
    before = load_text(tmp_path, TEXT).policy
    assert load_text(tmp_path, TEXT + "# a remark\n").policy == before
    assert load_text(tmp_path, TEXT.replace("needed: 1", "needed: 2")).policy != before
    assert load_text(tmp_path, TEXT.replace("[U0OPAL]", "[U0BEN]")).policy != before


def test_what_a_place_asks_for_itself_counts_more_than_its_environment() -> None:
    production = load(EXAMPLE).environments["production"]
    assert production.approvals_needed("shop-api") == 1
    assert production.approvals_needed("shop-web") == 2


@pytest.mark.parametrize(
    ("tier", "told", "locks"),
    [
        ("production", "", True),
        ("staging", "", False),
        ("production", "false", False),
        ("staging", "true", True),
    ],
)
def test_production_is_locked_after_a_failure_unless_the_file_says_otherwise(
    tmp_path: Path, tier: str, told: str, locks: bool
) -> None:
    text = TEXT.replace("tier: production", f"tier: {tier}")
    text = text.replace("lock_on_failure: true", f"lock_on_failure: {told}" if told else "")
    assert load_text(tmp_path, text).environments["production"].locks_on_failure is locks


SLACK_USER = "expected the id of a Slack user, such as U0123ABCD (their profile → Copy member ID)"
NAMED = "expected a name of small letters, digits and hyphens that begins with a letter"
ADDRESS = "expected an address of this machine, such as 127.0.0.1:8101"
ANY_ADDRESS = "expected an address such as 127.0.0.1:8101"
TIME = "expected a time such as 45s, 30m, 4h or 2d, at most 30d"
TYPO = "is not a known key here; is it misspelled or indented wrongly?"
STAGED = '"127.0.0.1:8102"'
API, WEB = "services.shop-api", "services.shop-web"
HOOK = f"{WEB}.hooks.before.0"
HERE, PROD = "environments.staging", "environments.production"
LAB, FLEET = "environments.lab", "environments.fleet"

BROKEN: list[tuple[str, str, str, str]] = [
    # what stands there     what is put there  where           what is said
    ("team: T0STATION", "team: general", "team",
     "expected the id of a Slack workspace, such as T0123ABCD; found 'general'."),
    ("team: T0STATION", "team: 7", "team", "expected text; put it in quotes; found 7."),
    ("team: T0STATION", "team: 2027-13-45", "team",
     "expected the id of a Slack workspace, such as T0123ABCD; found '2027-13-45'."),
    ("people: [U0ANA, U0BEN]", "people: [U0ANA, '@ben']", "roles.developer.people.1",
     f"{SLACK_USER}; found '@ben'."),
    ("people: [U0ANA, U0BEN]", "people: U0ANA", "roles.developer.people",
     "expected a list such as [a, b]; found 'U0ANA'."),
    ("people: [U0ANA, U0BEN]", "people:", "roles.developer.people",
     "expected a list such as [a, b]; found nothing."),
    ("groups: [S0APPROVERS]", "groups: [approvers]", "roles.approver.groups.0",
     "expected the id of a Slack user group, such as S0123ABCD; found 'approvers'."),
    ("developer:", "Developer:", "roles.Developer", f"{NAMED}; found 'Developer'."),
    ("repository: shop/shop-web", "repo: x", f"{WEB}.repo", TYPO),
    ('command: [python3, server.py, --port, "{port}"]', "command: []", f"{API}.command",
     "is missing; staging, production runs it as a process. Please add it."),
    ('command: [python3, server.py, --port, "{port}"]', "command: python3 server.py",
     f"{API}.command", "expected a list such as [a, b]; found 'python3 server.py'."),
    ("path: /healthz", "path: healthz", f"{API}.health.path",
     "expected a path such as /healthz; found 'healthz'."),
    ("timeout: 6s", "timeout: 6", f"{API}.health.timeout",
     f"{TIME}; found 6."),
    ("health: {path: /healthz, timeout: 6s}", "health: yes", f"{WEB}.health",
     "expected keys and their values; found True."),
    ("watch: 2s", "watch: 0s", f"{API}.watch", f"{TIME}; found '0s'."),
    ("watch: 2s", "watch: 31d", f"{API}.watch", f"{TIME}; found '31d'."),
    ("watch: 2s", "watch: soon", f"{API}.watch", f"{TIME}; found 'soon'."),
    ("drain: 10s", "drian: 10s", f"{API}.drian", TYPO),
    ("keep: 5", "keep: 1", f"{API}.keep", "expected at least 2; found 1."),
    ("keep: 5", "keep: 51", f"{API}.keep", "expected at most 50; found 51."),
    ("keep: 5", "keep: five", f"{API}.keep", "expected a whole number; found 'five'."),
    ("keep: 5", "keep: yes", f"{API}.keep", "expected a whole number; found True."),
    ("variables: {SHOP_THEME: green}", "variables: {theme: green}", f"{WEB}.variables.theme",
     "expected the name of a variable in capital letters, such as SHOP_THEME; found 'theme'."),
    ("variables: {SHOP_THEME: green}", "variables: {SHOP_THEME: 3}", f"{WEB}.variables.SHOP_THEME",
     "expected text; put it in quotes; found 3."),
    ("tier: staging", "tier: prod", f"{HERE}.tier",
     "expected 'development', 'test', 'staging' or 'production'; found 'prod'."),
    ("channel: C0STAGING", "channel: '#staging'", f"{HERE}.channel",
     "expected the id of a Slack channel, such as C0123ABCD (its details, at the very bottom); "
     "found '#staging'."),
    ("runtime: process", "runtime: podman", f"{HERE}.runtime",
     "expected 'process', 'docker' or 'swarm'; found 'podman'."),
    ("runtime: process", "engine: lab\n    runtime: process", f"{HERE}.engine",
     "is for docker and swarm; processes run on this machine."),
    ("engine: lab\n    services", "engine: lob\n    services", f"{LAB}.engine",
     "there is no engine 'lob' under engines."),
    ("engine: lab\n      #", "engine: lob\n      #", f"{API}.build.engine",
     "there is no engine 'lob' under engines."),
    ('context: "."', 'context: "../.."', f"{API}.build.context",
     "expected a place inside the release, such as api or docker/Dockerfile, without .. or a / at "
     "its beginning; found '../..'."),
    ("file: Dockerfile", "file: /etc/Dockerfile", f"{API}.build.file",
     "expected a place inside the release, such as api or docker/Dockerfile, without .. or a / at "
     "its beginning; found '/etc/Dockerfile'."),
    ("arguments: {}", "arguments: {no-name: x}", f"{API}.build.arguments.no-name",
     "expected the name of an argument such as PYTHON_VERSION; found 'no-name'."),
    ("      network: none", "      network: host", f"{API}.build.network",
     "expected 'none' or 'bridge'; found 'host'."),
    ("timeout: 10m", "timeout: never", f"{API}.build.timeout",
     "expected a time such as 45s, 30m, 4h or 2d, at most 30d; found 'never'."),
    ("image: registry.example.com/shop/shop-api", "image: local/shop/shop-api", f"{API}.image",
     "is of Engines alone; what build: makes is pushed to one of the registries."),
    ("swarm: {constraints: [], secrets: [], configs: []}", "data: {variable: SHOP_DATA}",
     "environments.fleet.services.shop-api.data",
     "a volume is on one node, and a swarm puts tasks on any; nor can the bot reach another "
     "node's. Run it with runtime: docker, or keep its data outside."),
    ('"127.0.0.1:8301"', '"127.0.0.1:8102"', f"{LAB}.services.shop-api.address",
     "127.0.0.1:8102 is already the address of shop-web in staging."),
    ("unix:///var/run/docker.sock", "tcp://10.0.0.9:2376", "engines.lab.address",
     "needs tls: over plain TCP anybody could command it."),
    ("unix:///var/run/docker.sock", "npipe://docker", "engines.lab.address",
     "expected where an Engine is: unix:///var/run/docker.sock, tcp://host:2376 or "
     "ssh://user@host; found 'npipe://docker'."),
    ("router: sha256:" + 64 * "0", "router: haproxy:2.6", "engines.lab.router",
     "expected an image by its digest (name@sha256:…) or its id (sha256:…); found 'haproxy:2.6'."),
    ("replicas: 2", "replicas: 0", f"{API}.container.replicas", "expected at least 1; found 0."),
    ("surge: 1", "surge: 0", f"{API}.container.surge", "expected at least 1; found 0."),
    ("memory: 128M", "memory: 128", f"{API}.container.memory",
     "expected a size such as 64M or 1.5G; found 128."),
    ('user: ""', "user: 'root; id'", f"{API}.container.user",
     "expected a user of the image, such as 1000:1000; found 'root; id'."),
    ("order: start-first", "order: new-first", f"{FLEET}.swarm.order",
     "expected 'start-first' or 'stop-first'; found 'new-first'."),
    ("on_failure: rollback", "on_failure: retry", f"{FLEET}.swarm.on_failure",
     "expected 'rollback', 'pause' or 'continue'; found 'retry'."),
    ("[node.platform.os == linux]", '["node.role = manager"]', f"{FLEET}.swarm.constraints.0",
     "expected a constraint on nodes, such as node.labels.disk == ssd; "
     "found 'node.role = manager'."),
    ("secrets: []", "secrets: ['../db']", f"{FLEET}.services.shop-api.swarm.secrets.0",
     "expected the name of a secret or a config; found '../db'."),
    ("engine: lab\n    services", "swarm: {monitor: 5s}\n    engine: lab\n    services",
     f"{LAB}.swarm", "is for runtime swarm; this is docker."),
    ("secrets: {}", "swarm: {secrets: [db]}",
     f"{LAB}.services.shop-api.swarm", "is for runtime swarm; this is docker."),
    ("secrets: {}", "secrets: {../db: db}", f"{LAB}.services.shop-api.secrets.../db",
     "expected the name of a secret or a config; found '../db'."),
    ("swarm: {constraints: [], secrets: [], configs: []}", "secrets: {db: db}",
     f"{FLEET}.services.shop-api.secrets",
     "are for docker; a swarm keeps its own: name them in swarm: {secrets: […]}."),
    ('shop-web: {address: "127.0.0.1:8102"}',
     'shop-web: {address: "127.0.0.1:8102", secrets: {db: db}}',
     f"{HERE}.services.shop-web.secrets",
     "are for containers; a process reads files of this machine itself."),
    ("every: 2s", "every: 2", f"{API}.health.every", f"{TIME}; found 2."),
    ("[wget, -q, -O, /dev/null, \"http://127.0.0.1:{port}{path}\"]", "[]",
     f"{API}.health.command", "expected at least one entry; found nothing."),
    ("- name: migrate", "- name: Migrate!", f"{HOOK}.name",
     "expected a name of small letters, digits and hyphens that begins with a letter;"
     " found 'Migrate!'."),
    ("- name: migrate", "- shell: true\n          name: migrate", f"{HOOK}.shell",
     "is not a known key here; is it misspelled or indented wrongly?"),
    ("image: null", "image: registry.example.com/api:1", f"{HOOK}.image",
     "expected an image by its digest (name@sha256:…) or its id (sha256:…);"
     " found 'registry.example.com/api:1'."),
    ("image: null", f"image: docker.io/api@sha256:{'0' * 64}", f"{HOOK}.image",
     "docker.io is not under registries (registry.example.com); images come from those only."),
    ("timeout: 5m", "timeout: 5", f"{HOOK}.timeout", f"{TIME}; found 5."),
    ("way_back: reversible", "way_back: maybe", f"{HOOK}.way_back",
     "expected 'reversible', 'needs_backup' or 'irreversible'; found 'maybe'."),
    ("      after: []", "      after: [{name: migrate, command: [a], way_back: reversible}]",
     "services.shop-web.hooks.after.0.name", "migrate is the name of another hook already."),
    ("      after: []", "      after: [{name: tidy, command: [a], way_back: needs_backup}]",
     "services.shop-web.hooks.after.0.way_back",
     "needs_backup is for before: later the old version is kept at hand and has the data."),
    ("      after: []", "      after: [{name: tidy, command: [], way_back: reversible}]",
     "services.shop-web.hooks.after.0.command", "expected at least one entry; found nothing."),
    ("      after: []", "      after: [{name: t, command: [a], way_back: irreversible, undo: [b]}]",
     "services.shop-web.hooks.after.0.undo",
     "is for what is reversible; this is irreversible."),
    (STAGED, "shop.example.com:80", f"{HERE}.services.shop-web.address",
     f"{ADDRESS}; found 'shop.example.com:80'."),
    (STAGED, '"127.0.0.1"', f"{HERE}.services.shop-web.address",
     f"{ANY_ADDRESS}; found '127.0.0.1'."),
    (STAGED, '"127.0.0.1:65536"', f"{HERE}.services.shop-web.address",
     "expected a port of at most 65535; found '127.0.0.1:65536'."),
    (STAGED, '"127.0.0.1:8101"', f"{HERE}.services.shop-web.address",
     "127.0.0.1:8101 is already the address of shop-api in staging."),
    (STAGED, '"localhost:8101"', f"{HERE}.services.shop-web.address",
     "localhost:8101 is already the address of shop-api in staging."),
    ('shop-web: {address: "127.0.0.1:8202"', 'shop-app: {address: "127.0.0.1:8202"',
     f"{PROD}.services.shop-app", "is not described under services."),
    ("data: {variable: SHOP_DATA,", "data: {variable: shop,",
     f"{HERE}.services.shop-api.data.variable",
     "expected the name of a variable in capital letters, such as SHOP_THEME; found 'shop'."),
    ('shop-web: {address: "127.0.0.1:8102"}',
     'shop-web: {address: "127.0.0.1:8102", data: {variable: SHOP_THEME}}',
     f"{HERE}.services.shop-web.data.variable",
     "SHOP_THEME is among the service's own variables already."),
    ("prepare: [operator]", "prepare: [devs]", f"{HERE}.prepare",
     "there is no role 'devs' under roles."),
    ("by: [developer, operator]\n      backup", "by: [devs]\n      backup", f"{HERE}.reset.by",
     "there is no role 'devs' under roles."),
    ("{service: shop-api, path: /version", "{service: shop-app, path: /version",
     f"{HERE}.smoke.0.service", "shop-app is not among the services here."),
    ("{service: shop-api, path: /version", "{service: shop-api, path: version",
     f"{HERE}.smoke.0.path", "expected a path such as /healthz; found 'version'."),
    ("approvals: 2", "approvals: 11", f"{PROD}.services.shop-web.approvals",
     "expected at most 10; found 11."),
    ("needed: 1", "needed: -1", f"{PROD}.approvals.needed", "expected at least 0; found -1."),
    ("needed: 1", "needed: true", f"{PROD}.approvals.needed",
     "expected a whole number; found True."),
    ("{needed: 0, by: [approver]", "{needed: 1, by: [aprover]", f"{HERE}.reset.approvals.by",
     "there is no role 'aprover' under roles."),
    ("baseline: null", "baseline: 'v 1'", f"{HERE}.services.shop-api.baseline",
     "expected a version of the service such as 1.4.2, in quotes; found 'v 1'."),
    ("{needed: 1, by: [approver]", "{needed: 1, by: [aprover]", f"{PROD}.approvals.by",
     "there is no role 'aprover' under roles."),
    ("deploy: [developer, operator]", "deploy: [devs]", f"{HERE}.deploy",
     "there is no role 'devs' under roles."),
    ('begins: "2027-12-23 18:00"', "begins: friday", "freezes.end-of-year.begins",
     "expected a day and a time such as 2026-12-20 18:00, or fri 16:00 for every week;"
     " found 'friday'."),
    ('ends: "2028-01-03 08:00"', 'ends: "2027-12-23 18:00"', "freezes.end-of-year.ends",
     "expected the end of what begins 2027-12-23 18:00; found '2027-12-23 18:00'."),
    ('ends: "2028-01-03 08:00"', 'ends: "mon 08:00"', "freezes.end-of-year.ends",
     "expected the end of what begins 2027-12-23 18:00; found 'mon 08:00'."),
    ("    zone: Europe/Berlin", "    zone: Berlin", "freezes.end-of-year.zone",
     "expected a time zone such as Europe/Berlin; found 'Berlin'."),
    ("environments: []\n    but", "environments: [nowhere]\n    but",
     "freezes.end-of-year.environments", "there is no environment 'nowhere'."),
    ("but: []", "but: [nowhere]", "freezes.end-of-year.but",
     "there is no environment 'nowhere'."),
    ("rollback: [operator, approver]", "rollback: [ops]", f"{PROD}.rollback",
     "there is no role 'ops' under roles."),
    ("unlock: [operator, approver]", "unlock: [ops]", f"{PROD}.unlock",
     "there is no role 'ops' under roles."),
    ("lock_on_failure: true", "lock_on_failure: maybe", f"{PROD}.lock_on_failure",
     "expected true or false; found 'maybe'."),
]  # fmt: skip


@pytest.mark.parametrize(("there", "wrong", "where", "said"), BROKEN, ids=[b[1] for b in BROKEN])
def test_a_broken_team_file_names_file_line_and_what_is_expected(
    tmp_path: Path, there: str, wrong: str, where: str, said: str
) -> None:
    found = problems(tmp_path, TEXT.replace(there, wrong, 1))
    assert f"{line_of(there)}: {where}: {said}" in found
    assert len(found) == 1 + wrong.startswith("repo: ")


def test_a_role_that_only_the_usual_value_names_says_what_to_write(tmp_path: Path) -> None:
    text = TEXT.replace("    rollback: [operator, approver]\n", "", 1)
    text = text.replace("  approver:\n    groups: [S0APPROVERS]\n", "", 1)
    text = text.replace("unlock: [operator, approver]", "unlock: [operator]", 1)
    line = text[: text.index("  production:")].count("\n") + 1
    said = (
        "is left out, which means [operator, approver], and there is no role 'approver' under"
        " roles. Please say here which of yours it is."
    )
    found = problems(tmp_path, text)
    assert f"{line}: {PROD}.rollback: {said}" in found
    assert [one for one in found if f"{PROD}.unlock" in one] == []


def test_all_that_is_missing_is_named_at_once(tmp_path: Path) -> None:
    needed = (part for part, field in Setup.model_fields.items() if field.is_required())
    wanted = [f"1: {part}: is missing; please add it." for part in needed]
    assert problems(tmp_path, "") == wanted
    assert problems(tmp_path, "# nothing but a remark\n") == wanted


def test_what_is_missing_in_a_part_is_named_at_that_part(tmp_path: Path) -> None:
    text = TEXT.replace("    repository: shop/shop-api\n", "", 1)
    line = line_of("shop-api:")
    assert problems(tmp_path, text) == [f"{line}: {API}.repository: is missing; please add it."]


def test_an_environment_on_docker_says_on_which_engine(tmp_path: Path) -> None:
    found = problems(tmp_path, TEXT.replace("    engine: lab\n    services", "    services", 1))
    line = line_of("runtime: docker")
    said = "needs engine: which of the engines runs it. Please add it."
    assert found == [f"{line}: {LAB}.runtime: {said}"]


WITHOUT = "    image: registry.example.com/shop/shop-api\n"


@pytest.mark.parametrize(
    ("image", "said"),
    [
        ("", "is missing; lab, fleet runs it in containers. Please add it."),
        ("image: registry.example.com.evil.com/shop/api", "is not under registries"),
        ("image: docker.io/shop/api", "docker.io is not under registries (registry.example.com)"),
        ("image: shop/api", "shop is not under registries"),
        ("image: registry.example.com/Shop/api", "expected an image with its registry"),
        ("image: registry.example.com/../api", "expected an image with its registry"),
        ("image: registry.example.com/shop/api:1.0.0", "expected an image with its registry"),
        (f"image: registry.example.com/api@sha256:{'0' * 64}", "expected an image with its"),
        ("image: registry.example.com", "expected an image with its registry"),
        ("image: https://registry.example.com/shop/api", "expected an image with its registry"),
    ],
)
def test_an_image_comes_from_a_registry_that_is_allowed(
    tmp_path: Path, image: str, said: str
) -> None:
    text = TEXT.replace(WITHOUT, f"    {image}\n" if image else "", 1)
    (found,) = problems(tmp_path, text)
    assert f"{API}.image: " in found
    assert said in found


BUILD = "    image: registry.example.com/shop/shop-web\n    build: {engine: lab}\n"


def test_what_is_built_has_a_name_of_its_own_in_a_registry(tmp_path: Path) -> None:
    web = "    repository: shop/shop-web\n"
    setup = load_text(tmp_path, TEXT.replace(web, web + BUILD, 1))
    built = setup.services["shop-web"].build
    assert built is not None
    assert (built.context, built.file, built.network) == (".", "Dockerfile", "none")
    same = BUILD.replace("shop-web", "shop-api")
    (found,) = problems(tmp_path, TEXT.replace(web, web + same, 1))
    assert "shop-web.image: is what shop-api builds already; two builds need two names." in found
    nameless = "    build: {engine: lab}\n"
    (found,) = problems(tmp_path, TEXT.replace(web, web + nameless, 1))
    assert "shop-web.image: is missing; what build: makes is pushed under that name." in found


def test_the_word_for_images_of_engines_is_no_registry(tmp_path: Path) -> None:
    (found,) = problems(
        tmp_path,
        TEXT.replace("  registry.example.com: {", "  local: {", 1).replace(
            "image: registry.example.com/", "image: local/", 1
        ),
    )
    assert "is the word for images that Engines have themselves" in found


def test_two_mistakes_are_both_named(tmp_path: Path) -> None:
    text = TEXT.replace("tier: staging", "tier: prod").replace("keep: 5", "keep: 0")
    assert [line.split(":")[1].strip() for line in problems(tmp_path, text)] == [
        f"{API}.keep",
        f"{HERE}.tier",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("team: T0A\nteam: T0B\n", "2: team stands here a second time."),
        ("roles:\n  a:\n    people: []\n  a: {}\n", "4: a stands here a second time."),
        ("a: 1\nb: &x 2\n", "2: anchors and aliases are not used in this file; put a value that "
         "begins with & or * in quotes."),
        ("a: 1\nb: *.py\n", "2: anchors and aliases are not used"),
        ("a: &a [x]\nb: &b [*a, *a]\n", "1: anchors and aliases are not used"),
        ("a: 1\nb: !!str 2\n", "2: tags are not used in this file; put a value that begins with ! "
         "in quotes."),
        ("a: !!python/object/apply:os.system [id]\n", "1: tags are not used"),
        ("a: !!set {b}\n", "1: tags are not used"),
        ("a:\n\tb: 1\n", "2: there is a tab; indent with spaces."),
        ("a: 1\n---\nb: 2\n", "2: a second document begins here; remove the line of hyphens."),
        ("a: 1\nb: [1\n", "3: is not YAML: expected ',' or ']', but got '<stream end>'; look at "
         "this line and the one before."),
        ("a: 1\n? [b]\n: 2\n", "2: a key must be a plain word."),
        ("a: 1\nb: \0\n", "2: there is a character that cannot be in a text file."),
        ("a: " + "[" * 500 + "]" * 500, "1: its parts are nested too deeply."),
        ("a: 0b_\n", "1: put 0b_ in quotes."),
        ("- team\n", "1: the file: expected keys and their values; found ['team']."),
        (b"a: \xff\n", " is not text in UTF-8."),
    ],
)  # fmt: skip
def test_what_is_no_plain_yaml_is_refused_with_its_line(
    tmp_path: Path, text: str | bytes, said: str
) -> None:
    (problem,) = problems(tmp_path, text)
    assert problem.startswith(said)


def test_a_file_that_cannot_be_read_is_named_with_what_to_do(tmp_path: Path) -> None:
    for path, why in ((tmp_path / "none.yml", "No such file"), (tmp_path, "Is a directory")):
        with pytest.raises(SetupError) as caught:
            load(path)
        (problem,) = caught.value.problems
        assert problem.startswith(f"{path}: cannot be read: {why}")
        assert "STATION_TEAM" in problem


def test_an_approver_role_may_be_missing_where_nobody_is_asked(tmp_path: Path) -> None:
    text = TEXT.replace("approver:", "checker:").replace("[operator, approver]", "[operator]")
    found = problems(tmp_path, text)
    assert [line.split(":")[1].strip() for line in found] == [
        f"{HERE}.rollback", f"{HERE}.unlock", f"{PROD}.approvals.by",
        f"{PROD}.bookings.approvals.by", "blueprints.preview.rollback", "blueprints.preview.unlock",
    ]  # fmt: skip


def test_secrets_of_a_blueprint_are_for_containers_too(tmp_path: Path) -> None:
    found = problems(tmp_path, TEXT.replace("shop-web: {}", "shop-web: {secrets: {db: db}}"))
    said = "blueprints.preview.services.shop-web.secrets: are for containers; a process reads"
    assert any(said in one for one in found), found


@pytest.mark.parametrize(
    ("runtime", "said"),
    [
        ("runtime: docker", "needs engine: which of the engines runs it. Please add it."),
        ("runtime: docker\n    engine: lob", "there is no engine 'lob' under engines."),
        (
            "runtime: swarm\n    engine: lab",
            "a volume is on one node, and a swarm puts tasks on any",
        ),
        ("runtime: docker\n    engine: lab", "shop-web has no image, which containers need."),
        ("runtime: process\n    engine: lab", "is for docker and swarm; processes run on this"),
        ("runtime: process\n    swarm: {order: stop-first}", "is for runtime swarm; this is"),
    ],
)
def test_a_blueprint_of_containers_says_what_it_lacks(
    tmp_path: Path, runtime: str, said: str
) -> None:
    text = TEXT[TEXT.index("\nblueprints:") :]
    broken = text.replace("runtime: process", runtime, 1)
    found = problems(tmp_path, TEXT.replace(text, broken))
    assert any("blueprints.preview" in one and said in one for one in found), found


def test_a_blueprint_of_containers_is_whole_with_images_and_data(tmp_path: Path) -> None:
    text = TEXT[TEXT.index("\nblueprints:") :]
    whole = text.replace("runtime: process", "runtime: docker\n    engine: lab", 1)
    whole = whole.replace("      shop-web: {}\n", "", 1)
    blueprint = load_text(tmp_path, TEXT.replace(text, whole)).blueprints["preview"]
    made = blueprint.at(blueprint.ports)
    assert (made.runtime, made.engine) == ("docker", "lab")
    assert made.services["shop-api"].data is not None
    clash = whole.replace("8600-8699", "8300-8399")
    found = problems(tmp_path, TEXT.replace(text, clash))
    assert any("already one of shop-api in lab" in one for one in found), found
