"""people, tokens, submissions and what belongs to them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "person",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "upload",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_table(
        "worker",
        sa.Column("id", sa.String(length=256), nullable=False),
        sa.Column("slots", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_worker_seen_at", "worker", ["seen_at"])

    op.create_table(
        "submission",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("owner", sa.String(length=64), nullable=False),
        sa.Column("project", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("location", sa.String(length=2048), nullable=False),
        sa.Column("ref", sa.String(length=256), nullable=True),
        sa.Column("path", sa.String(length=2048), nullable=False),
        sa.Column("upload", sa.String(length=64), nullable=True),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("turn", sa.BigInteger(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("faults", sa.Integer(), nullable=False),
        sa.Column("last_event", sa.Integer(), nullable=False),
        sa.Column("lease_owner", sa.String(length=256), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verdict", sa.String(length=32), nullable=True),
        sa.Column("earned", sa.Float(), nullable=True),
        sa.Column("undecided", sa.Float(), nullable=True),
        sa.Column("possible", sa.Integer(), nullable=True),
        sa.Column("commit", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["owner"],
            ["person.id"],
        ),
        sa.ForeignKeyConstraint(
            ["upload"],
            ["upload.digest"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_submission_earned", "submission", ["earned", "id"])
    op.create_index("ix_submission_lease", "submission", ["state", "lease_until"])
    op.create_index("ix_submission_owner_id", "submission", ["owner", "id"])
    op.create_index("ix_submission_owner_queue", "submission", ["owner", "state", "turn"])
    op.create_index("ix_submission_project_id", "submission", ["project", "id"])
    op.create_index("ix_submission_queue", "submission", ["state", "turn", "id"])
    op.create_index("ix_submission_state_ended", "submission", ["state", "ended_at"])
    op.create_index("ix_submission_state_id", "submission", ["state", "id"])

    op.create_table(
        "token",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("secret_digest", sa.String(length=64), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("scope", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person"],
            ["person.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("secret_digest"),
    )
    op.create_index("ix_token_person", "token", ["person"])

    op.create_table(
        "event",
        sa.Column("submission", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("type", sa.String(length=32), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission"],
            ["submission.id"],
        ),
        sa.PrimaryKeyConstraint("submission", "number"),
    )
    op.create_table(
        "idempotency",
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("submission", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person"],
            ["person.id"],
        ),
        sa.ForeignKeyConstraint(
            ["submission"],
            ["submission.id"],
        ),
        sa.PrimaryKeyConstraint("person", "key"),
    )
    op.create_table(
        "report",
        sa.Column("submission", sa.String(length=64), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("schema_version", sa.String(length=16), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission"],
            ["submission.id"],
        ),
        sa.PrimaryKeyConstraint("submission"),
    )


def downgrade() -> None:
    op.drop_table("report")
    op.drop_table("idempotency")
    op.drop_table("event")
    op.drop_index("ix_token_person", "token")

    op.drop_table("token")
    op.drop_index("ix_submission_state_id", "submission")
    op.drop_index("ix_submission_state_ended", "submission")
    op.drop_index("ix_submission_queue", "submission")
    op.drop_index("ix_submission_project_id", "submission")
    op.drop_index("ix_submission_owner_queue", "submission")
    op.drop_index("ix_submission_owner_id", "submission")
    op.drop_index("ix_submission_lease", "submission")
    op.drop_index("ix_submission_earned", "submission")

    op.drop_table("submission")
    op.drop_index("ix_worker_seen_at", "worker")

    op.drop_table("worker")
    op.drop_table("upload")
    op.drop_table("person")
