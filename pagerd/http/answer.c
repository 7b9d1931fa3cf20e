/* SPDX-License-Identifier: MIT */
/* answer.c - what a call is answered with. */
#include <assert.h>

#include "http/call.h"
#include "http/dialect.h"
#include "http/request.h"
#include "http/route.h"
#include "http/ui/page.h"

#define JSON_TYPE "application/json"
#define UNAVAILABLE_RETRY_S 5

struct json_writer call_begin_json(struct call *call, unsigned status)
{
    text_reset(&call->answer);
    call->status = status;
    call->content_type = JSON_TYPE;
    return (struct json_writer){.text = &call->answer};
}

void call_answer_problem(struct call *call, const struct problem *problem)
{
    dialect_of(call)->refuse(call, problem);
}

void call_answer_error(struct call *call, unsigned status, const char *code, const char *text)
{
    struct problem problem = {.status = status, .code = code, .text = text};
    call_answer_problem(call, &problem);
}

void call_answer_errorf(struct call *call, unsigned status, const char *code, const char *format,
                        ...)
{
    CLEANUP(text_clear) struct text text = {0};
    va_list list;
    va_start(list, format);
    text_addv(&text, format, list);
    va_end(list);
    call_answer_error(call, status, code, text_string(&text));
}

void call_answer_json(struct call *call, unsigned status, struct text *body)
{
    text_clear(&call->answer);
    call->answer = *body;
    *body = (struct text){0};
    call->status = status;
    call->content_type = JSON_TYPE;
}

void call_fail_unavailable(struct call *call, const char *why)
{
    call->location = NULL;
    call->retry_after_s = UNAVAILABLE_RETRY_S;
    if (call->route && call->route->is_page) {
        page_unavailable(call);
        return;
    }
    if (call->is_handed_over)
        call_answer_errorf(call, 503, "unanswered",
                           "No answer came: %s. Look whether it was recorded; if not, try again.",
                           why);
    else
        call_answer_errorf(call, 503, "unavailable", "Nothing was recorded: %s. Try again.", why);
}

void call_answer_file(struct call *call, int file, uint64_t size)
{
    call->status = 200;
    call->content_type = "application/octet-stream";
    call->has_file = true;
    call->file = file;
    call->file_size = size;
}

void call_finish(struct call *call)
{
    assert(call->finish);
    if (call->status == 0)
        call_answer_error(call, 500, "internal", "This request was left without an answer.");
    call->finish(call->context, call);
}
