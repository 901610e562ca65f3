"""Which promotions to run, and at which step, to earn most under a budget and other rules."""
