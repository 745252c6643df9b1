"""JupyterLab as a student needs it: it opens on the first notebook, without instructors' panels or news."""

import logging
import os
import sys
from pathlib import Path

from tornado.iostream import StreamClosedError
from tornado.websocket import WebSocketClosedError

HERE = Path(__file__).resolve().parent

c = get_config()  # noqa: F821 - Jupyter puts it here

c.ServerApp.root_dir = str(HERE.parent / "notebooks" / "recommenders2")
c.LabApp.default_url = "/lab/tree/01_reviews_to_batches.ipynb"
c.LabApp.app_settings_dir = str(HERE)  # overrides.json: no news; page_config.json: no panels for instructors

# which notebooks were open: JupyterLab keeps it per user, and would look here for those of other sessions
c.LabApp.workspaces_dir = str(Path(sys.prefix) / "share" / "jupyter" / "lab" / "workspaces")

# what stands behind these panels looks for a course and, finding none, complains in the terminal
panels = "formgrader", "assignment_list", "course_list", "validate_assignment"
c.ServerApp.jpserver_extensions = {f"nbgrader.server_extensions.{panel}": False for panel in panels}

# what stands behind the button Validate is ours: validating.py
sys.path += [str(HERE), str(HERE.parent)]
c.ServerApp.jpserver_extensions["validating"] = True

# in the terminal: the address alone, and what goes wrong. The warnings speak of notebooks that are "not trusted", which
# means that one has not run them yet, and of a ping's timeout, which Jupyter itself sets wrong
c.Application.log_level = "ERROR"


def is_worth_saying(record):
    """Whether a line of the log is more than that a page was closed while a kernel was speaking to it."""
    return not (record.exc_info and isinstance(record.exc_info[1], (WebSocketClosedError, StreamClosedError)))


for speaker in ("asyncio", "tornado.general", "tornado.application"):
    logging.getLogger(speaker).addFilter(is_worth_saying)

# what the kernel and the server say to each other is encrypted; without, each kernel warns in the terminal
c.KernelManager.transport_encryption = "auto"

# each Python kernel runs this first, also one of another environment
os.environ["PYTHONSTARTUP"] = str(HERE / "kernel_start.py")
