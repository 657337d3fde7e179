import storage
from fastapi import APIRouter

router = APIRouter()


@router.get("/notes")
def read():
    return storage.rows()


@router.post("/notes", status_code=201)
def write(text: str):
    storage.add(text)
    return {"text": text}
