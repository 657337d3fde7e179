import secrets
from contextlib import asynccontextmanager
from datetime import datetime

import aiosqlite
import uvicorn
from fastapi import Depends, FastAPI, HTTPException, Request, Response
from pydantic import BaseModel, HttpUrl

SCHEMA = """
CREATE TABLE IF NOT EXISTS urls (
    id INTEGER PRIMARY KEY,
    url TEXT NOT NULL,
    shortCode TEXT NOT NULL UNIQUE,
    createdAt TEXT NOT NULL,
    updatedAt TEXT NOT NULL,
    accessCount INTEGER NOT NULL DEFAULT 0
);
"""


class UrlIn(BaseModel):
    url: HttpUrl


class UrlOut(BaseModel):
    id: int
    url: str
    shortCode: str
    createdAt: datetime
    updatedAt: datetime


class UrlStats(UrlOut):
    accessCount: int


@asynccontextmanager
async def lifespan(app: FastAPI):
    async with aiosqlite.connect("shortener.sqlite") as db:
        db.row_factory = aiosqlite.Row
        await db.execute("PRAGMA journal_mode=WAL")
        await db.execute("PRAGMA synchronous=NORMAL")
        await db.executescript(SCHEMA)
        app.state.db = db
        yield


app = FastAPI(title="URL Shortener", lifespan=lifespan)


async def get_db(request: Request) -> aiosqlite.Connection:
    return request.app.state.db


async def get_or_404(code: str, db: aiosqlite.Connection = Depends(get_db)) -> dict:
    async with db.execute("SELECT * FROM urls WHERE shortCode = ?", (code,)) as cursor:
        row = await cursor.fetchone()
    if row is None:
        raise HTTPException(404, "Short URL not found")
    return dict(row)


@app.post("/shorten", status_code=201, response_model=UrlOut)
async def create(body: UrlIn, db: aiosqlite.Connection = Depends(get_db)):
    now = datetime.utcnow().isoformat()
    code = secrets.token_urlsafe(6)
    cursor = await db.execute(
        "INSERT INTO urls (url, shortCode, createdAt, updatedAt) VALUES (?, ?, ?, ?)",
        (str(body.url), code, now, now),
    )
    await db.commit()
    return {
        "id": cursor.lastrowid,
        "url": str(body.url),
        "shortCode": code,
        "createdAt": now,
        "updatedAt": now,
    }


@app.get("/shorten/{code}", response_model=UrlOut)
async def retrieve(row: dict = Depends(get_or_404), db: aiosqlite.Connection = Depends(get_db)):
    await db.execute("UPDATE urls SET accessCount = accessCount + 1 WHERE id = ?", (row["id"],))
    await db.commit()
    return row


@app.put("/shorten/{code}", response_model=UrlOut)
async def update(
    body: UrlIn,
    row: dict = Depends(get_or_404),
    db: aiosqlite.Connection = Depends(get_db),
):
    row.update(url=str(body.url), updatedAt=datetime.utcnow().isoformat())
    await db.execute(
        "UPDATE urls SET url = ?, updatedAt = ? WHERE id = ?",
        (row["url"], row["updatedAt"], row["id"]),
    )
    await db.commit()
    return row


@app.delete("/shorten/{code}", status_code=204)
async def delete(row: dict = Depends(get_or_404), db: aiosqlite.Connection = Depends(get_db)):
    await db.execute("DELETE FROM urls WHERE id = ?", (row["id"],))
    await db.commit()
    return Response(status_code=204)


@app.get("/shorten/{code}/stats", response_model=UrlStats)
async def stats(row: dict = Depends(get_or_404)):
    return row


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=8000)
