"""The least that takes a submission: FastAPI and SQLModel, one insert of the same row.

python -m tests.bench.bare_intake DATABASE_URL PORT
"""

from __future__ import annotations

import secrets
import sys
from datetime import UTC, datetime

import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel
from sqlmodel import Session, create_engine

from grader.domain.ids import new_id
from grader.store.tables import SubmissionRow


class Source(BaseModel):
    location: str


class Wanted(BaseModel):
    project: str
    source: Source


def app_on(url: str) -> FastAPI:
    """The app on a database of our schema, in which ``ada`` is known."""
    app = FastAPI()
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"), pool_size=20)

    @app.post("/api/v1/submissions", status_code=202)
    def take(wanted: Wanted) -> dict[str, str]:
        with Session(engine) as session:
            row = SubmissionRow(
                id=new_id(),
                owner="ada",
                project=wanted.project,
                kind="git",
                location=wanted.source.location,
                seed=secrets.randbits(48),
                state="queued",
                turn=0,
                created_at=datetime.now(UTC),
            )
            session.add(row)
            session.commit()
            return {"id": row.id, "state": row.state}

    return app


if __name__ == "__main__":
    uvicorn.run(app_on(sys.argv[1]), port=int(sys.argv[2]), log_level="error", access_log=False)
