# SPDX-License-Identifier: MIT
"""A real PostgreSQL in the test's own folder, by its Unix socket only.

As a program, `postgres.py PROGRAM ...` runs the program beside one, with its connection string in
PAGERD_TEST_POSTGRES; 77 when there is no PostgreSQL.
"""
import contextlib
import glob
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from house import skip, wait_for

PORT = 5432  # of the socket's name alone


class Session:
    """A connection that stays, by psql."""

    def __init__(self, base):
        self.child = subprocess.Popen(
            ["psql", "-X", "-h", base.dir, "-U", "pagerd", "-tAq", "pagerd"], text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def ask(self, text):
        """Its lines, once it is done."""
        self.child.stdin.write(text + ";\n\\echo done\n")
        self.child.stdin.flush()
        return list(iter(lambda: self.child.stdout.readline().rstrip("\n"), "done"))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.child.stdin.close()
        self.child.wait()
        self.child.stdout.close()


class Postgres:
    def __init__(self, *settings, of=None):
        """`of`: a standby of that one, made of its files as they are now, instead of a primary."""
        found = sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"))
        if not found:
            skip("postgresql is not installed")
        self.bin = os.path.dirname(found[-1])
        self.settings = settings
        self.dir = tempfile.mkdtemp(prefix="pagerd-pg-")
        self.data = os.path.join(self.dir, "data")
        self.dsn = f"host={self.dir} user=pagerd dbname=pagerd"
        self.child = None
        if os.getuid() == 0:
            try:
                user = pwd.getpwnam("postgres")
            except KeyError:
                skip("there is no user postgres")
            os.chown(self.dir, user.pw_uid, user.pw_gid)
        os.chmod(self.dir, 0o755)
        if of:
            self.run([f"{self.bin}/pg_basebackup", "-h", of.dir, "-U", "pagerd", "-D", self.data, "-R",
                      "-c", "fast", "--no-sync"])
            self.start()
            return
        self.run([f"{self.bin}/initdb", "-D", self.data, "-A", "trust", "-U", "pagerd", "-E", "UTF8",
                  "--locale=C", "--no-sync"])
        self.start()
        self.sql("create database pagerd", "postgres")

    def as_user(self, argv):
        """PostgreSQL will not run as root."""
        if os.getuid() != 0:
            return argv
        return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", *argv]

    def run(self, argv):
        done = subprocess.run(self.as_user(argv), capture_output=True, text=True, cwd="/")
        assert done.returncode == 0, (argv, done.stdout, done.stderr)
        return done.stdout

    def start(self):
        settings = [word for one in ("listen_addresses=", f"unix_socket_directories={self.dir}",
                                     "max_connections=50", *self.settings) for word in ("-c", one)]
        self.log = open(os.path.join(self.dir, "log"), "ab")
        self.child = subprocess.Popen(
            self.as_user([f"{self.bin}/postgres", "-D", self.data, "-p", str(PORT), *settings]),
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, cwd="/",
            start_new_session=True)
        wait_for("PostgreSQL to answer", lambda: self.ask("select 1", "postgres").returncode == 0)

    def ask(self, text, base="pagerd"):
        return subprocess.run(["psql", "-X", "-h", self.dir, "-U", "pagerd", "-tAc", text, base],
                              capture_output=True, text=True)

    def sql(self, text, base="pagerd"):
        done = self.ask(text, base)
        assert done.returncode == 0, (text, done.stderr)
        return done.stdout.strip()

    def session(self):
        return Session(self)

    def pids(self):
        """The server and all its children, each of which leads a session of its own."""
        found = [self.child.pid]
        listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(self.child.pid)],
                                capture_output=True, text=True).stdout
        return found + [int(word) for word in listed.split()]

    def signal(self, number):
        for pid in self.pids():
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                pass

    def freeze(self):
        self.signal(signal.SIGSTOP)

    def thaw(self):
        self.signal(signal.SIGCONT)

    def kill(self):
        """As a machine that loses its power, but for the disk."""
        pids = self.pids()
        for pid in pids:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.child.wait()
        for pid in pids[1:]:
            while os.path.exists(f"/proc/{pid}"):
                time.sleep(0.01)
        self.log.close()

    def promote(self):
        self.run([f"{self.bin}/pg_ctl", "-D", self.data, "-w", "promote"])

    def stop(self):
        if self.child.poll() is None:
            self.thaw()
            self.child.send_signal(signal.SIGINT)
            try:
                self.child.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()
        self.log.close()

    def output(self):
        with open(os.path.join(self.dir, "log"), errors="replace") as file:
            return file.read()

    def close(self):
        self.stop()
        shutil.rmtree(self.dir, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, kind, *rest):
        if kind is not None and kind is not SystemExit:
            print("---- PostgreSQL's log ----\n" + self.output()[-4000:])
        self.close()


@contextlib.contextmanager
def pair():
    """A primary, and a standby of it."""
    with Postgres() as old, Postgres(of=old) as new:
        yield old, new


if __name__ == "__main__":
    with Postgres() as base:
        sys.exit(subprocess.run(sys.argv[1:], env={**os.environ,
                                                   "PAGERD_TEST_POSTGRES": base.dsn}).returncode)
