# SPDX-License-Identifier: MIT
"""What a source sends and nobody can read is kept, and pages; people are only told."""
import json

from house import House, main


def bodies_that_nobody_can_read_are_one_incident():
    with House().start() as pager:
        key = pager.key("prom")
        bearer = {"Authorization": f"Bearer {key}"}
        broken = '{"alerts": [{"labels": {"alertname": "DiskFull", "key": "' + key + '"'
        for i in range(3):
            status, body, _ = pager.request("POST", "/v1/ingest/alertmanager", broken, bearer)
            assert status == 400, body
            error = json.loads(body)["error"]
            assert "not JSON" in error["text"] and "kept as incident #1" in error["text"], error
        incidents = pager.incidents()
        assert len(incidents) == 1, incidents
        seen = pager.show(1)
        assert seen["severity"] == "error" and seen["team"] == "ops", seen
        assert seen["summary"].startswith("unreadable alert from prom: The body is not JSON"), seen
        assert seen["occurrences"] == 3, seen
        assert "DiskFull" in seen["details"] and key not in seen["details"], seen["details"]
        assert pager.pages(1, "ann"), seen
        # Another format of the same key is another trouble, an empty body is one, too.
        status, body, _ = pager.request("POST", "/v1/alerts", "", bearer)
        assert status == 400 and "empty" in body and "#2" in body, body


def one_bad_alert_of_a_batch_is_kept_and_the_others_open():
    with House().start() as pager:
        bearer = {"Authorization": f"Bearer {pager.key('prom')}"}
        status, body, _ = pager.request(
            "POST", "/v1/alerts", [{"summary": "good", "dedup_key": "a"}, {"nothing": 1}], bearer)
        assert status == 202, body
        first, second = json.loads(body)["alerts"]
        assert first["incident"] == 1 and "error" not in first, body
        assert "summary" in second["error"] and second["incident"] == 2, body
        assert [i["summary"].split(":")[0] for i in pager.incidents()].count(
            "unreadable alert from prom") == 1, pager.incidents()
        # None of it usable: the client is told, and it is kept all the same.
        status, body, _ = pager.request("POST", "/v1/alerts", [{"nothing": 1}], bearer)
        assert status == 400 and pager.show(2)["occurrences"] == 2, body


def people_and_strangers_open_nothing():
    with House().start() as pager:
        ann = {"Authorization": f"Bearer {pager.token('ann')}"}
        assert pager.request("POST", "/v1/alerts", '{"summary', ann)[0] == 400
        assert pager.request("POST", "/v1/alerts", '{"summary',
                             {"Authorization": "Bearer pgk_wrong"})[0] == 401
        assert pager.request("POST", "/v2/enqueue", '{"routing_key": "no"')[0] == 400
        assert pager.incidents() == []


def it_is_on_disk_when_the_answer_says_so():
    with House().start() as pager:
        bearer = {"Authorization": f"Bearer {pager.key('prom')}"}
        assert pager.request("POST", "/v1/alerts", "{", bearer)[0] == 400
        pager.kill()
        pager.start()
        assert pager.show(1)["summary"].startswith("unreadable alert from prom"), pager.incidents()


if __name__ == "__main__":
    main(bodies_that_nobody_can_read_are_one_incident,
         one_bad_alert_of_a_batch_is_kept_and_the_others_open, people_and_strangers_open_nothing,
         it_is_on_disk_when_the_answer_says_so)
