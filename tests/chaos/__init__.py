"""Kill anything, at any moment: then count what people got. See ``verdict.py`` for what must hold.

``python -m tests.chaos --kills 300 --database sqlite`` runs the long form and prints a table;
``make chaos`` does so on SQLite and on PostgreSQL.
"""
