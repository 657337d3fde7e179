from datetime import datetime, timezone

from pydantic import AnyHttpUrl
from sqlalchemy import Column, DateTime
from sqlmodel import Field, SQLModel


def now() -> datetime:
    return datetime.now(timezone.utc)


def time_column() -> Column:
    return Column(DateTime(timezone=True), nullable=False)


class Link(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    url: str
    short_code: str = Field(index=True, unique=True)
    created_at: datetime = Field(default_factory=now, sa_column=time_column())
    updated_at: datetime = Field(default_factory=now, sa_column=time_column())
    access_count: int = 0


class LinkIn(SQLModel):
    url: AnyHttpUrl


class LinkOut(SQLModel):
    id: int
    url: str
    shortCode: str
    createdAt: datetime
    updatedAt: datetime


class LinkStats(LinkOut):
    accessCount: int
