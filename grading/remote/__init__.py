"""The process in the sandbox, as the grader speaks with it; `inside/` is what runs there."""
