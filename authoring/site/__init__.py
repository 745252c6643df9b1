"""The student notebooks as pages to read, on a phone or before the exam: `python -m authoring site`."""
