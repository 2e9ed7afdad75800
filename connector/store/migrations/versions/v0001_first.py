"""The first tables."""

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
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("is_admin", sa.Boolean(), nullable=False),
        sa.Column("preferences", sa.JSON(), nullable=False),
        sa.Column("set_up_at", sa.DateTime(), nullable=True),
        sa.Column("setup_hash", sa.String(length=64), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "connection",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("owner", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("account_name", sa.Text(), nullable=False),
        sa.Column("limits", sa.JSON(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("by_login_flow", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["owner"], ["person.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("connection", schema=None) as batch_op:
        batch_op.create_index("connection_of_owner_by_name", ["owner", "name"], unique=True)
        batch_op.create_index(batch_op.f("ix_connection_owner"), ["owner"], unique=False)

    op.create_table(
        "login",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("owner", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("connection_id", sa.String(length=32), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["owner"], ["person.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("login", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_login_owner"), ["owner"], unique=False)

    op.create_table(
        "notice",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("owner", sa.String(length=32), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["owner"], ["person.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notice_owner"), ["owner"], unique=False)

    op.create_table(
        "style",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("owner", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("style", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["owner"], ["person.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("style", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_style_owner"), ["owner"], unique=False)

    op.create_table(
        "tally",
        sa.Column("owner", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["owner"], ["person.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("owner", "name"),
    )
    op.create_table(
        "token",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("owner", sa.String(length=32), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["owner"], ["person.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("hash"),
    )
    with op.batch_alter_table("token", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_token_owner"), ["owner"], unique=False)

    op.create_table(
        "way",
        sa.Column("owner", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["owner"], ["person.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("owner", "key"),
    )
    op.create_table(
        "fix",
        sa.Column("connection_id", sa.String(length=32), nullable=False),
        sa.Column("asset_id", sa.Text(), nullable=False),
        sa.Column("owner", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("fix", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["connection_id"], ["connection.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["owner"], ["person.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("connection_id", "asset_id"),
    )
    with op.batch_alter_table("fix", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_fix_owner"), ["owner"], unique=False)

    op.create_table(
        "hook",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("owner", sa.String(length=32), nullable=False),
        sa.Column("connection_id", sa.String(length=32), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("provider_hook_id", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["connection_id"], ["connection.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["owner"], ["person.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token_hash"),
    )
    with op.batch_alter_table("hook", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_hook_connection_id"), ["connection_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_hook_owner"), ["owner"], unique=False)

    op.create_table(
        "trace",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("owner", sa.String(length=32), nullable=False),
        sa.Column("connection_id", sa.String(length=32), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("subtitle", sa.Text(), nullable=True),
        sa.Column("titled", sa.Boolean(), nullable=False),
        sa.Column("style", sa.JSON(), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("pulls", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("job_id", sa.Text(), nullable=True),
        sa.Column("fingerprint", sa.Text(), nullable=True),
        sa.Column("photos", sa.Integer(), nullable=True),
        sa.Column("stops", sa.Integer(), nullable=True),
        sa.Column("distance_m", sa.Double(), nullable=True),
        sa.Column("start", sa.DateTime(), nullable=True),
        sa.Column("end", sa.DateTime(), nullable=True),
        sa.Column("by_watch", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["connection_id"], ["connection.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["owner"], ["person.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("trace", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_trace_connection_id"), ["connection_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_trace_owner"), ["owner"], unique=False)

    op.create_table(
        "watch",
        sa.Column("connection_id", sa.String(length=32), nullable=False),
        sa.Column("owner", sa.String(length=32), nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("due_at", sa.DateTime(), nullable=True),
        sa.Column("looked_at", sa.DateTime(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["connection_id"], ["connection.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["owner"], ["person.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("connection_id"),
    )
    with op.batch_alter_table("watch", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_watch_owner"), ["owner"], unique=False)

    op.create_table(
        "built",
        sa.Column("trace_id", sa.String(length=32), nullable=False),
        sa.Column("owner", sa.String(length=32), nullable=False),
        sa.Column("fixes", sa.LargeBinary(), nullable=False),
        sa.Column("recordings", sa.LargeBinary(), nullable=False),
        sa.Column("trace", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["owner"], ["person.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["trace_id"], ["trace.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("trace_id"),
    )
    with op.batch_alter_table("built", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_built_owner"), ["owner"], unique=False)

    op.create_table(
        "edit",
        sa.Column("trace_id", sa.String(length=32), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(length=32), nullable=False),
        sa.Column("edit", sa.JSON(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["owner"], ["person.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["trace_id"], ["trace.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("trace_id", "seq"),
    )
    with op.batch_alter_table("edit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_edit_owner"), ["owner"], unique=False)

    op.create_table(
        "hook_call",
        sa.Column("hook_id", sa.String(length=32), nullable=False),
        sa.Column("call_id", sa.String(length=255), nullable=False),
        sa.Column("owner", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["hook_id"], ["hook.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["owner"], ["person.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("hook_id", "call_id"),
    )
    with op.batch_alter_table("hook_call", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_hook_call_owner"), ["owner"], unique=False)

    op.create_table(
        "photo",
        sa.Column("trace_id", sa.String(length=32), nullable=False),
        sa.Column("asset_id", sa.Text(), nullable=False),
        sa.Column("owner", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("asset", sa.Text(), nullable=False),
        sa.Column("colour", sa.String(length=7), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["owner"], ["person.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["trace_id"], ["trace.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("trace_id", "asset_id"),
    )
    with op.batch_alter_table("photo", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_photo_owner"), ["owner"], unique=False)
        batch_op.create_index("photo_of_trace_by_key", ["trace_id", "key"], unique=True)
        batch_op.create_index("photo_of_trace_by_position", ["trace_id", "position"], unique=False)

    op.create_table(
        "progress",
        sa.Column("trace_id", sa.String(length=32), nullable=False),
        sa.Column("owner", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("found", sa.Integer(), nullable=True),
        sa.Column("read", sa.Integer(), nullable=False),
        sa.Column("legs", sa.Integer(), nullable=True),
        sa.Column("legs_done", sa.Integer(), nullable=False),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("retry", sa.Boolean(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["owner"], ["person.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["trace_id"], ["trace.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("trace_id"),
    )
    with op.batch_alter_table("progress", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_progress_owner"), ["owner"], unique=False)

    op.create_table(
        "recording",
        sa.Column("trace_id", sa.String(length=32), nullable=False),
        sa.Column("asset_id", sa.Text(), nullable=False),
        sa.Column("owner", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("asset", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=True),
        sa.Column("points", sa.LargeBinary(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["owner"], ["person.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["trace_id"], ["trace.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("trace_id", "asset_id"),
    )
    with op.batch_alter_table("recording", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recording_owner"), ["owner"], unique=False)

    op.create_table(
        "share",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("owner", sa.String(length=32), nullable=False),
        sa.Column("trace_id", sa.String(length=32), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.Column("path_only", sa.Boolean(), nullable=False),
        sa.Column("hide_ends_m", sa.Double(), nullable=False),
        sa.Column("frame_ancestors", sa.JSON(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("written_back", sa.Boolean(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["owner"], ["person.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["trace_id"], ["trace.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token_hash"),
    )
    with op.batch_alter_table("share", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_share_owner"), ["owner"], unique=False)
        batch_op.create_index(batch_op.f("ix_share_trace_id"), ["trace_id"], unique=False)

    op.create_table(
        "trace_album",
        sa.Column("trace_id", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(length=32), nullable=False),
        sa.Column("album_id", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["owner"], ["person.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["trace_id"], ["trace.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("trace_id", "position"),
    )
    with op.batch_alter_table("trace_album", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_trace_album_owner"), ["owner"], unique=False)

    op.create_table(
        "watched_album",
        sa.Column("connection_id", sa.String(length=32), nullable=False),
        sa.Column("album_id", sa.Text(), nullable=False),
        sa.Column("owner", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Text(), nullable=True),
        sa.Column("seen", sa.String(length=64), nullable=True),
        sa.Column("weighed", sa.String(length=64), nullable=True),
        sa.Column("trace_id", sa.String(length=32), nullable=True),
        sa.Column("asked_for", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["connection_id"], ["connection.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["owner"], ["person.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["trace_id"], ["trace.id"], ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("connection_id", "album_id"),
    )
    with op.batch_alter_table("watched_album", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_watched_album_owner"), ["owner"], unique=False)

    op.create_table(
        "write_back",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("owner", sa.String(length=32), nullable=False),
        sa.Column("trace_id", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("undone_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["owner"], ["person.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["trace_id"], ["trace.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("write_back", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_write_back_owner"), ["owner"], unique=False)
        batch_op.create_index(batch_op.f("ix_write_back_trace_id"), ["trace_id"], unique=False)

    op.create_table(
        "written",
        sa.Column("write_back_id", sa.String(length=32), nullable=False),
        sa.Column("asset_id", sa.Text(), nullable=False),
        sa.Column("owner", sa.String(length=32), nullable=False),
        sa.Column("asset", sa.Text(), nullable=False),
        sa.Column("before", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["owner"], ["person.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["write_back_id"], ["write_back.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("write_back_id", "asset_id"),
    )
    with op.batch_alter_table("written", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_written_owner"), ["owner"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("written", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_written_owner"))

    op.drop_table("written")
    with op.batch_alter_table("write_back", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_write_back_trace_id"))
        batch_op.drop_index(batch_op.f("ix_write_back_owner"))

    op.drop_table("write_back")
    with op.batch_alter_table("watched_album", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_watched_album_owner"))

    op.drop_table("watched_album")
    with op.batch_alter_table("trace_album", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_trace_album_owner"))

    op.drop_table("trace_album")
    with op.batch_alter_table("share", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_share_trace_id"))
        batch_op.drop_index(batch_op.f("ix_share_owner"))

    op.drop_table("share")
    with op.batch_alter_table("recording", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_recording_owner"))

    op.drop_table("recording")
    with op.batch_alter_table("progress", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_progress_owner"))

    op.drop_table("progress")
    with op.batch_alter_table("photo", schema=None) as batch_op:
        batch_op.drop_index("photo_of_trace_by_position")
        batch_op.drop_index("photo_of_trace_by_key")
        batch_op.drop_index(batch_op.f("ix_photo_owner"))

    op.drop_table("photo")
    with op.batch_alter_table("hook_call", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_hook_call_owner"))

    op.drop_table("hook_call")
    with op.batch_alter_table("edit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_edit_owner"))

    op.drop_table("edit")
    with op.batch_alter_table("built", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_built_owner"))

    op.drop_table("built")
    with op.batch_alter_table("watch", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_watch_owner"))

    op.drop_table("watch")
    with op.batch_alter_table("trace", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_trace_owner"))
        batch_op.drop_index(batch_op.f("ix_trace_connection_id"))

    op.drop_table("trace")
    with op.batch_alter_table("hook", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_hook_owner"))
        batch_op.drop_index(batch_op.f("ix_hook_connection_id"))

    op.drop_table("hook")
    with op.batch_alter_table("fix", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_fix_owner"))

    op.drop_table("fix")
    op.drop_table("way")
    with op.batch_alter_table("token", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_token_owner"))

    op.drop_table("token")
    op.drop_table("tally")
    with op.batch_alter_table("style", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_style_owner"))

    op.drop_table("style")
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_notice_owner"))

    op.drop_table("notice")
    with op.batch_alter_table("login", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_login_owner"))

    op.drop_table("login")
    with op.batch_alter_table("connection", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_connection_owner"))
        batch_op.drop_index("connection_of_owner_by_name")

    op.drop_table("connection")
    op.drop_table("person")
