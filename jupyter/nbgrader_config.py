"""The button Validate: it runs the open notebook anew, and says which checks fail."""

c = get_config()  # noqa: F821 - nbgrader puts it here

c.ExecutePreprocessor.timeout = 120  # seconds for a cell: training may take longer than the usual 30
c.Execute.extra_arguments = ["--IPKernelApp.log_level=40"]
