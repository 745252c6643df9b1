"""The data set that is shipped: made, compared with its manifest and, where it is meant to change, renewed."""

import json
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from authoring.generator.reviews import write_reviews
from helpers.generated import MANIFEST, SHIPPED, content_digest, titles_path, truth_path

VERSION = 2  # raise it whenever the reviews change
SEED = 6  # of the first 24, the one whose held-out ratings, taken together, vary most like those of training
FILES = SHIPPED, titles_path(SHIPPED), truth_path(SHIPPED)


def remake(renew=False):
    """Make the data set anew beside the shipped one, and say of each file whether it is the same; return the exit code.

    renew: put the new files and their digests into the place of the shipped ones.
    """
    with TemporaryDirectory() as folder:
        made = [Path(folder) / file.name for file in FILES]
        write_reviews(made[0], SEED)
        digests = {file.name: content_digest(file) for file in made}
        if renew:
            SHIPPED.parent.mkdir(parents=True, exist_ok=True)
            for file, target in zip(made, FILES, strict=True):
                shutil.copyfile(file, target)
            manifest = json.dumps({"version": VERSION, "sha256": digests}, indent=1) + "\n"
            MANIFEST.write_text(manifest, encoding="ascii", newline="\n")
    expected = json.loads(MANIFEST.read_text(encoding="ascii"))["sha256"]
    shipped = {file.name: content_digest(file) if file.exists() else "missing" for file in FILES}
    for name, digest in digests.items():
        same = expected.get(name) == digest == shipped[name]
        print(f"{digest}  {name}  {'as shipped' if same else f'NOT as shipped: {shipped[name]}'}")
    return int(not digests == expected == shipped)
