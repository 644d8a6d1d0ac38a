"""THE WORK. Knows nothing of Telegram. Runs from the command line, a worker, or the bot.

``README.md`` beside this file tells the story of one job and draws the layers.
"""
