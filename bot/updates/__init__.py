"""How updates come in: fetched or sent, stored first, in order for every chat."""
