"""What is done with decisions and awards."""

from grants.awards.services.books import award_account, give_back
from grants.awards.services.confirming import confirm
from grants.awards.services.keeping import accept, decline, resume, suspend, terminate
from grants.awards.services.proposing import basis_of, discard, propose
from grants.awards.services.releasing import release

__all__ = [
    "accept",
    "award_account",
    "basis_of",
    "confirm",
    "decline",
    "discard",
    "give_back",
    "propose",
    "release",
    "resume",
    "suspend",
    "terminate",
]
