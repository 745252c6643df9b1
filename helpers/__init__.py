"""What student and instructor notebooks import: data -> batches -> models -> training -> plots, and the checks."""

import logging

# matplotlib says on the student's screen that it builds a list of fonts, or may not keep one: neither matters here
logging.getLogger("matplotlib").setLevel(logging.ERROR)
