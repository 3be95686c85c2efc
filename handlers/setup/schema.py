"""The file's JSON schema, from which editors complete and check it."""

from __future__ import annotations

from typing import Any

from handlers.setup.parts import Setup


def json_schema() -> dict[str, Any]:
    """What a single part can be checked for; only ``load`` knows what the parts say together."""
    dialect = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return dialect | Setup.model_json_schema() | {"title": "Stationmaster team.yml"}
