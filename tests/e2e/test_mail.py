# SPDX-License-Identifier: MIT
"""Mail as a source: what an MTA pipes in by `pagectl mail`."""
import os

from house import House, main, wait_for

MAILS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "fixtures", "mail")


def mail(name):
    with open(os.path.join(MAILS, name + ".eml"), encoding="utf-8") as file:
        return file.read()


def piped(pager, text, *words, env=None):
    """As from /etc/aliases."""
    return pager.pagectl("mail", "--key-file", pager.path("mail.key"), "--spool",
                         pager.path("spool"), "--no-loop", *words, stdin=text, env=env)


def with_key(pager, name="mailbox"):
    pager.write("mail.key", pager.key(name) + "\n")
    return pager


def waiting(pager):
    return [name for name in os.listdir(pager.path("spool")) if name.endswith(".json")]


def a_piped_problem_opens_and_its_recovery_resolves():
    with with_key(House().start()) as pager:
        done = piped(pager, mail("nagios_problem"))
        assert (done.returncode, done.stderr) == (0, ""), done
        (incident,) = pager.incidents()
        assert incident["dedup_key"] == "mail/db1/Disk /var", incident
        assert "411 MB" in pager.show(incident["number"])["details"]
        wait_for("a page", lambda: pager.pages(incident["number"], "ann"))
        assert piped(pager, mail("nagios_recovery")).returncode == 0
        assert pager.incidents() == [] and waiting(pager) == []


def no_circle_of_bounces_replies_and_own_pages():
    with with_key(House().start()) as pager:
        for name in ("bounce", "bounce_old", "out_of_office", "own_page"):
            assert piped(pager, mail(name)).returncode == 0, name
        assert pager.incidents("--all") == []
        assert "pagerd_alerts_ignored_total 4" in pager.get("/metrics")[1]
        assert pager.log().count("alert ignored key=mailbox") == 4
        assert piped(pager, mail("cron")).returncode == 0
        assert len(pager.incidents()) == 1, "a machine's own mail is an alert"


def what_comes_while_pagerd_is_down_waits_on_disk():
    with with_key(House().start()) as pager:
        pager.kill()
        done = piped(pager, mail("mdadm"))
        assert done.returncode == 0 and len(waiting(pager)) == 1, done
        listed = pager.pagectl("spool", "list", "--spool", pager.path("spool"))
        assert "Fail event on /dev/md0:db1" in listed.stdout, listed
        pager.start()
        assert pager.pagectl("spool", "flush", "--spool", pager.path("spool")).returncode == 0
        assert [row["source"] for row in pager.incidents()] == ["root@db1.example.org"]


def what_was_taken_survives_a_kill():
    with with_key(House().start()) as pager:
        for round_ in range(3):
            assert piped(pager, f"Subject: round {round_}\n\nx\n").returncode == 0
            pager.kill()
            pager.start()
        assert len(pager.incidents()) == 3


def the_mta_is_told_to_keep_what_nobody_can_take_now():
    with with_key(House().start()) as pager:
        pager.write("file", "")
        words = ("mail", "--key-file", pager.path("mail.key"), "--spool", pager.path("file/spool"))
        done = pager.pagectl(*words, stdin="Subject: no spool\n\nx\n")
        assert done.returncode == 0 and len(pager.incidents()) == 1, done
        pager.kill()
        assert pager.pagectl(*words, stdin="Subject: none\n\nx\n").returncode == 75
        assert piped(pager, "Subject: x\n\nx\n", "--what").returncode == 75
        assert piped(pager, "\n\n").returncode == 65


def a_huge_mail_is_taken_by_its_beginning():
    with with_key(House().start()) as pager:
        done = piped(pager, "Subject: huge\n\nfirst words\n" + "line of text\n" * 400000)
        assert done.returncode == 0 and "are kept" in done.stderr, done
        assert "first words" in pager.show(pager.incidents()[0]["number"])["details"]


if __name__ == "__main__":
    main(a_piped_problem_opens_and_its_recovery_resolves,
         no_circle_of_bounces_replies_and_own_pages,
         what_comes_while_pagerd_is_down_waits_on_disk,
         what_was_taken_survives_a_kill,
         the_mta_is_told_to_keep_what_nobody_can_take_now,
         a_huge_mail_is_taken_by_its_beginning)
