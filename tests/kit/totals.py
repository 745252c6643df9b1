"""How many exercises the session has, and what they are worth: read from its notebooks."""

from authoring.registry import Registry

REGISTRY = Registry()
COUNT = len(REGISTRY.automatic)  # exercises that are marked automatically
POINTS = sum(exercise.points for exercise in REGISTRY.automatic.values())  # of these
MOST = sum(exercise.points for exercise in REGISTRY.exercises.values())  # with what a person marks


def worth(*ids):
    """Return the points of some exercises."""
    return sum(REGISTRY.exercises[id].points for id in ids)
