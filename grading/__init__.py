"""The instructor's marking: students' notebooks run in a sandbox, and what they are worth is decided outside it."""
