"""Funds, programs and rounds are made and changed with the stock forms, through the services."""

from datetime import datetime
from decimal import Decimal

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.validators import MaxValueValidator
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grants.admin.site import desk
from grants.admin.stock import SetUpAdmin
from grants.programs import services
from grants.programs.models import Criterion, Fund, PlannedMilestone, Program, Round
from grants.programs.questions import RESERVED

LIMITS = ["second_approval_above", "cooling_off_days"]
YEARS = (2000, 2199)
highest_scale = MaxValueValidator(100)


class FundForm(forms.ModelForm):
    def clean_currency(self):
        currency = self.cleaned_data["currency"].upper()
        if not (len(currency) == 3 and currency.isascii() and currency.isalpha()):
            raise forms.ValidationError(_("Write the currency as three letters, such as CNY."))
        return currency


@admin.register(Fund)
class FundAdmin(SetUpAdmin):
    """The slug, the currency and the capital are in the books: they stay as they were founded."""

    form = FundForm
    list_display = ["__str__", "currency", "capital"]
    fields = ["name_zh", "name_en", "slug", "currency", "capital", *LIMITS]

    def has_change_permission(self, request, obj=None) -> bool:
        may_limit = request.user.has_perm("grants.set_limits", obj)
        return may_limit or super().has_change_permission(request, obj)

    def get_readonly_fields(self, request, obj=None):
        fixed = ["slug", "currency", "capital"] if obj else []
        if not super().has_change_permission(request, obj):
            fixed += ["name_zh", "name_en"]
        return fixed if request.user.has_perm("grants.set_limits", obj) else [*fixed, *LIMITS]

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else {"slug": ["name_en"]}

    def save_model(self, request, obj, form, change):
        if not change:
            services.found_fund(obj, by=request.user)
            return
        texts = [name for name in form.changed_data if name not in LIMITS]
        limits = [name for name in form.changed_data if name in LIMITS]
        if texts:
            services.change_texts(obj, by=request.user, changed=texts)
        if limits:
            services.change_limits(obj, by=request.user, changed=limits)


@admin.register(Program)
class ProgramAdmin(SetUpAdmin):
    list_display = ["__str__", "fund"]
    list_select_related = ["fund"]
    fields = ["fund", "name_zh", "name_en", "slug", "purpose_zh", "purpose_en"]

    def get_readonly_fields(self, request, obj=None):
        return ["fund", "slug"] if obj else []

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else {"slug": ["name_en"]}

    def save_model(self, request, obj, form, change):
        if not change:
            services.create_program(obj, by=request.user)
        elif form.changed_data:
            services.change_texts(obj, by=request.user, changed=form.changed_data)


class RoundForm(forms.ModelForm):
    def clean_opens_at(self):
        return within_years(self.cleaned_data["opens_at"])

    def clean_closes_at(self):
        return within_years(self.cleaned_data["closes_at"])

    def clean(self):
        values = super().clean()
        if "budget" in self.data and "budget" not in self.fields:  # it was booked meanwhile
            self.add_error(None, _("The budget of this round is booked: it stays as it is."))
        opens, closes = values.get("opens_at"), values.get("closes_at")
        if opens and closes and closes <= opens:
            self.add_error("closes_at", _("The round closes after it opens."))
        least, most = values.get("award_min"), values.get("award_max")
        if least and most and most < least:
            self.add_error("award_max", _("The largest award is not less than the smallest."))
        budget = values.get("budget", self.instance.budget)
        if budget and most and budget < most:
            field = "budget" if "budget" in self.fields else "award_max"
            self.add_error(field, _("The budget holds at least one largest award."))
        return values


def within_years(moment: datetime) -> datetime:
    """PostgreSQL keeps years that Python cannot read back."""
    if not YEARS[0] <= moment.year <= YEARS[1]:
        sentence = _("Give a year from %(first)s to %(last)s.")
        raise forms.ValidationError(sentence % {"first": YEARS[0], "last": YEARS[1]})
    return moment


class CriterionForm(forms.ModelForm):
    def clean_key(self):
        return refuse_reserved(self.cleaned_data["key"])

    def clean_scale(self):
        highest_scale(self.cleaned_data["scale"])
        return self.cleaned_data["scale"]


def refuse_reserved(key: str) -> str:
    if key in RESERVED:
        raise forms.ValidationError(_("This key is taken by the portal. Choose another one."))
    return key


class PartFormSet(forms.BaseInlineFormSet):
    """Says of a row that is gone what its hidden field cannot say."""

    def clean(self):
        super().clean()
        if any("id" in form.errors for form in self.initial_forms):
            sentence = _("Somebody removed a row meanwhile. Reload the page.")
            raise forms.ValidationError(sentence)


