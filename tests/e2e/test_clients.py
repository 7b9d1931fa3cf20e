# SPDX-License-Identifier: MIT
"""What real clients send besides the plain case: the right incident comes of it, and no alert is lost."""
import base64
import json
from urllib.parse import quote

from house import House, main


def sns(message, subject, number):
    """A notification of SNS, as it comes over HTTP."""
    return json.dumps({
        "Type": "Notification", "MessageId": f"m{number}", "Subject": subject, "Message": message,
        "TopicArn": "arn:aws:sns:eu-central-1:123456789012:alarms", "SignatureVersion": "1",
        "Timestamp": "2026-11-21T02:00:11.000Z", "Signature": "AA=="})


def pagerduty(key, **fields):
    return {"routing_key": key, "event_action": "trigger", "dedup_key": "7",
            "payload": {"summary": "too many connections", "source": "db1", "severity": "error"},
            **fields}


def issue(action):
    """Sentry's webhook about an issue; when it was first seen never changes."""
    return {"action": action, "actor": {"type": "user", "name": "Ann"}, "data": {"issue": {
        "id": "117", "title": "NameError", "level": "error", "firstSeen": "2026-11-01T00:00:00Z",
        "web_url": "https://acme.sentry.io/issues/117/", "project": {"slug": "shop"}}}}


def an_issue_that_comes_back_at_once_pages_again():
    with House().start() as pager:
        head = {"Authorization": f"Bearer {pager.key('sentry')}", "Sentry-Hook-Resource": "issue"}
        for action in ("created", "resolved", "unresolved"):
            assert pager.request("POST", "/v1/ingest/sentry", issue(action), head)[0] == 202
        assert [i["number"] for i in pager.incidents()] == [2], pager.incidents()
        assert pager.show(2)["previous"] == 1


def one_subject_over_two_messages_is_two_incidents():
    with House().start() as pager:
        head = {"Authorization": f"Bearer {pager.key('aws')}"}
        subject = "RDS Notification Message"
        for number, words in enumerate(["db1: backup finished", "db1: failover", "db1: failover"]):
            assert pager.request("POST", "/v1/ingest/sns", sns(words, subject, number), head)[0] == 202
        assert sorted(i["occurrences"] for i in pager.incidents()) == [1, 2], pager.incidents()


def a_key_within_the_texts_of_an_alert_is_shown_nowhere():
    """As the media types of Zabbix do, which put all their parameters into the details."""
    with House().start() as pager:
        key = pager.key("zabbix")
        body = pagerduty(key)
        body["payload"]["custom_details"] = {
            "routing_key": key, "event_id": "7", "event_recovery_id": "{EVENT.RECOVERY.ID}"}
        assert pager.request("POST", "/v2/enqueue", body)[0] == 202
        shown = pager.show(1)
        assert key not in json.dumps(shown), shown
        assert "event_id: 7" in shown["details"] and "RECOVERY" not in shown["details"], shown
        alert = {"summary": f"key {key} is old", "labels": {"key": key}, "details": key}
        assert pager.alert(key, **alert)[0] == 202
        assert key not in json.dumps(pager.show(2)) and "is old" in pager.show(2)["summary"]


def a_key_is_found_wherever_a_client_puts_it():
    with House().start() as pager:
        key = pager.key()
        path = "/v1/ingest/text"

        def basic(words):
            return {"Authorization": "Basic " + base64.b64encode(words.encode()).decode()}

        for number, (where, head) in enumerate([
                (path, basic(f"anybody:{key}")), (path, basic(f"{key}:")), (path, basic(key)),
                (path, {"Authorization": f"bearer  {key} "}), (f"/some/prefix{path}/{key}/", {})]):
            status, answer, _ = pager.request("POST", where, f"words {number}", head)
            assert status == 202, (where, head, answer)
        assert pager.request("POST", "/v2/enqueue", pagerduty(key + " \n"))[0] == 202
        # Who sends a name and password only when asked is asked.
        status, _, headers = pager.request("POST", path, "words")
        assert status == 401 and headers["WWW-Authenticate"].startswith("Basic "), headers
        assert pager.request("PUT", f"{path}/{key}", "put")[0] == 202


def what_comes_to_the_wrong_place_or_in_the_wrong_form_is_kept():
    with House().start() as pager:
        head = {"Authorization": f"Bearer {pager.key('prom')}"}
        status, answer, _ = pager.request("POST", "/v1/ingest/uptime-kuma", '{"msg": "disk"}', head)
        assert status == 404 and "#1" in answer, answer
        assert "disk" in pager.show(1)["details"], pager.show(1)
        status, answer, _ = pager.request("POST", "/api/v2/alerts", "[]", {
            **head, "Content-Type": "text/plain"})
        assert status == 415 and json.loads(answer)["code"] == 415 and "#2" in answer, answer
        assert pager.request("POST", "/v1/ingest/nosuch", "{}")[0] == 401
        assert len(pager.incidents()) == 2
        # However many names there are, it is one incident.
        assert pager.request("POST", "/v1/ingest/%ff%0a", "{}", head)[0] == 404
        assert len(pager.incidents()) == 2


