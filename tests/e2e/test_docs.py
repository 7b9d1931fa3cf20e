# SPDX-License-Identifier: MIT
"""What the documents and examples say is true of this very build."""
import glob
import json
import os
import re
import shutil
import subprocess
import tempfile

from house import PAGECTL, PAGERD, SOURCE, WEEK, House, main, skip, wait_for
from programs import Radicale

DOCS = [os.path.join(SOURCE, "README.md"), *sorted(
    glob.glob(os.path.join(SOURCE, "docs/**/*.md"), recursive=True))]


def read(path):
    with open(path) as file:
        return file.read()


def every_shipped_configuration_checks_without_errors():
    for path in [os.path.join(SOURCE, "etc/pagerd.cfg"),
                 *glob.glob(os.path.join(SOURCE, "etc/examples/*.cfg")),
                 os.path.join(SOURCE, "etc/examples/company/pagerd.cfg")]:
        done = subprocess.run([PAGERD, "--check", "--config", path], capture_output=True,
                              text=True, check=False)
        text = done.stdout + done.stderr
        problems = [line for line in text.splitlines() if re.match(r"\S+:\d+: ", line)
                    and ": warning: " not in line and "secret" not in line]
        assert not problems, (path, text)


def every_command_in_the_documents_is_a_command():
    known = set(subprocess.run([PAGECTL, "help"], capture_output=True, text=True,
                               check=False).stdout.split())
    for path in DOCS:
        for command in re.findall(r"`?pagectl ([a-z]+)", read(path)):
            assert command in known or subprocess.run(
                [PAGECTL, command, "-h"], capture_output=True, check=False).returncode == 0, (
                    f"{path} names 'pagectl {command}'")


def every_link_between_documents_leads_somewhere():
    for path in DOCS:
        for target in re.findall(r"\]\(([^)#]+)", read(path)):
            if "://" in target:
                continue
            there = os.path.join(os.path.dirname(path), target)
            assert os.path.exists(there), f"{path} links to {target}"


def every_channel_s_page_has_account_keys_costs_and_limits():
    pages = sorted(glob.glob(os.path.join(SOURCE, "docs/channels/*.md")))
    assert len(pages) >= 19, pages
    for path in pages:
        sections = dict(re.findall(r"^## (.+)\n((?:(?!^## ).*\n?)*)", read(path), re.M))
        for heading in ("Account", "Keys", "Costs", "Limits"):
            assert sections.get(heading, "").strip(), f"{path}: nothing under '## {heading}'"
        assert "pagerd dies between sending and noting it" in " ".join(read(path).split()), path
        said = sections["Limits"]
        is_own = os.path.basename(path) in ("exec.md", "inbox.md", "sms-http.md")
        assert is_own or re.search(r"Source: .*https?://\S+>, as of \w+ 20\d\d\.|Source: .*\n?.*20\d\d\.", said), (
            f"{path}: no source of the limits, or no date")


def every_option_of_pagerd_is_in_its_manual():
    manual = read(os.path.join(SOURCE, "docs/man/pagerd.8.scd"))
    said = subprocess.run([PAGERD, "--help"], capture_output=True, text=True, check=False).stdout
    for option in set(re.findall(r"^  (--[a-z]+)", said, re.M)):
        assert f"*{option}*" in manual, option


def the_manuals_render():
    if not (shutil.which("scdoc") and shutil.which("mandoc")):
        skip("scdoc or mandoc is not installed")
    for path in glob.glob(os.path.join(SOURCE, "docs/man/*.scd")):
        with open(path) as file:
            page = subprocess.run(["scdoc"], stdin=file, capture_output=True, check=False)
        assert page.returncode == 0, (path, page.stderr)
        lint = subprocess.run(["mandoc", "-T", "lint", "-W", "error"], input=page.stdout,
                              capture_output=True, check=False)
        assert lint.returncode == 0, (path, lint.stdout)


