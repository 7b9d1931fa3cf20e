# SPDX-License-Identifier: MIT
"""Text messages by a modem of this machine: the real smsd and gammu-smsd, and a pretended modem."""
import glob
import os
import shutil
import subprocess

from fake_ntfy import Ntfy
from house import PAGERD, House, main, need, wait_for
from modem import Modem

ANN = "+4915550100001"
TOPIC = "ann-x7Kq2mPw0LrT"
NOTIFY = ('notify: { normal: ( { after = "0s", via = [ "sms" ] }, '
          '{ after = "30m", via = [ "ntfy" ] } ) }')


class Smstools:
    driver = "smstools"
    folders = ("outgoing", "checked", "sent", "failed", "incoming", "report")
    outgoing = ("outgoing", "checked")

    def __init__(self, pager, modem):
        need("/usr/sbin/smsd")
        self.folder = pager.path("sms")
        for folder in self.folders:
            os.makedirs(os.path.join(self.folder, folder), exist_ok=True)
        lines = "\n".join(f"{folder} = {self.folder}/{folder}" for folder in self.folders)
        pager.write("smsd.conf", f"""
devices = GSM1
{lines}
logfile = {pager.path('smsd.out')}
loglevel = 7
infofile = {pager.path('smsd.working')}
pidfile = {pager.path('smsd.pid')}
delaytime = 1
delaytime_mainprocess = 1
errorsleeptime = 1
blocktime = 1
receive_before_send = no

[GSM1]
device = {modem.path}
incoming = yes
report = yes
send_retries = 1
sending_disabled = no
check_memory_method = 1
""")
        pager.spawn(["/usr/sbin/smsd", f"-c{pager.path('smsd.conf')}", "-t"], "smsd")


class Gammu:
    driver = "gammu"
    folders = ("outbox", "sent", "error", "inbox")
    outgoing = ("outbox",)

    def __init__(self, pager, modem):
        need("/usr/bin/gammu-smsd")
        self.folder = pager.path("sms")
        for folder in self.folders:
            os.makedirs(os.path.join(self.folder, folder), exist_ok=True)
        pager.write("gammu.conf", f"""
[gammu]
device = {modem.path}
connection = at
[smsd]
service = files
logfile = {pager.path('gammu.out')}
debuglevel = 255
inboxpath = {self.folder}/inbox/
outboxpath = {self.folder}/outbox/
sentsmspath = {self.folder}/sent/
errorsmspath = {self.folder}/error/
deliveryreport = sms
commtimeout = 1
sendtimeout = 10
loopsleep = 1
receivefrequency = 1
statusfrequency = 0
maxretries = 1
retrytimeout = 1
checksecurity = 0
checksignal = 0
checknetwork = 0
checkbattery = 0
""")
        pager.spawn(["/usr/bin/gammu-smsd", "-c", pager.path("gammu.conf")], "gammu")


def house(program, more=""):
    """A pagerd whose only way to wake people is that modem."""
    ntfy = Ntfy()
    pager = House(
        channels=f'sms: {{ driver = "{program.driver}", folder = "FOLDER" {more} }} {ntfy.config()}',
        notify=NOTIFY, user_extra={"ann": f', ntfy = "{TOPIC}"'},
        escalate='( { page = "primary", wait = "30m" } )')
    with open(pager.config) as file:
        text = file.read()
    pager.write("pagerd.cfg", text.replace("FOLDER", pager.path("sms")))
    return pager, ntfy


def page_of(pager, number=1):
    return next(page for page in pager.pages(number) if page["channel"] == "sms")


def left_in(pager, program):
    return [name for folder in program.outgoing
            for name in glob.glob(pager.path(f"sms/{folder}/*"))]


