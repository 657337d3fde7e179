"""Calls of a command-line program in a report: words that all formats share."""

from __future__ import annotations

from dataclasses import dataclass

from grader.domain.evidence import CommandRun, HttpExchange, Interaction
from grader.reports import words

TYPED = "> "


@dataclass(frozen=True)
class Block:
    """Something that a program printed, and what it is."""

    label: str
    text: str


def command_line(interaction: Interaction) -> str:
    """What to paste into a shell to see it oneself."""
    return interaction.curl if isinstance(interaction, HttpExchange) else interaction.command


def ending_of(run: CommandRun) -> str:
    """How a call ended: ``exit code 1 after 12 ms``; a conversation may go on when it is shown."""
    if run.error:
        return run.error
    if run.exit_code is None:
        return f"not yet, after {words.seconds(run.elapsed_ms / 1000)}"
    return f"exit code {run.exit_code} after {words.seconds(run.elapsed_ms / 1000)}"


def printed_by(run: CommandRun) -> tuple[Block, ...]:
    """What a call printed; a conversation with what was typed marked in it."""
    spoken = Block("Output", run.stdout)
    if run.transcript:
        spoken = Block("Conversation", conversation(run))
    errors = Block("Standard error", run.stderr)
    return tuple(block for block in (spoken, errors) if block.text.strip())


def conversation(run: CommandRun) -> str:
    """A conversation as lines: what was typed begins with ``>``."""
    lines: list[str] = []
    for turn in run.transcript:
        text = turn.text.rstrip("\n")
        typed = turn.by == "user"
        lines += [f"{TYPED if typed else ''}{line}" for line in text.split("\n")]
    return "\n".join(lines)