def every_get_of_the_api_page_is_answered():
    with House().start() as pager:
        pager.alert(pager.key())
        headers = {"Authorization": f"Bearer {pager.token('ann')}"}
        pager.ask("silence", "add", "host=db1", "--for", "1h", "-m", "work")
        pager.ask("heartbeat", "add", "job", "--every", "1h")
        api = read(os.path.join(SOURCE, "docs/api.md"))
        paths = re.findall(r"`GET (/[a-z0-9/.]+[A-Z]?)", api) + ["/healthz", "/readyz", "/metrics"]
        assert len(paths) > 10, paths
        for path in paths:
            if path.startswith(("/feed/", "/v2/alerts/", "/v1/ingest/")):
                continue  # what comes behind is given out by pagerd, or an alert
            path = path.replace("incidents/N", "incidents/1").replace("USER", "ann")
            path = path.replace("silences/N", "silences/1").replace("heartbeats/N", "heartbeats/job")
            query = "?key=url" if path.endswith("explain") else ""
            query = "?team=ops" if path.endswith("schedule") else query
            status, body, _ = pager.get(path.replace("/U", "/ann") + query, headers=headers)
            assert status == 200, (path, status, body)


PEOPLE = """users: {
  ann: { name = "Ann Ops", email = "ann@example.org", admin = true }
  bob: { name = "Bob Base", email = "bob@example.org" }
}
"""
TEAM = 'teams: { ops: { oncall = "ann", escalate = ( { page = "oncall", wait = "5m" } ) } }\n'
CALENDARS = os.path.join(SOURCE, "docs/calendars.md")


def blocks(text):
    """What stands in fences, and what is indented by four columns and not a part of a list."""
    fence = re.compile(r"^```\n(.*?)^```$", re.M | re.S)
    indented = re.findall(r"^    .*\n(?:^    .*\n|^\n(?=    ))*", fence.sub("", text), re.M)
    return fence.findall(text) + [re.sub(r"^    ", "", block, flags=re.M) for block in indented]


def example_rotation():
    return [block for block in blocks(read(CALENDARS)) if block.startswith("BEGIN:VCALENDAR")][0]


def every_configuration_of_a_room_in_the_documents_checks_without_errors():
    found = [block for path in DOCS if "/chat-" in path for block in blocks(read(path))
             if block.startswith("channels:")]
    assert found
    for block in found:
        with tempfile.TemporaryDirectory() as folder:
            for secret in re.findall(r"secret:([a-z-]+)", block):
                with open(os.path.join(folder, secret), "w") as file:
                    file.write("https://chat.example.org/secret\n")
                os.chmod(file.name, 0o600)
            path = os.path.join(folder, "pagerd.cfg")
            block = block.replace("channels: {", 'channels: { email: { smtp = "localhost", '
                                  'from = "p@example.org" } ').replace(
                                      "name = ", 'admin = true, email = "a@example.org", name = ')
            with open(path, "w") as file:
                file.write('url = "https://page.example.org"\n' + block)
            done = subprocess.run([PAGERD, "--check", "--config", path], capture_output=True,
                                  text=True, check=False,
                                  env={**os.environ, "CREDENTIALS_DIRECTORY": folder})
            text = done.stdout + done.stderr
            wrong = [line for line in text.splitlines()
                     if re.match(r"\S+:\d+: ", line) and ": warning: " not in line]
            assert not wrong and done.returncode == 0, (block, text)


def every_configuration_of_a_calendar_in_the_documents_checks_without_errors():
    found = [block for path in DOCS for block in blocks(read(path))
             if block.startswith("calendars:")]
    assert len(found) >= 7, found
    for block in found:
        with tempfile.TemporaryDirectory() as folder:
            for secret in re.findall(r"secret:([a-z-]+)", block):
                with open(os.path.join(folder, secret), "w") as file:
                    file.write("https://calendar.example.org/secret.ics\n")
                os.chmod(file.name, 0o600)
            os.mkdir(os.path.join(folder, "rotas"))
            for path in re.findall(r'"(rotas/[a-z.]+)"', block):
                with open(os.path.join(folder, path), "w") as file:
                    file.write(example_rotation())
            path = os.path.join(folder, "pagerd.cfg")
            with open(path, "w") as file:
                file.write('url = "https://page.example.org"\n'
                           'channels: { email: { smtp = "localhost", from = "p@example.org" } }\n'
                           + block + ("" if "users:" in block else PEOPLE)
                           + ("" if "teams:" in block else TEAM))
            done = subprocess.run([PAGERD, "--check", "--config", path], capture_output=True,
                                  text=True, check=False,
                                  env={**os.environ, "CREDENTIALS_DIRECTORY": folder})
            text = done.stdout + done.stderr
            wrong = [line for line in text.splitlines()
                     if re.match(r"\S+:\d+: ", line) and ": warning: " not in line]
            assert not wrong and done.returncode == 0, (block, text)


