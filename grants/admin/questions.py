"""The form of a round is built a section at a time, with the stock forms."""

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grants.admin.programs import PartFormSet, refuse_reserved, tell_on_page_of
from grants.admin.stock import SetUpAdmin
from grants.programs.models import FormVersion, Question, QuestionKind, Section
from grants.programs.services import change_round

TEXTS = (QuestionKind.SHORT_TEXT, QuestionKind.LONG_TEXT)


class OptionsField(forms.CharField):
    """Options as lines: value | 中文 | English."""

    widget = forms.Textarea(attrs={"rows": 3, "cols": 40})

    def prepare_value(self, value):
        if not isinstance(value, list):
            return value
        return "\n".join(f"{row['value']} | {row['zh']} | {row['en']}" for row in value)

    def clean(self, value) -> list[dict[str, str]]:
        lines = [line for line in super().clean(value).splitlines() if line.strip()]
        options = [self._option(line) for line in lines]
        if len({option["value"] for option in options}) != len(options):
            raise forms.ValidationError(_("Each option needs a value of its own."))
        return options

    def _option(self, line: str) -> dict[str, str]:
        parts = [part.strip() for part in line.split("|")]
        if len(parts) != 3 or not all(parts):
            raise forms.ValidationError(
                _("Write “%(line)s” as: value | Chinese | English.") % {"line": line.strip()}
            )
        return dict(zip(("value", "zh", "en"), parts, strict=True))

    def has_changed(self, initial, data) -> bool:
        before = self.prepare_value(initial or []) or ""
        return before.split() != (data or "").split()


class QuestionForm(forms.ModelForm):
    options = OptionsField(
        label=gettext_lazy("Options"),
        required=False,
        help_text=gettext_lazy("For a choice, one on a line: value | Chinese | English."),
    )

    def clean_key(self):
        return refuse_reserved(self.cleaned_data["key"])

    def clean(self):
        values = super().clean()
        kind, options = values.get("kind"), values.get("options")
        if kind == QuestionKind.CHOICE and options == []:
            self.add_error("options", _("Give the options of the choice."))
        if kind and kind != QuestionKind.CHOICE and options:
            self.add_error("options", _("Only a choice has options."))
        if kind and kind not in TEXTS and values.get("max_length"):
            self.add_error("max_length", _("Only texts have a limit."))
        return values


class QuestionFormSet(PartFormSet):
    """A key stands once in the whole form, for the answers are kept by key."""

    def clean(self):
        super().clean()
        elsewhere = Question.objects.filter(section__form=self.instance.form_id)
        taken = set(elsewhere.exclude(section=self.instance.pk).values_list("key", flat=True))
        for form in self.forms:
            if form.is_valid() and form.cleaned_data.get("key") in taken:
                form.add_error("key", _("Another section has a question with this key."))


class QuestionInline(admin.StackedInline):
    model = Question
    form = QuestionForm
    formset = QuestionFormSet
    extra = 0
    fields = [
        ("position", "key", "kind", "is_required", "max_length"),
        ("label_zh", "label_en"),
        ("help_zh", "help_en"),
        "options",
    ]

    def has_view_permission(self, request, obj=None) -> bool:
        return request.user.has_perm("grants.manage_rounds")

    def has_add_permission(self, request, obj=None) -> bool:
        return self.has_change_permission(request, obj)

    def has_change_permission(self, request, obj=None) -> bool:
        return changes_form(request.user, obj.form if obj else None)

    def has_delete_permission(self, request, obj=None) -> bool:
        return self.has_change_permission(request, obj)


def changes_form(user, form: FormVersion | None) -> bool:
    """Officers change the questions until the round publishes them."""
    is_open = form is None or (form.published_at is None and form.round.is_editable)
    return is_open and user.has_perm("grants.change_round")


class SectionForm(forms.ModelForm):
    class Meta:
        model = Section
        fields = ["title_zh", "title_en", "position"]

    def clean_position(self):
        position = self.cleaned_data["position"]
        others = Section.objects.filter(form=self.instance.form_id, position=position)
        if others.exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("Another section stands at this position."))
        return position


@admin.register(Section)
class SectionAdmin(SetUpAdmin):
    """One page of a form with its questions. It is added from the page of its round."""

    form = SectionForm
    inlines = [QuestionInline]
    list_display = ["__str__", "form_version", "position"]
    list_select_related = ["form__round"]

    @admin.display(description=gettext_lazy("form version"))
    def form_version(self, section):
        return section.form

    def has_module_permission(self, request) -> bool:
        return False

    def has_add_permission(self, request, *args) -> bool:
        return "form" in request.GET and super().has_add_permission(request)

    def has_change_permission(self, request, obj=None) -> bool:
        return changes_form(request.user, obj.form if obj else None)

    def has_delete_permission(self, request, obj=None) -> bool:
        return obj is not None and self.has_change_permission(request, obj)

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        late = self._late(request, object_id)
        return late or super().changeform_view(request, object_id, form_url, extra_context)

    def delete_view(self, request, object_id, extra_context=None):
        late = self._late(request, object_id)
        return late or super().delete_view(request, object_id, extra_context)

    def _late(self, request, object_id) -> HttpResponseRedirect | None:
        """A page that was open while the form was published is told so in words."""
        if request.method != "POST" or not request.user.has_perm("grants.change_round"):
            return None
        section = self.get_object(request, unquote(object_id)) if object_id else None
        form = section.form if section else None if object_id else self._version(request)
        if changes_form(request.user, form):
            return None
        told = _("The form, the criteria and the milestones are published: they stay.")
        return tell_on_page_of(request, form.round, told)

    def get_form(self, request, obj=None, change=False, **kwargs):
        made = super().get_form(request, obj, change, **kwargs)
        if obj is not None:
            return made
        version = self._version(request)
        if not changes_form(request.user, version):
            raise PermissionDenied

        class OfVersion(made):
            def __init__(self, *args, **kwargs):
                super().__init__(*args, **kwargs)
                self.instance.form = version
                last = version.sections.order_by("position").last()
                self.initial.setdefault("position", last.position + 1 if last else 1)

        return OfVersion

    def _version(self, request) -> FormVersion:
        number = request.GET.get("form", "")
        key = number if number.isdecimal() and len(number) < 20 else 0
        return get_object_or_404(FormVersion.objects.select_related("round"), pk=key)

    def save_related(self, request, form, formsets, change):
        if form.has_changed() or any(formset.has_changed() for formset in formsets):
            changed = [f"section {form.instance.position}"]
            change_round(form.instance.form.round, by=request.user, changed=changed)
        super().save_related(request, form, formsets, change)

    def delete_model(self, request, obj):
        change_round(obj.form.round, by=request.user, changed=[f"section {obj.position}"])
        super().delete_model(request, obj)

    def response_add(self, request, obj, post_url_continue=None):
        return self._to_its_round(request, obj) or super().response_add(
            request, obj, post_url_continue
        )

    def response_change(self, request, obj):
        return self._to_its_round(request, obj) or super().response_change(request, obj)

    def response_delete(self, request, obj_display, obj_id):
        super().response_delete(request, obj_display, obj_id)  # leaves the message
        return HttpResponseRedirect(reverse("admin:round-list"))

    def _to_its_round(self, request, section):
        if {"_addanother", "_continue", "_popup"} & set(request.POST):
            return None
        return HttpResponseRedirect(reverse("admin:round-detail", args=[section.form.round.slug]))
