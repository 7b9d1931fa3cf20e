# SPDX-License-Identifier: MIT
"""Links are opened by machines all day long: scanners, previews, prefetchers. None of them acks."""
import os
import re
import shutil
import subprocess

from house import House, main, wait_for
from sinks import Gateway, link_of

ANN = "+4915550100001"
LONG = '( { page = "primary", wait = "1h" }, { page = "secondary", wait = "1h" } )'
FORM = {"Content-Type": "application/x-www-form-urlencoded"}

# Who opens a link without being asked to, and with what it comes.
ROBOTS = {
    "a chat's preview": ("GET", {"User-Agent": "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
                                 "Range": "bytes=0-32768"}),
    "another chat's preview": ("GET", {"User-Agent": "Mozilla/5.0 (compatible; Discordbot/2.0)"}),
    "a messenger": ("GET", {"User-Agent": "WhatsApp/2.23.20.0 A"}),
    "a second messenger": ("GET", {"User-Agent": "TelegramBot (like TwitterBot)"}),
    "a social network": ("GET", {"User-Agent": "facebookexternalhit/1.1"}),
    "a phone's preview": ("GET", {"User-Agent": "Mozilla/5.0 (iPhone) AppleWebKit/601 facebookexternalhit/1.1 "
                                                "Facebot Twitterbot/1.0"}),
    "a meeting program": ("GET", {"User-Agent": "Mozilla/5.0 SkypeUriPreview Preview/0.5"}),
    "a mail scanner's HEAD": ("HEAD", {"User-Agent": "Mozilla/4.0 (compatible; MSIE 7.0)"}),
    "a mail scanner's GET": ("GET", {"User-Agent": "Mozilla/5.0 (Windows NT 10.0) Safelinks",
                                     "Sec-Fetch-Site": "cross-site"}),
    "a search engine": ("GET", {"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1)"}),
    "a browser that is ahead of you": ("GET", {"Purpose": "prefetch", "Sec-Purpose": "prefetch;prerender",
                                               "Sec-Fetch-Mode": "navigate"}),
    "an old prefetcher": ("GET", {"X-Moz": "prefetch"}),
    "an image proxy": ("GET", {"User-Agent": "GoogleImageProxy", "Accept": "image/*"}),
    "a link checker": ("OPTIONS", {"Origin": "https://evil.example",
                                   "Access-Control-Request-Method": "POST"}),
    "a folder of the web": ("PROPFIND", {"Depth": "1"}),
    "a tracer": ("TRACE", {}),
    "a hand that slipped": ("PUT", {}),
    "another hand": ("DELETE", {}),
    "a patcher": ("PATCH", {}),
    "one who overrides": ("GET", {"X-HTTP-Method-Override": "POST", "X-HTTP-Method": "POST",
                                  "X-Method-Override": "POST"}),
}


def is_untouched(pager, number=1):
    shown = pager.show(number)
    happened = [entry["event"] for entry in shown["timeline"]]
    return shown["state"] == "triggered" and not shown["acknowledged_by"] and not {
        "acknowledged", "snoozed", "resolved", "passed_on", "note"} & set(happened)


def opened_by_robots_nothing_is_acked():
    gateway = Gateway()
    with House(channels=gateway.config(), escalate=LONG).start() as pager:
        pager.alert(pager.key())
        link = link_of(gateway.wait(ANN)[0]["text"])
        wait_for("the page's outcome",
                 lambda: pager.pages(1)[0]["state"] not in ("queued", "sending"))
        before = pager.show(1)["timeline"]
        for name, (method, headers) in ROBOTS.items():
            for path in (link, link + "/", link + "?do=ack&_method=POST", link + "?do=resolve"):
                status, body, head = pager.request(method, path, None, headers)
                assert status in (200, 405), (name, status)
                assert "Set-Cookie" not in head and "Location" not in head, (name, head)
                assert "<script" not in body, name
            assert is_untouched(pager), name
        assert pager.show(1)["timeline"] == before, "not even an entry"
    gateway.close()


def robots_that_post_what_no_button_posts_change_nothing():
    gateway = Gateway()
    with House(channels=gateway.config(), escalate=LONG).start() as pager:
        pager.alert(pager.key())
        link = link_of(gateway.wait(ANN)[0]["text"])
        bodies = ["", "do=", "do=explode", '{"do":"ack"}', "DO=ack", "do[]=ack", "ack", "do=ack%00x",
                  "do=ACK", "_method=POST", "&" * 1000, "a=1&" * 1000 + "do=ack", "\xff\xfe", "do=ack "]
        for body in bodies:
            status = pager.request("POST", link, body.encode("latin-1"), FORM)[0]
            assert status == 400, (body[:40], status)
            assert pager.request("POST", link + "?do=ack", body.encode("latin-1"), FORM)[0] == 400
        for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"},
                        {"Sec-Fetch-Site": "same-site"},
                        {"Origin": f"http://127.0.0.1:{pager.port}.evil.example"}):
            answer = pager.request("POST", link, "do=ack", {**FORM, **headers})
            assert answer[0] == 403, (headers, answer[:2])
        assert is_untouched(pager)
    gateway.close()


