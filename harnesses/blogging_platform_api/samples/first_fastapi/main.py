from typing import List, Optional

from fastapi import Depends, FastAPI, HTTPException, status
from sqlalchemy.orm import Session

import models
import services
from database import engine, get_db
from schemas import Post, PostCreate

models.Base.metadata.create_all(bind=engine)

app = FastAPI()


@app.get("/")
def home():
    return {"message": "Welcome to my blog API!"}


@app.post("/posts", response_model=Post, status_code=status.HTTP_201_CREATED)
def create_post(post: PostCreate, db: Session = Depends(get_db)):
    return services.create_post(db, post)


@app.get("/posts", response_model=List[Post])
def get_posts(search_query: Optional[str] = None, db: Session = Depends(get_db)):
    if search_query:
        return services.search_posts(db, search_query)
    return services.get_posts(db)


@app.get("/posts/{post_id}", response_model=Post)
def get_post(post_id: int, db: Session = Depends(get_db)):
    post = services.get_post(db, post_id)
    if not post:
        raise HTTPException(status_code=404, detail="Post not found")
    return post


@app.put("/posts/{post_id}", response_model=Post)
def update_post(post_id: int, post: PostCreate, db: Session = Depends(get_db)):
    db_post = services.update_post(db, post_id, post)
    if not db_post:
        raise HTTPException(status_code=404, detail="Post not found")
    return db_post


@app.delete("/posts/{post_id}", status_code=status.HTTP_204_NO_CONTENT)
def delete_post(post_id: int, db: Session = Depends(get_db)):
    if not services.delete_post(db, post_id):
        raise HTTPException(status_code=404, detail="Post not found")
