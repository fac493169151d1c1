"""The rules of deciding: worked examples, and what must hold for every example."""
