"""THE TELEGRAM DOOR. Knows Telegram; knows no tensor, no ffmpeg, no SQL.

An update comes in through ``intake``, is answered by a handler, fills a draft; a full draft
becomes an order of ``pipeline.jobs``, which speaks back through ``delivery``. The bot uses the
pipeline's doors only: bootstrap, jobs, store, safety, types, errors, settings.
"""
