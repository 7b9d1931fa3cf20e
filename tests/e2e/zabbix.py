# SPDX-License-Identifier: MIT
"""A real Zabbix in the test's own folder: PostgreSQL, server, and the frontend for its API."""
import glob
import gzip
import json
import os
import pwd
import random
import re
import shutil
import subprocess
import time
import urllib.request

from house import SOURCE, free_port, need, skip, wait_for
from programs import is_listening

SQL = "/usr/share/zabbix-server-pgsql"
HOST = "db01.example.org"


def low_port():
    """The server takes none above 32767, and the system gives out only those."""
    for port in random.sample(range(10000, 32000), 200):
        if not is_listening(port):
            return port
    raise AssertionError("no port below 32767 is free")


def without_templates(text):
    """The data of a new Zabbix without its templates and maps, which are nearly all of it."""
    left_out = re.compile(r"INSERT INTO (valuemap|item|func|trigger|host|graph|widget|lld|dashb|group_"
                          r"|interface|optempl|opgroup|sysmap|icon|script|report|http|drule|dcheck)")
    begins = re.compile(r"INSERT INTO [a-z_]+ \(|DELETE FROM |COMMIT;")
    kept, is_kept = [], True
    for line in text.splitlines(keepends=True):
        if begins.match(line):
            is_kept = not left_out.match(line)
        if is_kept:
            kept.append(line)
    return "".join(kept)


