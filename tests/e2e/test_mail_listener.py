# SPDX-License-Identifier: MIT
"""pagerd's own SMTP and LMTP: what they take is on disk, what they refuse is said, and nobody who
is slow or wicked keeps out others."""
import os
import re
import signal
import smtplib
import socket
import sqlite3

from house import House, free_port, main, wait_for

MAILS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "fixtures", "mail")
PROBLEM = "Subject: PROBLEM: {}\r\n\r\nplease come\r\n"


def mail(name):
    with open(os.path.join(MAILS, name + ".eml"), "rb") as file:
        return file.read().replace(b"\n", b"\r\n")


class Mailroom(House):
    """A house that takes mail, and a key "box" for it."""

    def __init__(self, more="", config=""):
        self.mail_port = free_port()
        super().__init__(config=f"""
mail: {{ listen = "127.0.0.1:{self.mail_port}", socket = "mail.sock" {more} }}
{config}
""")
        self.start()
        self.secret = self.key("box")

    def smtp(self):
        return smtplib.SMTP("127.0.0.1", self.mail_port, timeout=60)

    def line(self):
        """A bare connection, greeted."""
        line = socket.create_connection(("127.0.0.1", self.mail_port), timeout=60)
        assert line.recv(1000).startswith(b"220 ")
        return line

    def counter(self, name):
        found = re.search(rf"^pagerd_{re.escape(name)} (\d+)$", self.get("/metrics")[1], re.M)
        return int(found.group(1))


def said(line, until):
    """What the other side says, up to and with these bytes."""
    got = b""
    while until not in got:
        piece = line.recv(65536)
        if not piece:
            break
        got += piece
    return got


def a_mail_by_smtp_opens_and_its_end_resolves():
    with Mailroom() as pager:
        with pager.smtp() as door:
            assert door.sendmail("nagios@mon1", ["box@pagerd"], mail("nagios_problem")) == {}
            (incident,) = pager.incidents()
            assert incident["dedup_key"] == "mail/db1/Disk /var", incident
            door.sendmail("nagios@mon1", ["box@pagerd"], mail("nagios_recovery"))
            assert pager.incidents() == []
        with pager.smtp() as door:
            door.sendmail("ups@x", ["box+ups-1@pagerd"], PROBLEM.format("battery"))
        assert [row["dedup_key"] for row in pager.incidents()] == ["ups-1"]


def lmtp_answers_for_each_recipient():
    with Mailroom() as pager:
        pager.key("second")
        with smtplib.LMTP(pager.path("mail.sock")) as door:
            door.sendmail("a@x", ["box@x"], PROBLEM.format("one"))
        assert len(pager.incidents()) == 1
        line = socket.socket(socket.AF_UNIX)
        line.connect(pager.path("mail.sock"))
        line.sendall(b"LHLO me\r\nMAIL FROM:<a@x>\r\nRCPT TO:<box@x>\r\nRCPT TO:<nobody@x>\r\n"
                     b"RCPT TO:<second@x>\r\nDATA\r\nSubject: pipelined\r\n\r\nx\r\n.\r\nQUIT\r\n")
        codes = re.findall(rb"^(\d{3}) ", said(line, b"\r\n221 "), re.M)
        assert codes == [b"220", b"250", b"250", b"250", b"550", b"250", b"354", b"250", b"250",
                         b"221"], codes
        assert len(pager.incidents()) == 3


