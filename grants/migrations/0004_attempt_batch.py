"""An attempt belongs to the batch that it was released in, also when its payout moves on."""

import django.db.models.deletion
from django.db import migrations, models

BATCH = {
    "on_delete": django.db.models.deletion.PROTECT,
    "related_name": "attempts",
    "to": "grants.payoutbatch",
}


class Migration(migrations.Migration):
    dependencies = [("grants", "0003_words")]

    operations = [
        migrations.AddField(
            "paymentattempt", "batch", models.ForeignKey(null=True, **BATCH), preserve_default=False
        ),
        migrations.RunSQL(
            "UPDATE grants_paymentattempt a SET batch_id = p.batch_id"
            " FROM grants_payout p WHERE p.id = a.payout_id;"
            " SET CONSTRAINTS ALL IMMEDIATE",
            migrations.RunSQL.noop,
        ),
        migrations.AlterField("paymentattempt", "batch", models.ForeignKey(**BATCH)),
    ]
