from datetime import datetime
from typing import List

from pydantic import BaseModel


class PostCreate(BaseModel):
    title: str
    content: str
    category: str
    tags: List[str] = []


class Post(PostCreate):
    id: int
    created_at: datetime
    updated_at: datetime

    class Config:
        from_attributes = True
