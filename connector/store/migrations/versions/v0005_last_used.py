"""When a router's answer and the reading of a photo were of use last, so that they can go some day."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("way") as batch_op:
        batch_op.add_column(
            sa.Column("used_at", sa.DateTime(), nullable=False, server_default=sa.func.current_timestamp())
        )
    with op.batch_alter_table("way") as batch_op:
        batch_op.alter_column("used_at", server_default=None)
    with op.batch_alter_table("fix") as batch_op:
        batch_op.add_column(sa.Column("unused_since", sa.DateTime(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("fix") as batch_op:
        batch_op.drop_column("unused_since")
    with op.batch_alter_table("way") as batch_op:
        batch_op.drop_column("used_at")
