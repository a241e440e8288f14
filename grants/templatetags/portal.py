"""The tags that every template knows without {% load %}; components/README.md shows each once."""

from decimal import Decimal

from django.conf import settings
from django.forms import CheckboxInput, CheckboxSelectMultiple, FileInput, RadioSelect, Select
from django.template import Library
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.translation import gettext_lazy

from grants.core.dates import in_words, local
from grants.templatetags.icons import ICONS
from grants.templatetags.tones import TONES, kind_of, tone_of, word_of

register = Library()

SYMBOLS = {"CNY": "¥", "USD": "US$", "EUR": "€", "GBP": "£", "HKD": "HK$", "JPY": "JP¥"}
MESSAGE_TONES = {"success": "good", "warning": "care", "error": "bad"}
TONE_ICONS = {"good": "check-circle", "care": "alert", "bad": "cross-circle", "info": "info"}
COUNTER_WORDS = {
    "characters": {
        "most": gettext_lazy("At most {limit} characters."),
        "left": gettext_lazy("{n} of {limit} characters left."),
        "over": gettext_lazy("{n} characters too many. The limit is {limit}."),
    },
    "words": {
        "most": gettext_lazy("At most {limit} words."),
        "left": gettext_lazy("{n} of {limit} words left."),
        "over": gettext_lazy("{n} words too many. The limit is {limit}."),
    },
}


@register.simple_tag
def portal_name():
    """For mails, which no request may stand behind."""
    return str(settings.PORTAL_NAME)


@register.simple_tag
def icon(name):
    return format_html(
        '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="{}"/></svg>', ICONS[name]
    )


@register.simple_tag
def chip(thing=None, field="state", *, state=None, kind=None, label=None, tone=None):
    """A state as a word on a tint: of an instance, of a state and kind, or of a label and tone."""
    if thing is not None:
        state = getattr(thing, field)
        kind = kind_of(thing, field)
        label = label or getattr(thing, f"get_{field}_display")()
    elif label is None:
        label = word_of(kind, state)
    tone = tone or tone_of(kind, state)
    if tone not in TONES:
        raise ValueError(f"No such tone: {tone}")
    return format_html('<span class="chip chip-{}">{}</span>', tone, label)


@register.simple_tag
def money(amount, currency="CNY"):
    """An amount with its currency's sign and thousands separators; a dash where there is none."""
    if amount is None or amount == "":
        return format_html('<span class="num">{}</span>', "—")
    amount = Decimal(amount)
    sign = "−" if amount < 0 else ""
    symbol = SYMBOLS.get(currency) or f"{currency}\u00a0"
    return format_html('<span class="num">{}{}{}</span>', sign, symbol, f"{abs(amount):,.2f}")


@register.simple_tag
def when(value, style="datetime"):
    """A moment or a day, as datetime, date, short (day and month) or time, in Beijing time."""
    if not value:
        return "—"
    words = in_words(value, style)
    return format_html('<time datetime="{}">{}</time>', local(value).isoformat(), words)


STEP = ("label", "state", "at", "url", "expected")


@register.inclusion_tag("components/way.html")
def way(steps):
    """Where a grant stands. A step has label, state (done, current, ahead), at, perhaps url.

    `expected` is the day by which it should be reached.
    """
    steps = [{key: _part(step, key) for key in STEP} for step in steps]
    place = next((n for n, step in enumerate(steps) if step["state"] == "current"), None)
    following = steps[place + 1 : place + 2] if place is not None else []
    return {
        "steps": steps,
        "place": None if place is None else place + 1,
        "following": following[0]["label"] if following else None,
        "following_by": following[0]["expected"] if following else None,
    }


def _part(thing, name):
    return thing.get(name) if isinstance(thing, dict) else getattr(thing, name, None)


@register.inclusion_tag("components/timeline.html")
def timeline(events):
    """What happened: each event has label, actor (or None), at, and perhaps text and url."""
    return {"events": events}


@register.inclusion_tag("components/tasks.html")
def tasks(items):
    """A task list. An item has label, state (a task's), url (None: not yet), perhaps hint."""
    return {"items": items}


@register.inclusion_tag("components/facts.html")
def facts(pairs):
    """Names and values: each pair is (name, value) or (name, value, "num" or "total")."""
    return {"pairs": [(*pair, "")[:3] for pair in pairs]}


@register.inclusion_tag("components/progress.html")
def progress(value, total, label, note=None):
    return {"value": value, "total": total, "label": label, "note": note}


@register.inclusion_tag("components/empty.html")
def empty(title, text="", url=None, action=None, icon="inbox"):
    """What will be here and what to do."""
    return {"title": title, "text": text, "url": url, "action": action, "icon": icon}


