"""Buttons: what they look like, what they carry, who may press them."""
