"""How many photos of a trace say where they were taken: what a list of albums shows of one that was traced."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("trace") as batch_op:
        batch_op.add_column(sa.Column("located", sa.Integer(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("trace") as batch_op:
        batch_op.drop_column("located")
