/* SPDX-License-Identifier: MIT */
#include "base/fault.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "base/text.h"
#include "base/utf8.h"

/* A cut must not leave half a letter, or the text is refused where UTF-8 is asked for. */
static void text_keep(struct fault *fault, const struct text *text)
{
    struct span kept = utf8_cut(text_span(text), FAULT_TEXT_MAX - 1);
    memcpy(fault->text, kept.bytes, kept.size);
    fault->text[kept.size] = '\0';
}

bool fault_set(struct fault *fault, enum fault_kind kind, const char *format, ...)
{
    int error = kind == FAULT_SYSTEM ? errno : 0;
    assert(kind > FAULT_NONE);
    assert(kind < FAULT_COUNT);
    if (fault == NULL)
        return false;

    /* Built aside: an argument may be the text of this very fault. */
    CLEANUP(text_clear) struct text text = {0};
    va_list list;
    va_start(list, format);
    text_addv(&text, format, list);
    va_end(list);
    if (error != 0) {
        char message[128];
        text_addf(&text, ": %s", strerror_r(error, message, sizeof message));
    }
    fault->kind = kind;
    fault->error = error;
    text_keep(fault, &text);
    return false;
}

bool fault_prefix(struct fault *fault, const char *format, ...)
{
    if (fault == NULL)
        return false;

    CLEANUP(text_clear) struct text text = {0};
    va_list list;
    va_start(list, format);
    text_addv(&text, format, list);
    va_end(list);
    text_addf(&text, ": %s", fault->text);
    text_keep(fault, &text);
    return false;
}
