"""`python -m benchmarks`: what money costs, each beside the least that it could cost."""
