"""How updates come in: fetched or sent, kept first, in order for every chat."""
