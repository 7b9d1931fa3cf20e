# SPDX-License-Identifier: MIT
"""The notifiers: what is told is on disk before 0 is returned, and reaches pagerd in order."""
import glob
import json
import os
import random
import signal
import socket
import stat
import subprocess
import threading
import time
import unittest

from house import PROGRAM, Case

ACCEPTED = (202, {"status": "accepted", "alerts": []})


class Notifier(Case):
    def setUp(self):
        super().setUp()
        self.spool = os.path.join(self.folder, "spool")
        self.key_file = os.path.join(self.folder, "key")
        with open(self.key_file, "w") as file:
            file.write("pgk_0123456789\n")
        self.server.answers[("POST", "/v1/ingest/nagios")] = ACCEPTED
        self.server.answers[("POST", "/v1/ingest/icinga")] = ACCEPTED

    def words(self, service="disk", kind="PROBLEM", *more, program="nagios"):
        return [program, "--key-file", self.key_file, "--no-loop", "--type", kind, "--host", "db1",
                "--service", service, "--state", "CRITICAL", "--output", "96% full", *more]

    def waiting(self):
        return sorted(name for name in os.listdir(self.spool) if name.endswith(".json"))

    def services(self):
        return [body["service"] for _, body in self.server.posts("/v1/ingest/")]

    def test_a_notification_is_delivered_at_once_with_its_key_in_a_header(self):
        self.check(self.words() + ["--author", "", "--comment", "", "--label", "team=dba",
                                   "--statetype", "HARD", "--problem-id", "2",
                                   "--last-problem-id", "0", "--event-id", "4",
                                   "--long", "line two\\nthird"], out="", error="")
        method, path, body, key = self.server.seen[0]
        self.assertEqual(("POST", "/v1/ingest/nagios", "Bearer pgk_0123456789"),
                         (method, path, key))
        self.assertRegex(body.pop("at"), r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$")
        self.assertEqual({"object": "service", "type": "PROBLEM", "host": "db1", "service": "disk",
                          "state": "CRITICAL", "output": "96% full",
                          "long_output": "line two\nthird", "labels": {"team": "dba"}}, body)
        self.assertEqual([], self.waiting())

    def test_icinga_speaks_by_its_environment(self):
        self.check(["icinga", "--key-file", self.key_file], NOTIFICATION_TYPE="ACKNOWLEDGEMENT",
                   HOST_NAME="db1", SERVICE_NAME="postgres", SERVICE_STATE="CRITICAL",
                   SERVICE_OUTPUT="größer \"q\" $d `t`\nline 2", NOTIFICATION_AUTHOR="bob",
                   NOTIFICATION_COMMENT="on it", NOTIFICATION_NUMBER="3")
        body = self.server.posts()[0][1]
        self.assertEqual(("ACKNOWLEDGEMENT", "postgres", "größer \"q\" $d `t`\nline 2", "bob",
                          "on it", "3"),
                         tuple(body[k] for k in ("type", "service", "output", "author", "comment",
                                                 "number")))

    def test_what_is_missing_is_said_before_anything_is_kept(self):
        _, text = self.check(["nagios", "--type", "PROBLEM"], code=2)
        self.assertIn("the host is missing", text)
        self.assertFalse(os.path.exists(self.spool))

    def test_with_pagerd_away_it_returns_0_fast_and_delivers_later_in_order(self):
        self.server.stop()
        began = time.monotonic()
        for i in range(12):
            _, text = self.check(self.words(f"s{i}"))
            self.assertIn("kept in", text)
        self.assertLess(time.monotonic() - began, 12 * 5, "as if it waited for each")
        self.assertEqual(12, len(self.waiting()))
        for name in self.waiting():
            mode = os.stat(os.path.join(self.spool, name)).st_mode
            self.assertEqual(0o600, stat.S_IMODE(mode))
        self.check(["spool", "flush"], code=5)
        self.server.start()
        self.check(self.words("last"))
        self.assertEqual([f"s{i}" for i in range(12)] + ["last"], self.services())
        self.assertEqual([], self.waiting())

    def test_the_notifier_leaves_a_process_that_goes_on_trying(self):
        self.server.stop()
        words = [word for word in self.words() if word != "--no-loop"]
        self.check(words)          # returns although the other process lives: it holds no pipe
        self.check(words)
        loops = subprocess.run(["pgrep", "-af", "--", f"spool run --spool {self.spool}"],
                               capture_output=True, text=True).stdout.splitlines()
        self.assertEqual(1, len(loops), loops)
        self.assertNotIn("pgk_", loops[0])
        self.server.start()
        end = time.monotonic() + 60
        while self.waiting() and time.monotonic() < end:
            time.sleep(0.1)
        self.assertEqual([], self.waiting())
        self.assertEqual(["disk", "disk"], self.services())
        while loops and time.monotonic() < end:
            loops = subprocess.run(["pgrep", "-f", "--", f"spool run --spool {self.spool}"],
                                   capture_output=True, text=True).stdout.split()
            time.sleep(0.1)
        self.assertEqual([], loops)

    def test_a_wrong_key_loses_nothing(self):
        for status in (401, 403, 404, 429, 500, 503):
            self.server.answers[("POST", "/v1/ingest/nagios")] = (
                status, {"error": {"code": "x", "text": "Wrong key."}})
            _, text = self.check(self.words(f"s{status}"))
            self.assertIn("Wrong key.", text)
        self.assertEqual(6, len(self.waiting()))
        # Behind the first one that is not taken nothing of its stream is tried.
        self.assertEqual({"s401"}, set(self.services()))
        # Another stream goes on.
        self.check(self.words("other", program="icinga"), error=None)
        self.assertIn("other", self.services())
        self.server.answers[("POST", "/v1/ingest/nagios")] = ACCEPTED
        self.server.seen.clear()
        self.check(["spool", "flush"], out="6 delivered, 0 refused, 0 left\n")
        self.assertEqual(["s401", "s403", "s404", "s429", "s500", "s503"], self.services())

    def test_an_unreadable_key_loses_nothing(self):
        os.unlink(self.key_file)
        _, text = self.check(self.words())
        self.assertIn("cannot open", text)
        self.assertEqual(1, len(self.waiting()))
        with open(self.key_file, "w") as file:
            file.write("pgk_new")
        self.check(["spool", "flush"])
        self.assertEqual("Bearer pgk_new", self.server.seen[-1][3])

    def test_what_pagerd_will_never_take_is_kept_apart_with_the_reason(self):
        self.server.answers[("POST", "/v1/ingest/nagios")] = lambda path, body: (
            (400, {"error": {"code": "invalid", "text": "No such type."}})
            if "ODD" in body else ACCEPTED)
        _, text = self.check(self.words("a", "ODD"), code=1)
        self.assertIn("No such type.", text)
        self.check(self.words("b"))
        self.assertEqual([], self.waiting())
        out, _ = self.check(["spool", "list", "--json"])
        rows = json.loads(out)["spool"]
        self.assertEqual([("refused", "ODD")], [(r["state"], r["event"]["type"]) for r in rows])
        self.assertNotIn("pgk_", out)
        out, _ = self.check(["spool", "list"])
        self.assertIn("\trefused\tnagios\tODD\tdb1\ta\tpagerd says: No such type.\n", out)

    def test_a_damaged_event_does_not_stop_the_others(self):
        self.server.stop()
        self.check(self.words("a"))
        with open(os.path.join(self.spool, "00000000000000000001-1.json"), "w") as file:
            file.write('{"format":"nag')
        self.server.start()
        self.check(["spool", "flush"], code=1, out="1 delivered, 1 refused, 0 left\n")
        self.assertEqual(["a"], self.services())

    def test_a_server_that_never_answers_does_not_hold_the_notifier(self):
        self.server.stop()
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(self.server.path)
        listener.listen(64)
        self.check(self.words())
        self.check(self.words(), error=None)
        self.assertEqual(2, len(self.waiting()))
        listener.close()
        os.unlink(self.server.path)

    def test_without_a_spool_it_is_sent_directly_or_called_lost(self):
        with open(self.spool, "w"):
            pass
        _, text = self.check(self.words("a"))
        self.assertIn("delivered, but the next one may be lost", text)
        self.assertEqual(["a"], self.services())
        self.server.stop()
        _, text = self.check(self.words("b"), code=1)
        self.assertIn("LOST", text)

    def test_a_full_disk_is_answered_by_sending_directly(self):
        os.mkdir(self.spool)
        if os.geteuid() != 0 or subprocess.run(
                ["mount", "-t", "tmpfs", "-o", "size=16k,mode=700", "tmpfs", self.spool],
                capture_output=True).returncode != 0:
            self.skipTest("a small tmpfs needs root")
        self.addCleanup(subprocess.run, ["umount", self.spool])
        fill = os.open(os.path.join(self.spool, "fill"), os.O_WRONLY | os.O_CREAT)
        try:
            while os.write(fill, b"x" * 4096):
                pass
        except OSError:
            pass
        os.close(fill)
        _, text = self.check(self.words("a"))
        self.assertIn("No space left", text)
        self.assertEqual(["a"], self.services())
        self.server.stop()
        _, text = self.check(self.words("b"), code=1)
        self.assertIn("LOST", text)
        self.assertEqual([], [n for n in os.listdir(self.spool) if n.startswith(".new")])

    def test_killed_at_any_moment_nothing_that_was_safe_is_lost_or_out_of_order(self):
        chance = random.Random(412)
        safe = []
        for i in range(60):
            if i % 20 == 10:
                self.server.stop()
            if i % 20 == 19:
                self.server.start()
            child = subprocess.Popen([PROGRAM, *self.words(f"s{i}")], env=self.environment,
                                     stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            if i % 3 == 0:
                time.sleep(chance.uniform(0, 0.02))
                child.send_signal(signal.SIGKILL)
            if child.wait(timeout=60) == 0:
                safe.append(f"s{i}")
        if self.server.http is None:
            self.server.start()
        self.check(["spool", "flush"])
        self.assertEqual([], self.waiting())
        got = self.services()
        self.assertEqual([], [s for s in safe if s not in got])
        first = list(dict.fromkeys(got))
        self.assertEqual(sorted(first, key=lambda s: int(s[1:])), first)

    def test_many_at_once_are_all_delivered(self):
        threads = [threading.Thread(target=self.check, args=(self.words(f"s{i}"),))
                   for i in range(30)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.check(["spool", "run", "--for", "20s"])
        self.assertEqual({f"s{i}" for i in range(30)}, set(self.services()))
        self.assertEqual(30, len(self.services()))

    def test_root_hands_the_spool_to_its_owner(self):
        if os.geteuid() != 0:
            self.skipTest("needs root")
        os.chmod(self.folder, 0o755)
        os.mkdir(self.spool, 0o700)
        os.chown(self.spool, 65534, 65534)
        os.chmod(self.server.path, 0o666)
        os.chown(self.key_file, 65534, 65534)
        self.server.stop()
        self.check(self.words())
        path = glob.glob(self.spool + "/*.json")[0]
        self.assertEqual(65534, os.stat(path).st_uid)

    def test_a_machine_without_a_spool_has_nothing_to_flush(self):
        self.check(["spool", "flush"], out="", error="")
        self.assertFalse(os.path.exists(self.spool))

    def test_dry_run_shows_the_event_and_keeps_nothing(self):
        out, _ = self.check(self.words() + ["--dry-run"])
        self.assertEqual("disk", json.loads(out)["service"])
        self.assertFalse(os.path.exists(self.spool))

    def test_the_arguments_of_pagerdutys_agent_are_understood(self):
        self.check(["nagios", "-n", "service", "-k", "pgk_x", "-t", "PROBLEM", "-f",
                    "SERVICEDESC=disk", "-f", "SERVICESTATE=CRITICAL", "-f", "HOSTNAME=db1", "-f",
                    "SERVICEOUTPUT=full"])
        _, _, body, key = self.server.seen[0]
        self.assertEqual(("Bearer pgk_x", "disk", "db1", "CRITICAL"),
                         (key, body["service"], body["host"], body["state"]))


if __name__ == "__main__":
    unittest.main()
