"""Grading a class: workers, results that are kept, the audit."""
