"""Downloading, from a server on this machine that also fails in the ways that servers fail."""

import gzip
import json
import re
import shutil
import socket
import ssl
import subprocess
import threading
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from helpers import data, download
from helpers.download import Counts


def gzipped(nb_reviews):
    lines = [
        json.dumps({"reviewerID": f"A{i % 700}", "asin": f"B{i % 3}", "reviewText": f"nice {i}", "overall": 4.0})
        for i in range(nb_reviews)
    ]
    return gzip.compress("\n".join(lines).encode())


RIGHT, OTHER = gzipped(2100), gzipped(50)
KNOWN = Counts(reviews=2100, users=700, items=3)
NAME = "reviews_Amazon_Instant_Video_5.json.gz"


class Server(BaseHTTPRequestHandler):
    """Serves a right file, and some wrong ones, each in a folder that says what happens."""

    asked: list

    def do_GET(self):
        self.asked.append(self.path)
        if self.path.startswith("http:"):  # asked as a proxy
            self.send_error(407)
            return
        behaviour = self.path.split("/")[1]
        body = {"right": RIGHT, "cut": RIGHT, "unannounced": RIGHT[:900], "wrong": OTHER, "login": b"<html>Log in"}
        if behaviour not in body:
            self.send_error(int(behaviour) if behaviour.isdecimal() else 404)
            return
        self.send_response(200)
        if behaviour != "unannounced":
            self.send_header("Content-Length", str(len(body[behaviour])))
        self.end_headers()
        self.wfile.write(body[behaviour][:1000] if behaviour == "cut" else body[behaviour])

    def do_CONNECT(self):
        self.send_error(407)

    def log_message(self, *_):
        pass


@pytest.fixture
def server():
    asked = []
    handler = type("Handler", (Server,), {"asked": asked})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=partial(server.serve_forever, poll_interval=0.01))
        thread.start()
        server.address = f"http://127.0.0.1:{server.server_port}"
        server.asked = asked
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Start each test with an empty dataset/, and with few reviews expected."""
    monkeypatch.setattr(data, "DATASET", tmp_path / "dataset")
    monkeypatch.setattr(download, "KNOWN_COUNTS", {"Amazon_Instant_Video": KNOWN})
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    return data.DATASET


def run(capsys, *arguments):
    """Run `python -m helpers.data download ...`; return the exit code, what it said, and its errors without the bar."""
    code = data.main(["download", *arguments])
    said = capsys.readouterr()
    errors = [line for line in said.err.replace("\r", "\n").splitlines() if line.strip() and "B/s]" not in line]
    return code, said.out, errors


def test_a_download_is_verified_and_kept(server, folder, capsys):
    code, out, errors = run(capsys, "--url", server.address + "/right/")
    assert (code, errors) == (0, [])
    assert out.endswith(f"{folder / NAME}: 2,100 reviews, 700 users, 3 items. The counts are right.\n")
    assert (folder / NAME).read_bytes() == RIGHT
    assert [file.name for file in folder.iterdir()] == [NAME]
    assert data.find_reviews() == folder / NAME


def test_a_file_that_is_there_and_right_is_not_fetched_again(server, folder, capsys):
    run(capsys, "--url", server.address + "/right")
    code, out, _ = run(capsys, "--url", server.address + "/right")
    assert code == 0
    assert out == f"{folder / NAME} is there already: 2,100 reviews, 700 users, 3 items. The counts are right.\n"
    assert server.asked == [f"/right/{NAME}"]


@pytest.mark.parametrize(
    ("behaviour", "sentence"),
    [
        ("cut", "The download of .* was cut off: run the command again, it starts afresh."),
        ("unannounced", r"What .* sent is cut off after line \d+: fetch or copy the file again."),
        (
            "wrong",
            "What .* sent is not the right file: it holds 50 reviews, 50 users, 3 items, and should hold 2,100 .*",
        ),
        ("login", r"What .* sent is a web page \(HTML\), not reviews as lines of JSON: fetch .*"),
        ("missing", ".* answered '404 Not Found': check the category's name and the address."),
        ("401", ".* answered '401 Unauthorized': it wants a password."),
        ("403", ".* answered '403 Forbidden': it does not let you in."),
        ("429", ".* answered '429 Too Many Requests': run the command again later."),
        ("503", ".* answered '503 Service Unavailable': run the command again later."),
    ],
)
def test_what_goes_wrong_is_said_in_a_sentence_and_leaves_nothing(server, folder, capsys, behaviour, sentence):
    code, _, errors = run(capsys, "--url", f"{server.address}/{behaviour}")
    assert code == 1
    assert len(errors) == 1
    assert re.fullmatch(sentence, errors[0])
    assert list(folder.iterdir()) == []
    assert run(capsys, "--url", server.address + "/right")[0] == 0  # a second run starts cleanly


@pytest.fixture
def nobody():
    """An address of this machine where nothing answers, and nothing else can settle: bound, and not listened to."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield f"127.0.0.1:{bound.getsockname()[1]}"


