"""Rules, checks, runs, signals from outside, and views of the list."""

from grants.screening.models.checks import EligibilityCheck, Screening, ScreeningFact, ScreeningRun
from grants.screening.models.rules import ScreeningRule
from grants.screening.models.signals import Signal, SignalImport
from grants.screening.models.views import SavedView

__all__ = [
    "EligibilityCheck",
    "SavedView",
    "Screening",
    "ScreeningFact",
    "ScreeningRule",
    "ScreeningRun",
    "Signal",
    "SignalImport",
]
