"""Where the money of an award stands."""

from grants.awards.models import Award
from grants.ledger.models import Place
from grants.ledger.services import account, move_all
from grants.programs.services import round_account


def award_account(award: Award, place: str):
    return account(place, award.reference, currency=award.currency)


def give_back(award: Award, *, reference: str, event) -> None:
    """Moves what is still committed back to the round."""
    move_all(
        f"award:{award.reference}:{reference}",
        source=award_account(award, Place.COMMITTED),
        target=round_account(award.application.round),
        memo=f"{reference} {award.reference}",
        event=event,
    )