def a_text_goes_out_is_reported_and_answered(program):
    pager, ntfy = house(program)
    with pager:
        modem = Modem(pager)
        modem.reports = 0
        program(pager, modem)
        pager.start()
        pager.alert(pager.key(), "db1: disk /var 96% full, ä ß €")
        message = modem.wait_for_message(ANN)
        assert message.text.startswith("CRIT #1 db1: disk /var 96% full, ä ß"), message.text
        assert message.is_segment
        wait_for("the report", lambda: page_of(pager)["state"] == "delivered")
        assert not left_in(pager, program)
        assert not [page for page in pager.pages(1) if page["channel"] == "ntfy"]
        modem.receive(ANN, "4")
        wait_for("the ack", lambda: pager.show(1)["state"] == "acknowledged")
        said = modem.wait_for_message(ANN, 2)
        assert said.text.startswith("ACKED #1 db1") and "by you" in said.text, said.text
        wait_for("what came in to be taken", lambda: not [
            name for folder in ("incoming", "inbox", "report")
            for name in glob.glob(pager.path(f"sms/{folder}/*"))])
    ntfy.close()


def a_message_that_is_given_up_goes_by_the_next_method(program):
    pager, ntfy = house(program)
    with pager:
        modem = Modem(pager)
        modem.reports = 0x46
        program(pager, modem)
        pager.start()
        pager.alert(pager.key())
        ntfy.wait_for_message(TOPIC)
        page = wait_for("the page to fail", lambda: page_of(pager)
                        if page_of(pager)["state"] == "failed" else None)
        assert "not delivered" in page["error"], page
    ntfy.close()


def a_modem_that_refuses_is_said_and_the_next_method_follows(program):
    pager, ntfy = house(program)
    with pager:
        modem = Modem(pager)
        modem.mood = "error"
        program(pager, modem)
        pager.start()
        pager.alert(pager.key())
        ntfy.wait_for_message(TOPIC)
        page = wait_for("the page to fail", lambda: page_of(pager)
                        if page_of(pager)["state"] == "failed" else None)
        assert "the modem could not send it" in page["error"], page
    ntfy.close()


def a_modem_that_hangs_is_doubted_and_the_next_method_follows(program):
    """It answers when the program opens it, and says nothing any more when it gets the message."""
    pager, ntfy = house(program)
    with pager:
        modem = Modem(pager)
        program(pager, modem)
        pager.start()
        key = pager.key()
        pager.alert(key, "db1: disk full")
        modem.wait_for_message(ANN)  # all is well, and then it hangs
        wait_for("the first to be sent", lambda: page_of(pager)["state"] == "sent")
        modem.mood = "hang"
        pager.alert(key, "web1: slow", service="web")
        said = ntfy.wait_for_message(TOPIC)  # half an hour before the rule would
        assert "web1: slow" in str(vars(said) if hasattr(said, "__dict__") else said), said
        assert len(modem.sent) == 1, "it said nothing"
        page = page_of(pager, 2)
        assert page["state"] not in ("sent", "delivered"), page
        assert pager.show(2)["state"] == "triggered"
        assert not [one for one in pager.pages(1) if one["channel"] == "ntfy"], "the first has arrived"
    ntfy.close()


def by_smstools():
    need("/usr/sbin/smsd")
    a_text_goes_out_is_reported_and_answered(Smstools)
    a_message_that_is_given_up_goes_by_the_next_method(Smstools)
    a_modem_that_refuses_is_said_and_the_next_method_follows(Smstools)


def by_gammu():
    need("/usr/bin/gammu-smsd")
    a_text_goes_out_is_reported_and_answered(Gammu)


def by_smstools_with_a_modem_that_hangs():
    need("/usr/sbin/smsd")
    a_modem_that_hangs_is_doubted_and_the_next_method_follows(Smstools)


def by_gammu_with_a_modem_that_hangs():
    need("/usr/bin/gammu-smsd")
    a_modem_that_hangs_is_doubted_and_the_next_method_follows(Gammu)


if __name__ == "__main__":
    main(by_smstools, by_gammu, by_smstools_with_a_modem_that_hangs, by_gammu_with_a_modem_that_hangs)
