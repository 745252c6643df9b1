"""Code for a newer Python is told from code that no Python understands."""

import sys

import pytest

from grading.handed_in.newer_python import newer_python

needs_311 = pytest.mark.skipif(sys.version_info >= (3, 12), reason="this Python has the syntax of 3.12")


@needs_311
@pytest.mark.parametrize(
    "source",
    [
        'print(f"shapes {shapes["a"]}")',
        "%matplotlib inline\nprint(f'{a['b']}')",
        "def first[T](items: list[T]) -> T:\n    return items[0]",
        "type Batch = list[int]",
        "f'{\"\\n\".join(a)}'",
        "f'''{a # why\n}'''",
    ],
)
def test_syntax_of_3_12_is_told(source):
    assert newer_python(source) == "3.12"


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="this Python has the syntax of 3.14")
@pytest.mark.parametrize("source", ["try:\n    f()\nexcept ValueError, TypeError:\n    pass", 't"{a}"'])
def test_syntax_of_3_14_is_told(source):
    assert newer_python(source) == "3.14"


@pytest.mark.parametrize(
    "source",
    [
        "def row_dot(a, b:\n    return a",
        "a = = 1",
        'print(f"{a["b"]}")\ndef',
        "print 'Python 2'",
        "x = 1",
        "",
        "(" * 100_000,
        "if True:\nx",
        "\0",
        "# invalid-syntax: (syntax was added in Python 3.99)\na = = 1",
        "'invalid-syntax: (syntax was added in Python 3.99)",
    ],
)
def test_what_no_python_understands_is_no_newer_python(source):
    assert newer_python(source) == ""
