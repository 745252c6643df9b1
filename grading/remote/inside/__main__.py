"""The process in the sandbox: imports what notebooks need once, then a fork of it runs each notebook.

It speaks with the grader over two pipes, a frame at a time, each request answered by one reply. Whatever it says is the
student's word: the grader believes no verdict from here, only numbers that it can compare.
"""

import os
import sys
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from inside.wire import Channel


def main() -> None:
    """Serve the grader: one fork per notebook, until the pipe is closed."""
    channel = Channel.take_over()
    import_once()
    from inside.forks import in_a_fork
    from inside.messages import Ended, Ready
    from inside.notebook import serve_notebook

    channel.send(Ready())
    while (frame := channel.receive()) is not None:
        channel.send(Ended(in_a_fork(partial(serve_notebook, channel, frame.message), frame.message.seed)))


def import_once() -> None:
    """Import what takes seconds, so that every notebook has it at once."""
    import matplotlib

    matplotlib.use("agg")
    import matplotlib.pyplot
    import tqdm

    import helpers.batches
    import helpers.data
    import helpers.noise
    import helpers.plotting
    import helpers.results
    import helpers.session
    import helpers.training
    import helpers.vocabulary

    graded = Path(os.environ["RECSYS_REVIEWS"])
    helpers.data.find_reviews = lambda: graded  # whatever file, or fold of it, a notebook names later
    helpers.data._fold = lambda: 0
    tqdm.tqdm.monitor_interval = 0  # its thread would not survive the fork
    use_once()


def use_once() -> None:
    """Use what torch imports only when it is used: a second in the first optimiser, a quarter on the meta device."""
    import torch

    bag = torch.nn.EmbeddingBag(2, 2)
    torch.optim.Adam(bag.parameters())
    bag.to("meta")(torch.zeros(1, 1, dtype=torch.long, device="meta"))


if __name__ == "__main__":
    main()
