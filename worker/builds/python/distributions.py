"""Which distribution on PyPI an imported module comes from.

Only well-known ones: where the name of the import and of the distribution are the same, and for
those that are spelt differently. A module that is in neither list is not guessed: a wrong guess
would install a stranger's package.
"""

from __future__ import annotations

import sys

# Imported as -> installed as.
RENAMED: dict[str, str] = {
    "attr": "attrs",
    "bs4": "beautifulsoup4",
    "bson": "pymongo",
    "cv2": "opencv-python-headless",
    "dateutil": "python-dateutil",
    "decouple": "python-decouple",
    "django_filters": "django-filter",
    "docx": "python-docx",
    "dotenv": "python-dotenv",
    "environ": "django-environ",
    "flask_admin": "Flask-Admin",
    "flask_bcrypt": "Flask-Bcrypt",
    "flask_caching": "Flask-Caching",
    "flask_cors": "Flask-Cors",
    "flask_jwt_extended": "Flask-JWT-Extended",
    "flask_limiter": "Flask-Limiter",
    "flask_login": "Flask-Login",
    "flask_mail": "Flask-Mail",
    "flask_marshmallow": "flask-marshmallow",
    "flask_migrate": "Flask-Migrate",
    "flask_restful": "Flask-RESTful",
    "flask_restx": "flask-restx",
    "flask_session": "Flask-Session",
    "flask_smorest": "flask-smorest",
    "flask_socketio": "Flask-SocketIO",
    "flask_sqlalchemy": "Flask-SQLAlchemy",
    "flask_swagger_ui": "flask-swagger-ui",
    "flask_wtf": "Flask-WTF",
    "jose": "python-jose[cryptography]",
    "jwt": "PyJWT",
    "magic": "python-magic",
    "markdown": "Markdown",
    "marshmallow_sqlalchemy": "marshmallow-sqlalchemy",
    "memcache": "python-memcached",
    "multipart": "python-multipart",
    "MySQLdb": "mysqlclient",
    "mysql": "mysql-connector-python",
    "nacl": "PyNaCl",
    "OpenSSL": "pyOpenSSL",
    "PIL": "pillow",
    "psycopg": "psycopg[binary]",
    "psycopg2": "psycopg2-binary",
    "pydantic_settings": "pydantic-settings",
    "pythonjsonlogger": "python-json-logger",
    "redis": "redis",
    "rest_framework": "djangorestframework",
    "rest_framework_simplejwt": "djangorestframework-simplejwt",
    "corsheaders": "django-cors-headers",
    "drf_spectacular": "drf-spectacular",
    "drf_yasg": "drf-yasg",
    "serial": "pyserial",
    "sklearn": "scikit-learn",
    "slugify": "python-slugify",
    "socketio": "python-socketio",
    "engineio": "python-engineio",
    "sse_starlette": "sse-starlette",
    "starlette": "starlette",
    "telegram": "python-telegram-bot",
    "ulid": "python-ulid",
    "werkzeug": "Werkzeug",
    "wtforms": "WTForms",
    "yaml": "PyYAML",
    "zmq": "pyzmq",
}

# Imported and installed under the same name.
SAME = frozenset(
    {
        "aiofiles", "aiohttp", "aiomysql", "aiosqlite", "alembic", "apscheduler", "argon2", "arrow",
        "asyncpg", "bcrypt", "beanie", "boto3", "bottle", "cachetools", "celery", "certifi",
        "cherrypy", "click", "colorama", "cryptography", "databases", "django", "emails", "faker",
        "falcon", "fastapi", "flask", "gevent", "gunicorn", "httpx", "hypercorn", "itsdangerous",
        "jinja2", "jsonschema", "kafka", "litestar", "loguru", "markupsafe", "marshmallow", "minio",
        "mongoengine", "motor", "nanoid", "numpy", "orjson", "pandas", "passlib", "peewee", "pika",
        "polars", "pony", "prettytable", "prometheus_client", "psutil", "pydantic", "pymongo",
        "pymysql", "pytz", "quart", "qrcode", "requests", "rich", "sanic", "shortuuid",
        "simplejson", "slowapi", "sqlalchemy", "sqlmodel", "stripe", "structlog", "tabulate",
        "tinydb", "tornado", "tortoise", "tqdm", "typer", "typing_extensions", "ujson", "uvicorn",
        "uvloop", "validators", "waitress", "watchfiles", "websockets", "xmltodict",
    }
)  # fmt: skip
_SAME_RENAMED = {"argon2": "argon2-cffi", "kafka": "kafka-python", "tortoise": "tortoise-orm"}

