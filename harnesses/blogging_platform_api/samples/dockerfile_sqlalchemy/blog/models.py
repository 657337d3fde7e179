import os
from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, create_engine, event
from sqlalchemy.ext.associationproxy import association_proxy
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship, scoped_session, sessionmaker

engine = create_engine(os.getenv("DATABASE_URL", "sqlite:///blog.sqlite"), connect_args={"timeout": 15})
Session = scoped_session(sessionmaker(bind=engine))


@event.listens_for(engine, "connect")
def set_pragmas(connection, record):
    if engine.dialect.name == "sqlite":
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")


class Base(DeclarativeBase):
    pass


class Tag(Base):
    __tablename__ = "tags"

    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))

    def __init__(self, name):
        self.name = name


class Post(Base):
    __tablename__ = "posts"
    __table_args__ = {"sqlite_autoincrement": True}

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(255))
    content: Mapped[str] = mapped_column(Text)
    category: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[datetime] = mapped_column(default=datetime.utcnow)
    updated_at: Mapped[datetime] = mapped_column(default=datetime.utcnow, onupdate=datetime.utcnow)
    tag_rows: Mapped[list[Tag]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by=Tag.id
    )
    tags = association_proxy("tag_rows", "name")

    def to_dict(self):
        return {
            "id": self.id,
            "title": self.title,
            "content": self.content,
            "category": self.category,
            "tags": list(self.tags),
            "createdAt": self.created_at.isoformat(timespec="seconds") + "Z",
            "updatedAt": self.updated_at.isoformat(timespec="seconds") + "Z",
        }


Base.metadata.create_all(engine)
