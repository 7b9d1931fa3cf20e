#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The courier and the spool of a modem: laid down whole, looked after, taken back.

spool_test.py DRIVE [unittest arguments]
"""
import os
import shutil
import stat
import sys
import tempfile
import time
import unittest

from courier_test import Drive

TAKEN_BACK_MS = 1500


class Spool(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="pagerd-spool-")
        for name in ("outgoing", "checked", "sent", "failed", "incoming"):
            os.mkdir(os.path.join(self.folder, name))
        self.drive = Drive()

    def tearDown(self):
        self.drive.end()
        shutil.rmtree(self.folder)

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def send(self, number=1, total_ms=60000, **more):
        self.drive.send(id=number, channel="sms", driver="smstools", folder=self.folder,
                        address="+4915550100001", total_ms=total_ms, **more)

    def laid(self):
        """The file, as soon as it can be seen."""
        for _ in range(600):
            names = os.listdir(self.path("outgoing"))
            if names and not names[0].startswith("."):
                return names[0]
            time.sleep(0.05)
        raise AssertionError("nothing was laid down")

    def laid_besides(self, other):
        for _ in range(600):
            names = [name for name in os.listdir(self.path("outgoing"))
                     if name != other and not name.startswith(".")]
            if names:
                return names[0]
            time.sleep(0.05)
        raise AssertionError("nothing was laid down")

    def become(self, name, folder, more=""):
        with open(self.path("outgoing", name), encoding="utf-8") as file:
            head, _, body = file.read().partition("\n\n")
        with open(self.path("checked", name), "w", encoding="utf-8") as file:
            file.write(f"{head}\n{more}\n\n{body}")
        os.unlink(self.path("outgoing", name))
        os.rename(self.path("checked", name), self.path(folder, name))

    def test_a_file_is_whole_and_for_the_modem_s_program_too(self):
        self.send()
        name = self.laid()
        with open(self.path("outgoing", name), encoding="utf-8") as file:
            text = file.read()
        self.assertTrue(text.startswith("To: 4915550100001\nAlphabet: UTF\nReport: yes\n"), text)
        self.assertIn("\n\nCRIT #412 db1: disk /var 96% full.", text)
        mode = os.stat(self.path("outgoing", name)).st_mode
        self.assertEqual(stat.S_IMODE(mode), 0o660)
        self.become(name, "sent", "Message_id: 117")
        result = self.drive.wait(1)
        self.assertEqual((result["end"], result["code"], result["outcome"]),
                         ("answered", 200, "sent"))

    def test_what_failed_says_why(self):
        self.send()
        self.become(self.laid(), "failed", "Fail_reason: Modem is not ready")
        result = self.drive.wait(1)
        self.assertEqual(result["outcome"], "failed")
        self.assertIn("Modem is not ready", result["reason"])

    def test_what_no_modem_takes_is_taken_back(self):
        self.send(total_ms=TAKEN_BACK_MS)
        self.laid()
        result = self.drive.wait(1)
        self.assertEqual((result["end"], result["outcome"]), ("broken", "retry"))
        self.assertEqual(os.listdir(self.path("outgoing")), [])

    def test_what_waits_for_a_hanging_modem_is_taken_back(self):
        self.send(total_ms=TAKEN_BACK_MS)
        name = self.laid()
        os.rename(self.path("outgoing", name), self.path("checked", name))
        self.assertEqual(self.drive.wait(1)["end"], "broken")
        self.assertEqual(os.listdir(self.path("checked")), [])

    def test_what_the_modem_is_at_is_uncertain(self):
        self.send(total_ms=TAKEN_BACK_MS)
        name = self.laid()
        os.rename(self.path("outgoing", name), self.path("checked", name))
        with open(self.path("checked", name + ".LOCK"), "w", encoding="utf-8"):
            pass
        result = self.drive.wait(1)
        self.assertEqual((result["end"], result["outcome"]), ("uncertain", "unknown"))
        self.assertIn(name, os.listdir(self.path("checked")))

    def test_what_a_courier_before_laid_down_is_not_laid_down_again(self):
        key = "00112233445566778899aabbccddeeff"
        self.send(1, key=key)
        name = self.laid()
        self.drive.end()  # it did not live to tell
        self.drive = Drive()
        os.rename(self.path("outgoing", name), self.path("checked", name))
        self.send(1, key=key)
        self.send(2)  # of another name: when it is there, the first one has been looked at, too
        other = self.laid()
        self.assertNotEqual(other, name)
        self.assertEqual(os.listdir(self.path("checked")), [name])
        os.rename(self.path("checked", name), self.path("sent", name))
        self.assertEqual(self.drive.wait(1)["outcome"], "sent")
        self.drive.end()
        self.drive = Drive()
        self.send(1, key=key)
        self.assertEqual(self.drive.wait(1)["outcome"], "sent")
        self.assertEqual(os.listdir(self.path("outgoing")), [other])
        self.send(3, key=key[::-1])  # not the same attempt
        self.become(self.laid_besides(other), "failed", "Fail_reason: no network")
        self.assertEqual(self.drive.wait(3)["outcome"], "failed")

    def test_what_is_begun_too_late_is_not_laid_down(self):
        self.send(1, late_ms=1000)
        result = self.drive.wait(1)
        self.assertEqual((result["end"], result["outcome"]), ("late", "retry"))
        self.assertEqual(os.listdir(self.path("outgoing")), [])

    def test_a_spool_that_is_not_there_is_said(self):
        shutil.rmtree(self.path("outgoing"))
        self.send()
        result = self.drive.wait(1)
        self.assertEqual((result["end"], result["outcome"]), ("unreached", "retry"))
        self.assertIn("No such file", result["error"])

    def test_a_spool_that_may_not_be_written_to_is_said(self):
        with open(self.path("outgoing.file"), "w", encoding="utf-8"):
            pass
        shutil.rmtree(self.path("outgoing"))
        os.rename(self.path("outgoing.file"), self.path("outgoing"))
        self.send()
        self.assertIn("outgoing", self.drive.wait(1)["error"])

    def test_many_wait_side_by_side(self):
        for number in range(1, 51):
            self.send(number, total_ms=TAKEN_BACK_MS)
        for number in range(1, 51):
            self.assertEqual(self.drive.wait(number)["end"], "broken")


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]])
