import json
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Annotated

import aiosqlite
import uvicorn
from fastapi import APIRouter, Depends, FastAPI, HTTPException, Path, Request, Response
from pydantic import BaseModel, Field

SCHEMA = """
CREATE TABLE IF NOT EXISTS posts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    title TEXT NOT NULL,
    content TEXT NOT NULL,
    category TEXT NOT NULL,
    tags TEXT NOT NULL,
    createdAt TEXT NOT NULL,
    updatedAt TEXT NOT NULL
);
"""

PostId = Annotated[int, Path(ge=1, lt=2**63)]


class PostIn(BaseModel):
    title: str = Field(min_length=1, max_length=200)
    content: str = Field(min_length=1)
    category: str = Field(min_length=1, max_length=100)
    tags: list[str] = []


class PostOut(PostIn):
    id: int
    createdAt: datetime
    updatedAt: datetime


@asynccontextmanager
async def lifespan(app: FastAPI):
    async with aiosqlite.connect("posts.sqlite") as db:
        db.row_factory = aiosqlite.Row
        await db.execute("PRAGMA journal_mode=WAL")
        await db.execute("PRAGMA synchronous=NORMAL")
        await db.executescript(SCHEMA)
        app.state.db = db
        yield


async def get_db(request: Request) -> aiosqlite.Connection:
    return request.app.state.db


Db = Annotated[aiosqlite.Connection, Depends(get_db)]
router = APIRouter(prefix="/posts", tags=["posts"])


def to_post(row) -> dict:
    return {**row, "tags": json.loads(row["tags"])}


async def get_or_404(post_id: PostId, db: Db) -> dict:
    async with db.execute("SELECT * FROM posts WHERE id = ?", (post_id,)) as cursor:
        row = await cursor.fetchone()
    if row is None:
        raise HTTPException(404, "Post not found")
    return to_post(row)


Found = Annotated[dict, Depends(get_or_404)]


@router.post("/", status_code=201, response_model=PostOut)
async def create_post(body: PostIn, db: Db):
    now = datetime.utcnow().isoformat()
    cursor = await db.execute(
        "INSERT INTO posts (title, content, category, tags, createdAt, updatedAt)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (body.title, body.content, body.category, json.dumps(body.tags), now, now),
    )
    await db.commit()
    return {**body.model_dump(), "id": cursor.lastrowid, "createdAt": now, "updatedAt": now}


@router.get("/", response_model=list[PostOut])
async def list_posts(db: Db, term: str | None = None):
    sql, values = "SELECT * FROM posts", ()
    if term:
        sql += " WHERE instr(lower(title || char(10) || content || char(10) || category), lower(?))"
        values = (term,)
    async with db.execute(sql + " ORDER BY createdAt DESC", values) as cursor:
        return [to_post(row) async for row in cursor]


@router.get("/{post_id}/", response_model=PostOut)
async def get_post(post: Found):
    return post


@router.put("/{post_id}/", response_model=PostOut)
async def update_post(body: PostIn, post: Found, db: Db):
    post.update(body.model_dump(), updatedAt=datetime.utcnow().isoformat())
    await db.execute(
        "UPDATE posts SET title = ?, content = ?, category = ?, tags = ?, updatedAt = ? WHERE id = ?",
        (
            post["title"],
            post["content"],
            post["category"],
            json.dumps(post["tags"]),
            post["updatedAt"],
            post["id"],
        ),
    )
    await db.commit()
    return post


@router.delete("/{post_id}/", status_code=204)
async def delete_post(post: Found, db: Db):
    await db.execute("DELETE FROM posts WHERE id = ?", (post["id"],))
    await db.commit()
    return Response(status_code=204)


app = FastAPI(title="Blogging Platform", lifespan=lifespan)
app.include_router(router)

if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=8000)
