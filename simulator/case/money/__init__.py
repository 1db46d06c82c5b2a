"""Cost of capital, currencies, equipment prices and envelopes."""
