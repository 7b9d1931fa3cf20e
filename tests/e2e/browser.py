# SPDX-License-Identifier: MIT
"""A real Chromium, spoken to through the two pipes of its DevTools protocol.

https://chromedevtools.github.io/devtools-protocol/ : with --remote-debugging-pipe it reads commands
as JSON from descriptor 3 and writes answers and events to 4, each ended by a NUL byte.
"""
import base64
import json
import os
import select
import shutil
import signal
import subprocess
import tempfile
import time

from house import DEADLINE, skip

FLAGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-dev-shm-usage",
         "--disable-background-networking", "--disable-component-update", "--disable-sync",
         "--hide-scrollbars", "--remote-debugging-pipe",
         # A finger that is quicker than the first picture of a page is else thrown away.
         "--allow-pre-commit-input"]


class Browser:
    """One Chromium with an empty profile; tab() gives a page of it."""

    def __init__(self):
        program = shutil.which("chromium")
        if not program:
            skip("chromium is not installed")
        self.home = tempfile.mkdtemp(prefix="pagerd-browser-")
        theirs, self.write = os.pipe()
        self.read, back = os.pipe()

        def pipes():  # in the child: where Chromium expects them
            high = [os.dup(theirs), os.dup(back)]
            while min(high) <= 4:
                high = [os.dup(fd) for fd in high]
            os.dup2(high[0], 3)
            os.dup2(high[1], 4)

        self.child = subprocess.Popen(
            [program, *FLAGS, f"--user-data-dir={self.home}/profile", "about:blank"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            close_fds=False, preexec_fn=pipes, start_new_session=True,
            env={**os.environ, "HOME": self.home})
        os.close(theirs)
        os.close(back)
        self.number = 0
        self.rest = b""
        self.events = []

    def _take(self, end):
        """The next message, or None when the time is over."""
        while b"\0" not in self.rest:
            if not select.select([self.read], [], [], max(0, end - time.monotonic()))[0]:
                return None
            more = os.read(self.read, 1 << 16)
            if not more:
                raise AssertionError("chromium has ended")
            self.rest += more
        message, self.rest = self.rest.split(b"\0", 1)
        return json.loads(message)

    def call(self, method, session=None, **params):
        self.number += 1
        order = {"id": self.number, "method": method, "params": params}
        if session:
            order["sessionId"] = session
        os.write(self.write, json.dumps(order).encode() + b"\0")
        end = time.monotonic() + DEADLINE
        while True:
            message = self._take(end)
            assert message, f"chromium does not answer {method}"
            if message.get("id") == self.number:
                assert "error" not in message, (method, message["error"])
                return message["result"]
            self.events.append(message)

    def wait(self, session, event):
        """Waits for an event of a tab; those that came before it are forgotten."""
        end = time.monotonic() + DEADLINE
        while True:
            for at, message in enumerate(self.events):
                if message.get("method") == event and message.get("sessionId") == session:
                    del self.events[:at + 1]
                    return message["params"]
            message = self._take(end)
            assert message, f"chromium does not say {event}"
            self.events.append(message)

    def tab(self):
        return Tab(self)

    def close(self):
        for fd in (self.write, self.read):
            os.close(fd)
        try:
            os.killpg(self.child.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.child.wait()
        shutil.rmtree(self.home, ignore_errors=True)


class Tab:
    def __init__(self, browser):
        self.browser = browser
        target = browser.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = browser.call("Target.attachToTarget", targetId=target,
                                    flatten=True)["sessionId"]
        self.call("Page.enable")

    def call(self, method, **params):
        return self.browser.call(method, self.session, **params)

    def open(self, url):
        """Loads a page to its end, whatever became of it."""
        self.browser.events.clear()
        self.call("Page.navigate", url=url)
        self.browser.wait(self.session, "Page.loadEventFired")

    def run(self, script):
        """What the script gives, as data. A page's policy binds its own scripts, not these."""
        got = self.call("Runtime.evaluate", expression=script, returnByValue=True)
        assert "exceptionDetails" not in got, (script, got["exceptionDetails"])
        return got["result"].get("value")

    def settle(self, what="document.readyState === 'complete'"):
        """Waits until the condition holds in the page, which may be loading another meanwhile."""
        end = time.monotonic() + DEADLINE
        while time.monotonic() < end:
            got = self.call("Runtime.evaluate", expression=what, returnByValue=True)
            if got.get("result", {}).get("value"):
                return
            time.sleep(0.05)
        raise AssertionError(f"the page never came to: {what}")

    def size(self, width, height, scale=2):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height,
                  deviceScaleFactor=scale, mobile=True)

    def scheme(self, name):
        self.call("Emulation.setEmulatedMedia",
                  features=[{"name": "prefers-color-scheme", "value": name}])

    def shot(self, path):
        """A picture of the whole page."""
        picture = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=True)
        with open(path, "wb") as file:
            file.write(base64.b64decode(picture["data"]))
