/* SPDX-License-Identifier: MIT */
/* Host and port, as somebody writes them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/host.h"

static void hosts_and_ports_are_told_apart(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *name;
        const char *port;
    } good[] = {{"10.0.0.2:7443", "10.0.0.2", "7443"},
                {"[fd00::2]:1", "fd00::2", "1"},
                {"pager-b.example.org:65535", "pager-b.example.org", "65535"},
                {"b:7443", "b", "7443"}};
    static const char *const bad[] = {"",        "b",     "b:",    ":7443",      "b:0",
                                      "b:65536", "b:-1",  "b:12x", "fd00::2:1",  "[fd00::2]",
                                      "[]:1",    "[b]:1", "b c:1", "http://b:1", "b:123456"};
    struct host host;
    struct fault fault = {0};
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        assert_true(host_parse(good[i].text, &host, &fault));
        assert_string_equal(host.name, good[i].name);
        assert_string_equal(host.port, good[i].port);
    }
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        fault = (struct fault){0};
        assert_false(host_parse(bad[i], &host, &fault));
        assert_int_equal(fault.kind, FAULT_INPUT);
        assert_string_equal(host.name, "b");
    }
}

static void a_name_has_an_end(void **state)
{
    (void)state;
    char text[HOST_NAME_SIZE + 4];
    struct host host;
    struct fault fault = {0};
    memset(text, 'b', sizeof(text));
    strcpy(text + HOST_NAME_SIZE - 1, ":1");
    assert_true(host_parse(text, &host, &fault));
    text[HOST_NAME_SIZE - 1] = 'b';
    strcpy(text + HOST_NAME_SIZE, ":1");
    assert_false(host_parse(text, &host, &fault));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hosts_and_ports_are_told_apart),
        cmocka_unit_test(a_name_has_an_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
