"""What was asked and answered: receipts, and the chained audit log."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from handlers.tables.base import Base


class Receipt(Base):
    """Proof that one delivery was handled, with the answer it got."""

    __tablename__ = "receipts"
    key: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    code: Mapped[str]
    facts: Mapped[dict[str, Any]]
    refused: Mapped[bool]


class AuditEntry(Base):
    """One thing that was asked, decided or done; each hash covers the one before it."""

    __tablename__ = "audit"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    team: Mapped[str]
    actor: Mapped[str]
    via: Mapped[str]
    action: Mapped[str]
    code: Mapped[str]
    facts: Mapped[dict[str, Any]]
    previous: Mapped[str]
    hash: Mapped[str]


class AuditHead(Base):
    """The last entry of the chain; writers take turns by locking this one row."""

    __tablename__ = "audit_head"
    one: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    entry: Mapped[int]
    hash: Mapped[str]
