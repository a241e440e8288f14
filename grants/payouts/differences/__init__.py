"""What may differ between the books and the grants: a sentence, and the query that finds it.

Each query is one set-based statement that gives back only what is wrong; the sentence is filled
with the columns of a row.
"""

from grants.payouts.differences import awards, chain, payouts

QUERIES: list[tuple[str, str]] = [*awards.QUERIES, *payouts.QUERIES, *chain.QUERIES]

__all__ = ["QUERIES"]
