#!/usr/bin/python3 -B
# SPDX-License-Identifier: MIT
"""Answers to pages by mail: the first own line acks, if a person wrote it; nothing else does."""
import email.message
import email.policy
import json
import smtplib

from house import House, free_port, main
from sinks import Mail, plain_of

ANN = "ann@example.org"
NOTIFY = ('notify: { normal: ( { after = "0s", via = [ "email" ] } ) }\n'
          'severity: { critical: { notify = "normal", wake = true } }')
STEPS = '( { page = "primary", wait = "20m" }, { page = "secondary", wait = "20m" } )'


class Answers(House):
    """A house that pages by mail and takes mail."""

    def __init__(self, domain='domain = "page.example.org"'):
        self.mail = Mail()
        self.mail_port = free_port()
        super().__init__(channels=self.mail.config(), notify=NOTIFY, escalate=STEPS,
                         users=["ann", "bob"],
                         config=f'mail: {{ listen = "127.0.0.1:{self.mail_port}" {domain} }}')
        self.start()
        self.source = self.key()

    def close(self, is_failed=False):
        super().close(is_failed)
        self.mail.close()

    def page(self, summary):
        """Number of a new incident, and the mail about it."""
        before = len(self.mail.to(ANN))
        status, body, _ = self.alert(self.source, summary=summary, service=summary)
        assert status == 202, body
        return json.loads(body)["alerts"][0]["incident"], self.mail.wait(ANN, before + 1)[-1]

    def answer(self, letter, words, sender=ANN, to=None, **headers):
        """What ann's mail program makes of "reply"; the code that pagerd's door says at last."""
        answer = email.message.EmailMessage()
        answer["From"] = f"Ann Test <{sender}>"
        answer["To"] = to or letter["Reply-To"]
        answer["Subject"] = "Re: " + letter["Subject"]
        answer["In-Reply-To"] = letter["Message-ID"]
        for name, value in headers.items():
            if name != "sender_of_envelope":
                answer[name.replace("_", "-")] = value
        quoted = "".join(f"> {line}\n" for line in plain_of(letter).splitlines())
        answer.set_content(f"{words}\n\nOn Sun, PAGER wrote:\n{quoted}\n-- \nAnn\n4\n")
        return self.send(answer, headers.get("sender_of_envelope", sender), answer["To"])

    def send(self, answer, sender, to):
        with smtplib.SMTP("127.0.0.1", self.mail_port, timeout=60) as door:
            try:
                door.sendmail(sender, [to], answer.as_bytes(policy=email.policy.SMTP))
            except smtplib.SMTPRecipientsRefused as refused:
                return list(refused.recipients.values())[0][0]
            except smtplib.SMTPDataError as refused:
                return refused.smtp_code
            return 250

    def state_of(self, number):
        return self.show(number)["state"]


def an_answer_acks():
    with Answers() as house:
        number, letter = house.page("db1: disk full")
        assert letter["Reply-To"].startswith("ack+") and \
            letter["Reply-To"].endswith("@page.example.org"), letter["Reply-To"]
        assert "or answer this mail with: ack" in plain_of(letter), plain_of(letter)
        code = house.answer(letter, "ack")
        assert code == 250, (code, letter["Reply-To"])
        shown = house.show(number)
        assert shown["state"] == "acknowledged" and shown["acknowledged_by"] == "ann", shown
        assert any("ann has it, by e-mail reply" in entry["text"] for entry in shown["timeline"])
        # The same again, and with the address in capitals: it is theirs already.
        assert house.answer(letter, "4", to=letter["Reply-To"].upper()) == 250
        assert house.answer(letter, "resolve") == 250
        assert house.state_of(number) == "resolved"
        # It is over: the answer comes back, and acks no later episode.
        again, _ = house.page("db1: disk full")
        assert house.answer(letter, "ack") == 554
        assert house.state_of(again) == "triggered"
        # The link of one incident names no other.
        _, other = house.page("web: 5xx")
        assert house.answer(other, f"4 {again}") in (250, 554)
        token = letter["Reply-To"].split("+")[1].split("@")[0]
        assert token not in house.log()