def the_secret_is_enough_from_anywhere_and_is_never_written_down():
    with Mailroom(more=', allow = "192.0.2.0/24"') as pager:
        with pager.smtp() as door:
            try:
                door.sendmail("a@x", ["box@pagerd"], PROBLEM.format("by name"))
                raise AssertionError("a name was enough")
            except smtplib.SMTPRecipientsRefused as refused:
                assert refused.recipients["box@pagerd"][0] == 550
            try:
                door.sendmail("a@x", ["pgk_0123456789@pagerd"], PROBLEM.format("wrong"))
                raise AssertionError("a wrong secret was enough")
            except smtplib.SMTPRecipientsRefused:
                pass
            to = f"{pager.secret}+disk@pagerd"
            door.sendmail("a@x", [to], f"To: <{to}>\r\n" + PROBLEM.format("by secret"))
        (incident,) = pager.incidents()
        assert incident["dedup_key"] == "disk", incident
        assert pager.secret not in str(pager.show(incident["number"])) + pager.log()
        assert pager.counter("mail_recipients_refused_total") == 2


def what_takes_signed_webhooks_only_takes_no_mail():
    with Mailroom("", 'integrations: { forge: { signature = "github", secret = "12345678" } }') as pager:
        secret = pager.key("forge")
        with pager.smtp() as door:
            for address in ("forge@x", f"{secret}@x", "forge+key@x"):
                try:
                    door.sendmail("a@x", [address], PROBLEM.format("one"))
                    raise AssertionError("it was taken")
                except smtplib.SMTPRecipientsRefused as refused:
                    code, words = refused.recipients[address]
                    assert code == 550 and words.startswith(b"5.7.1 ") and b"signed" in words, words
            assert door.sendmail("a@x", ["box@x"], PROBLEM.format("two")) == {}
        assert len(pager.incidents()) == 1
        assert secret not in pager.log()


def what_smtp_has_said_yes_to_survives_a_kill():
    with Mailroom() as pager:
        for i in range(5):
            with pager.smtp() as door:
                door.sendmail("a@x", ["box@pagerd"], PROBLEM.format(f"round {i}"))
                pager.kill()
            pager.start()
        assert len(pager.incidents()) == 5


def code_of(pager, subject):
    """What the mail was answered with."""
    with pager.smtp() as door:
        try:
            door.sendmail("a@x", ["box@pagerd"], PROBLEM.format(subject))
            return 250
        except smtplib.SMTPDataError as error:
            return error.smtp_code


