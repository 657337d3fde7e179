"""What shows that an app needs a service: packages, addresses, images, names. Pure data."""

from __future__ import annotations

from collections.abc import Mapping

# The order in which they are told, and in which DATABASE_URL is given to one of two.
ORDER = ("postgres", "mysql", "mongodb", "redis", "rabbitmq")
RELATIONAL = ("postgres", "mysql")
# What an app that opens a file of SQLite does without.
DATABASES = (*RELATIONAL, "mongodb")
TITLES: Mapping[str, str] = {
    "postgres": "PostgreSQL",
    "mysql": "MySQL",
    "mongodb": "MongoDB",
    "redis": "Redis",
    "rabbitmq": "RabbitMQ",
}
# Other names of the same in grader.toml and compose files.
ALIASES: Mapping[str, str] = {
    **{name: name for name in ORDER},
    "postgresql": "postgres",
    "postgis": "postgres",
    "pg": "postgres",
    "mariadb": "mysql",
    "percona": "mysql",
    "mongo": "mongodb",
    "valkey": "redis",
    "keydb": "redis",
    "rabbit": "rabbitmq",
}
PORTS: Mapping[str, int] = {
    "postgres": 5432,
    "mysql": 3306,
    "mongodb": 27017,
    "redis": 6379,
    "rabbitmq": 5672,
}
# Packages of PyPI (as they are listed or imported), npm, Go, Maven, Composer, RubyGems. What names
# no server (an object mapper) is not among them.
PACKAGES: Mapping[str, str] = {
    **dict.fromkeys(
        (
            "psycopg", "psycopg2", "psycopg2-binary", "psycopg-binary", "asyncpg", "aiopg",
            "pg8000", "postgres", "pg", "pg-promise", "postgres-date", "@prisma/adapter-pg",
            "pg-pool", "github.com/lib/pq", "github.com/jackc/pgx", "gorm.io/driver/postgres",
            "org.postgresql",
        ),
        "postgres",
    ),
    **dict.fromkeys(
        (
            "mysqlclient", "pymysql", "aiomysql", "asyncmy", "mysql-connector-python",
            "mysql-connector", "mysqldb", "mysql.connector", "flask-mysqldb", "flask-mysql",
            "mariadb", "mysql", "mysql2", "github.com/go-sql-driver/mysql", "gorm.io/driver/mysql",
            "mysql-connector-j", "mysql-connector-java", "mariadb-java-client",
        ),
        "mysql",
    ),
    **dict.fromkeys(
        (
            "redis", "aioredis", "flask-redis", "django-redis", "fastapi-cache2", "rq", "ioredis",
            "connect-redis", "rate-limit-redis", "bull", "bullmq", "@redis/client",
            "github.com/redis/go-redis", "github.com/go-redis/redis", "redis-py-cluster", "jedis",
        ),
        "redis",
    ),
    **dict.fromkeys(
        ("pika", "aio-pika", "aio_pika", "aiormq", "kombu", "amqplib", "amqp-connection-manager",
         "amqpstorm", "github.com/rabbitmq/amqp091-go", "github.com/streadway/amqp"),
        "rabbitmq",
    ),
    **dict.fromkeys(
        ("pymongo", "motor", "mongoengine", "flask-pymongo", "beanie", "odmantic", "mongoose",
         "mongodb", "go.mongodb.org/mongo-driver"),
        "mongodb",
    ),
}  # fmt: skip
SCHEMES: Mapping[str, str] = {
    "postgres": "postgres",
    "postgresql": "postgres",
    "mysql": "mysql",
    "mariadb": "mysql",
    "redis": "redis",
    "rediss": "redis",
    "amqp": "rabbitmq",
    "amqps": "rabbitmq",
    "mongodb": "mongodb",
}
# Names under which compose files and guides let an app find a service, each on this machine then.
HOSTS: Mapping[str, tuple[str, ...]] = {
    "postgres": (
        "postgres", "postgresql", "db", "database", "pg", "pgsql", "postgres-db", "postgres_db",
        "postgresdb", "postgres-service", "db-postgres",
    ),
    "mysql": (
        "mysql", "mariadb", "db", "database", "mysql-db", "mysql_db", "mysqldb", "mysql-service",
        "db-mysql",
    ),
    "redis": ("redis", "cache", "redis-server", "redis-cache", "redis_cache", "redis-service"),
    "rabbitmq": ("rabbitmq", "rabbit", "broker", "queue", "mq", "message-broker", "amqp"),
    "mongodb": ("mongodb", "mongo", "db", "database", "mongo-db"),
}  # fmt: skip
EVERYWHERE = ("host.docker.internal",)
