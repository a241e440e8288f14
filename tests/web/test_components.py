"""The tags and tokens that every page is made of."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django import forms
from django.apps import apps
from django.contrib.staticfiles import finders
from django.template import Context, Template
from django.utils import translation

from grants.awards.models import Decision
from grants.payouts.models import Payout
from grants.templatetags.tones import STATES, TONES


def render(source: str, **context) -> str:
    html = Template(source).render(Context(context))
    return re.sub(r"\s+", " ", html).strip()


def states_of_models() -> dict[str, set[str]]:
    fields = {
        model._meta.model_name: model._meta.get_field("state")
        for model in apps.get_app_config("grants").get_models()
        if "state" in {field.name for field in model._meta.get_fields()}
    }
    return {kind: {key for key, _label in field.flatchoices} for kind, field in fields.items()}


def test_every_state_of_every_model_has_a_tone():
    known = {kind: set(tones) for kind, tones in STATES.items() if kind in states_of_models()}

    assert known == states_of_models()


def test_every_outcome_of_a_decision_has_a_tone():
    outcomes = {key for key, _label in Decision._meta.get_field("outcome").flatchoices}

    assert set(STATES["outcome"]) == outcomes


def test_chip_of_a_kind_and_state_shows_a_word_on_its_tone():
    kinds = {"task", "outcome", *states_of_models()}
    for kind, state, tone in [(k, s, t) for k in kinds for s, t in STATES[k].items()]:
        chip = render("{% chip state=state kind=kind %}", state=state, kind=kind)

        assert re.fullmatch(rf'<span class="chip chip-{tone}">[^<]+</span>', chip)


def test_chip_of_an_instance_has_the_label_of_its_model():
    payout = Payout(state="unknown")

    chip = render("{% chip payout %}", payout=payout)

    assert chip == f'<span class="chip chip-care">{payout.get_state_display()}</span>'


def test_chip_of_another_field_has_that_fields_label():
    decision = Decision(state="proposed", outcome="decline")

    chip = render('{% chip decision "outcome" %}', decision=decision)

    assert chip == f'<span class="chip chip-bad">{decision.get_outcome_display()}</span>'


def test_chip_of_a_tone_that_is_none_is_refused():
    with pytest.raises(ValueError, match="No such tone: green"):
        render('{% chip label="Late" tone="green" %}')


def test_chip_escapes_its_label():
    chip = render('{% chip label=label tone="info" %}', label="<b>")

    assert chip == '<span class="chip chip-info">&lt;b&gt;</span>'


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        (Decimal("1234.5"), "CNY", "¥1,234.50"),
        (Decimal("1000000000.00"), "CNY", "¥1,000,000,000.00"),
        ("0.01", "CNY", "¥0.01"),
        (Decimal("-20"), "CNY", "−¥20.00"),
        (12, "USD", "US$12.00"),
        (12, "CHF", "CHF\u00a012.00"),
        (None, "CNY", "—"),
    ],
)
def test_money_has_sign_separators_and_two_decimals(amount, currency, shown):
    html = Template("{% money amount currency %}").render(
        Context({"amount": amount, "currency": currency})
    )

    assert html == f'<span class="num">{shown}</span>'


@pytest.mark.parametrize(
    ("language", "style", "shown"),
    [
        ("zh-hans", "datetime", "2026年11月30日 17:00"),
        ("zh-hans", "short", "11月30日"),
        ("en", "datetime", "30 November 2026, 17:00"),
        ("en", "short", "30 Nov"),
    ],
)
def test_moment_is_shown_in_beijing_time_and_the_readers_language(language, style, shown):
    moment = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)

    with translation.override(language):
        html = render("{% when moment style %}", moment=moment, style=style)

    assert html == f'<time datetime="2026-11-30T17:00:00+08:00">{shown}</time>'


def test_day_has_no_time():
    with translation.override("en"):
        html = render("{% when day %}", day=date(2026, 11, 30))

    assert html == '<time datetime="2026-11-30">30 November 2026</time>'


def steps(current: int) -> list[dict]:
    labels = ["Form", "Submitted", "Screening", "Review"]
    places = ["done"] * current + ["current"] + ["ahead"] * (3 - current)
    return [
        {"label": label, "state": place, "at": None}
        for label, place in zip(labels, places, strict=True)
    ]


def test_way_marks_the_one_current_step():
    with translation.override("en"):
        html = render("{% way steps %}", steps=steps(1))

    assert re.findall(r'<li class="way-(\w+)"( aria-current="step")?>', html) == [
        ("done", ""),
        ("current", ' aria-current="step"'),
        ("ahead", ""),
        ("ahead", ""),
    ]
    assert '<p class="way-note">Step 2 of 4 · next: Screening</p>' in html


def test_way_at_its_end_names_no_next_step():
    with translation.override("en"):
        html = render("{% way steps %}", steps=steps(3))

    assert '<p class="way-note">Step 4 of 4</p>' in html


class Plan(forms.Form):
    name = forms.CharField(label="Name", help_text="As registered.")
    story = forms.CharField(label="Story", widget=forms.Textarea, required=False)
    kind = forms.ChoiceField(label="Kind", choices=[("a", "A")], widget=forms.RadioSelect)


def test_field_ties_label_help_and_error_to_the_box():
    html = render("{% field form.name %}", form=Plan({}))

    assert '<label class="field-label" for="id_name">' in html
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert 'aria-invalid="true"' in html
    assert 'id="id_name_helptext"' in html
    assert 'id="id_name_error"' in html


def test_field_with_a_limit_says_it_before_any_script_runs():
    with translation.override("en"):
        html = render('{% field form.story limit=1500 unit="words" %}', form=Plan())

    assert 'data-limit="1500"' in html
    assert 'data-unit="words"' in html
    assert 'id="id_story_counter"' in html
    assert "At most 1,500 words." in html


def test_field_of_choices_is_a_fieldset_with_a_legend():
    html = render("{% field form.kind %}", form=Plan())

    assert html.startswith('<fieldset class="field" id="id_kind"')
    assert '<legend class="field-label">Kind' in html
    assert '<label class="choice" for="id_kind_0">' in html


def test_error_summary_links_every_error_to_its_field():
    html = render("{% error_summary form %}", form=Plan({}))

    assert re.findall(r'href="(#\w+)"', html) == ["#id_name", "#id_kind"]


def test_error_summary_of_a_form_without_errors_is_nothing():
    form = Plan({"name": "x", "kind": "a"})

    assert render("{% error_summary form %}", form=form) == ""


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def tokens() -> dict[str, tuple[str, str]]:
    """Token to its colour in the light and in the dark."""
    with open(finders.find("portal/tokens.css")) as file:
        found = re.findall(
            r"--fp-([\w-]+): var\(--fp-on-light, (#\w{6})\) var\(--fp-on-dark, (#\w{6})\)",
            file.read(),
        )
    return {name: (light, dark) for name, light, dark in found}


@pytest.mark.parametrize("tone", TONES)
def test_chip_has_a_contrast_of_seven_in_light_and_dark(tone):
    inks, tints = tokens()[f"{tone}-ink"], tokens()[f"{tone}-tint"]

    for ink, tint in zip(inks, tints, strict=True):
        assert contrast(ink, tint) >= 7


@pytest.mark.parametrize("text", ["ink-strong", "ink", "ink-quiet", "link", "error"])
@pytest.mark.parametrize("ground", ["canvas", "surface", "surface-quiet", "surface-hover"])
def test_text_has_a_contrast_of_four_and_a_half_everywhere(text, ground):
    for ink, paper in zip(tokens()[text], tokens()[ground], strict=True):
        assert contrast(ink, paper) >= 4.5


@pytest.mark.parametrize("part", ["line-control", "focus", "accent"])
def test_edges_of_controls_have_a_contrast_of_three(part):
    for edge, paper in zip(tokens()[part], tokens()["surface"], strict=True):
        assert contrast(edge, paper) >= 3