# (module, name in it) -> what has to be there for it to be imported or used, though it is optional.
IMPLIED: dict[tuple[str, str], str] = {
    ("starlette.middleware.sessions", "SessionMiddleware"): "itsdangerous",
    ("fastapi.templating", "Jinja2Templates"): "Jinja2",
    ("starlette.templating", "Jinja2Templates"): "Jinja2",
    ("fastapi", "Form"): "python-multipart",
    ("fastapi", "File"): "python-multipart",
    ("fastapi", "UploadFile"): "python-multipart",
    ("fastapi.security", "OAuth2PasswordRequestForm"): "python-multipart",
    ("pydantic", "EmailStr"): "email-validator",
}

# Database addresses of SQLAlchemy and its like begin so -> the driver that is loaded by that name.
SCHEMES: dict[str, str] = {
    "sqlite+aiosqlite:": "aiosqlite",
    "postgresql+asyncpg:": "asyncpg",
    "postgresql+psycopg:": "psycopg[binary]",
    "postgresql+psycopg2:": "psycopg2-binary",
    "mysql+pymysql:": "PyMySQL",
    "mysql+aiomysql:": "aiomysql",
}

# What an extra brings: (distribution, extra).
EXTRAS: dict[tuple[str, str], frozenset[str]] = {
    ("fastapi", "standard"): frozenset(
        {"uvicorn", "python-multipart", "jinja2", "email-validator", "httpx"}
    ),
    ("fastapi", "all"): frozenset(
        {"uvicorn", "python-multipart", "jinja2", "email-validator", "httpx", "itsdangerous",
         "pyyaml", "orjson", "ujson", "pydantic-settings"}
    ),
    ("pydantic", "email"): frozenset({"email-validator"}),
}  # fmt: skip

# What one distribution brings along for certain, so that importing it needs no line of its own.
BRINGS: dict[str, frozenset[str]] = {
    "flask": frozenset({"werkzeug", "jinja2", "markupsafe", "itsdangerous", "click", "blinker"}),
    "fastapi": frozenset({"starlette", "pydantic", "typing-extensions", "anyio"}),
    "sqlmodel": frozenset({"sqlalchemy", "pydantic"}),
    "flask-sqlalchemy": frozenset({"flask", "sqlalchemy"}),
    "flask-migrate": frozenset({"flask", "flask-sqlalchemy", "sqlalchemy", "alembic"}),
    "flask-jwt-extended": frozenset({"flask", "pyjwt"}),
    "djangorestframework": frozenset({"django"}),
    "djangorestframework-simplejwt": frozenset({"django", "djangorestframework", "pyjwt"}),
    "motor": frozenset({"pymongo"}),
    "beanie": frozenset({"motor", "pymongo", "pydantic"}),
    "mongoengine": frozenset({"pymongo"}),
    "pydantic-settings": frozenset({"pydantic", "python-dotenv"}),
    "uvicorn": frozenset({"click"}),
    "typer": frozenset({"click", "rich"}),
    "flask-wtf": frozenset({"flask", "wtforms"}),
    "pandas": frozenset({"numpy", "python-dateutil", "pytz"}),
    "boto3": frozenset({"python-dateutil"}),
    "python-jose": frozenset({"cryptography"}),
    "alembic": frozenset({"sqlalchemy"}),
    "flask-socketio": frozenset({"flask", "python-socketio", "python-engineio"}),
    "python-socketio": frozenset({"python-engineio"}),
    "requests": frozenset({"certifi"}),
    "httpx": frozenset({"certifi", "anyio"}),
}


def distribution(module: str) -> str | None:
    """The distribution that brings a top-level module.

    Returns:
        Its name; None for the standard library and for what is not well known.
    """
    if module in sys.stdlib_module_names:
        return None
    if module in RENAMED:
        return RENAMED[module]
    if module.lower() in SAME and (module == module.lower() or module in ("Flask", "Django")):
        return _SAME_RENAMED.get(module, module)
    return None
