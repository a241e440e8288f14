"""What the tests of the form builder share."""

from django.urls import reverse

from grants.events.models import Event
from grants.programs.models import FormRule, FormVersion, Question, Section
from tests.admin.setting_up import filled


def form_page(round) -> str:
    return f"/admin/rounds/{round.slug}/form/"


def words_of_form() -> list:
    """All that forms say, and how often somebody built, to be compared."""
    models = (FormVersion, Section, Question, FormRule)
    rows = [list(model.objects.order_by("pk").values()) for model in models]
    return [*rows, Event.objects.filter(thing_type="round").count()]


def keys_of(form) -> list[list[str]]:
    """The keys of the questions, section by section."""
    return [
        [question.key for question in section.questions.order_by("position")]
        for section in form.sections.order_by("position")
    ]


def option(value: str) -> dict[str, str]:
    return {"value": value, "zh": f"选项{value}", "en": f"Option {value}"}


def option_fields(*rows: tuple[str, str, str]) -> dict[str, str]:
    """The fields of a table of options: Chinese, English, value."""
    fields = {"options-rows": str(len(rows))}
    for number, row in enumerate(rows):
        for part, text in zip(("zh", "en", "value"), row, strict=True):
            fields[f"options-{number}-{part}"] = text
    return fields


def condition_fields(*rows: tuple[str, str, str], together: str = "all") -> dict[str, str]:
    """The fields of a table of conditions: question, test, value."""
    fields = {"conditions-rows": str(len(rows)), "together": together}
    for number, row in enumerate(rows):
        for part, text in zip(("question", "is", "value"), row, strict=True):
            fields[f"conditions-{number}-{part}"] = text
    return fields


def question(key: str) -> Question:
    return Question.objects.get(key=key)


def add_to(section, kind: str) -> str:
    return (
        f"{reverse('admin:question-add', args=[section.form.round.slug, section.pk])}?kind={kind}"
    )


def page_of(thing) -> str:
    if isinstance(thing, Section):
        return reverse("admin:section-edit", args=[thing.form.round.slug, thing.pk])
    return reverse("admin:question-edit", args=[thing.section.form.round.slug, thing.pk])


def save(browser, url: str, **changes):
    return browser.post(url, filled(browser.get(url)) | changes)
