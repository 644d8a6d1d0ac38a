"""From what somebody sends, in any order, to an order: one face, some words."""