def radicale_with_the_rights_of_the_calendar_page_lets_pagerd_read_all_and_write_overrides():
    rights = [block for block in blocks(read(CALENDARS)) if block.startswith("[pagerd-overrides]")]
    calendars = [block for block in blocks(read(CALENDARS)) if "127.0.0.1:5232" in block]
    assert len(rights) == len(calendars) == 1
    with House() as pager:
        radicale = Radicale(pager)
        pager.write("radicale.rights", rights[0].replace("user: pagerd", "user: oncall"))
        radicale.start()
        radicale.make("primary")
        radicale.make("overrides")
        radicale.put("primary/week.ics", WEEK.format(name="week", user="eve"))
        mine = WEEK.format(name="mine", user="bob")
        assert radicale.ask("PUT", "primary/mine.ics", mine, user="oncall")[0] == 403
        assert radicale.ask("GET", "primary/week.ics", user="reader")[0] == 403
        text = calendars[0].replace(":5232", f":{radicale.port}").replace(
            '"pagerd"', '"oncall"').replace('"secret:radicale"', '"oncall-pw", refresh = "1s"')
        config = re.sub(r"calendars: \{.*\}\n", lambda _: text, read(pager.config)).replace(
            'secondary = "calendar:secondary"', 'overrides = "calendar:overrides"').replace(
                '{ page = "secondary"', '{ page = "primary"')
        pager.write("pagerd.cfg", config)
        pager.start()
        assert pager.ask("oncall")["oncall"][0]["user"] == "eve", pager.ask("oncall")
        done = pager.pagectl("override", "ops", "primary", "--for", "4h", "--to", "bob")
        assert done.returncode == 0, done.stderr
        wait_for("the override in its calendar", lambda: [
            text for _, text in radicale.events("overrides").values() if "X-PAGERD-USER:bob" in text])


def the_rotation_of_the_calendar_page_comes_out_as_it_says():
    command = re.search(r"^    pagerd (--calendar .*)$", read(CALENDARS), re.M).group(1).split()
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "rotation.ics"), "w") as file:
            file.write(example_rotation())
        done = subprocess.run([PAGERD, *command], capture_output=True, text=True, check=False,
                              cwd=folder)
    said = json.loads(done.stdout)
    assert done.returncode == 0, done.stderr
    assert [(shift["start"], shift["end"], shift["summary"]) for shift in said["shifts"]] == [
        ("2026-11-02T08:00:00Z", "2026-11-09T08:00:00Z", "ann"),
        ("2026-11-09T08:00:00Z", "2026-11-16T08:00:00Z", "bob"),
        ("2026-11-16T08:00:00Z", "2026-11-23T08:00:00Z", "ann"),
        ("2026-11-21T08:00:00Z", "2026-11-22T08:00:00Z", "bob"),
        ("2026-11-23T08:00:00Z", "2026-11-30T08:00:00Z", "bob"),
        ("2026-11-30T08:00:00Z", "2026-12-07T08:00:00Z", "ann")], said
    assert said["warnings"] == [], said


def every_code_that_pagerd_can_say_of_a_calendar_is_explained():
    said, explained = set(), set(re.findall(r"\b[EW]-[A-Z-]+[A-Z]", read(CALENDARS)))
    for path in glob.glob(os.path.join(SOURCE, "pagerd/calendar/*.c")):
        said |= set(re.findall(r'"([EW]-[A-Z-]+[A-Z])"', read(path)))
    assert len(said) > 30, said
    assert said == explained, (said - explained, explained - said)


