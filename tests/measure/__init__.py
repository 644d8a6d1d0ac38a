"""Measures of talking videos that need no downloaded weights: lips, stillness, seams, length."""
