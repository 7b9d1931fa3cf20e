# SPDX-License-Identifier: MIT
"""The restore drill: a backup while alerts come in, everything lost, and what the pager does then."""
import contextlib
import os
import random
import re
import shutil
import signal
import sqlite3
import stat
import subprocess
import threading
import time

from fake_twilio import silence
from house import House, PAGECTL, PAGERD, main, wait_for
from sinks import Gateway, link_of
from test_replies import Talk

ANN, BOB = "+4915550100001", "+4915550100002"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
SLOW = '( { page = "primary", wait = "1h" }, { page = "secondary", wait = "1h" } )'


def backup(pager, *words):
    done = pager.pagectl("backup", *words)
    assert done.returncode == 0, (done.stdout, done.stderr)
    return done.stdout


def triggered(pager):
    return int(re.search(r'^pagerd_incidents{state="triggered"} (\d+)$', pager.get("/metrics")[1],
                         re.M).group(1))


def texts(gateway, phone, since=0):
    return [message["text"] for message in gateway.taken(phone)][since:]


def a_restored_pager_pages_nothing_old_and_all_that_is_new():
    refused = {BOB}
    gateway = Gateway(answer=lambda message: 503 if message["to"] in refused else 200)
    with House(channels=gateway.config(), escalate=SLOW).start() as pager:
        key = pager.key()
        pager.alert(key, dedup_key="disk", service="db1", summary="db1: disk full")
        link = link_of(gateway.wait(ANN)[0]["text"])
        pager.alert(key, dedup_key="raid", service="db2", summary="db2: raid broken")
        gateway.wait(ANN, 2)
        assert pager.act("ann", 2, "ack")[0] == 200
        pager.alert(key, dedup_key="mail", service="mx", summary="mx: queue")
        gateway.wait(ANN, 3)
        assert pager.act("ann", 3, "reassign", {"to": "bob"})[0] == 200
        wait_for("Bob's page waits for its retry", lambda: [
            page for page in pager.pages(3, "bob") if page["state"] == "queued"])
        path = pager.path("pagerd.backup")
        said = backup(pager, path)
        assert "is whole" in said, said
        assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
        again = pager.pagectl("backup", path)
        assert again.returncode == 6 and "--force" in again.stderr, again
        backup(pager, path, "--force")
        assert "is whole" in backup(pager, "--verify", path)
        assert [entry for entry in pager.get("/metrics")[1].splitlines()
                if re.match(r"pagerd_backup_last_timestamp_seconds [1-9]", entry)]
        # What comes after the backup is lost with the machine.
        pager.alert(key, dedup_key="late", service="web", summary="web: down")
        gateway.wait(ANN, 4)
        assert pager.incidents()[0]["number"] == 4
        pager.kill()
        shutil.rmtree(pager.state)
        refused.clear()
        before = len(texts(gateway, ANN))

        done = pager.restore(path)
        assert done.returncode == 0, done
        assert "counted and hashed" in done.stdout, done.stdout
        pager.start()
        open_now = {one["number"]: one["state"] for one in pager.incidents()}
        assert open_now == {1: "triggered", 2: "acknowledged", 3: "triggered"}, open_now
        notice = wait_for("the notice", lambda: [
            text for text in texts(gateway, ANN, before) if "Restored from a backup" in text])
        assert len(notice) == 1 and "Open: 3 (#1 #2 #3). Unacked paged from " in notice[0], notice
        # The link of then does nothing, and the page of then is not sent.
        assert pager.request("POST", link, "do=ack", FORM)[0] == 303
        assert "does nothing any more" in pager.get(link)[1]
        assert pager.show(1)["state"] == "triggered"
        assert [page["state"] for page in pager.pages(3, "bob")] == ["failed"], pager.pages(3)
        assert "restored" in [entry["event"] for entry in pager.show(3)["timeline"]]
        # What is new is paged, under a number that nobody has had; what fires still, too.
        pager.alert(key, dedup_key="new", service="shop", summary="shop: down")
        gateway.wait(ANN, before + 2)
        assert pager.incidents()[0]["number"] == 20001, pager.incidents()[0]
        pager.alert(key, dedup_key="disk", service="db1", summary="db1: disk full")
        fresh = gateway.wait(ANN, before + 3)[-1]["text"]
        assert "#1 " in fresh, fresh
        assert pager.request("POST", link_of(fresh), "do=ack", FORM)[0] == 303
        assert pager.show(1)["acknowledged_by"] == "ann"
        assert texts(gateway, BOB) == [], "nothing of then reaches Bob"
        # An ordinary restart is one: no second notice, no second voiding.
        pager.kill()
        pager.start()
        pager.alert(key, dedup_key="more", service="lb", summary="lb: down")
        gateway.wait(ANN, before + 4)
        assert pager.incidents()[0]["number"] == 20002
        assert len([t for t in texts(gateway, ANN) if "Restored from a backup" in t]) == 1
    gateway.close()