def the_limits_of_the_calendar_page_are_those_of_the_program():
    text = read(CALENDARS)
    header = read(os.path.join(SOURCE, "pagerd/calendar/shift.h"))
    for name, things in (("SHIFTS_MAX", "shifts"), ("CALENDAR_FILES_MAX", "files"),
                         ("CALENDAR_EVENTS_MAX", "events")):
        number = int(re.search(rf"#define {name} (\d+)", header).group(1))
        assert f"{number:,} {things}" in text, (name, number)


def a_feed_is_exported_fetched_and_revoked_as_the_page_says():
    with House().start() as pager:
        for words, person in ((["ann"], "ann"), ([], "ann"), (["--team", "ops"], "ops")):
            done = pager.pagectl("calendar", "export", *words)
            assert done.returncode == 0, done.stderr
            path = done.stdout.strip().removeprefix(pager.url)
            assert re.fullmatch(r"/feed/[0-9a-z]{20}\.ics", path), done.stdout
            status, body, headers = pager.get(path)
            assert status == 200 and body.startswith("BEGIN:VCALENDAR"), (status, body)
            assert headers["Content-Type"].startswith("text/calendar"), headers
            done = pager.pagectl("key", "revoke", f"feed-{person}", "--yes")
            assert done.returncode == 0, done.stderr
            assert pager.get(path)[0] == 404


def fields_of(template):
    """Names in {"a","b":"x"|"y","c":[...]} of the API page, without their values."""
    bare = re.sub(r':("[^"]*"|[a-z]+)(\|("[^"]*"|[a-z]+))*', "", re.sub(r":\[[^\]]*\]", "", template))
    return set(re.findall(r'"([a-z_]+)"', bare))


def every_field_of_a_list_on_the_api_page_is_in_the_answer():
    api = read(os.path.join(SOURCE, "docs/api.md"))
    with House(team='coverage = "always"') as pager:
        once = WEEK.format(name="x", user="bob").replace("RRULE:FREQ=DAILY\n", "")
        pager.write("secondary.ics", once)
        pager.start()
        headers = {"Authorization": f"Bearer {pager.token('ann')}"}

        def ask(path):
            return json.loads(pager.get(path, headers=headers)[1])

        wait_for("a gap", lambda: ask("/v1/calendars").get("gaps"))
        for path, listed in (("/v1/oncall", "oncall"), ("/v1/schedule", "spans"),
                             ("/v1/schedule", "gaps"), ("/v1/calendars", "calendars"),
                             ("/v1/calendars", "gaps")):
            line = [part for part in api.split("`GET ") if part.startswith(path)][0]
            wanted = fields_of(re.search(rf'"{listed}":\[\{{(.*?)\}}\]', line).group(1))
            said = ask(path)
            rows = said["rows"][0]["spans"] if listed == "spans" else said[listed]
            assert wanted and wanted <= set(rows[0]), (path, listed, wanted - set(rows[0]))


main(every_channel_s_page_has_account_keys_costs_and_limits,
     a_feed_is_exported_fetched_and_revoked_as_the_page_says,
     every_field_of_a_list_on_the_api_page_is_in_the_answer,
     every_configuration_of_a_calendar_in_the_documents_checks_without_errors,
     every_configuration_of_a_room_in_the_documents_checks_without_errors,
     radicale_with_the_rights_of_the_calendar_page_lets_pagerd_read_all_and_write_overrides,
     the_rotation_of_the_calendar_page_comes_out_as_it_says,
     every_code_that_pagerd_can_say_of_a_calendar_is_explained,
     the_limits_of_the_calendar_page_are_those_of_the_program,
     every_shipped_configuration_checks_without_errors,
     every_command_in_the_documents_is_a_command,
     every_link_between_documents_leads_somewhere,
     every_option_of_pagerd_is_in_its_manual,
     the_manuals_render,
     every_get_of_the_api_page_is_answered)
