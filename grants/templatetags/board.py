"""Drawings of the board: an interval on the scale of 0 to 100, and what the reviewers recommend."""

from django.template import Library
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from grants.reviews.models import Recommendation

register = Library()
SIGNS = {
    Recommendation.FUND: "good",
    Recommendation.FUND_IN_PART: "info",
    Recommendation.DECLINE: "bad",
}


@register.simple_tag
def interval(low, middle, high):
    """A bar from low to high with its middle; the figures stand beside it for who cannot see it."""
    words = _("%(low)s to %(high)s") % {"low": low, "high": high}
    return format_html(
        '<svg class="interval" viewBox="0 0 100 12" preserveAspectRatio="none" aria-hidden="true">'
        '<path class="interval-scale" d="M0 6H100"/><path class="interval-bar" d="M{} 6H{}"/>'
        '<path class="interval-middle" d="M{} 1V11"/></svg><span class="quiet num">{}</span>',
        low,
        high,
        middle,
        words,
    )


@register.simple_tag
def recommended_by(row):
    """How many recommend what, each with its word."""
    counted = [(word, row.recommendations[word.value]) for word in Recommendation]
    return format_html_join(
        " ",
        '<span class="board-vote board-vote-{}" title="{}">{}<span class="visually-hidden"> {}'
        "</span></span>",
        ((SIGNS[word], word.label, count, word.label) for word, count in counted if count),
    )


@register.simple_tag
def percent(share):
    return f"{100 * share:.1f} %"


@register.simple_tag
def share_interval(rate):
    """The interval of a `Rate` on the scale of 0 to 100 %."""
    low, middle, high = (round(100 * part, 1) for part in (rate.low, rate.rate, rate.high))
    return interval(low, middle, high)
