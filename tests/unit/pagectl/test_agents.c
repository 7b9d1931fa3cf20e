/* SPDX-License-Identifier: MIT */
/* The command lines of PagerDuty's agents, as their own documentation and examples write them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/json.h"
#include "base/text.h"
#include "pagectl/notice.h"
#include "pagectl/tool.h"

static struct invocation call;
static struct arena *arena;

static int agents_begin(void **state)
{
    (void)state;
    arena = arena_new();
    return 0;
}

static int agents_end(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

/* An environment of pairs. */
static const char *variable_get(void *context, const char *name)
{
    for (const char *const *pairs = context; *pairs != NULL; pairs += 2) {
        if (string_is(pairs[0], name))
            return pairs[1];
    }
    return NULL;
}

static const struct json *event_of(char *const *words, const char *const *environment)
{
    struct tool tool = {0};
    struct fault fault = {0};
    const struct json *json = NULL;
    const char *raw = NULL;
    int count = 0;
    while (words[count] != NULL)
        count++;
    assert_true(command_parse(&tool, count, words, &call, &fault));
    assert_true(notice_make(arena, &call, variable_get, (void *)environment,
                            string_is(call.command->name, "nagios"), 1795220542000, &raw, &fault));
    assert_true(json_parse(arena, span_of(raw), &json, &fault));
    return json;
}

#define WORDS(...) ((char *const[]){__VA_ARGS__, NULL})
#define PAIRS(...) ((const char *const[]){__VA_ARGS__, NULL})
#define NOTHING ((const char *const[]){NULL})

static void says(const struct json *event, const char *name, const char *value)
{
    if (value == NULL)
        assert_null(json_string(event, name));
    else
        assert_string_equal(json_string(event, name), value);
}

static void the_python_agent_tells_of_a_service(void **state)
{
    (void)state;
    const struct json *event =
        event_of(WORDS("nagios", "-n", "service", "-k", "pgk_0123456789", "-t", "PROBLEM", "-f",
                       "SERVICEDESC=disk /var", "-f", "SERVICESTATE=CRITICAL", "-f", "HOSTNAME=db1",
                       "-f", "HOSTDISPLAYNAME=Database 1", "-f", "SERVICEDISPLAYNAME=Disk", "-f",
                       "SERVICEPROBLEMID=12", "-f", "SERVICEOUTPUT=used=96%: a=b"),
                 NOTHING);
    says(event, "object", "service");
    says(event, "type", "PROBLEM");
    says(event, "host", "db1");
    says(event, "service", "disk /var");
    says(event, "state", "CRITICAL");
    says(event, "output", "used=96%: a=b");
    const struct json *labels = json_find(event, "labels");
    says(labels, "HOSTDISPLAYNAME", "Database 1");
    says(labels, "SERVICEPROBLEMID", "12");
    says(labels, "SERVICEDESC", NULL);
    assert_string_equal(option_get(&call, "key"), "pgk_0123456789");
}

static void the_python_agent_tells_of_a_host(void **state)
{
    (void)state;
    const struct json *event = event_of(
        WORDS("nagios", "-n", "host", "-k", "pgk_0", "-t", "RECOVERY", "-f", "HOSTNAME=db1", "-f",
              "HOSTSTATE=UP", "-f", "HOSTDISPLAYNAME=Database 1", "-f", "HOSTPROBLEMID=0"),
        NOTHING);
    says(event, "object", "host");
    says(event, "type", "RECOVERY");
    says(event, "host", "db1");
    says(event, "state", "UP");
    says(event, "service", NULL);
}

static void the_python_agents_long_options_and_key_of_the_incident_are_taken(void **state)
{
    (void)state;
    const struct json *event = event_of(
        WORDS("nagios", "--notification-type", "host", "--service-key", "pgk_0", "--event-type",
              "ACKNOWLEDGEMENT", "--incident-key", "a key", "--field", "HOSTNAME=db1", "--field",
              "HOSTSTATE=DOWN", "--field", "NOTIFICATIONAUTHOR=ann"),
        NOTHING);
    says(event, "object", "host");
    says(event, "type", "ACKNOWLEDGEMENT");
    says(event, "incident_key", "a key");
    says(event, "author", "ann");
    event = event_of(WORDS("nagios", "-n", "host", "-t", "PROBLEM", "-i", "k", "-f", "HOSTNAME=h"),
                     NOTHING);
    says(event, "incident_key", "k");
}

