# SPDX-License-Identifier: MIT
"""What the documents and examples say is true of this very build."""
import glob
import os
import re
import shutil
import subprocess

from house import PAGECTL, PAGERD, SOURCE, House, main, skip

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
        api = read(os.path.join(SOURCE, "docs/api.md"))
        paths = re.findall(r"`GET (/[a-z0-9/.]+[A-Z]?)", api) + ["/healthz", "/readyz", "/metrics"]
        assert len(paths) > 10, paths
        for path in paths:
            if path.startswith("/feed/"):
                continue  # its token is its whole address
            path = path.replace("incidents/N", "incidents/1").replace("USER", "ann")
            query = "?key=url" if path.endswith("explain") else ""
            query = "?team=ops" if path.endswith("schedule") else query
            status, body, _ = pager.get(path.replace("/U", "/ann") + query, headers=headers)
            assert status == 200, (path, status, body)


main(every_shipped_configuration_checks_without_errors,
     every_command_in_the_documents_is_a_command,
     every_link_between_documents_leads_somewhere,
     every_option_of_pagerd_is_in_its_manual,
     the_manuals_render,
     every_get_of_the_api_page_is_answered)
