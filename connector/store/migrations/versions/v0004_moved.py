"""Albums that went and seem to be back under another name."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "moved",
        sa.Column("trace_id", sa.String(length=32), nullable=False),
        sa.Column("album_id", sa.Text(), nullable=False),
        sa.Column("new_album_id", sa.Text(), nullable=False),
        sa.Column("owner", sa.String(length=32), nullable=False),
        sa.Column("new_title", sa.Text(), nullable=False),
        sa.Column("kept", sa.Integer(), nullable=False),
        sa.Column("of", sa.Integer(), nullable=False),
        sa.Column("declined", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["owner"], ["person.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["trace_id"], ["trace.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("trace_id", "album_id", "new_album_id"),
    )
    op.create_index(op.f("ix_moved_owner"), "moved", ["owner"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_moved_owner"), table_name="moved")
    op.drop_table("moved")
