from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlmodel import Session, create_engine


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_file=".env")

    database_url: str


engine = create_engine(Settings().database_url, pool_size=20)


def get_session():
    with Session(engine, expire_on_commit=False) as session:
        yield session
