import secrets

from fastapi import Depends, FastAPI, HTTPException
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlmodel import Session, select, update

from app.database import get_session
from app.models import Link, LinkIn, LinkOut, LinkStats, now

app = FastAPI(title="URL shortener")


@app.exception_handler(RequestValidationError)
def refuse(request, error):
    return JSONResponse({"detail": "url has to be an http or https URL"}, status_code=400)


def shown(link: Link) -> dict:
    return {
        "id": link.id,
        "url": link.url,
        "shortCode": link.short_code,
        "createdAt": link.created_at,
        "updatedAt": link.updated_at,
        "accessCount": link.access_count,
    }


def find(code: str, session: Session = Depends(get_session)) -> Link:
    link = session.exec(select(Link).where(Link.short_code == code)).first()
    if link is None:
        raise HTTPException(404, "there is no such short URL")
    return link


@app.post("/shorten", status_code=201, response_model=LinkOut)
def create(body: LinkIn, session: Session = Depends(get_session)):
    link = Link(url=str(body.url), short_code=secrets.token_urlsafe(6))
    session.add(link)
    session.commit()
    return shown(link)


@app.get("/shorten/{code}", response_model=LinkOut)
def retrieve(link: Link = Depends(find), session: Session = Depends(get_session)):
    session.exec(
        update(Link).where(Link.id == link.id).values(access_count=Link.access_count + 1)
    )
    session.commit()
    return shown(link)


@app.put("/shorten/{code}", response_model=LinkOut)
def change(body: LinkIn, link: Link = Depends(find), session: Session = Depends(get_session)):
    link.url, link.updated_at = str(body.url), now()
    session.add(link)
    session.commit()
    return shown(link)


@app.delete("/shorten/{code}", status_code=204)
def delete(link: Link = Depends(find), session: Session = Depends(get_session)):
    session.delete(link)
    session.commit()


@app.get("/shorten/{code}/stats", response_model=LinkStats)
def statistics(link: Link = Depends(find)):
    return shown(link)
