#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The engine is pure: its library asks the linker only for what is listed here, and has no
variable that could be written. Called with the library, or --self-test."""

import os
import re
import subprocess
import sys
import tempfile

import tidy

COMPILER = os.environ.get("CC") or "cc"

# Functions that give the same answer to the same question. Allocation is base's, which aborts
# when there is none; so is what strings share: nothing but where they lie tells of it. qsort is not
# stable, so comparisons must leave no ties.
C_FUNCTIONS = set("""abort bcmp bsearch free memchr memcmp memcpy memmove memset qsort snprintf strchr
strcmp strcpy strcspn strlen strncmp strnlen strrchr strspn strstr vsnprintf
__assert_fail""".split())

BASE_FUNCTIONS = set("""arena_new arena_free arena_reset arena_take arena_copy arena_copy_span
arena_format arena_size
civil_days civil_from_days civil_to_msec civil_from_msec civil_weekday civil_month_days
duration_parse duration_render duration_speak instant_render instant_parse
fault_set fault_prefix
hash_bytes hash_text secret_equal
heap_clear heap_put heap_remove heap_first heap_owner_at
json_parse json_find json_string json_text json_integer json_bool json_render json_begin_object
json_end_object json_begin_array json_end_array json_put_string json_put_integer json_put_bool
json_put_null json_put_instant json_put_raw json_add_quoted
map_new map_new_lent map_free map_find map_put map_remove map_count map_each map_hash
numbered_new numbered_free numbered_find numbered_put numbered_remove numbered_count numbered_each
memory_new memory_grow
pointer_find pointer_is_valid
shared_name shared_copy shared_copy_span shared_pair shared_again shared_drop
template_add span_of span_is span_has_prefix span_trim span_cut
string_copy string_copy_span string_format string_is string_same string_distance
text_clear text_string text_span text_reset text_add text_add_bytes text_add_span text_add_char
text_addf text_addv text_take text_add_html text_add_terminal text_add_url
utf8_next utf8_add utf8_is_valid utf8_cut utf8_add_clean utf8_add_folded utf8_width
zone_fixed zone_parse zone_free zone_name zone_offset zone_abbreviation zone_local zone_civil
zone_utc zone_next_change""".split())

# What the compiler adds by itself.
COMPILER_SYMBOLS = {"_GLOBAL_OFFSET_TABLE_", "__stack_chk_fail"}
FORTIFIED = re.compile(r"^__(\w+)_chk$")
SANITIZED = re.compile(r"^__(asan|ubsan)_")
ALLOWED = C_FUNCTIONS | BASE_FUNCTIONS | COMPILER_SYMBOLS


def symbols(library):
    """(object, symbol, class of nm, section)"""
    done = subprocess.run(["nm", "--format=sysv", library], stdout=subprocess.PIPE, text=True,
                          check=True)
    member = os.path.basename(library)
    for line in done.stdout.splitlines():
        if line.startswith("Symbols from") or line.startswith("Undefined symbols from"):
            member = line[line.index("[") + 1:line.index("]")] if "[" in line else line
        fields = [field.strip() for field in line.split("|")]
        if len(fields) == 7 and fields[0] != "Name":
            yield member, fields[0], fields[2], fields[6]


def is_allowed(name):
    fortified = FORTIFIED.match(name)
    return name in ALLOWED or (fortified is not None and fortified.group(1) in C_FUNCTIONS)


def check(library):
    if not os.path.exists(library):
        return [f"{library}:1: is not built yet"]
    found = list(symbols(library))
    if not found:
        return [f"{library}:1: holds no symbols"]
    if any(SANITIZED.match(name) for _, name, _, _ in found):
        raise tidy.Skip("sanitizers add symbols of their own; see the build without them")
    defined = {name for _, name, kind, _ in found if kind not in "Uw"}
    complaints = []
    for member, name, kind, section in found:
        if kind in "Uw" and name not in defined and not is_allowed(name):
            complaints.append(f"{member}:1: the engine may not use {name}")
        # Tables of constant pointers are made read-only before main runs: .data.rel.ro
        if kind in "DdBbCSsGg" and not section.startswith(".data.rel.ro"):
            complaints.append(f"{member}:1: {name} in {section} can be written")
    return sorted(set(complaints))


def check_made_up(root):
    """Builds a library from the C files of a made-up tree."""
    sources = [os.path.join(root, path) for path in tidy.files(root) if path.endswith(".c")]
    objects = []
    with tempfile.TemporaryDirectory() as place:
        for source in sources:
            target = os.path.join(place, os.path.basename(source) + ".o")
            subprocess.run([COMPILER, "-O2", "-fPIC", "-fstack-protector-strong", "-c", source,
                            "-o", target], check=True)
            objects.append(target)
        library = os.path.join(place, "libengine.a")
        subprocess.run(["ar", "rcs", library, *objects], check=True)
        return check(library)


SAMPLES = [
    ("a pure engine",
     {"a.c": "#include <assert.h>\n#include <string.h>\nint b(const char *);\n"
             "static const char *const names[] = {\"a\", \"b\"};\n"
             "int a(int i, const char *c)\n{\n    assert(i < 2);\n"
             "    return strcmp(names[i], c) + b(c);\n}\n",
      "b.c": "int b(const char *c)\n{\n    return *c;\n}\n"}, None),
    ("a clock", {"a.c": "#include <time.h>\nlong a(void)\n{\n    return time(0);\n}\n"},
     "a.c.o:1: the engine may not use time"),
    ("output", {"a.c": "#include <stdio.h>\nvoid a(void)\n{\n    puts(\"a\");\n}\n"},
     "may not use puts"),
    ("chance", {"a.c": "void token_new(char *);\nvoid a(char *b)\n{\n    token_new(b);\n}\n"},
     "may not use token_new"),
    ("the disk", {"a.c": "int zone_load(int);\nint a(void)\n{\n    return zone_load(1);\n}\n"},
     "may not use zone_load"),
    ("a counter", {"a.c": "static int count;\nint a(void)\n{\n    return ++count;\n}\n"},
     "count in .bss can be written"),
    ("a counter in a function",
     {"a.c": "int a(void)\n{\n    static int count = 7;\n    return ++count;\n}\n"},
     "in .data can be written"),
    ("a global", {"a.c": "int shared = 1;\n"}, "shared in .data can be written"),
    ("nothing at all", {"a.c": ""}, "holds no symbols"),
]

if sys.argv[1] == "--self-test":
    sys.exit(tidy.self_test(check_made_up, SAMPLES))
sys.exit(tidy.run(check, SAMPLES))
