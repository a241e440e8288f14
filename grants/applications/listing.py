"""What the desk lists and searches of an application: as it was sent last."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func
from django.utils.translation import gettext_lazy as _

from grants.accounts.models import OrganisationKind
from grants.applications.models import Application
from grants.core.money import MoneyField

SHORTEST_WORD = 2


class Listing(models.Model):
    """Kept by triggers on submissions and on the names of organisations.

    `text` holds reference, title, name of the organisation and answers, in small letters; it is
    indexed by its pairs of characters (`grants_bigrams`), for a Chinese word has often only two.
    """

    application = models.OneToOneField(
        Application, on_delete=models.PROTECT, primary_key=True, related_name="listing"
    )
    title = models.CharField(max_length=120)
    requested_amount = MoneyField(null=True)
    applicant_kind = models.CharField(max_length=12, choices=OrganisationKind.choices)
    text = models.TextField()

    class Meta:
        verbose_name = _("entry of the list")
        verbose_name_plural = _("entries of the list")
        indexes = [
            models.Index(fields=["applicant_kind", "-application"], name="listing_kind"),
            models.Index(fields=["requested_amount"], name="listing_amount"),
            GinIndex(Func(F("text"), function="grants_bigrams"), name="listing_bigrams"),
        ]

    def __str__(self) -> str:
        return self.title


class HasPairs(Func):
    """Whether a text has all pairs of characters of a word: what the index can answer."""

    template = "(grants_bigrams(%(expressions)s))"
    arg_joiner = ") @> grants_bigrams("
    output_field = models.BooleanField()
