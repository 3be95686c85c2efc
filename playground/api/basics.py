"""auth.test, api.test, apps.connections.open, blocks.validate."""

from playground import blockkit
from playground.api.errors import Refused
from playground.api.registry import Call, method
from playground.blockkit import Problem
from playground.shapes import JSON

_ONE_OF = ("blocks", "view", "message")
_CHOOSE = "must provide exactly one of `blocks`, `view`, or `message`"


@method("api.test", caller="")
def api_test(call: Call) -> JSON:
    """Answer with the arguments; with ``error``, refuse with it."""
    if error := call.args.text("error"):
        raise Refused(error, extra={"args": call.args.values})
    return {"ok": True, "args": call.args.values}


@method("auth.test")
def auth_test(call: Call) -> JSON:
    """Say who the token is."""
    team, app = call.world.workspace.team, call.world.workspace.app
    return {
        "ok": True,
        "url": f"{call.world.chat.base_url}/",
        "team": team.name,
        "user": call.world.workspace.person(app.user_id).name,
        "team_id": team.id,
        "user_id": app.user_id,
        "bot_id": app.bot_id,
        "is_enterprise_install": False,
    }


@method("apps.connections.open", caller="app")
def open_connection(call: Call) -> JSON:
    """Issue the address of one Socket Mode connection."""
    if not call.world.socket.enabled:
        raise Refused("access_denied")
    address = call.world.chat.base_url.replace("http", "ws", 1)
    ticket, app = call.world.socket.ticket(), call.world.workspace.app.id
    return {"ok": True, "url": f"{address}/link/?ticket={ticket}&app_id={app}"}


@method("blocks.validate")
def validate(call: Call) -> JSON:
    """Say what is wrong with blocks, a view or a message, without sending any."""
    given = [name for name in _ONE_OF if call.args.values.get(name) is not None]
    refusal = Refused("invalid_arguments", [_CHOOSE])
    if len(given) != 1:
        raise refusal
    problems = _problems(given[0], call.args.json(given[0], refusal))
    if problems:
        raise Refused("invalid_blocks", extra={"errors": [_constraint(p) for p in problems]})
    return {"ok": True}


def _problems(name: str, payload: object) -> list[Problem]:
    if name == "view":
        return blockkit.check_view(payload, pointer="")
    blocks = payload.get("blocks") if isinstance(payload, dict) else payload
    return blockkit.check_blocks(blocks, "message", pointer="" if name == "blocks" else "/blocks")


def _constraint(problem: Problem) -> JSON:
    message, pointer = problem
    return {"code": "failed_constraint", "message": message, "pointer": pointer}