def each_body_that_nobody_can_read_is_in_the_timeline():
    with House().start() as pager:
        head = {"Authorization": f"Bearer {pager.key('prom')}"}
        for number in range(25):
            assert pager.request("POST", "/v1/alerts", f"broken{number}", head)[0] == 400
        shown = pager.show(1)
        told = [entry["text"] for entry in shown["timeline"] if "broken" in entry["text"]
                and entry["event"] == "note"]
        assert len(told) == 20 and "broken0" in told[0] and "broken19" in told[19], told
        assert "broken24" in shown["details"] and shown["occurrences"] == 25, shown
        # Many bad alerts of one body are one body.
        assert pager.request("POST", "/v1/ingest/generic", [{"x": 1}] * 30, head)[0] == 400
        assert pager.show(1)["occurrences"] == 55


def a_body_that_nobody_can_read_is_kept_beyond_the_limits_of_its_key_too():
    with House(config="integrations: { prom: { open = 2 } }").start() as pager:
        key = pager.key("prom")
        head = {"Authorization": f"Bearer {key}"}
        for number in range(3):
            assert pager.alert(key, dedup_key=str(number))[0] == 202
        assert pager.request("POST", "/v1/alerts", "disk of db7", head)[0] == 400
        kept = [i for i in pager.incidents() if i["dedup_key"] == "pagerd/unreadable/generic"]
        assert len(kept) == 1 and "db7" in pager.show(kept[0]["number"])["details"], kept


def event_grid_may_send_what_it_asked_for():
    with House().start() as pager:
        path = f"/v1/ingest/cloudevents/{pager.key('azure')}"
        asked = {"WebHook-Request-Origin": "eventgrid.azure.net", "WebHook-Request-Rate": "120"}
        status, _, headers = pager.request("OPTIONS", path, None, asked)
        assert status == 200 and headers["WebHook-Allowed-Origin"] == "*", dict(headers)
        assert headers["WebHook-Allowed-Rate"] == "*" and not pager.incidents()
        assert pager.request("OPTIONS", path + "x", None, asked)[0] == 401
        assert pager.request("OPTIONS", "/v1/alerts", None, asked)[0] == 405
        event = {"specversion": "1.0", "type": "com.example.disk.full", "source": "/db1", "id": "1"}
        assert pager.request("POST", path, json.dumps(event), {
            "Content-Type": "application/cloudevents+json; charset=utf-8"})[0] == 202
        assert pager.incidents()[0]["dedup_key"] == "/db1|com.example.disk.full", pager.incidents()


def who_looks_before_it_creates_finds_what_is_open():
    with House().start() as pager:
        head = {"Authorization": f"GenieKey {pager.key('og')}", "Content-Type": "application/json"}
        for alias, priority in (("disk 7", "P1"), ("disk-8", "P3")):
            assert pager.request("POST", "/v2/alerts", {
                "message": alias, "alias": alias, "priority": priority}, head)[0] == 202

        def found(query):
            status, body, _ = pager.get("/v2/alerts?query=" + quote(query), headers=head)
            if status != 200:
                return status
            return sorted(alert["alias"] for alert in json.loads(body)["data"])

        assert found("alias:disk-8") == ["disk-8"]
        assert found('status: open AND alias: "disk 7"') == ["disk 7"]
        assert found("status=open AND priority=P3") == ["disk-8"]
        assert found("status:open") == ["disk 7", "disk-8"] and found("status: closed") == []
        assert found("alias: nothing") == [] and found("tag: db") == 422 and found("disk") == 422
        pager.request("POST", "/v2/alerts/disk-8/close?identifierType=alias", {}, head)
        assert found("alias:disk-8") == []


if __name__ == "__main__":
    main(an_issue_that_comes_back_at_once_pages_again,
         one_subject_over_two_messages_is_two_incidents,
         a_key_within_the_texts_of_an_alert_is_shown_nowhere,
         a_key_is_found_wherever_a_client_puts_it,
         what_comes_to_the_wrong_place_or_in_the_wrong_form_is_kept,
         each_body_that_nobody_can_read_is_in_the_timeline,
         a_body_that_nobody_can_read_is_kept_beyond_the_limits_of_its_key_too,
         event_grid_may_send_what_it_asked_for,
         who_looks_before_it_creates_finds_what_is_open)
