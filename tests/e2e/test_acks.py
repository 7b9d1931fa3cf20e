# SPDX-License-Identifier: MIT
"""An ack is named and told; a link keeps what happened to it; what it cannot do, the next contact does."""
import re

from house import House, main, wait_for
from sinks import Gateway, Mail, link_of, number_of, plain_of

ANN, BOB = "+4915550100001", "+4915550100002"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
BOTH = '( { page = [ "primary", "secondary" ], wait = "1h" } )'
MAIL_FIRST = 'notify: { normal = ( { after = "0s", via = [ "email" ] }, { after = "1h", via = [ "sms" ] } ) }'


def everybody_who_was_paged_is_told_who_has_it_and_how():
    gateway, mail = Gateway(), Mail()
    with House(channels=gateway.config() + " " + mail.config(), escalate=BOTH).start() as pager:
        pager.alert(pager.key())
        link = link_of(gateway.wait(ANN)[0]["text"])
        gateway.wait(BOB)
        assert pager.request("POST", link, "do=ack", FORM)[0] == 303
        told = gateway.wait(BOB, 2)[1]["text"]
        assert told.startswith("ACKED #1 by Ann (SMS) "), told
        letter = wait_for("the mail of the ack", lambda: [
            m for m in mail.to("bob@example.org") if m["subject"].startswith("[ACKED #1]")])[0]
        assert "Acked by Ann (SMS) " in plain_of(letter), plain_of(letter)
        assert "acked by ann (link sms) " in pager.pagectl("show", "1").stdout
        shown = pager.show(1)
        assert (shown["acknowledged_by"], shown["acknowledged_via"]) == ("ann", "link sms")
        # Bob's own link says so, and takes it over by his mail.
        letter = mail.wait("bob@example.org")[0]
        place = link_of(plain_of(letter))
        assert "by Ann (SMS)" in pager.get(place)[1]
        assert pager.request("POST", place, f"do=take&n={number_of(plain_of(letter))}", FORM)[0] == 303
        told = gateway.wait(ANN, 2)[1]["text"]
        assert told.startswith("ACKED #1 by Bob (e-mail) "), told
        # Only Bob's link can undo it now, and then all are paged again.
        assert pager.request("POST", link, "do=undo", FORM)[0] == 403
        assert pager.request("POST", place, f"do=undo&n={number_of(plain_of(letter))}", FORM)[0] == 303
        assert pager.show(1)["state"] == "triggered" and not pager.show(1)["acknowledged_via"]
        for phone in (ANN, BOB):
            assert gateway.wait(phone, 3)[2]["text"].startswith("CRIT #1 ")
    gateway.close()
    mail.close()


def wrong_numbers_outlast_a_restart_and_the_phone_rings():
    gateway, mail = Gateway(), Mail()
    with House(channels=gateway.config() + " " + mail.config(), notify=MAIL_FIRST,
               escalate='( { page = "primary", wait = "1h" } )').start() as pager:
        pager.alert(pager.key())
        letter = plain_of(mail.wait("ann@example.org")[0])
        link, number = link_of(letter), number_of(letter)
        assert pager.request("POST", link, "do=ack&n=1111", FORM)[0] == 303
        pager.kill()
        pager.start()
        assert "One try is left" in pager.get(link)[1]
        assert pager.request("POST", link, "do=ack&n=2222", FORM)[0] == 303
        assert "does nothing any more" in pager.get(link)[1]
        text = gateway.wait(ANN)[0]["text"]  # at once, not after the hour
        pager.kill()
        pager.start()
        assert pager.request("POST", link, f"do=ack&n={number}", FORM)[0] == 303
        assert not pager.show(1)["acknowledged_by"]
        assert "does nothing any more" in pager.get(link)[1]
        assert [entry["actor"] for entry in pager.show(1)["timeline"]
                if entry["event"] == "link"] == ["pagerd", "pagerd"]
        assert pager.request("POST", link_of(text), "do=ack", FORM)[0] == 303
        assert pager.show(1)["acknowledged_by"] == "ann"
    gateway.close()
    mail.close()


def a_text_of_a_critical_incident_asks_for_its_number_where_it_is_so_configured():
    gateway = Gateway()
    channels = gateway.config().replace("driver", "match-critical = true, driver", 1)
    with House(channels=channels, escalate='( { page = "primary", wait = "1h" } )').start() as pager:
        key = pager.key()
        pager.alert(key, service="a")
        pager.alert(key, "less", service="b", severity="error")
        critical, other = (next(text for text in (m["text"] for m in gateway.wait(ANN, 2))
                                if f"#{number} " in text) for number in (1, 2))
        number = re.search(r"/a/[0-9a-z]{20} \(([0-9]{4})\)$", critical).group(1)
        assert "(" not in other, other
        assert pager.request("POST", link_of(critical), "do=ack", FORM)[0] == 400
        assert pager.request("POST", link_of(critical), f"do=ack&n={number}", FORM)[0] == 303
        assert pager.request("POST", link_of(other), "do=ack", FORM)[0] == 303
        for incident in (1, 2):
            assert pager.show(incident)["acknowledged_by"] == "ann"
    gateway.close()


main(everybody_who_was_paged_is_told_who_has_it_and_how,
     wrong_numbers_outlast_a_restart_and_the_phone_rings,
     a_text_of_a_critical_incident_asks_for_its_number_where_it_is_so_configured)
