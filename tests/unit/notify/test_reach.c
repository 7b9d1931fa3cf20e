/* SPDX-License-Identifier: MIT */
/* Which addresses are this machine or its link, and where a redirect may lead. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include "notify/courier/reach.h"

static struct sockaddr_storage address_of(const char *text)
{
    struct sockaddr_storage storage = {0};
    struct sockaddr_in ipv4 = {.sin_family = AF_INET};
    struct sockaddr_in6 ipv6 = {.sin6_family = AF_INET6};
    if (inet_pton(AF_INET, text, &ipv4.sin_addr) == 1)
        memcpy(&storage, &ipv4, sizeof ipv4);
    else if (inet_pton(AF_INET6, text, &ipv6.sin6_addr) == 1)
        memcpy(&storage, &ipv6, sizeof ipv6);
    else
        fail_msg("%s is no address", text);
    return storage;
}

static bool is_inner(const char *text)
{
    struct sockaddr_storage storage = address_of(text);
    return address_is_inner((const struct sockaddr *)&storage);
}

static bool allows(struct reach *reach, const char *text, bool is_redirected)
{
    struct sockaddr_storage storage = address_of(text);
    return reach_allows(reach, (const struct sockaddr *)&storage, is_redirected);
}

static void loopback_and_link_local_are_inner_in_every_spelling(void **state)
{
    (void)state;
    static const char *const inner[] = {"127.0.0.1", "127.255.0.9",      "0.0.0.0",
                                        "::1",       "169.254.169.254",  "fe80::1",
                                        "febf::1",   "::ffff:127.0.0.1", "::ffff:169.254.1.1",
                                        "::",        "::127.0.0.1"};
    for (size_t i = 0; i < sizeof inner / sizeof *inner; i++)
        if (!is_inner(inner[i]))
            fail_msg("%s is taken for one out there", inner[i]);
}

static void other_networks_are_not(void **state)
{
    (void)state;
    static const char *const outer[] = {"10.0.0.1",  "192.168.1.1", "203.0.113.9",
                                        "128.0.0.1", "169.253.0.1", "2001:db8::1",
                                        "fd00::1",   "fec0::1",     "::ffff:192.0.2.1"};
    for (size_t i = 0; i < sizeof outer / sizeof *outer; i++)
        if (is_inner(outer[i]))
            fail_msg("%s is taken for this machine", outer[i]);
}

static void only_a_redirect_from_outside_is_kept_out(void **state)
{
    (void)state;
    struct reach direct = {0};
    assert_true(allows(&direct, "127.0.0.1", false));
    assert_true(allows(&direct, "::1", true));
    assert_false(direct.is_refused);
    struct reach outside = {0};
    assert_true(allows(&outside, "203.0.113.9", false));
    assert_true(allows(&outside, "198.51.100.7", true));
    assert_false(outside.is_refused);
    assert_false(allows(&outside, "127.0.0.1", true));
    assert_true(outside.is_refused);
    /* A name with an address of each kind is no way round it. */
    struct reach both = {0};
    assert_true(allows(&both, "127.0.0.1", false));
    assert_true(allows(&both, "203.0.113.9", false));
    assert_false(allows(&both, "169.254.169.254", true));
}

static struct reach guarded(const char *url, const char *allow)
{
    struct reach reach = {0};
    reach_guard(&reach, url, allow);
    return reach;
}

static void a_name_leads_to_no_private_address_that_is_not_allowed(void **state)
{
    (void)state;
    static const char *const private_ones[] = {
        "127.0.0.1",        "10.1.2.3",   "172.31.0.1",      "192.168.1.1",     "100.64.0.1",
        "169.254.169.254",  "198.18.0.1", "224.0.0.1",       "255.255.255.255", "::1",
        "fd00::1",          "fe80::1",    "::ffff:10.0.0.1", "64:ff9b::a00:1",  "2002:a00:1::1",
        "::ffff:127.0.0.1", "fec0::1",    "ff02::1",         "0.0.0.0"};
    for (size_t i = 0; i < sizeof private_ones / sizeof *private_ones; i++) {
        struct reach reach = guarded("https://hooks.example.com/x", "");
        if (allows(&reach, private_ones[i], false))
            fail_msg("%s is reached by a name", private_ones[i]);
        assert_true(reach.is_refused);
        assert_true(reach.refused[0] != '\0');
    }
    static const char *const public_ones[] = {"203.0.113.9", "172.32.0.1", "2001:db8::1",
                                              "::ffff:203.0.113.9"};
    for (size_t i = 0; i < sizeof public_ones / sizeof *public_ones; i++) {
        struct reach reach = guarded("smtp://mx.example.org:25/pagerd", "");
        assert_true(allows(&reach, public_ones[i], false));
    }
}

static void what_the_configuration_names_or_allows_is_reached(void **state)
{
    (void)state;
    static const char *const urls[] = {"http://127.0.0.1:13013/", "http://[fd00::1]:80/",
                                       "http://localhost:13013/", "smtp://LOCALHOST/x",
                                       "https://10.0.0.7"};
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
        struct reach reach = guarded(urls[i], "");
        assert_true(allows(&reach, "10.0.0.7", false));
    }
    struct reach reach = guarded("http://sms.corp.example/", "192.0.2.0/24 10.0.0.0/8 fd00::/8");
    assert_true(allows(&reach, "10.200.0.1", false));
    assert_true(allows(&reach, "fd00::7", false));
    assert_true(allows(&reach, "::ffff:10.0.0.1", false));
    assert_false(allows(&reach, "192.168.0.1", false));
    assert_string_equal(reach.refused, "192.168.0.1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loopback_and_link_local_are_inner_in_every_spelling),
        cmocka_unit_test(other_networks_are_not),
        cmocka_unit_test(only_a_redirect_from_outside_is_kept_out),
        cmocka_unit_test(a_name_leads_to_no_private_address_that_is_not_allowed),
        cmocka_unit_test(what_the_configuration_names_or_allows_is_reached),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
