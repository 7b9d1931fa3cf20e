# SPDX-License-Identifier: MIT
"""Pages by a command of this machine: what it gets, what its end means, and that it holds up nobody."""
import os
import re
import stat

from house import House, main, wait_for
from sinks import Gateway

SCRIPT = r"""#!/bin/sh
# Keeps what it was given, and ends as the file "ends" says: one status a line, used up from the top. A file
# for the service, "ends-SERVICE", comes first.
dir=$(dirname "$0")
ends="$dir/ends-$PAGERD_SERVICE"
[ -f "$ends" ] || ends="$dir/ends"
for word in "$@"; do printf 'arg %s\n' "$word"; done > "$dir/call.$$.new"
env | sort | sed 's/^/env /' >> "$dir/call.$$.new"
sed 's/^/in /' >> "$dir/call.$$.new"
mv "$dir/call.$$.new" "$dir/call.$$"
status=$(head -n 1 "$ends" 2>/dev/null)
sed -i 1d "$ends" 2>/dev/null
[ "$status" = hang ] && sleep 1000
[ "$status" = killed ] && kill -9 $$
echo "said $status"
exit "${status:-0}"
"""


class Command:
    def __init__(self, pager, *ends):
        self.dir = os.path.join(pager.dir, "command")
        self.pager = pager
        path = pager.write("command/page", SCRIPT)
        os.chmod(path, stat.S_IRWXU)
        pager.write("command/ends", "".join(f"{end}\n" for end in ends))

    def calls(self):
        found = sorted(name for name in os.listdir(self.dir) if re.fullmatch(r"call\.\d+", name))
        calls = []
        for name in found:
            with open(os.path.join(self.dir, name)) as file:
                calls.append(file.read())
        return calls

    def wait(self, count=1):
        return wait_for(f"{count} calls", lambda: self.calls() if len(
            self.calls()) >= count else None)


def house(*ends, channels="", **more):
    pager = House(channels="CHANNELS", user_extra={"ann": ', exec = "beeper-7"'},
                  escalate='( { page = "primary", wait = "30m" } )', **more)
    with open(pager.config) as file:
        text = file.read()
    command = f'exec: {{ command = [ "{pager.dir}/command/page", "--to=$address", "$user", ' \
              '"a b;$(id)", "$severity" ] }'
    pager.write("pagerd.cfg", text.replace("CHANNELS", f"{command} {channels}"))
    return pager, Command(pager, *ends)


def page_of(pager, number=1):
    return next(page for page in pager.pages(number, "ann") if page["channel"] == "exec")


def a_command_has_all_it_needs_and_no_secret_in_its_arguments():
    pager, command = house()
    os.environ["PLANTED_SECRET"] = "planted-3Zr8"
    with pager.start():
        pager.alert(pager.key(), "db1: disk full; $(reboot)", service="postgres")
        call = command.wait()[0]
        words = re.findall(r"^arg (.*)$", call, re.M)
        assert words == ["--to=beeper-7", "ann", "a b;$(id)", "critical"], words
        env = dict(line.split("=", 1) for line in re.findall(r"^env (.*)$", call, re.M))
        link = env["PAGERD_LINK"]
        assert re.fullmatch(pager.url + r"/a/[0-9a-z]{20}", link), env
        assert env["PAGERD_INCIDENT"] == "1" and env["PAGERD_SERVICE"] == "postgres", env
        assert env["PAGERD_TITLE"] == "CRIT #1 db1: disk full; $(reboot)", env
        known = {"PATH", "LANG", "PWD", "OLDPWD", "SHLVL", "_"}
        assert all(name in known or name.startswith("PAGERD_") for name in env), env
        text = re.findall(r"^in (.*)$", call, re.M)
        assert text[0] == env["PAGERD_TITLE"] and text[-1] == "Ack: " + link, text
        wait_for("sent", lambda: page_of(pager)["state"] == "sent")
        path = link[len(pager.url):]
        assert pager.request("POST", path, "do=ack", {
            "Content-Type": "application/x-www-form-urlencoded"})[0] == 303
        assert link not in pager.log()


def what_its_end_means():
    pager, _ = house()
    with pager.start():
        for number, (end, state, why) in enumerate((
                ("75", "sent", None), ("69", "failed", "exit status 69: said 69"),
                ("67", "failed", "exit status 67"), ("killed", "sent", None)), 1):
            # Of its own: who could not be reached by one is paged as the last resort meanwhile.
            pager.write(f"command/ends-{end}", f"{end}\n")
            pager.alert(pager.key(f"key{number}"), f"end {end}", service=end)
            wait_for(f"{end}: {state}", lambda: page_of(pager, number)["state"] == state)
            page = page_of(pager, number)
            assert why is None or why in page["error"], page
            assert page["repeat"] == (end == "killed"), page


def a_command_that_hangs_holds_up_nobody_and_ends_with_pagerd():
    gateway = Gateway()
    pager, command = house(*["hang"] * 20, channels=gateway.config())
    with pager.start():
        for number in range(12):
            pager.alert(pager.key(f"key{number}"), f"alert {number}", service=f"s{number}")
        gateway.wait("+4915550100001", 12)
        command.wait(8)
        assert len(command.calls()) == 8, "no more than its places"
        running = wait_for("eight of them", lambda: sleepers(pager) if len(
            sleepers(pager)) >= 8 else None)
        pager.kill()
        wait_for("their end", lambda: not any(os.path.exists(f"/proc/{pid}/exe")
                                              and pid in sleepers(pager) for pid in running))
    gateway.close()


def sleepers(pager):
    """The commands that are running."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                if f"{pager.dir}/command/page".encode() in file.read():
                    found.append(pid)
        except OSError:
            continue
    return found


if __name__ == "__main__":
    main(a_command_has_all_it_needs_and_no_secret_in_its_arguments, what_its_end_means,
         a_command_that_hangs_holds_up_nobody_and_ends_with_pagerd)
