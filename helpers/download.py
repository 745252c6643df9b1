"""Download: real reviews, fetched from where their collector publishes them, and verified before they are kept."""

import re
import tempfile
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from pooch import HTTPDownloader
from requests.exceptions import (
    ChunkedEncodingError,
    ConnectionError,
    HTTPError,
    ProxyError,
    RequestException,
    SSLError,
    Timeout,
)
from requests.utils import get_environ_proxies, select_proxy
from tqdm import tqdm

from helpers.lines import ReviewLines
from helpers.reviews import DataError, shown

BASE_URL = "https://snap.stanford.edu/data/amazon/productGraph/categoryFiles/"


class Counts(NamedTuple):
    """How many reviews, users and items a file holds."""

    reviews: int
    users: int
    items: int

    def __str__(self):
        return f"{self.reviews:,} reviews, {self.users:,} users, {self.items:,} items"


KNOWN_COUNTS = {
    "Amazon_Instant_Video": Counts(37_126, 5_130, 1_685),
    "Musical_Instruments": Counts(10_261, 1_429, 900),
}


def count(path, name=None):
    """Return the Counts of a file of reviews; raises DataError, with the file called `name`, if it is not one."""
    users, items, _, ratings = zip(*ReviewLines(path, name), strict=True)
    return Counts(len(ratings), len(set(users)), len(set(items)))


def download(category, folder, base_url=BASE_URL):
    """Fetch the reviews of a category into `folder`, and return the file's path.

    The file is put in its place only when it is whole, readable and of the known counts; until then, what stood there
    stays. Says what it does. Raises DataError, one sentence, if there is no such file or the download fails.
    """
    if not re.fullmatch(r"\w+", category):
        raise DataError(f"{category!r} is no category: a name is letters joined by '_', such as Musical_Instruments.")
    path = Path(folder) / f"reviews_{category}_5.json.gz"
    if path.exists():
        try:
            counts = verify(path, category)
        except DataError as error:
            print(f"{error} Fetching it anew.")
        else:
            print(f"{shown(path)} is there already: {counts}. {_verdict(category)}")
            return path
    url = base_url.rstrip("/") + "/" + path.name
    print(f"Fetching {url}")
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="download-", dir=path.parent) as unfinished:
        unverified = Path(unfinished) / path.name
        fetch(url, unverified)
        counts = verify(unverified, category, name=f"What {url} sent")
        unverified.replace(path)
    print(f"{shown(path)}: {counts}. {_verdict(category)}")
    return path


def fetch(url, path):
    """Write what `url` sends to `path`, with a progress bar; raises DataError if it does not come, or not whole."""
    # a bar of our own is cleared when a download fails; pooch sets its total, and leaves out a bar whose total is 0
    bar = tqdm(total=1, unit="B", unit_scale=True, leave=False)
    # "identity": the server must send the .gz as it is, since whatever else it compressed would be unpacked on arrival
    downloader = HTTPDownloader(progressbar=bar, chunk_size=1 << 16, headers={"Accept-Encoding": "identity"})
    try:
        with bar:
            downloader(url, str(path), None)
    except HTTPError as error:
        raise DataError(_refusal(url, error.response.status_code, error.response.reason)) from None
    except ProxyError as error:
        raise DataError(_proxy_fault(url, wants_password="failed: 407" in str(error))) from None
    except SSLError as error:
        raise DataError(_insecure(url, str(error))) from None
    except Timeout:
        raise DataError(f"{url} did not answer in time: run the command again later.") from None
    except ChunkedEncodingError:
        raise DataError(f"The download of {url} was cut off: run the command again, it starts afresh.") from None
    except ConnectionError:
        raise DataError(f"{url} cannot be reached, or stopped sending: check the network, then run it again.") from None
    except (RequestException, OSError) as error:
        raise DataError(f"The download of {url} failed: {getattr(error, 'strerror', None) or error}.") from None


def _refusal(url, status, reason):
    """Return a sentence on what a server or a proxy answered in place of the file."""
    if status == 407:
        return _proxy_fault(url, wants_password=True)
    remedy = {401: "it wants a password", 403: "it does not let you in", 429: "run the command again later"}.get(
        status, "check the category's name and the address" if status < 500 else "run the command again later"
    )
    return f"{url} answered '{status} {reason}': {remedy}."


def _proxy_fault(url, wants_password):
    """Return a sentence on the proxy between here and `url`; the password in its address is not shown."""
    proxy = urlsplit(select_proxy(url, get_environ_proxies(url)) or "")
    name = f"The proxy {proxy.netloc.rpartition('@')[2]}"
    variable = f"{urlsplit(url).scheme.upper()}_PROXY"
    if wants_password:
        return f"{name} wants a password: write it into {variable}, as http://NAME:PASSWORD@HOST:PORT."
    return f"{name} does not lead to {url}: correct the address in {variable}, or unset it."


def _insecure(url, error):
    """Return a sentence on a secure connection that did not come about."""
    host, reason = urlsplit(url).hostname, re.search(r"verify failed: ([^(]+?) \(_ssl", error)
    if not reason:
        return f"{host} does not speak https as it should: check the address, and whether a proxy stands in between."
    return (
        f"The certificate of {host} cannot be verified ({reason[1]}): check the computer's clock; "
        "if your network brings a certificate of its own, name its file in REQUESTS_CA_BUNDLE."
    )


def verify(path, category, name=None):
    """Return the Counts of the file; raises DataError if it is unreadable or not of the category's known counts."""
    name = name or shown(path)
    counts, known = count(path, name), KNOWN_COUNTS.get(category)
    if known and counts != known:
        raise DataError(f"{name} is not the right file: it holds {counts}, and should hold {known}.")
    return counts


def _verdict(category):
    return "The counts are right." if category in KNOWN_COUNTS else "No counts are known to verify them against."