def what_cannot_be_kept_stays_with_its_sender():
    with Mailroom() as pager:
        other = sqlite3.connect(os.path.join(pager.state, "pagerd.db"), isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        wait_for("a mail to be put off", lambda: code_of(pager, "put off") == 451, 120)
        other.execute("ROLLBACK")
        other.close()
        wait_for("a mail to be taken", lambda: code_of(pager, "taken") == 250, 120)
        subjects = [row["summary"] for row in pager.incidents()]
        assert "PROBLEM: taken" in subjects, subjects


def a_lone_lf_ends_no_mail():
    with Mailroom() as pager:
        for end in (b"\n.\n", b"\n.\r\n", b"\r.\r", b"\r\n.\n", b"\r\n.\r", b"\n.\r\r\n"):
            line = pager.line()
            line.sendall(b"EHLO me\r\nMAIL FROM:<a@x>\r\nRCPT TO:<box@x>\r\nDATA\r\n")
            said(line, b"354 ")
            line.sendall(b"Subject: outer\r\n\r\nx" + end +
                         b"MAIL FROM:<evil@x>\r\nRCPT TO:<box@x>\r\nDATA\r\nSubject: inner\r\n\r\n"
                         b"\r\n.\r\nQUIT\r\n")
            heard = said(line, b"221 ")
            assert b"554 5.6.0" in heard and b"250 2" not in heard, (end, heard)
        assert pager.incidents("--all") == []
        line = pager.line()
        line.sendall(b"EHLO me\nMAIL FROM:<a@x>\r\nQUIT\r\n")
        assert b"500 " in said(line, b"221 ")


def dots_lengths_and_wrong_turns():
    with Mailroom() as pager:
        with pager.smtp() as door:
            assert door.docmd("MAIL FROM:<a@x>")[0] == 503
            door.ehlo()
            assert door.docmd("RCPT TO:<box@x>")[0] == 503
            assert door.docmd("MAIL FROM:<a@x> SIZE=99999999")[0] == 552
            assert door.docmd("MAIL FROM:<a@x> WHAT=1")[0] == 555
            assert door.docmd("DATA")[0] == 503 and door.docmd("VRFY box")[0] == 252
            assert door.docmd("STARTTLS")[0] == 502 and door.docmd("NOOP")[0] == 250
            assert door.docmd("X" * 5000)[0] == 500 and door.docmd("RSET")[0] == 250
            door.sendmail("a@x", ["box@x"], PROBLEM.format("dots") + ".one\r\n..two\r\n")
        assert "\n.one\n..two" in pager.show(pager.incidents()[0]["number"])["details"]
        with pager.smtp() as door:
            door.ehlo()
            door.mail("a@x")
            door.rcpt("box@x")
            assert door.data(b"Subject: big\r\n\r\n" + b"x" * 70 * 1024 * 130)[0] == 552
            door.sendmail("a@x", ["box@x"], PROBLEM.format("after it"))
        assert len(pager.incidents()) == 2


def two_hundred_slow_ones_keep_nobody_out():
    with Mailroom() as pager:
        slow = [pager.line() for _ in range(100)]
        for line in slow[:50]:
            line.sendall(b"EHLO me\r\nMAIL FROM:<a@x>\r\nRCPT TO:<box@x>\r\nDATA\r\nSubject: ")
        slow += [pager.line() for _ in range(100)]
        assert pager.alert(pager.secret, "by HTTP")[0] == 202
        with pager.smtp() as door:
            door.sendmail("a@x", ["box@x"], PROBLEM.format("by mail"))
        assert len(pager.incidents()) == 2
        assert pager.counter("mail_connections_shed_total") > 0
        for line in slow:
            line.close()


def more_mails_at_once_than_there_is_room_for_are_put_off():
    with Mailroom() as pager:
        piece = (b"x" * 1022 + b"\r\n") * 7 * 1024
        lines = [pager.line() for _ in range(40)]  # of seven MiB each; 256 MiB are the limit
        for line in lines:
            line.sendall(b"EHLO me\r\nMAIL FROM:<a@x>\r\nRCPT TO:<box@x>\r\nDATA\r\n")
            try:
                line.sendall(piece)
            except OSError:
                pass  # it was told to come again
        wait_for("some to be put off", lambda: pager.counter("mail_connections_shed_total") > 0)
        assert pager.alert(pager.secret, "by HTTP")[0] == 202
        for line in lines:
            line.close()
        wait_for("room again", lambda: code_of(pager, "after them") == 250)


def an_end_lets_the_mail_be_kept_by_its_sender():
    with Mailroom() as pager:
        line = pager.line()
        line.sendall(b"EHLO me\r\nMAIL FROM:<a@x>\r\nRCPT TO:<box@x>\r\nDATA\r\nSubject: x\r\n")
        said(line, b"354 ")
        os.kill(pager.process.pid, signal.SIGTERM)
        assert b"421 " in said(line, b"421 ")
        wait_for("the end", lambda: not pager.process.is_alive())
        assert not os.path.exists(pager.path("mail.sock"))


if __name__ == "__main__":
    main(a_mail_by_smtp_opens_and_its_end_resolves,
         lmtp_answers_for_each_recipient,
         the_secret_is_enough_from_anywhere_and_is_never_written_down,
         what_takes_signed_webhooks_only_takes_no_mail,
         what_smtp_has_said_yes_to_survives_a_kill,
         what_cannot_be_kept_stays_with_its_sender,
         a_lone_lf_ends_no_mail,
         dots_lengths_and_wrong_turns,
         two_hundred_slow_ones_keep_nobody_out,
         more_mails_at_once_than_there_is_room_for_are_put_off,
         an_end_lets_the_mail_be_kept_by_its_sender)
