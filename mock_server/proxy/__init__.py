"""The mock in front of the real service: requests passed on, and both directions judged."""
