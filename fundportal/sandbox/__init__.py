"""A payment gateway for a machine that has none: Alipay's protocol, its own book, its own faults.

It plays the outside world: it shares neither database nor process with the portal, so that what the
portal believes can be held against what was paid. `python -m fundportal.sandbox --help`.
"""

APP_ID = "2026000000000001"
