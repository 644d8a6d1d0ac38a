"""What is asked for in groups: by whom, whose picture it is, and whether they agree."""
