"""`python -m tests.chaos`: payouts through a portal to which everything happens. See 0007."""