def what_no_person_wrote_does_nothing():
    headers = [
        {"Auto_Submitted": "auto-replied"}, {"Auto_Submitted": "auto-generated"},
        {"Precedence": "bulk"}, {"Precedence": "auto_reply"}, {"Precedence": "list"},
        {"X_Autoreply": "yes"}, {"X_Auto_Response_Suppress": "All"}, {"List_Id": "<ops.example.org>"},
        {"sender_of_envelope": ""}, {"X_Failed_Recipients": ANN},
    ]
    with Answers() as house:
        number, letter = house.page("db1: disk full")
        for more in headers:
            assert house.answer(letter, "ack", **more) == 250, more
            assert house.state_of(number) == "triggered", more
        # With an attachment; a bounce; a page of pagerd's own that comes back.
        answer = email.message.EmailMessage()
        answer["From"], answer["To"], answer["Subject"] = ANN, letter["Reply-To"], "Re"
        answer.set_content("ack\n")
        answer.add_attachment(b"x" * 100, maintype="application", subtype="pdf", filename="a.pdf")
        assert house.send(answer, ANN, letter["Reply-To"]) == 250
        report = email.message.EmailMessage()
        report["From"], report["To"] = "MAILER-DAEMON@example.org", letter["Reply-To"]
        report["Content-Type"] = 'multipart/report; report-type=delivery-status; boundary="b"'
        report.set_payload("--b\r\n\r\nack\r\n--b--\r\n")
        assert house.send(report, "", letter["Reply-To"]) == 250
        letter_back = email.message.EmailMessage()
        letter_back["From"], letter_back["X-Pagerd-Page"] = ANN, "1.1"
        letter_back.set_content("ack\n")
        assert house.send(letter_back, ANN, letter["Reply-To"]) == 250
        assert house.state_of(number) == "triggered"


def what_is_not_understood_or_not_theirs_comes_back():
    with Answers() as house:
        number, letter = house.page("db1: disk full")
        for words in ("I am on my way", "100aa", "", "do not ack"):
            assert house.answer(letter, words) == 554, words
        # Somebody else, to whom the mail was passed on.
        assert house.answer(letter, "ack", sender="bob@example.org") == 554
        assert house.answer(letter, "ack", sender="stranger@example.org") == 554
        # Addresses that lead nowhere.
        local, domain = letter["Reply-To"].split("@")
        guessed = local[:-2] + ("00" if local[-2:] != "00" else "11")
        assert house.answer(letter, "ack", to=f"{guessed}@{domain}") == 554
        for to in (f"ack@{domain}", f"ack+x@{domain}", f"{local}x@{domain}",
                   f"{local}@other.example.org", f"ack+@{domain}"):
            assert house.answer(letter, "ack", to=to) == 550, to
        assert house.state_of(number) == "triggered"
        # Many guesses are asked to wait; the right one is taken all the same.
        codes = {house.answer(letter, "ack", to=f"ack+{n:020d}@{domain}") for n in range(80)}
        assert codes == {554, 451}, codes
        assert house.answer(letter, "ack") == 250
        assert house.state_of(number) == "acknowledged"


def without_a_domain_no_answer_is_asked_for():
    with Answers(domain="") as house:
        number, letter = house.page("db1: disk full")
        assert letter["Reply-To"] is None and "answer this mail" not in plain_of(letter)
        token = next(word for word in plain_of(letter).split() if "/a/" in word).split("/a/")[1]
        assert house.answer(letter, "ack", to=f"ack+{token}@page.example.org") == 550
        assert house.state_of(number) == "triggered"


if __name__ == "__main__":
    main(an_answer_acks, what_no_person_wrote_does_nothing,
         what_is_not_understood_or_not_theirs_comes_back, without_a_domain_no_answer_is_asked_for)