class MilestoneFormSet(PartFormSet):
    """The shares of a round sum to 100 % when it is opened, and never to more."""

    def clean(self):
        super().clean()
        kept = [form for form in self.forms if not self._should_delete_form(form)]
        shares = [form.cleaned_data.get("share") or Decimal(0) for form in kept if form.is_valid()]
        if sum(shares) > services.WHOLE:
            raise forms.ValidationError(_("The shares of the milestones sum to more than 100 %."))


def tell_on_page_of(request, round: Round, sentence: str) -> HttpResponseRedirect:
    messages.error(request, sentence)
    return HttpResponseRedirect(reverse("admin:round-detail", args=[round.slug]))


class PartInline(admin.TabularInline):
    """A part of a round that is still a draft; once it is scheduled, parts stay as they are."""

    formset = PartFormSet
    extra = 0

    def has_view_permission(self, request, obj=None) -> bool:
        return request.user.has_perm("grants.manage_rounds")

    def has_add_permission(self, request, obj=None) -> bool:
        return self.has_change_permission(request, obj)

    def has_change_permission(self, request, obj=None) -> bool:
        return is_draft(obj) and request.user.has_perm("grants.change_round")

    def has_delete_permission(self, request, obj=None) -> bool:
        return self.has_change_permission(request, obj)


def is_draft(round: Round | None) -> bool:
    return round is None or round.state == "draft"


class CriterionInline(PartInline):
    model = Criterion
    form = CriterionForm
    fields = [
        "position", "key", "label_zh", "label_en", "help_zh", "help_en", "weight", "scale",
    ]  # fmt: skip


class MilestoneInline(PartInline):
    model = PlannedMilestone
    formset = MilestoneFormSet
    fields = ["position", "title_zh", "title_en", "share", "due_after_days"]


@admin.register(Round)
class RoundAdmin(SetUpAdmin):
    """A round that was opened can no longer be changed; one that is scheduled keeps its budget."""

    form = RoundForm
    inlines = [CriterionInline, MilestoneInline]
    list_display = ["__str__", "program", "state", "opens_at", "closes_at", "budget"]
    list_select_related = ["program"]
    list_filter = ["state"]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    "program", "slug", "title_zh", "title_en", "summary_zh", "summary_en",
                ]
            },
        ),
        (
            gettext_lazy("Dates (Beijing time)"),
            {"fields": ["opens_at", "closes_at", "reviews_end_on", "decision_on"]},
        ),
        (gettext_lazy("Money"), {"fields": ["budget", "award_min", "award_max"]}),
        (gettext_lazy("Review"), {"fields": ["reviews_wanted", "is_blind", "category_question"]}),
        (
            gettext_lazy("Sending"),
            {"fields": ["declaration_zh", "declaration_en", "needs_sign_off", "grace_minutes"]},
        ),
    ]  # fmt: skip

    def has_change_permission(self, request, obj=None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.is_editable)

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """A page that was open while the round opened is told so in words."""
        if request.method == "POST" and object_id and super().has_change_permission(request):
            round = self.get_object(request, unquote(object_id))
            if round and not round.is_editable:
                told = _("This round was opened: it can no longer be changed.")
                return tell_on_page_of(request, round, told)
        return super().changeform_view(request, object_id, form_url, extra_context)

    def get_readonly_fields(self, request, obj=None):
        return [] if is_draft(obj) else ["program", "slug", "budget", "award_min", "award_max"]

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else {"slug": ["title_en"]}

    def save_model(self, request, obj, form, change):
        if not change:
            services.create_round(obj, by=request.user)
        elif form.changed_data:
            services.change_round(obj, by=request.user, changed=form.changed_data)
            obj.save(update_fields=form.changed_data)

    def save_related(self, request, form, formsets, change):
        parts = [formset.prefix for formset in formsets if formset.has_changed()]
        if change and parts:
            services.change_round(form.instance, by=request.user, changed=parts)
        super().save_related(request, form, formsets, change)

    def response_add(self, request, obj, post_url_continue=None):
        return self._to_its_page(request, obj) or super().response_add(
            request, obj, post_url_continue
        )

    def response_change(self, request, obj):
        return self._to_its_page(request, obj) or super().response_change(request, obj)

    def _to_its_page(self, request, round):
        if {"_addanother", "_continue", "_popup"} & set(request.POST):
            return None
        return HttpResponseRedirect(reverse("admin:round-detail", args=[round.slug]))


desk.tab(
    "admin:grants_program_changelist",
    section="rounds",
    menu=gettext_lazy("Programs"),
    permission="manage_rounds",
)
desk.tab(
    "admin:grants_fund_changelist",
    section="rounds",
    menu=gettext_lazy("Funds"),
    permission="manage_rounds",
)
