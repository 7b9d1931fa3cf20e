# SPDX-License-Identifier: MIT
"""pagerd and PostgreSQL over TLS and with a password: who is let in, who is believed, and a failover."""
import os
import shutil
import subprocess

from house import PAGERD, House, main, need, wait_for
from postgres import Postgres

PASSWORD = "correct horse 8842"
# A network of loopback addresses of this test alone.
OLD, NEW = (f"127.{16 + os.getpid() // 250 % 200}.{1 + os.getpid() % 250}.{last}" for last in (1, 2))
RULES = """local all all trust
local replication all trust
hostssl all all 127.0.0.0/8 scram-sha-256
"""


def certificate_make(folder, name, addresses):
    """Signed by itself, for these addresses."""
    names = ",".join(f"IP:{address}" for address in addresses)
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
                    "/CN=database", "-addext", f"subjectAltName={names}", "-keyout",
                    os.path.join(folder, f"{name}.key"), "-out", os.path.join(folder, f"{name}.crt")],
                   check=True, capture_output=True)


def with_tls(base, pager, address):
    """Its own files, and a fresh start."""
    base.stop()
    for name in ("server.crt", "server.key"):
        place = os.path.join(base.data, name)
        shutil.copyfile(pager.path(name), place)
        os.chmod(place, 0o600)
        shutil.chown(place, os.stat(base.data).st_uid, os.stat(base.data).st_gid)
    with open(os.path.join(base.data, "pg_hba.conf"), "w") as file:
        file.write(RULES)
    base.settings = ("ssl=on", f"listen_addresses={address}")
    base.start()


def checked(pager):
    done = subprocess.run([PAGERD, "--check", "--net", "--config", pager.config], capture_output=True,
                          text=True, timeout=120)
    said = done.stdout + done.stderr
    assert PASSWORD not in said, said
    return done.returncode, said


def house(ca="server.crt"):
    store = (f"postgres:host={OLD},{NEW} dbname=pagerd user=pagerd sslmode=verify-full "
             f"sslrootcert=CA")
    pager = House(config=f'store = "{store}"\nstore-password = "secret:db"\n')
    with open(pager.config) as file:
        text = file.read()
    pager.write("pagerd.cfg", text.replace("sslrootcert=CA", f"sslrootcert={pager.path(ca)}"))
    pager.write("secrets/db", PASSWORD + "\n")
    return pager


def who_is_let_in_and_who_is_believed():
    with Postgres() as old, house() as pager:
        certificate_make(pager.dir, "server", (OLD, NEW))
        certificate_make(pager.dir, "other", (OLD, NEW))
        with_tls(old, pager, OLD)
        old.sql(f"alter role pagerd password '{PASSWORD}'")
        status, said = checked(pager)
        assert status == 0 and "ok    store" in said, said
        pager.write("secrets/db", "wrong\n")
        status, said = checked(pager)
        assert status == 1 and "password authentication failed" in said, said
        pager.write("secrets/db", PASSWORD + "\n")
        with open(pager.config) as file:
            text = file.read()
        for certificate, address in (("other.crt", OLD), ("server.crt", "localhost")):
            pager.write("pagerd.cfg", text.replace("server.crt", certificate).replace(OLD, address)
                        .replace(f",{NEW}", ""))
            status, said = checked(pager)
            assert status == 1 and "FAIL  store" in said, said


def a_failover_over_tls():
    with Postgres() as old, house() as pager:
        certificate_make(pager.dir, "server", (OLD, NEW))
        with_tls(old, pager, OLD)
        old.sql(f"alter role pagerd password '{PASSWORD}'")
        with Postgres("ssl=on", f"listen_addresses={NEW}", of=old) as new:
            pager.start()
            key = pager.key()
            assert pager.alert(key, "db1: disk full", service="disk")[0] == 202
            encrypted = ("select count(*), bool_and(ssl) from pg_stat_ssl join pg_stat_activity using (pid) "
                         "where application_name = 'pagerd'")
            assert old.sql(encrypted).endswith("|t"), old.sql(encrypted)
            wait_for("the standby to have it", lambda: new.sql("select count(*) from incident") == "1")
            old.kill()
            new.promote()
            wait_for("an alert to be taken", lambda: pager.alert(
                key, "db1: swap full", service="swap", dedup_key="swap")[0] == 202)
            assert {one["service"] for one in pager.incidents()} == {"disk", "swap"}
            assert new.sql(encrypted).endswith("|t"), new.sql(encrypted)
            assert PASSWORD not in pager.log()


if __name__ == "__main__":
    need("openssl")
    main(who_is_let_in_and_who_is_believed, a_failover_over_tls)
