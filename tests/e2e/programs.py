# SPDX-License-Identifier: MIT
"""The real programs from Debian's packages, each started as an own copy: own folder, loopback."""
import base64
import http.client
import json
import os
import re
import socket
import ssl
import subprocess
import time
import urllib.error
import urllib.request

from house import PAGECTL, SOURCE, free_port, need, skip, wait_for


def is_listening(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Kannel:
    """An SMS gateway with Kannel's fake SMS centre behind it."""

    def __init__(self, house):
        need("/usr/sbin/bearerbox", "/usr/sbin/smsbox", "/usr/lib/kannel/test/fakesmsc")
        self.house = house
        self.admin, self.box, self.centre, self.port = (free_port() for _ in range(4))
        self.log = house.path("fakesmsc.log")
        house.write("kannel.conf", f"""
group = core
admin-port = {self.admin}
admin-interface = "127.0.0.1"
admin-password = adminpw
smsbox-port = {self.box}
smsbox-interface = "127.0.0.1"
box-allow-ip = "127.0.0.1"
log-level = 1
store-type = file
store-location = "{house.path('kannel.store')}"

group = smsc
smsc = fake
smsc-id = FAKE
host = localhost
port = {self.centre}
connect-allow-ip = 127.0.0.1

group = smsbox
bearerbox-host = 127.0.0.1
bearerbox-port = {self.box}
sendsms-port = {self.port}
sendsms-interface = "127.0.0.1"
sendsms-chars = "0123456789 +-"
log-level = 1

group = sendsms-user
username = pager
password = smspw
user-allow-ip = "127.0.0.1"
max-messages = 5
concatenation = true

group = sms-service
keyword = default
text = "not used"
max-messages = 0
""")

    def start(self):
        conf = self.house.path("kannel.conf")
        self.house.spawn(["/usr/sbin/bearerbox", conf], "bearerbox", cwd=self.house.dir)
        wait_for("bearerbox", lambda: is_listening(self.box) and is_listening(self.centre))
        self.house.spawn(["/usr/sbin/smsbox", conf], "smsbox", cwd=self.house.dir)
        self.house.spawn(["/usr/lib/kannel/test/fakesmsc", "-H", "127.0.0.1", "-r",
                          str(self.centre), "-m", "0", "0 0 text nop"], "fakesmsc",
                         cwd=self.house.dir)
        wait_for("smsbox", lambda: is_listening(self.port))
        wait_for("both to be with bearerbox", self.is_complete)
        return self

    def is_complete(self):
        """A message that comes before is refused: there is no router for it."""
        status = urllib.request.urlopen(
            f"http://127.0.0.1:{self.admin}/status.txt?password=adminpw").read().decode()
        return "(online" in status and re.search(r"smsbox:.*on-line", status) is not None

    def output(self):
        with open(self.log, errors="replace") as file:
            return file.read()

    def config(self):
        return (f'sms: {{ driver = "kannel", url = "http://127.0.0.1:{self.port}/cgi-bin/sendsms", '
                'user = "pager", password = "smspw", from = "+15550100" }')

    def messages(self, to=None):
        """(number, text) of everything that reached the "phone network"."""
        found = re.findall(r"Got message \d+: <(\S+) (\S+) text ([^>]*)>", self.output())
        return [(number, text) for _, number, text in found if to in (None, number)]

    def wait(self, to, count=1):
        return wait_for(f"{count} SMS to {to}; came: {self.output()[-2000:]}",
                        lambda: self.messages(to) if len(self.messages(to)) >= count else None)


class Icinga:
    """Icinga 2 with the objects that pagerd ships."""

    def __init__(self, house, key, notifies=True, objects=""):
        need("/usr/sbin/icinga2", "openssl")
        self.house = house
        self.process = None
        self.port = free_port()
        self.root = house.path("icinga")
        house.write("icinga.key", key + "\n")
        with open(os.path.join(SOURCE, "etc/integrations/icinga2/pagerd.conf")) as file:
            shipped = file.read().replace("/usr/bin/pagectl", PAGECTL)
        house.write("icinga/etc/pagerd.conf", shipped)
        with open(os.path.join(SOURCE, "etc/integrations/icinga2/pagerd-api.conf")) as file:
            user = file.read().replace("CHOOSE-A-PASSWORD", "api-pw")
        house.write("icinga/etc/pagerd-api.conf", user)
        house.write("icinga/etc/icinga2.conf", f"""
include <itl>
const ZoneName = NodeName
object Endpoint NodeName {{}}
object Zone ZoneName {{ endpoints = [ NodeName ] }}
object CheckerComponent "checker" {{}}
object NotificationComponent "notification" {{}}
object ApiListener "api" {{ bind_host = "127.0.0.1"; bind_port = {self.port} }}
object FileLogger "main-log" {{ severity = "notice"; path = LogDir + "/icinga2.log" }}
object ApiUser "root" {{ password = "icinga"; permissions = [ "*" ] }}
object TimePeriod "24x7" {{ ranges = {{ monday = "00:00-24:00"; tuesday = "00:00-24:00"
  wednesday = "00:00-24:00"; thursday = "00:00-24:00"; friday = "00:00-24:00"
  saturday = "00:00-24:00"; sunday = "00:00-24:00" }} }}
object Host "db01.example.org" {{
  check_command = "dummy"; enable_active_checks = false; max_check_attempts = 1
  vars.pagerd_key_file = "{house.path('icinga.key')}"
  vars.pagerd_server = "{house.url}"
  vars.pagerd_spool = "{house.path('spool-icinga')}"
}}
object Service "postgres" {{
  host_name = "db01.example.org"; check_command = "dummy"; enable_active_checks = false
  max_check_attempts = 1
}}
object Service "disk" {{
  host_name = "db01.example.org"; check_command = "dummy"; enable_active_checks = false
  max_check_attempts = 2; enable_flapping = true
}}
{objects}
{'include "pagerd.conf"' if notifies else ''}
include "pagerd-api.conf"
""")

    def defines(self):
        root = self.root
        return ["-DNodeName=localhost", f"-DConfigDir={root}/etc", f"-DDataDir={root}/lib",
                f"-DLogDir={root}/log", f"-DCacheDir={root}/cache", f"-DSpoolDir={root}/spool",
                f"-DInitRunDir={root}/run", "-DRunAsUser=root", "-DRunAsGroup=root"]

    def start(self):
        for folder in ("lib/certs", "log", "cache", "spool", "run"):
            os.makedirs(os.path.join(self.root, folder), exist_ok=True)
        self.make_certificates(f"{self.root}/lib/certs")
        self.run()
        wait_for("Icinga's objects", self.is_ready)
        return self

    @staticmethod
    def make_certificates(folder):
        """What "icinga2 api setup" makes, but with keys that are made at once."""
        key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
        for words in (
                [*key, "-subj", "/CN=Icinga CA", "-keyout", "ca.key", "-out", "ca.crt"],
                [*key, "-subj", "/CN=localhost", "-keyout", "localhost.key", "-out",
                 "localhost.crt", "-CA", "ca.crt", "-CAkey", "ca.key", "-addext",
                 "subjectAltName=DNS:localhost"]):
            subprocess.run(["openssl", "req", "-x509", *words], cwd=folder, check=True,
                           capture_output=True)

    def run(self):
        self.process = self.house.spawn(
            ["icinga2", "daemon", "-c", f"{self.root}/etc/icinga2.conf", *self.defines()],
            "icinga2")
        wait_for("Icinga's API", lambda: is_listening(self.port))

    def stop(self):
        self.process.stop()
        wait_for("Icinga to end", lambda: not is_listening(self.port))

    def config(self, more=""):
        """The way back to it, for pagerd.cfg."""
        return (f'integrations: {{ icinga = {{ icinga = {{ url = "https://localhost:{self.port}", '
                f'user = "pagerd", password = "api-pw", '
                f'ca-file = "{self.root}/lib/certs/ca.crt" {more} }} }} }}')

    def state(self, name="db01.example.org!postgres", kind="services"):
        """Its attributes, among them state, acknowledgement, downtime_depth."""
        return self.call(f"/v1/objects/{kind}/{name}", None)["results"][0]["attrs"]

    def comments(self):
        return [found["attrs"]["text"] for found in self.call("/v1/objects/comments",
                                                              None)["results"]]

    def call(self, path, body):
        request = urllib.request.Request(
            f"https://127.0.0.1:{self.port}{path}",
            None if body is None else json.dumps(body).encode(),
            {"Accept": "application/json", "Authorization": "Basic "
             + base64.b64encode(b"root:icinga").decode()})
        context = ssl._create_unverified_context()
        return json.load(urllib.request.urlopen(request, timeout=30, context=context))

    def is_ready(self):
        try:
            self.result(0, "OK")
            return True
        except (urllib.error.URLError, OSError):
            return False

    def act(self, action, service="postgres", **body):
        return self.call(f"/v1/actions/{action}?service=db01.example.org!{service}", body)

    def host_result(self, status, output):
        return self.call("/v1/actions/process-check-result?host=db01.example.org", {
            "exit_status": status, "plugin_output": output})

    def result(self, status, output, service="postgres"):
        return self.call("/v1/actions/process-check-result", {
            "type": "Service", "filter": f'service.name == "{service}"', "exit_status": status,
            "plugin_output": output})


class Nagios:
    """Nagios 4 with the commands that pagerd ships, or those given: with the contact "pagerd"."""

    def __init__(self, house, key, commands=None, settings="", options="d,u,r",
                 objects=""):
        need("/usr/sbin/nagios4")
        self.house = house
        self.process = None
        house.write("nagios.key", key + "\n")
        self.root = house.path("nagios")
        self.fifo = f"{self.root}/nagios.cmd"
        with open(os.path.join(SOURCE, "etc/integrations/nagios/pagerd.cfg")) as file:
            shipped = file.read().replace(
                "/usr/bin/pagectl nagios",
                f"{PAGECTL} nagios --key-file {house.path('nagios.key')} --server {house.url} "
                f"--spool {house.path('spool-nagios')}")
        house.write("nagios/pagerd.cfg", commands or shipped, 0o644)
        house.write("nagios/objects.cfg", f"""
define timeperiod{{
  timeperiod_name 24x7
  alias always
  sunday 00:00-24:00
  monday 00:00-24:00
  tuesday 00:00-24:00
  wednesday 00:00-24:00
  thursday 00:00-24:00
  friday 00:00-24:00
  saturday 00:00-24:00
}}
define command{{
  command_name nothing
  command_line /bin/true
}}
define host{{
  host_name db01.example.org
  address 127.0.0.1
  check_command nothing
  max_check_attempts 1
  active_checks_enabled 0
  passive_checks_enabled 1
  check_period 24x7
  notification_period 24x7
  notification_interval 0
  notification_options {options}
  contacts pagerd
}}
define service{{
  host_name db01.example.org
  service_description PostgreSQL
  check_command nothing
  max_check_attempts 1
  active_checks_enabled 0
  passive_checks_enabled 1
  check_period 24x7
  notification_period 24x7
  notification_interval 0
  notification_options {options.replace("d,", "w,c,")}
  contacts pagerd
}}
{objects}
""", 0o644)
        house.write("nagios/nagios.cfg", f"""
log_file={self.root}/nagios.log
cfg_file={self.root}/objects.cfg
cfg_file={self.root}/pagerd.cfg
object_cache_file={self.root}/objects.cache
precached_object_file={self.root}/objects.precache
status_file={self.root}/status.dat
state_retention_file={self.root}/retention.dat
command_file={self.fifo}
lock_file={self.root}/nagios.lock
temp_file={self.root}/nagios.tmp
temp_path={self.root}
check_result_path={self.root}/results
query_socket={self.root}/nagios.qh
nagios_user=root
nagios_group=root
check_external_commands=1
enable_notifications=1
execute_service_checks=1
accept_passive_service_checks=1
illegal_macro_output_chars=`~$&|'"<>
use_syslog=0
{settings}
""", 0o644)
        os.makedirs(f"{self.root}/results", exist_ok=True)

    def start(self):
        """What it starts finds pagerd and the spool by its environment, where no option says."""
        self.process = self.house.spawn(
            ["nagios4", f"{self.root}/nagios.cfg"], "nagios",
            env={**os.environ, "PAGECTL_SERVER": self.house.url,
                 "PAGECTL_SPOOL": self.house.path("spool-nagios")})
        wait_for("Nagios' command file", lambda: os.path.exists(self.fifo))
        return self

    def result(self, status, output, service="PostgreSQL"):
        self.command(f"PROCESS_SERVICE_CHECK_RESULT;db01.example.org;{service};{status};{output}")

    def host_result(self, status, output):
        self.command(f"PROCESS_HOST_CHECK_RESULT;db01.example.org;{status};{output}")

    def command(self, words):
        line = f"[{int(time.time())}] {words}\n"

        def write():
            try:
                fifo = os.open(self.fifo, os.O_WRONLY | os.O_NONBLOCK)
            except OSError:
                return False
            os.write(fifo, line.encode())
            os.close(fifo)
            return True

        wait_for("Nagios to read its command file", write)


class Radicale:
    """A CalDAV server: boss owns the calendars, oncall may write one of them, reader none."""

    PASSWORDS = {"boss": "boss-pw", "oncall": "oncall-pw", "reader": "reader-pw"}

    def __init__(self, house):
        need("htpasswd")
        if subprocess.run(["/usr/bin/python3", "-c", "import radicale"], capture_output=True,
                          check=False).returncode != 0:
            skip("radicale is not installed")
        self.house = house
        self.port = free_port()
        self.process = None
        for i, (user, password) in enumerate(self.PASSWORDS.items()):
            subprocess.run(["htpasswd", "-ciB" if i == 0 else "-iB", "-C", "4",
                            house.path("radicale.users"), user], input=password, text=True,
                           check=True, capture_output=True)
        house.write("radicale.rights", """
[write]
user: oncall
collection: boss/swaps(/.*)?
permissions: RrWw
[read]
user: oncall|reader
collection: boss(/.*)?
permissions: Rr
[own]
user: boss
collection: boss(/.*)?
permissions: RrWw
[root]
user: .+
collection:
permissions: R
""")
        house.write("radicale.conf", f"""
[server]
hosts = 127.0.0.1:{self.port}
[auth]
type = htpasswd
htpasswd_filename = {house.path("radicale.users")}
htpasswd_encryption = bcrypt
delay = 0
[rights]
type = from_file
file = {house.path("radicale.rights")}
[storage]
type = multifilesystem
filesystem_folder = {house.path("radicale.data")}
[web]
type = none
[logging]
level = error
""")

    def start(self):
        self.process = self.house.spawn(
            ["/usr/bin/python3", "-m", "radicale", "--config", self.house.path("radicale.conf")],
            "radicale")
        wait_for("Radicale", lambda: is_listening(self.port))
        return self

    def stop(self):
        self.process.kill()
        wait_for("Radicale to end", lambda: not is_listening(self.port))

    def ask(self, method, path, body=None, user="boss", **headers):
        """(status, body, headers); path is below /boss/."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        login = base64.b64encode(f"{user}:{self.PASSWORDS[user]}".encode()).decode()
        try:
            connection.request(method, f"/boss/{path}", body, {
                "Authorization": f"Basic {login}", "Content-Type": "text/calendar; charset=utf-8",
                **{name.replace("_", "-"): value for name, value in headers.items()}})
            answer = connection.getresponse()
            return answer.status, answer.read().decode(), answer.headers
        finally:
            connection.close()

    def make(self, name):
        assert self.ask("MKCALENDAR", f"{name}/")[0] == 201
        return f"http://127.0.0.1:{self.port}/boss/{name}/"

    def put(self, path, text, **headers):
        status, said, _ = self.ask("PUT", path, text.replace("\n", "\r\n").encode(), **headers)
        assert status in (201, 204), (status, said)

    def delete(self, path):
        assert self.ask("DELETE", path)[0] in (200, 204)

    def events(self, name):
        """{resource: (etag, text)} of a collection."""
        _, listed, _ = self.ask("PROPFIND", f"{name}/", Depth="1")
        found = {}
        for href in re.findall(r"<href>/boss/[^<]*?/([^</]+)</href>", listed):
            status, text, headers = self.ask("GET", f"{name}/{href}")
            if status == 200:
                found[href] = (headers["ETag"], text.replace("\r\n ", "").replace("\r\n", "\n"))
        return found


def shipped(name, places):
    """A file of etc/integrations as a user pastes it, with the places that are theirs filled in."""
    with open(os.path.join(SOURCE, "etc/integrations", name)) as file:
        text = file.read()
    for old, new in places.items():
        assert old in text, (name, old)
        text = text.replace(old, new)
    return text
