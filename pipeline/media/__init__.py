"""Placeholder, replaced by its part."""