def test_without_a_network_one_sentence_says_so(nobody, folder, capsys):
    code, _, errors = run(capsys, "--url", f"http://{nobody}")
    assert code == 1
    assert errors == [
        f"http://{nobody}/{NAME} cannot be reached, or stopped sending: check the network, then run it again."
    ]


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_that_is_not_there_is_named(nobody, folder, capsys, monkeypatch, scheme):
    monkeypatch.setenv(f"{scheme}_proxy", f"http://me:secret@{nobody}")
    code, _, errors = run(capsys, "--url", f"{scheme}://example.invalid/")
    assert code == 1
    assert errors == [
        f"The proxy {nobody} does not lead to {scheme}://example.invalid/{NAME}: "
        f"correct the address in {scheme.upper()}_PROXY, or unset it."
    ]


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_that_wants_a_password_is_named(server, capsys, monkeypatch, scheme):
    monkeypatch.setenv(f"{scheme}_proxy", server.address)
    code, _, errors = run(capsys, "--url", f"{scheme}://example.invalid/")
    assert code == 1
    assert errors == [
        f"The proxy {server.address.removeprefix('http://')} wants a password: "
        f"write it into {scheme.upper()}_PROXY, as http://NAME:PASSWORD@HOST:PORT."
    ]


@pytest.mark.skipif(not shutil.which("openssl"), reason="openssl, which makes a certificate, is not at hand")
def test_a_certificate_that_nobody_knows_is_named(server, folder, capsys, monkeypatch, tmp_path):
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=127.0.0.1"]
    names = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate]
    subprocess.run([*command, *names], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    address = server.address.replace("http:", "https:") + "/right"
    code, _, errors = run(capsys, "--url", address)
    assert code == 1
    assert [error.replace("self signed", "self-signed") for error in errors] == [  # as OpenSSL 1 writes it
        "The certificate of 127.0.0.1 cannot be verified (self-signed certificate): check the computer's clock; "
        "if your network brings a certificate of its own, name its file in REQUESTS_CA_BUNDLE."
    ]
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    assert run(capsys, "--url", address)[0] == 0
    (folder / NAME).unlink()
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "none.pem"))
    code, _, errors = run(capsys, "--url", address)
    assert code == 1
    assert errors[0].endswith(f"invalid path: {tmp_path / 'none.pem'}.")


def test_a_server_that_does_not_speak_https_is_named(server, capsys):
    code, _, errors = run(capsys, "--url", server.address.replace("http:", "https:"))
    assert code == 1
    assert errors == [
        "127.0.0.1 does not speak https as it should: check the address, and whether a proxy stands in between."
    ]


def test_ctrl_c_ends_a_download_in_a_sentence_and_leaves_what_was_there(server, folder, capsys, monkeypatch):
    folder.mkdir()
    (folder / NAME).write_bytes(OTHER)

    def stopped(url, path):
        path.write_bytes(RIGHT[:100])
        raise KeyboardInterrupt

    monkeypatch.setattr(download, "fetch", stopped)
    code, _, errors = run(capsys, "--url", server.address + "/right")
    assert (code, errors) == (130, ["Stopped: nothing has changed."])
    assert [(file.name, file.read_bytes()) for file in folder.iterdir()] == [(NAME, OTHER)]


def test_an_address_that_is_none_is_refused(capsys):
    code, _, errors = run(capsys, "--url", "nowhere")
    assert code == 1
    assert errors[0].startswith(f"The download of nowhere/{NAME} failed: Invalid URL")


@pytest.mark.parametrize("behaviour", ["cut", "wrong", "login"])
def test_a_file_is_replaced_only_by_a_right_one(server, folder, capsys, behaviour):
    folder.mkdir()
    (folder / NAME).write_bytes(OTHER)
    code, out, _ = run(capsys, "--url", f"{server.address}/{behaviour}")
    assert code == 1
    assert f"{folder / NAME} is not the right file: it holds 50 reviews" in out
    assert (folder / NAME).read_bytes() == OTHER
    assert run(capsys, "--url", server.address + "/right")[0] == 0
    assert (folder / NAME).read_bytes() == RIGHT


def test_another_category_is_kept_unverified_and_that_is_said(server, folder, capsys):
    code, out, _ = run(capsys, "Cheese", "--url", server.address + "/wrong")
    assert code == 0
    assert "reviews_Cheese_5.json.gz: 50 reviews, 50 users, 3 items. No counts are known to verify them against." in out
    assert (folder / "reviews_Cheese_5.json.gz").exists()


def test_a_category_is_a_name_not_a_path(server, capsys):
    code, _, errors = run(capsys, "../Cheese", "--url", server.address)
    assert code == 1
    assert errors == ["'../Cheese' is no category: a name is letters joined by '_', such as Musical_Instruments."]
    assert server.asked == []


def test_the_counts_that_the_session_promises():
    assert str(download.Counts(37_126, 5_130, 1_685)) == "37,126 reviews, 5,130 users, 1,685 items"
