"""Publishing: the gradebook, feedback, the report and grades.csv."""
