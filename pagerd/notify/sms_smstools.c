/* SPDX-License-Identifier: MIT */
/*
 * sms_smstools.c - text messages by a modem of this machine behind SMS Server Tools 3 (smsd).
 *
 * Files and headers: http://smstools3.kekekasvi.com/index.php?p=fileformat; folders and what their
 * files go through: the same, p=configure. Status codes of a report: 3GPP TS 23.040, 9.2.3.15.
 *
 * The file's name is the idempotency key: smsd keeps it on its way from folder to folder, so one
 * that is there already is not laid down again.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "notify/sms_spool.h"

#define REPORT_TRYING 32  /* from here on the centre is still at it */
#define REPORT_REFUSED 64 /* from here on it has given up */

static const struct spool_layout layout = {
    .fallback = "/var/spool/sms",
    .outgoing = "outgoing",
    .pending = "outgoing checked",
    .sent = "sent",
    .failed = "failed",
    .incoming = "incoming report",
};

static const char *digits_of(const char *phone)
{
    return phone[0] == '+' ? phone + 1 : phone;
}

static bool smstools_render(const struct letter *letter, const struct channel_settings *settings,
                            struct arena *arena, struct request *request, struct fault *fault)
{
    const char *phone;
    if (!spool_check(settings, fault) || !phone_normalize(letter->address, arena, &phone, fault))
        return false;
    const char *text = sms_text(letter, phone, arena);
    /* Validity: 3GPP TS 23.040, 9.2.3.12.1: n gives (n + 1) times five minutes. */
    const char *content = arena_format(arena,
                                       "To: %s\nAlphabet: UTF\nReport: yes\nAutosplit: 0\n"
                                       "Priority: High\nValidity: %u\n\n%s\n",
                                       digits_of(phone), (sms_validity_s(letter) - 1) / 300, text);
    const char *name = has_text(letter->key)
                           ? arena_format(arena, "pagerd-%" PRIu64 "-%s", letter->page, letter->key)
                           : arena_format(arena, "pagerd-%" PRIu64 "-%" PRIu64, letter->page,
                                          (uint64_t)letter->now_at);
    spool_put(settings, &layout, name, span_of(content), arena, request);
    request->text = text;
    return true;
}

/* The value of a line "Name: value" of the file's head or, of a report, of its text. */
static const char *line_find(struct span file, const char *name, struct arena *arena)
{
    while (file.size > 0) {
        struct span value = span_cut(&file, '\n');
        struct span found = span_cut(&value, ':');
        if (!span_is(found, name))
            continue;
        CLEANUP(text_clear) struct text clean = {0};
        utf8_add_clean(&clean, span_trim(value));
        return arena_copy_span(arena, text_span(&clean));
    }
    return "";
}

/* What a report is found by: the number and the modem's own count, which starts anew at 256. */
static const char *reference_of(const char *phone, const char *id, struct arena *arena)
{
    return arena_format(arena, "%.20s/%.10s", digits_of(phone), id);
}

static void smstools_judge(const struct result *result, const struct channel_settings *settings,
                           struct verdict *verdict)
{
    (void)settings;
    CLEANUP(arena_free) struct arena *arena = arena_new();
    const char *reason = line_find(result->body, "Fail_reason", arena);
    if (!spool_judge(result, reason, verdict))
        return;
    const char *id = line_find(result->body, "Message_id", arena);
    if (id[0] != '\0')
        strcpy(verdict->reference, reference_of(line_find(result->body, "To", arena), id, arena));
}

static bool smstools_collect(const struct channel_settings *settings, const char *const *taken,
                             size_t taken_count, struct arena *arena, struct request *request,
                             struct fault *fault)
{
    if (!spool_check(settings, fault))
        return false;
    spool_get(settings, &layout, taken, taken_count, arena, request);
    return true;
}

/* "Status: 0,Ok,short message received by the SME" */
static void report_read(struct span file, struct arena *arena, struct news *news)
{
    const char *status = line_find(file, "Status", arena);
    long code = strtol(status, NULL, 10);
    *news =
        (struct news){.kind = NEWS_RECEIPT,
                      .outcome = code < REPORT_TRYING    ? OUTCOME_DELIVERED
                                 : code < REPORT_REFUSED ? OUTCOME_SENT
                                                         : OUTCOME_FAILED,
                      .error = code < REPORT_REFUSED
                                   ? ""
                                   : arena_format(arena, "not delivered: %.*s",
                                                  (int)utf8_cut(span_of(status), 120).size, status),
                      .reference = reference_of(line_find(file, "From", arena),
                                                line_find(file, "Message_id", arena), arena)};
}

static void smstools_read(const struct spool_file *file, struct arena *arena, struct news *news)
{
    static const char blank[] = "\n\n";
    const char *end = file->bytes.size > 0
                          ? memmem(file->bytes.bytes, file->bytes.size, blank, strlen(blank))
                          : NULL;
    *news = (struct news){.kind = NEWS_NOTHING};
    if (end == NULL)
        return;
    struct span head = {file->bytes.bytes, (size_t)(end - file->bytes.bytes) + 1};
    struct span body = {end + 2, file->bytes.size - head.size - 1};
    if (span_has_prefix(body, "SMS STATUS REPORT")) {
        report_read(file->bytes, arena, news);
        return;
    }
    CLEANUP(text_clear) struct text text = {0};
    CLEANUP(text_clear) struct text clean = {0};
    const char *alphabet = line_find(head, "Alphabet", arena);
    spool_add_text(&text, body, strncmp(alphabet, "UCS", 3) == 0);
    utf8_add_clean(&clean, text_span(&text));
    const char *from = line_find(head, "From", arena);
    bool is_number = from[0] != '\0' && strspn(from, "+0123456789") == strlen(from);
    *news =
        (struct news){.kind = NEWS_REPLY,
                      .from = is_number && from[0] != '+' ? arena_format(arena, "+%s", from) : from,
                      .text = arena_copy_span(arena, span_trim(text_span(&clean))),
                      .reference = file->place};
}

static bool smstools_probe(const struct channel_settings *settings, struct arena *arena,
                           struct request *request, struct fault *fault)
{
    return smstools_collect(settings, NULL, 0, arena, request, fault);
}

const struct channel channel_sms_smstools = {
    .channel = "sms",
    .driver = "smstools",
    .is_quiet = false,
    .key_use = KEY_ONCE,
    .key_name = "name of the file",
    .render = smstools_render,
    .judge = smstools_judge,
    .check = spool_check,
    .collect = smstools_collect,
    .read_file = smstools_read,
    .probe = smstools_probe,
    .judge_probe = spool_judge_probe,
};
