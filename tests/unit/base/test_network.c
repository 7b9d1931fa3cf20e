/* SPDX-License-Identifier: MIT */
/* Addresses and networks of lists of who may. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/network.h"

static void an_address_is_in_its_networks(void **state)
{
    static const struct {
        const char *network;
        const char *address;
        bool is_in;
    } rows[] = {
        {"127.0.0.0/8", "127.1.2.3", true},
        {"127.0.0.0/8", "128.0.0.1", false},
        {"192.0.2.1", "192.0.2.1", true},
        {"192.0.2.1", "192.0.2.2", false},
        {"192.0.2.128/25", "192.0.2.129", true},
        {"192.0.2.128/25", "192.0.2.127", false},
        {"0.0.0.0/0", "8.8.8.8", true},
        {"0.0.0.0/0", "::1", false},
        {"2001:db8::/32", "2001:db8:1::2", true},
        {"2001:db8::/32", "2001:db9::", false},
        {"127.0.0.0/8", "::ffff:127.0.0.1", true},
        {"127.0.0.0/8", "local", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct network network;
        struct fault fault;
        assert_true(network_parse(rows[i].network, &network, &fault));
        assert_int_equal(network_has(&network, rows[i].address), rows[i].is_in);
    }
}

static void what_is_no_network_is_refused(void **state)
{
    static const char *const texts[] = {"",           "localhost",    "127.0.0.0/33", "127.0.0.1/8",
                                        "127.0.0.0/", "127.0.0.0/8x", "::/129",       "1.2.3"};
    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        struct network network;
        struct fault fault;
        assert_false(network_parse(texts[i], &network, &fault));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_address_is_in_its_networks),
        cmocka_unit_test(what_is_no_network_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
