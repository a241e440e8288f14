"""The scores of one review as a form: a field for each criterion of its round."""

from collections.abc import Sequence

from django import forms
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grants.admin.forms import show_refusal
from grants.core.errors import Refused
from grants.core.numbers import NumberField
from grants.programs.models import Criterion
from grants.reviews.models import Confidence, Recommendation, Review
from grants.reviews.services import NOT_APPLICABLE, save_review, submit_review


class ReviewForm(forms.Form):
    """`save` keeps a draft; `send` also submits it. Both say whether they did, and show why not."""

    recommendation = forms.ChoiceField(
        label=gettext_lazy("Recommendation"),
        choices=Recommendation.choices,
        widget=forms.RadioSelect,
        required=False,
    )
    amount = NumberField(
        label=gettext_lazy("Recommended amount"),
        help_text=gettext_lazy("In yuan; leave it empty where you have no opinion."),
        required=False,
        min_value=0,
        max_digits=18,
        decimal_places=2,
    )
    confidence = forms.TypedChoiceField(
        label=gettext_lazy("How sure you are"),
        choices=Confidence.choices,
        widget=forms.RadioSelect,
        coerce=int,
        empty_value=None,
        required=False,
    )
    comment = forms.CharField(
        label=gettext_lazy("Overall comment"),
        help_text=gettext_lazy("For the officers: what speaks for it, what against."),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 5}),
        required=False,
    )

    def __init__(self, data, review: Review, criteria: Sequence[Criterion]):
        given = {score.criterion_id: score for score in review.scores.all()}
        initial = {
            "recommendation": review.recommendation,
            "amount": review.amount,
            "confidence": review.confidence,
            "comment": review.comment,
        }
        super().__init__(data, initial=initial)
        self.review, self.criteria = review, criteria
        for criterion in criteria:
            self._add_fields(criterion, given.get(criterion.pk))

    def _add_fields(self, criterion: Criterion, score) -> None:
        self.fields[f"score_{criterion.key}"] = NumberField(
            label=_("Score from 0 to %(scale)s") % {"scale": criterion.scale},
            required=False,
            min_value=0,
            max_value=criterion.scale,
            max_digits=4,
            decimal_places=1,
            initial=score.value if score else None,
            widget=forms.NumberInput(attrs={"step": "0.5"}),
        )
        self.fields[f"na_{criterion.key}"] = forms.BooleanField(
            label=_("Not applicable"),
            required=False,
            initial=bool(score and score.value is None),
        )
        self.fields[f"note_{criterion.key}"] = forms.CharField(
            label=_("Why"),
            required=False,
            max_length=2000,
            initial=score.comment if score else "",
            widget=forms.Textarea(attrs={"rows": 2}),
        )

    def rows(self) -> list[tuple]:
        """The criteria with their three bound fields each."""
        return [
            (c, self[f"score_{c.key}"], self[f"na_{c.key}"], self[f"note_{c.key}"])
            for c in self.criteria
        ]

    def clean(self):
        values = super().clean()
        for criterion in self.criteria:
            key = criterion.key
            if f"score_{key}" in self.errors:
                continue
            score, is_na = values.get(f"score_{key}"), values.get(f"na_{key}")
            if score is not None and is_na:
                self.add_error(f"score_{key}", _("Give a score or say “not applicable”, not both."))
            if score is None and not is_na and values.get(f"note_{key}"):
                self.add_error(f"score_{key}", _("Give a score, so that your words can be kept."))
        return values

    def save(self, *, by) -> bool:
        return self.is_valid() and self._try(self._save, by)

    def send(self, *, by) -> bool:
        """Keeps what was typed first, so that nothing is lost where the review is not complete."""
        return self.save(by=by) and self._try(submit_review, by, self.review)

    def _try(self, service, by, *args) -> bool:
        try:
            service(*args, by=by)
        except Refused as refused:
            known = {criterion.key for criterion in self.criteria}
            problems = {
                f"score_{name}" if name in known else name: sentence
                for name, sentence in refused.problems.items()
            }
            show_refusal(self, Refused(refused.message, problems=problems))
            return False
        return True

    @transaction.atomic
    def _save(self, *, by) -> None:
        values, scores, comments = self.cleaned_data, {}, {}
        for criterion in self.criteria:
            key = criterion.key
            if values[f"na_{key}"]:
                scores[key] = NOT_APPLICABLE
            elif values[f"score_{key}"] is not None:
                scores[key] = values[f"score_{key}"]
            if key in scores:
                comments[key] = values[f"note_{key}"]
        amount = values["amount"]
        save_review(
            self.review,
            by=by,
            scores=scores,
            comments=comments,
            recommendation=values["recommendation"],
            amount="" if amount is None else amount,
            confidence=values["confidence"],
            comment=values["comment"],
        )
