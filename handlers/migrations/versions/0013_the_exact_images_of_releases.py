"""The exact images of releases."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("releases") as batch_op:
        for name in ("artefact", "artefact_problem", "artefact_moved"):
            batch_op.add_column(sa.Column(name, sa.Text(), nullable=False, server_default=""))
    with op.batch_alter_table("deployments") as batch_op:
        batch_op.add_column(sa.Column("artefact", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    with op.batch_alter_table("deployments") as batch_op:
        batch_op.drop_column("artefact")
    with op.batch_alter_table("releases") as batch_op:
        for name in ("artefact_moved", "artefact_problem", "artefact"):
            batch_op.drop_column(name)
