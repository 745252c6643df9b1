"""What the tests of collecting share: the command, and the folder that it fills."""

import pytest

from grading.collect.__main__ import main


@pytest.fixture
def collect(tmp_path, capsys):
    """Collect files, given as a zip or a folder, into submitted/; return the exit code and what was printed."""

    def collect(source, *options):
        if isinstance(source, bytes):
            (tmp_path / "source.zip").write_bytes(source)
            source = tmp_path / "source.zip"
        code = main([str(source), "--into", str(tmp_path / "submitted"), *map(str, options)])
        said = capsys.readouterr()
        return code, said.out + said.err

    return collect


@pytest.fixture
def into(tmp_path):
    return tmp_path / "submitted"
