import random
import string
import time
from datetime import datetime, timezone

from fastapi import APIRouter, BackgroundTasks, HTTPException
from pydantic import AnyHttpUrl, BaseModel

from shortener.database import session

router = APIRouter(prefix="/api/v1/shorten", tags=["links"])
rng = random.SystemRandom()


class LinkCreate(BaseModel):
    url: AnyHttpUrl


def envelope(message, data=None):
    return {"message": message, "data": data}


def serialize(row, with_clicks=False):
    data = {
        "id": str(row["id"]),
        "original_url": row["original_url"],
        "short_code": row["short_code"],
        "created_at": datetime.fromtimestamp(row["created_at"], timezone.utc).isoformat(),
        "updated_at": datetime.fromtimestamp(row["updated_at"], timezone.utc).isoformat(),
    }
    if with_clicks:
        data["click_count"] = row["click_count"]
    return data


def by_code(db, short_code):
    row = db.execute("SELECT * FROM short_urls WHERE short_code = ?", (short_code,)).fetchone()
    if row is None:
        raise HTTPException(status_code=404, detail=f"No link with code {short_code!r}")
    return row


def count_click(link_id):
    time.sleep(0.05)
    with session() as db:
        db.execute("UPDATE short_urls SET click_count = click_count + 1 WHERE id = ?", (link_id,))


@router.post("", status_code=201)
def create_link(body: LinkCreate):
    url = str(body.url)
    with session() as db:
        row = db.execute("SELECT * FROM short_urls WHERE original_url = ?", (url,)).fetchone()
        if row is None:
            code = "".join(rng.choices(string.ascii_lowercase + string.digits, k=8))
            db.execute(
                "INSERT INTO short_urls (original_url, short_code) VALUES (?, ?)", (url, code)
            )
            row = by_code(db, code)
        return envelope("Link created", serialize(row))


@router.get("/{short_code}")
def get_link(short_code: str, tasks: BackgroundTasks):
    with session() as db:
        row = by_code(db, short_code)
    tasks.add_task(count_click, row["id"])
    return envelope("Link found", serialize(row))


@router.put("/{short_code}")
def update_link(short_code: str, body: LinkCreate):
    with session() as db:
        row = by_code(db, short_code)
        db.execute(
            "UPDATE short_urls SET original_url = ?, updated_at = unixepoch() WHERE id = ?",
            (str(body.url), row["id"]),
        )
        return envelope("Link updated", serialize(by_code(db, short_code)))


@router.delete("/{short_code}")
def delete_link(short_code: str):
    with session() as db:
        row = by_code(db, short_code)
        db.execute("DELETE FROM short_urls WHERE id = ?", (row["id"],))
    return envelope("Link deleted")


@router.get("/{short_code}/stats")
def link_stats(short_code: str):
    with session() as db:
        return envelope("Link statistics", serialize(by_code(db, short_code), with_clicks=True))
