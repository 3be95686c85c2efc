"""An environment that was made from a blueprint: its card, its history, and what is said of it."""

from __future__ import annotations

from collections.abc import Callable

from bot.views import actions, blocks, words
from bot.views.blocks import Block
from bot.views.message import Message, message
from bot.views.told import Told
from handlers.messages import Facts
from handlers.snapshots import CreatedView, StepView

HEADS = {
    "open": ("🌱", "Made"),
    "going": ("🧹", "Being destroyed"),
    "stuck": ("🚨", "Needs a person"),
    "gone": ("🗑️", "Destroyed"),
}
STEPS = {
    "stop_services": "Stop what runs",
    "keep_copy": "Keep a copy of the data",
    "remove_data": "Remove the data",
    "free_addresses": "Free the addresses",
}
SURE = blocks.confirm(
    "Destroy it?", "What runs there stops, and its data is removed.", "Destroy it", "Keep it", True
)


def draw_created(card: CreatedView) -> Message:
    """The environment as it is now, and its end step by step."""
    sign, word = HEADS.get(card.state, ("▫️", words.escape(card.state)))
    title = f"{word}: {words.escape(card.environment, 60)} from {words.escape(card.blueprint, 60)}"
    for_what = f" · “{words.escape(card.reason, 300)}”" if card.reason else ""
    made = f"{words.person(card.owner)} made it {words.when(card.created_at)}{for_what}"
    return message(
        title,
        [
            blocks.section("\n".join([f"{sign} *{title}*", *_state(card)])),
            _plan(card),
            blocks.context(f"#{card.id}", made),
            _buttons(card),
        ],
    )


def _state(card: CreatedView) -> list[str]:
    if card.state == "open":
        ends = f"It lives until {words.when(card.ends_at)}, then it is destroyed by itself."
        places = [f"• {words.escape(n)} at {words.escape(a)}" for n, a in card.places]
        name = words.escape(card.environment, 60)
        return [ends, *places, f"Deploy there: `/deploy &lt;service&gt; &lt;version&gt; to {name}`"]
    by = f"{_by(card.ended_by)}: “{words.escape(card.ending, 300)}”"
    if card.state == "gone":
        return [f"{by} {words.when(card.ended_at)}. Its name and its addresses are free again."]
    if card.state == "stuck":
        again = f"`/env destroy {words.escape(card.environment, 60)} because …` goes on from there."
        return [words.escape(card.failure, 400), f"Name and addresses are kept. {again}"]
    return [by]


def _by(user: str) -> str:
    return "By itself" if user == "clock" else f"By {words.person(user)}"


def _plan(card: CreatedView) -> Block | None:
    if not card.steps:
        return None
    done = sum(step.state == "complete" for step in card.steps)
    title = f"{done} of {words.plural(len(card.steps), 'step')} done"
    return blocks.plan(title, [_task(step) for step in card.steps])


def _task(step: StepView) -> Block:
    task: Block = {
        "type": "task_card",
        "task_id": step.name,
        "title": STEPS.get(step.name, step.name),
        "status": step.state,
    }
    if step.detail:
        place = "output" if step.state == "error" else "details"
        said = words.trim(words.clean(step.detail), 400)
        task[place] = blocks.rich_text(blocks.line(blocks.text_leaf(said, 450)))
    return task


def _buttons(card: CreatedView) -> Block | None:
    if card.state not in ("open", "stuck"):
        return None
    value = actions.pack(environment=card.environment, created=card.id)
    label = "Destroy" if card.state == "open" else "Try again"
    about = f"{label}: {card.environment}"
    return blocks.actions(
        blocks.button(label, actions.ENVIRONMENT_DESTROY, value, about, "danger", confirm=SURE)
    )


def draw_created_note(code: str, facts: Facts) -> Message | None:
    """A line of its history; None for what the card says well enough by itself."""
    line = NOTES.get(code)
    return message(line(Told(facts))) if line else None


NOTES: dict[str, Callable[[Told], str]] = {
    # Not here, because the card says it already: destruction_started.
    "environment_kept": lambda told: f"{told.who('by')} keeps it until {told.when('until')}.",
    "environment_goes": lambda told: f"{_by(str(told.get('by')))}: {told.long('reason')}",
    "destruction_stuck": lambda told: f"It stopped: {told.long('sentence')}",
    "environment_gone_now": lambda told: "All of it is gone.",
}