@register.inclusion_tag("components/breadcrumbs.html")
def breadcrumbs(*pairs):
    """Label and url by turns; the page itself comes last, with no url."""
    return {"trail": list(zip(pairs[::2], [*pairs[1::2], None], strict=False))}


@register.inclusion_tag("components/tabs.html")
def tabs(items, label):
    """Links to views of the same thing: each has label, url, current and perhaps count."""
    return {"items": items, "label": label}


@register.inclusion_tag("components/pager.html")
def pager(previous=None, following=None, note=""):
    """Links to the page before and the page after, by key; note says which rows are shown."""
    return {"previous": previous, "following": following, "note": note}


@register.inclusion_tag("components/filters.html", takes_context=True)
def filters(context, form):
    """The fields of a GET form in a row above a table."""
    request = context["request"]
    return {"form": form, "path": request.path, "is_filtered": bool(request.GET)}


@register.inclusion_tag("components/messages.html", takes_context=True)
def messages(context):
    shown = [
        {
            "text": m,
            "tone": (tone := MESSAGE_TONES.get(m.level_tag, "info")),
            "icon": TONE_ICONS[tone],
        }
        for m in context.get("messages") or ()
    ]
    return {"shown": shown}


@register.inclusion_tag("components/field.html")
def field(bound, *, limit=None, unit="characters", label=None, hint=None, inline=False):
    """A form field with its label, help and error beside it; a limit puts a live count under it."""
    widget = bound.field.widget
    choices = isinstance(widget, RadioSelect | CheckboxSelectMultiple)
    single = isinstance(widget, CheckboxInput)
    limit = limit or widget.attrs.get("data-limit")
    unit = widget.attrs.get("data-unit", unit)
    hint = bound.help_text if hint is None else hint
    marks = (("helptext", hint), ("error", bound.errors), ("counter", limit))
    described = " ".join(f"{bound.auto_id}_{mark}" for mark, there in marks if there)
    shape = "form-check-input" if choices or single else "form-control"
    if isinstance(widget, Select) and not choices:
        shape = "form-select"
    attrs = {"class": f"{widget.attrs.get('class', '')} {shape}".strip()}
    if limit:
        attrs |= {"data-limit": limit, "data-unit": unit}
    if described and not choices:
        attrs["aria-describedby"] = described
    if choices:
        widget.attrs = {**widget.attrs, **attrs}
    words = COUNTER_WORDS[unit] if limit else {}
    return {
        "bound": bound,
        "choices": choices,
        "single": single,
        "inline": inline,
        "label": label or bound.label,
        "hint": hint,
        "described": described,
        "control": "" if choices else bound.as_widget(attrs=attrs),
        "most": words and words["most"].replace("{limit}", f"{int(limit):,}"),
        "words": words,
        "is_file": isinstance(widget, FileInput),
    }


@register.inclusion_tag("components/error_summary.html")
def error_summary(*forms):
    """Every error of the forms and formsets, each a link to its field; it takes the focus."""
    whole, fields = [], []
    for form in filter(None, forms):
        for part in [form] if hasattr(form, "fields") else [*form]:
            whole += part.non_field_errors()
            fields += [(b, b.errors[0]) for b in part if b.errors and not b.is_hidden]
        if not hasattr(form, "fields"):
            whole += form.non_form_errors()
    return {"whole": whole, "fields": fields}


@register.simple_block_tag
def card(content, title="", note="", *, anchor="", plain=False, flush=False, level=2):
    """A card. plain: no rule under the title; flush: the body is a table and needs no padding."""
    words = {"title": title, "note": note, "anchor": anchor, "level": level}
    return _block("card", content, plain=plain, flush=flush, **words)


@register.simple_block_tag
def table(content, caption, *, stacked=False, scrolls=False):
    """A table in its wrapper; on a phone its rows are stacked, or its own frame scrolls."""
    return _block("table", content, caption=caption, stacked=stacked, scrolls=scrolls)


@register.simple_block_tag
def notice(content, tone="info", title="", *, live=False):
    tone_icon = TONE_ICONS.get(tone, "info")
    return _block("notice", content, tone=tone, title=title, live=live, icon=tone_icon)


@register.simple_block_tag
def menu(content, label, icon=""):
    """A button that opens a list of links and forms, with <details>: no JavaScript."""
    return _block("menu", content, label=label, icon=icon)


@register.simple_block_tag(takes_context=True)
def post(context, content, url, label, tone="primary"):
    """A form of one button (primary, danger or plain) around its hidden fields."""
    token = context.get("csrf_token")
    return _block("post", content, url=url, label=label, tone=tone, csrf_token=token)


def _block(name, content, **words):
    return render_to_string(f"components/{name}.html", {"content": content, **words})
