"""Answers that agree far beyond what the task dictates: a page beside the marks, which follow from none of it."""