def a_browser_that_shows_the_page_does_not_press():
    if not shutil.which("chromium"):
        print("SKIPPED: a_browser needs chromium")
        return
    gateway = Gateway()
    with House(channels=gateway.config(), escalate=LONG).start() as pager:
        pager.alert(pager.key())
        link = link_of(gateway.wait(ANN)[0]["text"])
        done = subprocess.run(
            ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
             "--disable-dev-shm-usage", f"--user-data-dir={pager.path('browser')}",
             "--virtual-time-budget=10000", "--dump-dom", pager.url + link],
            capture_output=True, text=True, timeout=80, env={**os.environ, "HOME": pager.dir})
        assert "I have it" in done.stdout, (done.stdout[-500:], done.stderr[-500:])
        assert is_untouched(pager)
    gateway.close()


def guessing_is_slowed_and_locks_out_nobody():
    gateway = Gateway()
    with House(channels=gateway.config(), escalate=LONG).start() as pager:
        key = pager.key()
        token = pager.token("bob")
        pager.alert(key)
        link = link_of(gateway.wait(ANN)[0]["text"])
        found = [pager.get(f"/a/{i:020d}")[0] for i in range(40)]
        assert set(found) == {404, 429} and found.count(404) <= 20, found
        found = [pager.request("POST", f"/a/{i:020d}", "do=ack", FORM)[0] for i in range(20)]
        assert set(found) <= {404, 429}, found
        for near in (link[:-1], link + "0", link[:-1] + ("0" if link[-1] != "0" else "1")):
            assert pager.get(near)[0] in (404, 429), near
        for i in range(60):
            assert pager.get("/v1/incidents", headers={
                "Authorization": f"Bearer pgu_{i}"})[0] in (401, 429)
        assert pager.get(link)[0] == 200, "the right link works all the same"
        assert pager.get("/v1/incidents", headers={"Authorization": f"Bearer {token}"})[0] == 200
        assert pager.alert(key, dedup_key="other")[0] == 202
        assert pager.request("POST", link, "do=ack", FORM)[0] == 303
        assert pager.show(1)["acknowledged_by"] == "ann"
    gateway.close()


def an_old_link_does_nothing_to_what_came_later():
    gateway = Gateway()
    with House(channels=gateway.config(), escalate=LONG).start() as pager:
        key = pager.key()
        pager.alert(key, dedup_key="k")
        link = link_of(gateway.wait(ANN)[0]["text"])
        assert pager.request("POST", link, "do=ack", FORM)[0] == 303
        pager.request("POST", "/v1/alerts", {"action": "resolve", "dedup_key": "k"},
                      {"Authorization": f"Bearer {key}"})
        assert pager.show(1)["state"] == "resolved"
        pager.alert(key, dedup_key="k")
        for action in ("ack", "take", "undo", "pass", "snooze", "wake", "resolve", "note&note=x"):
            pager.request("POST", link, "do=" + action, FORM)
        assert pager.show(1)["state"] == "resolved"
        assert is_untouched(pager, 2)
        assert "Nothing to do" in pager.get(link)[1]
        pager.stop()
        pager.start()
        pager.request("POST", link, "do=ack", FORM)
        assert pager.show(2)["state"] == "triggered", "not after a restart either"
    gateway.close()


def the_page_tells_nobody_where_it_is():
    gateway = Gateway()
    with House(channels=gateway.config(), escalate=LONG).start() as pager:
        pager.alert(pager.key(), link="https://elsewhere.example/", runbook="https://wiki.example/")
        link = link_of(gateway.wait(ANN)[0]["text"])
        _, body, head = pager.get(link)
        assert head["Referrer-Policy"] == "no-referrer" and head["Cache-Control"] == "no-store"
        assert "noindex" in head["X-Robots-Tag"] and head["X-Frame-Options"] == "DENY"
        policy = head["Content-Security-Policy"]
        for rule in ("default-src 'none'", "form-action 'self'", "frame-ancestors 'none'",
                     "base-uri 'none'"):
            assert rule in policy, policy
        assert "unsafe" not in policy, policy
        assert link[3:] not in body, "the page itself does not hold its token"
        assert re.findall(r"<a [^>]*>", body) and all(
            "noreferrer" in anchor for anchor in re.findall(r"<a [^>]*>", body)), body
        assert pager.get("/a/")[0] == 404
    gateway.close()


main(opened_by_robots_nothing_is_acked,
     robots_that_post_what_no_button_posts_change_nothing,
     a_browser_that_shows_the_page_does_not_press,
     guessing_is_slowed_and_locks_out_nobody,
     an_old_link_does_nothing_to_what_came_later,
     the_page_tells_nobody_where_it_is)
