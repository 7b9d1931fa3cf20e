# SPDX-License-Identifier: MIT
"""What the program of one point of apart.py is called with, and says at its end."""
import argparse
import contextlib
import json
import os
import sys
import traceback

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../e2e"))


def options():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True)
    parser.add_argument("--point", type=int, required=True)
    parser.add_argument("--template", required=True)
    parser.add_argument("--folder", required=True)
    made = parser.parse_args()
    os.environ["PAGERD_BUILD"] = made.build
    return made


def main(make, made):
    """make(options) is a point: start(), run() and judge(), which leaves `words` for people and `figures`;
    close()."""
    from cluster_judge import Broken
    told = {"figures": {}, "words": "", "problem": None}
    point = None
    with contextlib.ExitStack() as stack:
        try:
            point = make(made)
            stack.callback(point.close)
            point.start()
            point.run()
            point.judge()
        except Broken as error:
            told["problem"] = str(error)
        except Exception as error:  # whatever it is: this point has failed, the others go on
            traceback.print_exc()
            told["problem"] = f"{type(error).__name__}: {error}"
        for name in ("figures", "words"):
            told[name] = getattr(point, name, told[name])
    print(json.dumps(told), flush=True)
