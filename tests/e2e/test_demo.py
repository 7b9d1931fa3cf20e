# SPDX-License-Identifier: MIT
"""pagerd --demo: what the README promises a newcomer."""
import os
import re
import shutil
import subprocess
import tempfile
import urllib.request

from house import PAGECTL, PAGERD, Process, free_port, main, wait_for


class Demo:
    def __enter__(self):
        self.dir = tempfile.mkdtemp(prefix="pagerd-demo-")
        self.socket = os.path.join(self.dir, "ctl.sock")
        self.url = f"http://127.0.0.1:{free_port()}"
        self.process = Process(
            [PAGERD, "--demo", "--state", self.dir, "--socket", self.socket, "--listen",
             self.url.removeprefix("http://")], os.path.join(self.dir, "out"))
        wait_for("the demo", lambda: "pagerd demo is running" in self.process.output()
                 or not self.process.is_alive())
        assert self.process.is_alive(), self.process.output()
        return self

    def __exit__(self, kind, *rest):
        self.process.stop()
        if kind:
            print(self.process.output()[-4000:])
        shutil.rmtree(self.dir, ignore_errors=True)

    def pagectl(self, *words):
        return subprocess.run([PAGECTL, *words], capture_output=True, text=True, timeout=60,
                              env={**os.environ, "PAGECTL_SERVER": self.socket,
                                   "XDG_CACHE_HOME": self.dir, "XDG_CONFIG_HOME": self.dir})

    def page(self, path):
        return urllib.request.urlopen(self.url + path, timeout=30).read().decode()


def a_newcomer_raises_an_alert_sees_it_climb_and_acks_it():
    with Demo() as demo:
        history = demo.pagectl("incidents", "--all").stdout.splitlines()
        assert len(history) >= 50, f"30 days of history: {len(history)}"
        done = demo.pagectl("alert", "db1: disk /var 96% full")
        assert done.returncode == 0 and "opened in ops" in done.stdout, (done.stdout, done.stderr)
        wait_for("Ann's page in the terminal", lambda: re.search(
            r"SMS to ann +CRIT #\d+ db1: disk /var 96% full", demo.process.output()))
        assert "db1: disk /var 96% full" in demo.page("/inbox/ann")
        wait_for("Bob's page", lambda: re.search(
            r"SMS to bob +CRIT #\d+ db1: disk /var 96% full\. Passed to you: Ann silent 5m",
            demo.process.output()))
        done = demo.pagectl("ack")
        assert done.returncode == 0 and done.stdout.startswith("Acked #"), (done.stdout,
                                                                            done.stderr)
        said = demo.pagectl("schedule").stdout
        assert "primary" in said and "secondary" in said and "Europe/Berlin" in said, said
        assert "ann" in demo.pagectl("oncall").stdout


def nothing_is_left_behind_when_it_is_stopped():
    with Demo() as demo:
        demo.process.child.terminate()
        assert demo.process.child.wait(30) == 0, demo.process.output()[-2000:]
        assert not os.path.exists(demo.socket), "the socket is removed"


main(a_newcomer_raises_an_alert_sees_it_climb_and_acks_it,
     nothing_is_left_behind_when_it_is_stopped)
