"""Detects how a table is written: delimiter, heading, dates, missing words and spellings."""