static void the_python_agent_under_icinga_names_its_web_page(void **state)
{
    (void)state;
    const struct json *event =
        event_of(WORDS("icinga", "-n", "service", "-k", "pgk_0", "-t", "PROBLEM", "-c", "icinga1",
                       "-u", "https://icinga1/icingaweb2", "-f", "SERVICEDESC=disk", "-f",
                       "SERVICEDISPLAYNAME=disk", "-f", "HOSTNAME=db1", "-f", "HOSTSTATE=UP", "-f",
                       "HOSTDISPLAYNAME=db1", "-f", "SERVICESTATE=WARNING", "-f",
                       "SERVICEPROBLEMID=1", "-f", "SERVICEOUTPUT=a\\nb"),
                 NOTHING);
    says(event, "link", "https://icinga1/icingaweb2");
    says(event, "state", "WARNING");
    says(event, "output", "a\\nb");
}

static void the_perl_agent_reads_the_environment(void **state)
{
    (void)state;
    const char *const *environment = PAIRS(
        "NAGIOS_NOTIFICATIONTYPE", "PROBLEM", "NAGIOS_HOSTNAME", "db1", "NAGIOS_SERVICEDESC",
        "disk", "NAGIOS_SERVICESTATE", "WARNING", "NAGIOS_HOSTSTATE", "UP", "NAGIOS_SERVICEOUTPUT",
        "<b>96%</b>", "NAGIOS_LONGSERVICEOUTPUT", "a\\nb", "NAGIOS_CONTACTPAGER", "pgk_0");
    const struct json *event = event_of(
        WORDS("nagios", "enqueue", "-f", "pd_nagios_object=service", "--verbose"), environment);
    assert_string_equal(call.words[0], "enqueue");
    says(event, "object", "service");
    says(event, "host", "db1");
    says(event, "service", "disk");
    says(event, "output", "<b>96%</b>");
    says(event, "long_output", "a\nb");
    says(json_find(event, "labels"), "pd_nagios_object", NULL);

    event = event_of(WORDS("nagios", "enqueue", "--field", "pd_nagios_object=host", "--api-base",
                           "https://events.pagerduty.com/nagios/2010-04-15", "--queue-dir",
                           "/tmp/pagerduty_nagios", "--proxy", "http://proxy:3128"),
                     environment);
    says(event, "object", "host");
    says(event, "service", NULL);
    says(event, "state", "UP");
}

/* pagerduty_icinga.pl of Icinga 1: the same words and other names in the environment. */
static void the_perl_agent_under_icinga_reads_the_environment(void **state)
{
    (void)state;
    const struct json *event =
        event_of(WORDS("icinga", "enqueue", "-f", "pd_nagios_object=service", "--api-base",
                       "http://events.pagerduty.com/nagios/2010-04-15", "--queue-dir",
                       "/tmp/pagerduty_icinga", "--verbose"),
                 PAIRS("ICINGA_NOTIFICATIONTYPE", "ACKNOWLEDGEMENT", "ICINGA_HOSTNAME", "db1",
                       "ICINGA_SERVICEDESC", "disk", "ICINGA_SERVICESTATE", "CRITICAL",
                       "ICINGA_SERVICEOUTPUT", "96%", "ICINGA_NOTIFICATIONAUTHOR", "ann",
                       "ICINGA_CONTACTPAGER", "pgk_0"));
    says(event, "object", "service");
    says(event, "type", "ACKNOWLEDGEMENT");
    says(event, "host", "db1");
    says(event, "service", "disk");
    says(event, "state", "CRITICAL");
    says(event, "author", "ann");
    says(event, "output", "96%");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_python_agent_tells_of_a_service, agents_begin,
                                        agents_end),
        cmocka_unit_test_setup_teardown(the_python_agent_tells_of_a_host, agents_begin, agents_end),
        cmocka_unit_test_setup_teardown(
            the_python_agents_long_options_and_key_of_the_incident_are_taken, agents_begin,
            agents_end),
        cmocka_unit_test_setup_teardown(the_python_agent_under_icinga_names_its_web_page,
                                        agents_begin, agents_end),
        cmocka_unit_test_setup_teardown(the_perl_agent_reads_the_environment, agents_begin,
                                        agents_end),
        cmocka_unit_test_setup_teardown(the_perl_agent_under_icinga_reads_the_environment,
                                        agents_begin, agents_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
