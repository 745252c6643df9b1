"""What runs inside the sandbox, next to students' code. It knows no answer, and nothing of what is outside.

It is started as a file and imports nothing of the grader, which is not there.
"""
