"""WHAT WE OWE THE PERSON IN THE PICTURE: today the visible label, in every frame.

Knows pixels and words; knows no engine, no file format, no Telegram. Consent, provenance and
reports are modules beside ``label``.
"""