def what_must_not_be_restored_is_refused():
    with House().start() as pager:
        pager.alert(pager.key())
        path = pager.path("good")
        backup(pager, path)
        token = pager.token("bob")
        status = pager.get("/v1/backup", headers={"Authorization": f"Bearer {token}"})[0]
        assert status == 403, status
        assert pager.get("/v1/backup")[0] == 401
        used = pager.restore(path)
        assert used.returncode == 1 and "another pagerd" in used.stderr, used
        pager.stop()
        used = pager.restore(path)
        assert used.returncode == 1 and "has to be empty" in used.stderr, used
        pager.start()
        with open(path, "rb") as file:
            bytes_ = bytearray(file.read())
        bytes_[len(bytes_) // 2] ^= 1
        with open(pager.path("bad"), "wb") as file:
            file.write(bytes_)
        fresh = pager.path("fresh")
        bad = pager.restore(pager.path("bad"), fresh)
        assert bad.returncode == 1 and not os.path.exists(fresh), bad
        assert pager.pagectl("backup", "--verify", pager.path("bad")).returncode in (1, 7)
        newer = bytes_.replace(b"pagerd backup 1", b"pagerd backup 9", 1)
        with open(pager.path("newer"), "wb") as file:
            file.write(newer)
        bad = pager.restore(pager.path("newer"), fresh)
        assert "of a newer pagerd" in bad.stderr, bad
        os.mkdir(fresh)
        with open(os.path.join(fresh, "letter"), "w") as file:
            file.write("mine")
        bad = pager.restore(path, fresh)
        assert "is not empty" in bad.stderr, bad


def a_folder_keeps_the_newest():
    with House().start() as pager:
        folder = pager.path("backups")
        os.mkdir(folder)
        for name in ("pagerd-2026-01-01T00-00-00Z.backup", "pagerd-2026-01-02T00-00-00Z.backup",
                     "pagerd-2026-01-02.backup", "mine.backup"):
            with open(os.path.join(folder, name), "w") as file:
                file.write("old")
        backup(pager, folder, "--keep", "2")
        left = sorted(os.listdir(folder))
        assert len(left) == 4 and "mine.backup" in left and "pagerd-2026-01-02.backup" in left, left
        assert "pagerd-2026-01-02T00-00-00Z.backup" in left, left
        assert not [name for name in left if name.endswith(".part")], left


def killed_at_any_point_it_leaves_nothing_half_done():
    seed = int(os.environ.get("SEED", random.randrange(1 << 30)))
    print("SEED", seed)
    chance = random.Random(seed)
    with House(escalate=SLOW).start() as pager:
        key = pager.key()
        for number in range(40):
            pager.alert(key, dedup_key=f"d{number}", service=f"s{number}", details="x" * 15000)
        stop = threading.Event()

        def traffic():
            count = 0
            while not stop.is_set():
                count += 1
                pager.alert(key, dedup_key=f"t{count % 50}", service=f"t{count % 50}")

        thread = threading.Thread(target=traffic)
        thread.start()
        path = pager.path("pagerd.backup")
        env = {**os.environ, "PAGECTL_SERVER": pager.socket}
        for _ in range(8):
            child = subprocess.Popen([PAGECTL, "backup", path, "--force"], env=env,
                                     stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(chance.uniform(0, 0.15))
            child.send_signal(signal.SIGKILL)
            child.wait()
            if os.path.exists(path):
                backup(pager, "--verify", path)
        wait_for("pagerd is done with those", lambda: pager.pagectl(
            "backup", path, "--force").returncode == 0)
        stop.set()
        thread.join()
        assert not [name for name in os.listdir(pager.state) if "backup" in name]
        pager.stop()
        rows = None
        target = pager.path("again")
        for _ in range(10):
            child = subprocess.Popen([PAGERD, "--restore", path, "--state", target],
                                     stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(chance.uniform(0, 0.1))
            child.send_signal(signal.SIGKILL)
            if child.wait() == 0:
                rows = True
                break
        if rows is None:
            done = pager.restore(path, target)
            assert done.returncode == 0 or "has to be empty" in done.stderr, done
        pager.state = target
        pager.start()
        assert triggered(pager) == 21  # 20 open ones of a key, and one for all that is beyond them


def a_store_that_is_half_copied_is_not_started_on():
    with House(escalate=SLOW).start() as pager:
        key = pager.key()
        for number in range(60):
            pager.alert(key, dedup_key=f"d{number}", service=f"s{number}", details="x" * 15000)
        env = {"PATH": os.path.dirname(PAGERD) + ":" + os.environ["PATH"]}
        source, target = "sqlite:" + pager.state, "sqlite:" + pager.path("other")
        busy = pager.pagectl("store", "copy", source, target, env=env)
        assert busy.returncode == 1 and "another pagerd" in busy.stderr, busy
        pager.stop()
        none = pager.pagectl("store", "copy", "sqlite:" + pager.path("none"), target, env=env)
        assert none.returncode == 1 and "there is no store" in none.stderr, none
        done = pager.pagectl("store", "copy", source, target, env=env)
        assert done.returncode == 0 and "counted and hashed" in done.stdout, done
        done = pager.pagectl("store", "copy", source, target, env=env)
        assert done.returncode == 1 and "has to be empty" in done.stderr, done
        # One whose mark says that it was not finished.
        subprocess.run([
            "/usr/bin/python3", "-c",
            "import sqlite3,sys; c=sqlite3.connect(sys.argv[1]); "
            "c.execute(\"update meta set value='7 abc' where name='copy'\"); c.commit()",
            pager.path("other/pagerd.db")], check=True)
        old, pager.state = pager.state, pager.path("other")
        pager.start(wait=False)
        wait_for("it refuses", lambda: not pager.process.is_alive())
        assert "was not finished" in pager.log(), pager.log()
        shutil.rmtree(pager.state)
        pager.state = old
        done = pager.pagectl("store", "copy", source, target, env=env)
        assert done.returncode == 0, done
        pager.state = pager.path("other")
        pager.start()
        assert triggered(pager) == 21


def a_4_after_a_restore_acks_nothing_of_then():
    """What its writer has read last may be a text that is lost with what came after the backup."""
    with Talk() as pager:
        pager.twilio.fate = silence  # no receipts: such pages are taken back at each start
        number = pager.page("db1: disk full")
        path = pager.path("pagerd.backup")
        backup(pager, path)
        pager.kill()
        shutil.rmtree(pager.state)
        assert pager.restore(path).returncode == 0
        for _ in range(2):  # and after an ordinary restart, too
            pager.start()
            said = pager.say("4")
            assert "ACKED" not in said, said
            assert pager.state_of(number) == "triggered"
            pager.kill()
        pager.start()
        assert pager.say(f"4 {number}").startswith(f"ACKED #{number} "), "by its number it can be"


def is_writing(pager):
    """pagerd has a file without a name open in its state directory."""
    for name in os.listdir(f"/proc/{pager.process.pid}/fd"):
        with contextlib.suppress(OSError):
            target = os.readlink(f"/proc/{pager.process.pid}/fd/{name}")
            if target.startswith(pager.state + "/#") and target.endswith("(deleted)"):
                return True
    return False


def pagerd_may_end_in_the_middle_of_one():
    """Alerts are taken meanwhile; a pagerd that ends says so; one that is killed leaves nothing."""
    with House(escalate=SLOW).start() as pager:
        key = pager.key()
        pager.stop()
        with sqlite3.connect(os.path.join(pager.state, "pagerd.db")) as store:
            store.executemany("insert into entry (incident, written_at, event, actor, text) "
                              "values (0, ?, 'note', 'ann', ?)",
                              ((number, "x" * 2000) for number in range(60000)))
        pager.start()
        path = pager.path("large")
        env = {**os.environ, "PAGECTL_SERVER": pager.socket}

        def begin():
            child = subprocess.Popen([PAGECTL, "backup", path], env=env, text=True,
                                     stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            wait_for("it is under way", lambda: is_writing(pager) or child.poll() is not None)
            return child

        token = pager.token("ann")
        child = begin()
        status = pager.get("/v1/backup", headers={"Authorization": f"Bearer {token}"})[0]
        assert status == 503 or child.poll() is not None, "one at a time"
        for number in range(20):
            assert pager.alert(key, dedup_key=f"d{number}", service=f"s{number}")[0] == 202
        child.wait()
        assert child.returncode == 0, child.stderr.read()
        os.unlink(path)
        child = begin()
        pager.process.child.terminate()
        child.wait()
        assert child.returncode == 5, child.stderr.read()
        pager.stop()
        pager.start()
        child = begin()
        pager.kill()
        child.wait()
        assert child.returncode == 5, child.stderr.read()
        assert not [name for name in os.listdir(pager.dir) if "large" in name]
        assert not [name for name in os.listdir(pager.state) if "backup" in name]
        pager.start()


main(pagerd_may_end_in_the_middle_of_one,
     a_4_after_a_restore_acks_nothing_of_then,
     a_restored_pager_pages_nothing_old_and_all_that_is_new, what_must_not_be_restored_is_refused,
     a_folder_keeps_the_newest, killed_at_any_point_it_leaves_nothing_half_done,
     a_store_that_is_half_copied_is_not_started_on)
