"""The sequences behind the references, and the readers of the event chain."""

from django.db import migrations

from grants.core.ids import SEQUENCES, sequence_name


class Migration(migrations.Migration):
    dependencies = [("grants", "0001_initial")]

    operations = [
        migrations.RunSQL(
            sql=f"CREATE SEQUENCE {sequence_name(kind)}",
            reverse_sql=f"DROP SEQUENCE {sequence_name(kind)}",
        )
        for kind in sorted(SEQUENCES)
    ]
