"""A Bot API that lives on the loopback interface, and the people who chat through it.

Read README.md for how to play a chat. The map: ``server`` is the door, ``people`` and ``seeing``
act and look, ``methods_*`` do what the Bot API does, ``state`` and what it holds remember,
``schema`` says what is allowed, ``faults`` go wrong, ``transcript`` writes it all down.
"""
