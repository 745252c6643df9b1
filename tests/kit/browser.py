"""A real browser for tests: Chromium, JupyterLab to open in it, and what a page says when something is wrong with it.

@pytest.fixture(scope="module")
def browser():
    with chromium() as browser:
        yield browser

def test_a_page_is_in_order(browser):
    with a_page(browser) as page:  # fails at its end if the page wrote an error, or asked for what did not come
        page.goto("file:///...")
        assert violations(page) == []
"""

import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect, sync_playwright

GRAVE = {"serious", "critical"}
SECONDS = 300  # for JupyterLab to start, on a machine that has other things to do

expect.set_options(timeout=60_000)  # its five seconds are not enough there for saving a notebook


# --- the browser


@contextmanager
def chromium(program=None):
    """Yield a headless Chromium; without one, the test is skipped, or fails if `make test` should have installed it.

    program: what starts it, if not the browser itself does.
    """
    with sync_playwright() as playwright:
        path = program or shutil.which("chromium") or shutil.which("chromium-browser")
        if path is None and not Path(playwright.chromium.executable_path).exists():
            no_browser()
        browser = playwright.chromium.launch(executable_path=path, chromium_sandbox=False)
        yield browser
        browser.close()


def no_browser():
    """Skip the test; fail it where `make test` installs the browser, which is for root where there is apt."""
    if getattr(os, "geteuid", lambda: 1)() == 0 and shutil.which("apt-get"):
        pytest.fail("There is no Chromium, which `make test` installs. Type: apt-get install chromium")
    pytest.skip("There is no Chromium to test in. Type: playwright install chromium")


@contextmanager
def a_page(browser, excused=(), **options):
    """Yield a new page of its own context; fail in the end if one of its troubles matches no pattern of `excused`.

    options: those of Playwright's `new_context`, such as `viewport` or `color_scheme`.
    """
    context = browser.new_context(**options)
    page = context.new_page()
    troubles = watch(page)
    yield page
    context.close()
    grave = [trouble for trouble in troubles if not any(re.search(pattern, trouble) for pattern in excused)]
    assert not grave, "\n".join(grave)


def watch(page):
    """Return a list that grows with each error that the page writes to its console, and each request that fails."""
    troubles = []
    page.on("console", lambda line: line.type == "error" and troubles.append(f"{line.location['url']}: {line.text}"))
    page.on("pageerror", lambda error: troubles.append(f"exception: {error}"))
    page.on("requestfailed", lambda request: was_left(request) or troubles.append(f"{request.failure}: {request.url}"))
    page.on("response", lambda answer: answer.status >= 400 and troubles.append(f"{answer.status}: {answer.url}"))
    return troubles


def was_left(request):
    """Whether the browser itself gave a request up, as it does when the page that asked is left."""
    return request.failure == "net::ERR_ABORTED"


def violations(page, context=None):
    """Return what axe finds serious or critical on the page, or in its part that the selector `context` names."""
    found = Axe().run(page, context=context).response["violations"]
    return [
        f"{rule['id']}, {rule['help']}: {' '.join(node['target'])}"
        for rule in found
        if rule["impact"] in GRAVE
        for node in rule["nodes"]
    ]


# --- JupyterLab


@contextmanager
def jupyterlab(folder, *options, command=(sys.executable, "-m", "jupyterlab"), settings=None, **environment):
    """Run JupyterLab in `folder`, a temporary copy; yield the address that it would open for its user, with a token.

    options: more of the command line, such as "--config=jupyter/lab_config.py". settings: a folder of user settings.
    Whatever JupyterLab keeps for its user stays in `folder`, so that nothing of this machine's user has a say.
    """
    token, port = secrets.token_hex(8), free_port()
    home = Path(folder) / ".jupyter-of-the-test"
    mine = [f"--ServerApp.port={port}", "--ServerApp.port_retries=0", f"--IdentityProvider.token={token}"]
    mine += ["--ServerApp.open_browser=False", "--log-level=ERROR"]
    mine += [f"--LabApp.user_settings_dir={settings or home / 'settings'}"]
    mine += [f"--LabApp.workspaces_dir={home / 'workspaces'}"]
    mine += ["--allow-root"] if getattr(os, "geteuid", lambda: 1)() == 0 else []
    places = {f"JUPYTER_{kind}_DIR": str(home / kind.lower()) for kind in ("CONFIG", "RUNTIME")}
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("RECSYS_", "JUPYTER_"))}
    server = subprocess.Popen([*command, *options, *mine], cwd=folder, env=kept | places | environment)
    try:
        wait_for(f"http://127.0.0.1:{port}/api", server)
        yield f"http://127.0.0.1:{port}/?token={token}"
    finally:
        stop(server)


def stop(server):
    """End a server. JupyterLab then ends its kernels, and now and again waits for a thread of its own for ever."""
    server.terminate()
    try:
        server.wait(timeout=15)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def free_port():
    """Return a port that is free now."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


def wait_for(address, server):
    """Return once the server answers at `address`; fail if it has ended, or does not answer in time."""
    for _ in range(SECONDS * 5):
        assert server.poll() is None, f"The server ended with {server.returncode}."
        try:
            return urllib.request.urlopen(address).close()
        except urllib.error.URLError:
            time.sleep(0.2)
    pytest.fail(f"{address} does not answer after {SECONDS} seconds.")