def _ends(told: Told) -> Message:
    name = told["environment"]
    said = (
        f"⏰ *{name}*, which you made from *{told['blueprint']}*, is destroyed"
        f" {told.when('until')}. `/env keep {name} for 2d` says another end."
    )
    value = actions.pack(
        environment=told.get("environment"), created=told.get("created"), longer=told.get("longer")
    )
    later = f"Keep until {words.plain(told.when('longer'), 50)}"
    drawn = blocks.actions(
        blocks.button(later, actions.ENVIRONMENT_KEEP, value, f"Keep {name} longer", "primary"),
        blocks.button(
            "Destroy", actions.ENVIRONMENT_DESTROY, value, f"Destroy {name}", confirm=SURE
        ),
    )
    return message(said, [blocks.section(said), drawn])


CREATED_NOTICES: dict[str, Callable[[Told], str | Message]] = {
    "environment_ends": _ends,
    "environment_ends_done": lambda told: (
        f"*{told['environment']}* lives until {told.when('until')}."
    ),
    "environment_ends_gone": lambda told: f"*{told['environment']}* is being destroyed.",
    "environment_goes": lambda told: (
        f"*{told['environment']}* is being destroyed. {_by(str(told.get('by')))}:"
        f" {told.long('reason')}"
    ),
}


def _created(told: Told) -> str:
    name = told["environment"]
    spots = words.one_of((f"{one['service']} at {one['address']}" for one in told.each("services")),
                         "and")  # fmt: skip
    return (
        f"*{name}* is there, from *{told['blueprint']}*, until {told.when('until')}: {spots}."
        f" Nothing runs yet: `/deploy &lt;service&gt; &lt;version&gt; to {name}`."
    )


def _unknown(told: Told) -> str:
    meant = f" Did you mean {told.code('nearest')}?" if told.has("nearest") else ""
    known = f"There is {told.codes('known', 'and')}." if told.items("known") else (
        "`team.yml` has none."
    )  # fmt: skip
    return f"There is no blueprint {told.code('name')}.{meant} {known}"


def _name_taken(told: Told) -> str:
    if not told.has("created"):
        return f"*{told['environment']}* stands in `team.yml` already. Choose another name."
    return (
        f"*{told['environment']}* is there already: {told.who('owner')} made it from"
        f" *{told['blueprint']}*, and it lives until {told.when('until')}. Choose another name."
    )


def _there(told: Told) -> str:
    lines = [
        f"• *{one['environment']}* by {one.who('owner')} until {one.when('until')}"
        for one in told.each("there")[:10]
    ]
    return "\n".join(lines)


CREATED_REPLIES: dict[str, Callable[[Told], str | Message]] = {
    "environment_created": _created,
    "environment_kept": lambda told: (
        f"*{told['environment']}* lives until {told.when('until')} now."
    ),
    "destroying": lambda told: (
        f"*{told['environment']}* is being destroyed; its card shows how it goes."
    ),
    "environments_swept": lambda told: "Environments with an end were looked through.",
    "unknown_blueprint": _unknown,
    "not_a_name": lambda told: (
        f"{told.code('name')} cannot be the name of an environment: small letters, digits and"
        " hyphens, beginning with a letter, 40 at most, and not *all*."
    ),
    "name_taken": _name_taken,
    "too_many_of_yours": lambda told: (
        f"You have {told.codes('names', 'and')} from *{told['blueprint']}*, and one person may have"
        f" {told.number('limit')}. Destroy one first: `/env destroy &lt;name&gt;"
        " because …`."
    ),
    "too_many_of_blueprint": lambda told: (
        f"There are {told.number('limit')} from *{told['blueprint']}*, and more are not allowed:\n"
        f"{_there(told)}\nAsk who needs theirs least."
    ),
    "lives_too_long": lambda told: (
        f"It may live until {told.number('longest') / 86400:g} days from now at most, not until"
        f" {told.when('until')}. Say a nearer end; it can be kept longer later."
    ),
    "no_address_free": lambda told: (
        f"All addresses of *{told['blueprint']}* ({told['addresses']}) are taken. `/env list` shows"
        " what could be destroyed."
    ),
    "declared_environment": lambda told: (
        f"*{told['environment']}* stands in `team.yml`: it has no end, and is removed there."
    ),
    "another_environment": lambda told: (
        f"That one is gone; *{told['environment']}* is another now, of {told.who('owner')}. Nothing"
        " was done."
    ),
    "environment_going": lambda told: (
        f"*{told['environment']}* is being destroyed since {told.when('since')}:"
        f" {told.long('reason')}"
    ),
    "blueprint_gone": lambda told: (
        f"The blueprint *{told['blueprint']}* is not in `team.yml` any more, so nobody can say how"
        f" long *{told['environment']}* may live. It lives until {told.when('until')}."
    ),
}
