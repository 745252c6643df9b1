"""Files: the lines of a file of reviews, gzipped or plain; or, in a sentence, what the file is instead."""

import gzip
import re
import stat
import zlib
from pathlib import Path

from helpers.reviews import DataError

GZIP, BOM = b"\x1f\x8b", b"\xef\xbb\xbf"
UNPACK = "unpack it, and name the file of reviews that it holds"
EXPORT = "write each review as a JSON object, on a line of its own"
FETCH = "fetch the file itself"

OTHER_KINDS = [  # how a file begins that is no file of review lines, what it is then, and what to do
    (rb"<(!doctype html|html|head|body|!--)", "a web page (HTML)", f"{FETCH}, and log in first if it is a log-in page"),
    (rb"<", "XML", f"{FETCH}, in case a server sent this in its place"),
    (rb"version https://git-lfs", "a pointer of Git LFS to the file", "type `git lfs pull` where you cloned it"),
    (rb"(\.\./)*(\.git)?/?annex/objects/", "a pointer of git-annex to the file", "type `git annex get` there"),
    (rb"(product|review)/\w+:", "in SNAP's older form, with a field a line", EXPORT),
    (rb"\[", "one JSON array", "write each review on a line of its own, as `jq -c '.[]'` does"),
    (rb"\{[ \t]*\r?\n", "JSON laid out over many lines", "write each review on a line of its own, as `jq -c .` does"),
    (rb"[\w .:'\"#/-]{0,40}([,;\t|][\w .:'\"#/-]{0,40}){2,}", "a table (CSV or alike)", EXPORT),
    (rb"\xff\xfe|\xfe\xff|\x00{0,3}[{\[]\x00", "UTF-16 or UTF-32 text", "save it as UTF-8"),
    (rb"(?s).{257}ustar", "a tar archive", UNPACK),
    (rb"PK(\x03\x04|\x05\x06)", "a zip archive (as .npz and .xlsx files are)", UNPACK),
    (GZIP, "a gzip file once more", "unpack it once"),
    (rb"\xfd7zXZ\x00", "an xz file", UNPACK),
    (rb"BZh[1-9]", "a bzip2 file", UNPACK),
    (rb"\x28\xb5\x2f\xfd", "a zstd file", UNPACK),
    (rb"7z\xbc\xaf\x27\x1c", "a 7z archive", UNPACK),
    (rb"Rar!\x1a", "a RAR archive", UNPACK),
    (rb"\x04\x22\x4d\x18", "an lz4 file", UNPACK),
    (rb"\x5d\x00\x00", "an lzma file", UNPACK),
    (rb"\x1f\x9d", "a compress (.Z) file", UNPACK),
    (rb"PAR1", "a Parquet file", EXPORT),
    (rb"ARROW1|\xff\xff\xff\xff", "an Arrow file", EXPORT),
    (rb"SQLite format 3", "an SQLite database", EXPORT),
    (rb"\x89HDF", "an HDF5 file", EXPORT),
    (rb"\x93NUMPY", "a numpy array", EXPORT),
    (rb"\x80[\x02-\x05]", "a Python pickle", EXPORT),
    (rb"%PDF", "a PDF", FETCH),
    (rb"\x89PNG|\xff\xd8\xff|GIF8", "a picture", FETCH),
]


def read_text(path, name):
    """Yield (number, text) for each line of a file that is not blank; errors, DataError, call the file `name`."""
    number = 0
    try:
        with _open(path, name) as file:
            for number, line in enumerate(_unpack(file, name), 1):
                if (text := line.removeprefix(BOM)).strip():
                    yield number, text.decode("utf-8")
    except UnicodeDecodeError as error:
        where = f"{name}, line {number}: not UTF-8 text (byte {error.start + 1} of the line)"
        raise DataError(f"{where}: save the file as UTF-8, or fetch it again.") from None
    except EOFError:
        raise DataError(f"{name} is cut off after line {number}: fetch or copy the file again.") from None
    except (gzip.BadGzipFile, zlib.error) as error:
        raise DataError(f"{name} is damaged after line {number} ({error}): fetch or copy the file again.") from None
    except OSError as error:
        raise DataError(f"{name} cannot be read: {error.strerror or error}.") from None


def _open(path, name):
    """Return the file opened, as bytes; raises DataError if there is none, or it is no plain file."""
    try:
        mode = Path(path).stat().st_mode
    except FileNotFoundError:
        raise DataError(f"{name}: there is no such file.") from None
    if stat.S_ISDIR(mode):
        raise DataError(f"{name} is a folder: name a file of reviews, such as one in it.")
    if not stat.S_ISREG(mode):  # opening a pipe might wait for ever
        raise DataError(f"{name} is a device or a pipe: put the reviews into a file.")
    return Path(path).open("rb")


def _unpack(file, name):
    """Return the lines of a file, gzipped or not; raises DataError if they are known not to be reviews."""
    packed = file.peek(2)[:2] == GZIP
    lines = gzip.GzipFile(fileobj=file) if packed else file
    start = lines.peek(1024).removeprefix(BOM).lstrip(b" \t\r\n")
    for beginning, kind, remedy in OTHER_KINDS:
        if re.match(beginning, start, re.IGNORECASE):
            verb = "holds" if packed else "is"
            raise DataError(f"{name} {verb} {kind}, not reviews as lines of JSON: {remedy}.")
    return lines
