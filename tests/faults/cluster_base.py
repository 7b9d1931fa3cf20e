# SPDX-License-Identifier: MIT
"""A primary and its synchronous standby, as files that a server made once, and a tool that fails over.

What a tool for high availability does is done by hand here: promote(), and going on without a standby.
"""
import contextlib
import glob
import os
import shutil
import subprocess
import time

from cluster_net import NETWORK, Network
from house import wait_for
from postgres import PORT, Postgres

SETTINGS = """
wal_receiver_timeout = 3s
wal_retrieve_retry_interval = 200ms
tcp_user_timeout = 3s
tcp_keepalives_idle = 1
tcp_keepalives_interval = 1
tcp_keepalives_count = 3
shared_buffers = 32MB
max_connections = 50
"""


def template_make(folder):
    """The files of a new primary, made once for many rounds."""
    os.chmod(folder, 0o755)
    with Postgres() as made:
        made.stop()
        shutil.copytree(made.data, os.path.join(folder, "data"), symlinks=True)


class Server(Postgres):
    """One of them, on a machine of its own, which trusts its network."""

    def __init__(self, network, machine, address, template, folder, primary=None):
        # Nothing of Postgres.__init__: the files are copied and not made.
        self.bin = os.path.dirname(sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"))[-1])
        self.network, self.machine, self.address = network, machine, address
        self.dir = os.path.join(folder, f"db-{machine}")
        self.data = os.path.join(self.dir, "data")
        self.child = self.log = None
        os.mkdir(self.dir)
        shutil.copytree(os.path.join(template, "data"), self.data, symlinks=True)
        with open(os.path.join(self.data, "pg_hba.conf"), "a") as file:
            file.write(f"host all all {NETWORK} trust\nhost replication all {NETWORK} trust\n")
        self.set(SETTINGS, f"listen_addresses = '{address}'", f"unix_socket_directories = '{self.dir}'")
        if primary:
            self.follow(primary)
        subprocess.run(["chown", "-R", "postgres:postgres", self.dir], check=True)

    def set(self, *lines):
        """The last line of a name counts."""
        with open(os.path.join(self.data, "postgresql.conf"), "a") as file:
            file.write("\n".join(lines) + "\n")

    def follow(self, primary):
        self.set(f"primary_conninfo = 'host={primary.address} port={PORT} user=pagerd "
                 f"application_name={self.machine} connect_timeout=2'")
        with open(os.path.join(self.data, "standby.signal"), "w"):
            pass

    def start(self, is_waited_for=True):
        self.log = open(os.path.join(self.dir, "log"), "ab")
        self.child = subprocess.Popen(
            [*Network.inside(self.machine), *self.as_user(
                [f"{self.bin}/postgres", "-D", self.data, "-p", str(PORT)])],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, cwd="/", start_new_session=True)
        if is_waited_for:
            wait_for("PostgreSQL to answer", lambda: self.ask("select 1", "postgres").returncode == 0)

    def reload(self):
        self.sql("select pg_reload_conf()", "postgres")

    def wait_for_nobody(self):
        """Commits are answered without a standby from now on."""
        self.set("synchronous_standby_names = ''")

    def promote(self):
        """True: it was one that stands by, and is the primary now, which has no standby."""
        self.wait_for_nobody()
        self.reload()
        done = subprocess.run(self.as_user([f"{self.bin}/pg_ctl", "-D", self.data, "-w", "-t", "30", "promote"]),
                              capture_output=True, text=True, cwd="/")
        return done.returncode == 0

    def is_running(self):
        return self.child is not None and self.child.poll() is None

    def is_primary(self):
        return self.ask("select pg_is_in_recovery()").stdout.strip() == "f"

    def timeline(self):
        return int(self.sql("select timeline_id from pg_control_checkpoint()", "postgres"))

    def close(self):
        if self.is_running():
            self.kill()

    def output(self):
        with contextlib.suppress(OSError), open(os.path.join(self.dir, "log"), errors="replace") as file:
            return file.read()
        return ""


class Pair:
    """The primary and its standby."""

    def __init__(self, network, places, template, folder):
        (machine, address), (other_machine, other_address) = places
        self.old = Server(network, machine, address, template, folder)
        self.new = Server(network, other_machine, other_address, template, folder, primary=self.old)
        self.primary = self.old
        self.has_failed_over = False
        self.old.set("synchronous_standby_names = '*'")
        self.dsn = (f"host={address},{other_address} port={PORT} user=pagerd dbname=pagerd")

    def start(self):
        self.old.start()
        self.new.start()
        wait_for("the standby to be synchronous", lambda: self.old.ask(
            "select 1 from pg_stat_replication where sync_state = 'sync'").stdout.strip() == "1")

    def fail_over(self):
        assert self.new.promote(), "the standby was not promoted: " + self.new.output()[-2000:]
        self.primary = self.new
        self.has_failed_over = True

    def go_on_alone(self):
        """The primary is not to wait for its standby any more."""
        self.old.wait_for_nobody()
        self.old.reload()

    def close(self):
        for server in (self.new, self.old):
            server.close()
