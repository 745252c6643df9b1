"""The checks under the exercises: `checks.<name>(answer)` says in a line or a few whether an answer is right.

A check helps the student; it does not decide a mark. It looks at types first, then at shapes, then at values, and knows
the usual mistakes by what they return. Each stands in the folder of its exercise.
"""

from importlib import import_module
from pathlib import Path

from exercises.kit.expect import CHECKS
from exercises.kit.given.refusals import StillToDo, Wrong
from exercises.kit.summary import summary

for path in sorted(Path(__file__).parent.glob("*/check.py")):
    import_module(f"exercises.{path.parent.name}.check")
globals().update({check.__name__: check for check in CHECKS.values()})

__all__ = ["StillToDo", "Wrong", "summary", *(check.__name__ for check in CHECKS.values())]
