#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The campaign adds up, goes on where it stopped, and its page is what its figures make."""
import os
import tempfile
import unittest

import page
import parts
import results
import run

LINE = {"part": "kill", "from": 0, "count": 10, "seed": 1, "done": 10, "failed": 1, "seconds": 2.5,
        "figures": {"kills": 10, "slowest_max": 3}, "commit": "a"}


class Made:
    build = "/nowhere"
    jobs = 1
    seed = 1
    fuzz = None
    only = ""
    result = ""


class Results(unittest.TestCase):
    def test_lines_of_a_part_add_up_and_its_maxima_do_not(self):
        other = dict(LINE, failed=0, figures={"kills": 5, "slowest_max": 2}, commit="b")
        sums = results.total([LINE, other, dict(LINE, part="io")], "kill")
        self.assertEqual((sums["done"], sums["failed"], sums["seconds"]), (20, 1, 5.0))
        self.assertEqual(sums["figures"], {"kills": 15, "slowest_max": 3})
        self.assertEqual(sums["commits"], ["a", "b"])

    def test_a_part_goes_on_behind_what_was_begun(self):
        self.assertEqual(results.next_point([LINE, dict(LINE, **{"from": 10})], "kill", 1), 20)
        self.assertEqual(results.next_point([LINE], "kill", 2), 0)
        self.assertEqual(results.next_point([], "kill", 1), 0)

    def test_a_summary_of_a_summary_is_the_same(self):
        lines = [LINE, dict(LINE, **{"from": 10})]
        once = results.summary(lines)
        self.assertEqual(results.summary(once), once)
        self.assertEqual(once[0]["done"], 20)

    def test_lines_survive_a_file(self):
        with tempfile.TemporaryDirectory() as place:
            path = os.path.join(place, "lines")
            self.assertEqual(results.read(path), [])
            results.write(path, [LINE])
            self.assertEqual(results.read(path), [LINE])


class Running(unittest.TestCase):
    def test_every_part_has_a_program(self):
        tests = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
        for part in parts.PARTS:
            programs = [word.format(build="", tests=tests) for word in part.argv if "{tests}" in word]
            for program in programs:
                self.assertTrue(os.path.exists(program), program)

    def test_what_is_left_out_or_fails_is_not_tried_for_ever(self):
        part = parts.Part("kill", "", ["false"], 1, 100, 10)
        work = run.PartWork(Made, part)
        self.assertFalse(run.turn(work, []))
        self.assertTrue(work.is_over)

    def test_an_unknown_part_is_refused(self):
        made = Made()
        made.only = "nothing"
        with self.assertRaises(SystemExit):
            run.works_of(made)


class Page(unittest.TestCase):
    def test_no_failure_gives_a_bound_and_a_failure_its_count(self):
        self.assertEqual(page.bound(0, 0), "")
        self.assertEqual(page.bound(3000, 0), "below 0.001")
        self.assertEqual(page.bound(3000, 2), "2 of 3,000")

    def test_bars_in_a_cell_do_not_end_it(self):
        self.assertIn("a \\| b", page.table(["x"], [["a | b"]]))


if __name__ == "__main__":
    unittest.main()
