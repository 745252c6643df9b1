"""A student's JupyterLab on a hub: the list of assignments, our Validate, and neither instructors' panels nor news."""

import os
from pathlib import Path

HERE = Path(__file__).resolve().parent

c = get_config()  # noqa: F821 - Jupyter puts it here

c.LabApp.app_settings_dir = str(HERE)  # overrides.json: no news; page_config.json: no panels for instructors

panels = "formgrader", "course_list", "validate_assignment"
c.ServerApp.jpserver_extensions = {f"nbgrader.server_extensions.{panel}": False for panel in panels}
c.ServerApp.jpserver_extensions["helpers.jupyter.validating"] = True  # in place of nbgrader's

# what the kernel and the server say to each other is encrypted; without, each kernel warns
c.KernelManager.transport_encryption = "auto"

# each Python kernel runs this first
os.environ["PYTHONSTARTUP"] = str(HERE.parent / "kernel_start.py")
