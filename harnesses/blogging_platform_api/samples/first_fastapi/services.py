from sqlalchemy import or_
from sqlalchemy.orm import Session

from models import Post
from schemas import PostCreate

BIGGEST_ID = 9223372036854775807


def create_post(db: Session, post: PostCreate):
    db_post = Post(**post.model_dump())
    db.add(db_post)
    db.commit()
    db.refresh(db_post)
    return db_post


def get_posts(db: Session):
    return db.query(Post).all()


def search_posts(db: Session, search_query: str):
    pattern = f"%{search_query}%"
    return (
        db.query(Post)
        .filter(or_(Post.title.like(pattern), Post.content.like(pattern), Post.category.like(pattern)))
        .all()
    )


def get_post(db: Session, post_id: int):
    if abs(post_id) > BIGGEST_ID:
        return None
    return db.query(Post).filter(Post.id == post_id).first()


def update_post(db: Session, post_id: int, post: PostCreate):
    db_post = get_post(db, post_id)
    if db_post:
        for key, value in post.model_dump().items():
            setattr(db_post, key, value)
        db.commit()
        db.refresh(db_post)
    return db_post


def delete_post(db: Session, post_id: int):
    db_post = get_post(db, post_id)
    if not db_post:
        return False
    db.delete(db_post)
    db.commit()
    return True
