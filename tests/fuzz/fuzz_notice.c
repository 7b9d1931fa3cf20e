/* SPDX-License-Identifier: MIT */
/*
 * fuzz_notice.c - what Nagios and Icinga hand to pagectl, as the event that pagerd then takes.
 *
 * Lines are NAME=VALUE of the environment. An event that is made is JSON that the daemon's own
 * parser takes, with every text within the limits there.
 */
#include <assert.h>
#include <string.h>

#include "fuzz.h"
#include "ingest/ingest.h"
#include "input.h"
#include "pagectl/commands.h"
#include "pagectl/deliver.h"
#include "pagectl/notice.h"

#define VARIABLES_MAX 48

struct variables {
    const char *lines[VARIABLES_MAX];
    size_t count;
};

static const char *variable_find(void *context, const char *name)
{
    const struct variables *variables = context;
    size_t size = strlen(name);
    for (size_t i = 0; i < variables->count; i++)
        if (strncmp(variables->lines[i], name, size) == 0 && variables->lines[i][size] == '=')
            return variables->lines[i] + size + 1;
    return NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    static struct invocation call;
    struct input input = input_of(bytes, size);
    struct variables variables = {0};
    struct ingest_batch batch = {0};
    struct fault fault = {0};
    const char *event = NULL;
    bool is_nagios = input_byte(&input) % 2 == 0;
    while (input.rest.size > 0 && variables.count < VARIABLES_MAX)
        variables.lines[variables.count++] = input_string(&input, '\n', arena);
    call = (struct invocation){.command = is_nagios ? &command_nagios : &command_icinga};
    if (!notice_make(arena, &call, variable_find, &variables, is_nagios, 1, &event, &fault)) {
        assert(fault.text[0] != '\0');
        return 0;
    }
    output_check("event", event, SIZE_MAX);
    const struct ingest_format *format = ingest_find(is_nagios ? "nagios" : "icinga");
    struct ingest_request request = {
        .arena = arena, .body = span_of(event), .integration = "nagios"};
    bool is_taken = ingest_parse(format, &request, &batch, &fault);
    if (!is_taken && strstr(fault.text, "is missing") == NULL)
        output_fail(fault.text, event);
    for (size_t i = 0; is_taken && i < batch.count; i++) {
        output_check_line("summary", batch.items[i].alert.summary, SUMMARY_MAX);
        output_check("details", batch.items[i].alert.details, DETAILS_MAX);
    }
    return 0;
}
