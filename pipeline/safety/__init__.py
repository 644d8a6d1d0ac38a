"""WHAT WE OWE THE PERSON IN THE PICTURE: the label in every frame, and the seal of every video.

``label`` draws; ``seal`` signs (``provenance``, with the certificate of ``certificate``) and says
what the invisible mark holds (``mark``). Knows pixels, words and files; knows no engine, no codec,
no Telegram. Consent and reports are modules beside them.
"""