class Zabbix:
    def __init__(self, house):
        found = sorted(glob.glob("/usr/lib/postgresql/*/bin"))
        if not found:
            skip("postgresql is not installed")
        need("/usr/sbin/zabbix_server", "zabbix_sender", "php", "/usr/share/zabbix/api_jsonrpc.php",
             "psql", "setpriv")
        if not os.path.exists(f"{SQL}/schema.sql.gz"):
            skip("the schema of zabbix-server-pgsql is not installed")
        self.house = house
        self.bin = found[-1]
        self.web, self.base = free_port(), free_port()
        self.port = low_port()
        self.dir = house.path("zabbix")
        self.token = None
        self.server = None
        self.host = self.trigger = None
        os.makedirs(self.dir)

    # --- processes ---

    def as_database(self, argv):
        """PostgreSQL will not run as root."""
        if os.getuid() != 0:
            return argv
        return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", *argv]

    def start_database(self):
        data = os.path.join(self.dir, "pg")
        os.makedirs(data, 0o700)
        if os.getuid() == 0:
            user = pwd.getpwnam("postgres")
            os.chown(data, user.pw_uid, user.pw_gid)
            os.chmod(self.dir, 0o711)
            os.chmod(self.house.dir, 0o711)
        subprocess.run(self.as_database([f"{self.bin}/initdb", "-D", data, "-A", "trust", "-U",
                                         "zabbix", "-E", "UTF8", "--locale=C", "--no-sync"]),
                       check=True, capture_output=True, cwd="/")
        self.house.spawn(self.as_database([
            f"{self.bin}/postgres", "-D", data, "-p", str(self.base), "-k", data, "-c",
            "listen_addresses=127.0.0.1", "-c", "fsync=off"]), "postgres", cwd="/")
        wait_for("PostgreSQL", lambda: self.sql("select 1", "postgres").returncode == 0)
        assert self.sql("create database zabbix", "postgres").returncode == 0
        with gzip.open(f"{SQL}/schema.sql.gz", "rt") as file:
            self.load(file.read())
        with gzip.open(f"{SQL}/data.sql.gz", "rt") as file:
            self.load(without_templates(file.read()))

    def load(self, text):
        done = subprocess.run(["psql", "-q", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p",
                               str(self.base), "-U", "zabbix", "zabbix"], input=text, text=True,
                              capture_output=True)
        assert done.returncode == 0, done.stderr

    def sql(self, text, base="zabbix"):
        return subprocess.run(["psql", "-h", "127.0.0.1", "-p", str(self.base), "-U", "zabbix",
                               "-tAc", text, base], capture_output=True, text=True)

    def start_server(self):
        self.house.write("zabbix/server.conf", f"""
ListenIP=127.0.0.1
ListenPort={self.port}
LogType=console
PidFile={self.dir}/server.pid
SocketDir={self.dir}
DBHost=127.0.0.1
DBPort={self.base}
DBName=zabbix
DBUser=zabbix
StartPollers=1
StartTrappers=2
StartPingers=0
StartDiscoverers=0
StartHTTPPollers=0
CacheUpdateFrequency=1
TmpDir={self.dir}
AllowRoot=1
""")
        self.server = self.house.spawn(
            ["/usr/sbin/zabbix_server", "-f", "-c", f"{self.dir}/server.conf"], "zabbix_server",
            cwd=self.dir)
        wait_for("the Zabbix server", lambda: is_listening(self.port))

    def start_web(self):
        """The frontend reads its configuration from a fixed place: a copy reads it from here."""
        web = os.path.join(self.dir, "web")
        shutil.copytree("/usr/share/zabbix", web, ignore_dangling_symlinks=True)
        self.house.write("zabbix/web/conf/zabbix.conf.php", f"""<?php
$DB = ['TYPE' => 'POSTGRESQL', 'SERVER' => '127.0.0.1', 'PORT' => '{self.base}',
       'DATABASE' => 'zabbix', 'USER' => 'zabbix', 'PASSWORD' => '', 'SCHEMA' => '',
       'ENCRYPTION' => false, 'KEY_FILE' => '', 'CERT_FILE' => '', 'CA_FILE' => '',
       'VERIFY_HOST' => false, 'CIPHER_LIST' => '', 'VAULT_URL' => '', 'VAULT_DB_PATH' => '',
       'VAULT_TOKEN' => '', 'DOUBLE_IEEE754' => true];
$ZBX_SERVER = '127.0.0.1';
$ZBX_SERVER_PORT = '{self.port}';
$ZBX_SERVER_NAME = 'test';
$IMAGE_FORMAT_DEFAULT = IMAGE_FORMAT_PNG;
""")
        path = "include/classes/core/CConfigFile.php"
        with open(os.path.join(web, path)) as file:
            text = file.read()
        place = "/etc/zabbix/zabbix.conf.php"
        self.house.write(f"zabbix/web/{path}", text.replace(place, f"{web}/conf/zabbix.conf.php"))
        self.house.spawn(["php", "-d", "max_execution_time=300", "-d", "post_max_size=16M", "-d",
                          "memory_limit=256M", "-q", "-S", f"127.0.0.1:{self.web}"], "zabbix_web",
                         cwd=web)
        wait_for("the frontend of Zabbix", lambda: is_listening(self.web))

    def start(self):
        self.start_database()
        self.start_server()
        self.start_web()
        self.token = self.login("Admin", "zabbix")
        return self

    # --- its API ---

    def api(self, method, params, token=None):
        body = {"jsonrpc": "2.0", "method": method, "params": params, "id": 1}
        token = token or self.token
        if token:
            body["auth"] = token
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.web}/api_jsonrpc.php", json.dumps(body).encode(),
            {"Content-Type": "application/json-rpc"})
        with urllib.request.urlopen(request, timeout=120) as answer:
            said = json.loads(answer.read())
        assert "result" in said, (method, said)
        return said["result"]

    def login(self, user, password):
        self.token, kept = None, self.token
        token = self.api("user.login", {"username": user, "password": password})
        self.token = kept
        return token

    def make_objects(self):
        """One host with one item and a trigger of severity High; what its texts need comes first."""
        self.api("usermacro.createglobal", {"macro": "{$ZABBIX.URL}",
                                            "value": "https://zabbix.example.org"})
        group = self.api("hostgroup.create", {"name": "Databases"})["groupids"][0]
        host = self.host = self.api("host.create", {
            "host": HOST, "groups": [{"groupid": group}],
            "tags": [{"tag": "team", "value": "dba"}]})["hostids"][0]
        self.api("item.create", {"name": "connections", "key_": "pg.conn", "hostid": host, "type": 2,
                                 "value_type": 3})
        self.trigger = self.api("trigger.create", {
            "description": "connections high on {HOST.NAME} größer \"q\"",
            "expression": f"last(/{HOST}/pg.conn)>500", "priority": 4,
            "url": "https://wiki.example.org/postgres", "manual_close": 1,
            "tags": [{"tag": "service", "value": "postgres"}]})["triggerids"][0]
        # The server's own host would only make noise.
        for other in self.api("host.get", {"output": ["hostid"]}):
            if other["hostid"] != host:
                self.api("host.update", {"hostid": other["hostid"], "status": 1})

    def media_type(self, name):
        return self.api("mediatype.get", {"filter": {"name": name}, "output": "extend"})[0]

    def set_media_type(self, name, parameters, **more):
        found = self.media_type(name)
        values = {item["name"]: item["value"] for item in found["parameters"]}
        unknown = set(parameters) - set(values)
        assert not unknown, (name, unknown)
        values.update(parameters)
        self.api("mediatype.update", {
            "mediatypeid": found["mediatypeid"], "status": 0, "parameters": [
                {"name": key, "value": value} for key, value in values.items()], **more})
        return found["mediatypeid"]

    def import_shipped(self, name):
        with open(os.path.join(SOURCE, "etc/integrations/zabbix", name)) as file:
            text = file.read()
        assert self.api("configuration.import", {"format": "yaml", "source": text, "rules": {
            "mediaTypes": {"createMissing": True, "updateExisting": True}}}) is True

    def make_user(self, name, media=()):
        group = self.api("usergroup.get", {"filter": {"name": "Zabbix administrators"}})[0]
        return self.api("user.create", {
            "username": name, "name": name.capitalize(), "surname": "Test", "roleid": "3",
            "passwd": "X9-oncall-zz", "usrgrps": [{"usrgrpid": group["usrgrpid"]}],
            "medias": [{"mediatypeid": kind, "sendto": to, "active": 0, "severity": 63,
                        "period": "1-7,00:00-24:00"} for kind, to in media]})["userids"][0]

    def make_action(self, user, has_updates=True):
        """What the pages in docs/integrations say: problem, recovery and update operations."""
        updates = [{"operationtype": 12, "opmessage": {"default_msg": 1}}]
        self.api("action.create", {
            "name": f"page {user}", "eventsource": 0, "status": 0, "esc_period": "1h",
            "filter": {"evaltype": 0, "conditions": []},
            "operations": [{"operationtype": 0, "opmessage": {"default_msg": 1, "mediatypeid": "0"},
                            "opmessage_usr": [{"userid": user}]}],
            "recovery_operations": [{"operationtype": 11, "opmessage": {"default_msg": 1}}],
            "update_operations": updates if has_updates else []})

    def set_up(self, keys, attempt_interval="2s", has_updates=False):
        """All that the pages in docs/integrations say, with the three media types side by side;
        `has_updates` is whether PagerDuty's hears of updates, which they advise against."""
        more = {"attempt_interval": attempt_interval, "maxattempts": 100}
        self.import_shipped("pagerd-mediatype.yaml")
        own = self.set_media_type("pagerd", {"url": self.house.url}, **more)
        # The address is written in PagerDuty's script.
        stock = "https://events.pagerduty.com"
        script = self.media_type("PagerDuty")["script"]
        assert stock in script
        pagerduty = self.set_media_type("PagerDuty", {"token": keys["pagerduty"]}, **more,
                                        script=script.replace(stock, self.house.url))
        opsgenie = self.set_media_type("Opsgenie", {
            "opsgenie_api": self.house.url + "/v2/alerts", "opsgenie_token": keys["opsgenie"],
            "opsgenie_web": self.house.url, "opsgenie_teams": "dba", "opsgenie_tags": "zabbix"},
            **more)
        self.make_user("ann")
        self.make_action(self.make_user("pager", [(own, keys["own"]), (opsgenie, "unused")]))
        self.make_action(self.make_user("duty", [(pagerduty, "unused")]), has_updates)
        # Last: a server that knows the trigger then knows what to do about it.
        self.make_objects()

    # --- what happens ---

    def send(self, value):
        done = subprocess.run(["zabbix_sender", "-z", "127.0.0.1", "-p", str(self.port), "-s", HOST,
                               "-k", "pg.conn", "-o", str(value)], capture_output=True, text=True)
        return "failed: 0" in done.stdout

    def send_until_problem(self, value):
        """The server takes values from when it has read of the item, and of its trigger."""
        return wait_for("the problem in Zabbix", lambda: self.send(value) and self.api(
            "problem.get", {"output": "extend"}))[0]["eventid"]

    def update(self, user, event, **what):
        token = self.login(user, "X9-oncall-zz")
        self.api("event.acknowledge", {"eventids": [event], **what}, token)

    def alerts(self):
        """What Zabbix thinks of its messages: (media type, status, error); 1 sent, 2 failed."""
        return self.sql("select m.name, a.status, a.error from alerts a join media_type m using "
                        "(mediatypeid) order by alertid").stdout

    def problems(self):
        """{event: severity} of what is a problem there now."""
        return {one["eventid"]: int(one["severity"]) for one in self.api(
            "problem.get", {"output": ["eventid", "severity"]})}

    def disable(self):
        """The trigger, so that no recovery of its problem will ever come."""
        self.api("trigger.update", {"triggerid": self.trigger, "status": 1})

    def maintain(self):
        """Takes the host into maintenance and waits until the server knows; what it is called."""
        now = int(time.time())
        done = self.api("maintenance.create", {
            "name": f"work {now}", "active_since": now - 3600, "active_till": now + 3600,
            "hosts": [{"hostid": self.host}], "timeperiods": [{
                "timeperiod_type": 0, "start_date": now - 3600, "period": 7200}]})
        self.wait_for_maintenance("1")
        return done["maintenanceids"][0]

    def end_maintenance(self, maintenance):
        self.api("maintenance.delete", [maintenance])
        self.wait_for_maintenance("0")

    def wait_for_maintenance(self, status):
        """The server looks once a minute, and when it starts."""
        self.server.stop()
        self.start_server()
        wait_for("the maintenance to be known", lambda: self.api("host.get", {
            "hostids": [self.host], "output": ["maintenance_status"]})[0][
                "maintenance_status"] == status, 120)

    def is_paused(self):
        """Has the server looked at what both actions would send, and put it off?"""
        return self.sql("select count(*) from escalations where esc_step = 0 and nextcheck > "
                        f"{int(time.time()) + 3}").stdout.strip() == "2"

    def hurry(self):
        """It looks again once a minute, and after each step of the escalation: that time is over."""
        assert self.sql("update escalations set nextcheck = 0").returncode == 0
