# SPDX-License-Identifier: MIT
"""Points that have namespaces of their own, one after the other: the program of a point is started there
(cluster_net.py), and its last line is what came of it (apart_point.py)."""
import json
import os
import shutil
import subprocess
import tempfile

import points


def run(options, program):
    """`program` is a file of this folder; options: of points.options()."""
    import cluster_net  # after the build folder is known
    import part
    from cluster_base import template_make
    reason = cluster_net.why_not()
    if reason:
        part.skip(reason)
    home = os.path.join(options.build, "tests/faults", options.name)
    template, parent = tempfile.mkdtemp(prefix=f"pagerd-{options.name}-"), os.getpid()

    def point(number):
        folder = os.path.join(home, f"{options.seed}-{number}")
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        done = subprocess.run(
            cluster_net.enter_argv([os.path.join(part.SOURCE, "tests/faults", program), "--build", options.build,
                                    "--point", str(number), "--template", template, "--folder", folder]),
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        lines = done.stdout.strip().splitlines()
        assert lines and lines[-1].startswith("{"), f"point {number} ended without a word: {done.stdout}"
        told = json.loads(lines[-1])
        print(told["words"], flush=True)
        assert told["problem"] is None, f"{told['problem']} (all logs: {folder})"
        shutil.rmtree(folder)
        return told["figures"]

    try:
        template_make(template)
        points.run(options, point, 1)
    finally:
        if os.getpid() == parent:
            shutil.rmtree(template, ignore_errors=True)
