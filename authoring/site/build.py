"""Make the pages: their sources into a temporary folder, from there with Sphinx into theirs."""

import shutil
import sys
import tempfile
from pathlib import Path

from sphinx.cmd.build import build_main

from authoring.site.pages import write_sources
from helpers.errors import PlainError

MARK = ".buildinfo"  # Sphinx leaves it in what it made


def build(folder):
    """Make all pages anew in `folder`; return the exit code. The pages that stand there go only once the new are made.

    Whatever Sphinx warns of is an error: a link or a picture that leads nowhere, a formula that cannot be set.
    """
    if folder.exists() and any(folder.iterdir()) and not (folder / MARK).exists():
        raise PlainError(f"{folder} holds other things than a reading copy: name another folder, or empty it.")
    with tempfile.TemporaryDirectory() as temporary:
        sources, made, kept = (Path(temporary) / name for name in ("sources", "site", "kept"))
        write_sources(sources)
        options = ["--quiet", "--fail-on-warning", "--nitpicky", "--builder=html"]
        options += [f"--conf-dir={Path(__file__).parent}", f"--doctree-dir={kept}"]
        if code := build_main([*options, str(sources), str(made)]):
            print("The reading copy was not made; see above.", file=sys.stderr)
            return code
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(made, folder)
    print(f"The reading copy: {folder / 'index.html'}")
    return 0
