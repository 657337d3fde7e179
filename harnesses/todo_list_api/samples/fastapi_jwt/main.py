import os
import secrets
from contextlib import asynccontextmanager
from datetime import datetime, timedelta, timezone
from typing import Annotated

import aiosqlite
import jwt
import uvicorn
from fastapi import Depends, FastAPI, HTTPException, Path, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.security import OAuth2PasswordBearer, OAuth2PasswordRequestForm
from pwdlib import PasswordHash
from pydantic import BaseModel, Field

SECRET_KEY = os.environ.get("SECRET_KEY") or secrets.token_hex(32)
SCHEMA = """
CREATE TABLE IF NOT EXISTS users (
    id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT, email TEXT UNIQUE, password TEXT
);
CREATE TABLE IF NOT EXISTS todos (
    id INTEGER PRIMARY KEY AUTOINCREMENT, owner INTEGER, title TEXT, description TEXT
);
CREATE INDEX IF NOT EXISTS owners ON todos (owner);
"""

hasher = PasswordHash.recommended()
oauth2 = OAuth2PasswordBearer(tokenUrl="token")


class UserIn(BaseModel):
    name: str = Field(min_length=1)
    email: str = Field(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")
    password: str = Field(min_length=8)


class UserOut(BaseModel):
    id: int
    name: str
    email: str


class TodoIn(BaseModel):
    title: str = Field(min_length=1)
    description: str = ""


class TodoOut(TodoIn):
    id: int


class Page(BaseModel):
    data: list[TodoOut]
    page: int
    limit: int
    total: int


@asynccontextmanager
async def lifespan(app: FastAPI):
    async with aiosqlite.connect("todos.sqlite") as db:
        db.row_factory = aiosqlite.Row
        await db.execute("PRAGMA journal_mode=WAL")
        await db.execute("PRAGMA synchronous=NORMAL")
        await db.executescript(SCHEMA)
        app.state.db = db
        yield


async def get_db(request: Request) -> aiosqlite.Connection:
    return request.app.state.db


Db = Annotated[aiosqlite.Connection, Depends(get_db)]
TodoId = Annotated[int, Path(ge=1, lt=2**63)]
app = FastAPI(title="Todos", lifespan=lifespan)


async def one(db, sql, *values):
    async with db.execute(sql, values) as cursor:
        return await cursor.fetchone()


async def current_user(token: Annotated[str, Depends(oauth2)]) -> int:
    try:
        return int(jwt.decode(token, SECRET_KEY, algorithms=["HS256"])["sub"])
    except jwt.InvalidTokenError:
        raise HTTPException(401, "Could not validate credentials", {"WWW-Authenticate": "Bearer"})


User = Annotated[int, Depends(current_user)]


@app.post("/register", status_code=201, response_model=UserOut)
async def register(body: UserIn, db: Db):
    if await one(db, "SELECT 1 FROM users WHERE email = ?", body.email):
        raise HTTPException(400, "Email already registered")
    hashed = await run_in_threadpool(hasher.hash, body.password)
    cursor = await db.execute(
        "INSERT INTO users (name, email, password) VALUES (?, ?, ?)", (body.name, body.email, hashed)
    )
    await db.commit()
    return {"id": cursor.lastrowid, "name": body.name, "email": body.email}


@app.post("/token")
async def login(form: Annotated[OAuth2PasswordRequestForm, Depends()], db: Db):
    user = await one(db, "SELECT * FROM users WHERE email = ?", form.username)
    if not user or not await run_in_threadpool(hasher.verify, form.password, user["password"]):
        raise HTTPException(401, "Incorrect username or password")
    expires = datetime.now(timezone.utc) + timedelta(hours=1)
    claims = {"sub": str(user["id"]), "exp": expires, "jti": secrets.token_hex(4)}
    return {"access_token": jwt.encode(claims, SECRET_KEY, "HS256"), "token_type": "bearer"}


async def own_todo(todo_id: TodoId, user: User, db: Db) -> int:
    row = await one(db, "SELECT owner FROM todos WHERE id = ?", todo_id)
    if row is None or row["owner"] != user:
        raise HTTPException(404, "Todo not found")
    return todo_id


Own = Annotated[int, Depends(own_todo)]


@app.post("/todos/", status_code=201, response_model=TodoOut)
async def create_todo(body: TodoIn, user: User, db: Db):
    cursor = await db.execute(
        "INSERT INTO todos (owner, title, description) VALUES (?, ?, ?)",
        (user, body.title, body.description),
    )
    await db.commit()
    return {"id": cursor.lastrowid, **body.model_dump()}


@app.get("/todos/", response_model=Page)
async def list_todos(
    user: User,
    db: Db,
    page: Annotated[int, Query(ge=1, le=10**9)] = 1,
    limit: Annotated[int, Query(ge=1, le=100)] = 10,
):
    total = (await one(db, "SELECT count(*) FROM todos WHERE owner = ?", user))[0]
    sql = "SELECT * FROM todos WHERE owner = ? ORDER BY id DESC LIMIT ? OFFSET ?"
    async with db.execute(sql, (user, limit, (page - 1) * limit)) as cursor:
        data = [dict(row) async for row in cursor]
    return {"data": data, "page": page, "limit": limit, "total": total}


@app.put("/todos/{todo_id}/", response_model=TodoOut)
async def update_todo(body: TodoIn, todo_id: Own, db: Db):
    await db.execute(
        "UPDATE todos SET title = ?, description = ? WHERE id = ?",
        (body.title, body.description, todo_id),
    )
    await db.commit()
    return {"id": todo_id, **body.model_dump()}


@app.delete("/todos/{todo_id}/", status_code=204)
async def delete_todo(todo_id: Own, db: Db):
    await db.execute("DELETE FROM todos WHERE id = ?", (todo_id,))
    await db.commit()
    return Response(status_code=204)


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=8000)
