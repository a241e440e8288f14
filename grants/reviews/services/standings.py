"""Rows of what a calibration found."""

from decimal import Decimal

import numpy as np

from grants.reviews.calibration import Fit, Stability, ranks, to_places
from grants.reviews.calibration.agreement import reviewers, spreads
from grants.reviews.models import CalibrationRun, CaseStanding, ReviewerStanding


def case_rows(
    run: CalibrationRun, found: Fit, shaken: Stability | None, flips: np.ndarray
) -> list[CaseStanding]:
    scores = found.scores
    raw, calibrated = to_places(found.raw), to_places(found.calibrated)
    raw_rank, rank = ranks(raw), ranks(calibrated)
    spread, count = spreads(scores), np.bincount(scores.case)
    rows = []
    for place, key in enumerate(scores.cases.tolist()):
        row = CaseStanding(
            run=run,
            application_id=key,
            reviews=int(count[place]),
            raw=_known(raw[place]),
            calibrated=_known(calibrated[place]),
            spread=_known(spread[place]),
            rank=int(rank[place]),
            raw_rank=int(raw_rank[place]),
            flips=bool(flips[place]),
        )
        if shaken:
            row.low, row.high = _decimal(shaken.low[place]), _decimal(shaken.high[place])
            row.rank_low = int(shaken.rank_low[place])
            row.rank_high = int(shaken.rank_high[place])
            row.funded_share = _decimal(shaken.funded_share[place], "0.001")
        rows.append(row)
    return rows


def reviewer_rows(run: CalibrationRun, found: Fit) -> list[ReviewerStanding]:
    """The mildest first, so that lists by key show the strictest first."""
    spread, agree = reviewers(found)
    count = np.bincount(found.scores.reviewer)
    return [
        ReviewerStanding(
            run=run,
            reviewer_id=key,
            reviews=int(count[place]),
            severity=_known(found.severity[place]),
            spread=_decimal(spread[place]),
            agreement=_decimal(agree[place], "0.001"),
        )
        for place, key in sorted(
            enumerate(found.scores.reviewers.tolist()), key=lambda one: found.severity[one[0]]
        )
    ]


def _known(value: float, places: str = "0.01") -> Decimal:
    """Never a minus before a zero."""
    return Decimal(repr(float(value))).quantize(Decimal(places)) + 0


def _decimal(value: float, places: str = "0.01") -> Decimal | None:
    """None for NaN."""
    return None if np.isnan(value) else _known(value, places)
