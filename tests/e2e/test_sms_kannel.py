# SPDX-License-Identifier: MIT
"""Text messages by the real Kannel: its delivery reports, and what phones write back through it."""
import re
import subprocess

from fake_ntfy import Ntfy
from house import PAGERD, House, main, wait_for
from programs import Kannel

ANN, BOB = "+4915550100001", "+4915550100002"
NOTIFY = ('notify: { normal: ( { after = "0s", via = [ "sms" ] }, '
          '{ after = "30m", via = [ "ntfy" ] } ) }')
REFUSED = '\ndenied-prefix = "+4915550100002"'  # bob's carrier


def reply_address(pager):
    """As pagerd prints it for whoever sets Kannel up."""
    done = subprocess.run([PAGERD, "--callbacks", "--config", pager.config], capture_output=True,
                          text=True, check=True)
    return re.search(r"\S+/v1/callbacks/sms\.1/reply/\S+", done.stdout).group()


def house():
    ntfy = Ntfy()
    pager = House(
        notify=NOTIFY, user_extra={"ann": ', ntfy = "ann-x7Kq2mPw0LrT"',
                                   "bob": ', ntfy = "bob-x7Kq2mPw0LrT"'},
        escalate='( { page = "primary", wait = "30m" }, { page = "secondary", wait = "30m" } )',
        channels=f"SMS {ntfy.config()}")
    kannel = Kannel(pager)
    with open(pager.config) as file:
        text = file.read()
    pager.write("pagerd.cfg", text.replace("SMS ", kannel.config() + " "))
    with open(pager.path("kannel.conf")) as file:
        text = file.read()
    pager.write("kannel.conf", text.replace("smsc-id = FAKE", "smsc-id = FAKE" + REFUSED).replace(
        'text = "not used"\nmax-messages = 0',
        f'post-url = "{reply_address(pager)}?from=%p&id=%I&coding=%c"\n'
        'max-messages = 1\nomit-empty = true\ncatch-all = true'))
    kannel.start()
    return pager, kannel, ntfy


def page_of(pager, number, user):
    return next((page for page in pager.pages(number, user) if page["channel"] == "sms"), None)


def text_back(pager, kannel, number, text, is_done):
    """The phone writes until that is done: what is answered too soon is not about the last page.
    The pretended centre talks to one at a time, so its end is started anew with the text."""
    pager.others[-1].stop()
    for attempt in range(30):
        kannel.log = pager.path(f"phone{attempt}.log")
        phone = pager.spawn(["/usr/lib/kannel/test/fakesmsc", "-H", "127.0.0.1", "-r",
                             str(kannel.centre), "-m", "1", f"{number} +15550100 text {text}"],
                            f"phone{attempt}")
        wait_for("an answer to the phone", lambda: kannel.messages(number))
        if is_done():
            return kannel.messages(number)
        phone.stop()
    raise AssertionError("whatever the phone wrote, nothing was done")


def a_report_says_that_it_was_delivered_and_a_text_acks():
    pager, kannel, ntfy = house()
    with pager.start():
        pager.alert(pager.key(), "db1: disk full", source="db1")
        kannel.wait(ANN)
        wait_for("the report", lambda: page_of(pager, 1, "ann")["state"] == "delivered")
        assert pager.act("ann", 1, "escalate")[0] == 200
        page = wait_for("Kannel to say that it has no way to bob", lambda: page_of(pager, 1, "bob")
                        if (page_of(pager, 1, "bob") or {}).get("state") == "failed" else None)
        assert "Not routable" in page["error"], page
        ntfy.wait_for_message("bob-x7Kq2mPw0LrT")
        assert not kannel.messages(BOB)
        answers = text_back(pager, kannel, ANN, "4",
                            lambda: pager.show(1)["state"] == "acknowledged")
        assert answers[0][1].startswith("ACKED #1"), answers
        assert "smspw" not in pager.log()
    ntfy.close()


if __name__ == "__main__":
    main(a_report_says_that_it_was_delivered_and_a_text_acks)
