/* SPDX-License-Identifier: MIT */
/*
 * cmd_mail.c - a mail piped in by an MTA, spooled and delivered like a notifier's event.
 *
 * An MTA reads the exit status by sysexits.h: 75 keeps the mail and comes again, most others send
 * it back to its sender. So 0 means on disk, and whatever may be better later is 75: a full spool,
 * a wrong option, pagerd away. Only what pagerd will never take is sent back.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/id.h"
#include "base/utf8.h"
#include "pagectl/commands.h"
#include "pagectl/deliver.h"
#include "pagectl/notify.h"
#include "pagectl/request.h"

#define MAIL_KEPT_MAX ((size_t)720 * 1024) /* bytes; as base64 it fits SPOOL_ENTRY_MAX */
#define MAIL_KEY_FILE "/etc/pagerd/mail.key"
#define SUBJECT_MAX 200

static const struct option mail_options[] = {
    {"key-file", 0, "FILE", "the key (" MAIL_KEY_FILE ")"},
    {"spool", 0, "DIR", "instead of /var/spool/pagerd"},
    {"no-loop", 0, NULL, "leave later delivery to the timer"},
    {0},
};

/* All of standard input, so that the MTA does not meet a closed pipe; the first part is kept. */
static bool mail_read(struct text *mail, size_t *size, struct fault *fault)
{
    char piece[16384];
    ssize_t got;
    *size = 0;
    while ((got = read(STDIN_FILENO, piece, sizeof(piece))) != 0) {
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return fault_set(fault, FAULT_SYSTEM, "cannot read the mail");
        *size += (size_t)got;
        size_t room = MAIL_KEPT_MAX - mail->size;
        text_add_bytes(mail, piece, (size_t)got < room ? (size_t)got : room);
    }
    for (size_t i = 0; i < mail->size; i++) {
        if (mail->bytes[i] == '\0')
            mail->bytes[i] = ' '; /* RFC 5322 has none */
    }
    return true;
}

/* As it stands, for `spool list`; a long one is cut. */
static void subject_find(const struct text *mail, struct text *subject)
{
    struct span rest = text_span(mail);
    while (rest.size > 0) {
        struct span line = span_trim(span_cut(&rest, '\n'));
        if (line.size == 0)
            return;
        if (line.size < 8 || strncasecmp(line.bytes, "subject:", 8) != 0)
            continue;
        (void)span_cut(&line, ':');
        utf8_add_clean(subject, utf8_cut(span_trim(line), SUBJECT_MAX));
        return;
    }
}

static bool entry_make(struct tool *tool, const struct invocation *call, const struct text *mail,
                       const char **entry, struct fault *fault)
{
    CLEANUP(text_clear) struct text subject = {0};
    CLEANUP(text_clear) struct text coded = {0};
    struct body body;
    struct place place;
    const char *key_file = notify_key_file(call);
    if (!place_find(tool, &place, fault))
        return false;
    subject_find(mail, &subject);
    base64_add(&coded, text_span(mail));
    body_begin(&body);
    json_put_string(&body.writer, "format", "email");
    json_put_string(&body.writer, "place", place.socket != NULL ? place.socket : place.url);
    json_put_string(&body.writer, "key_file", key_file != NULL ? key_file : MAIL_KEY_FILE);
    json_begin_object(&body.writer, "event");
    json_put_string(&body.writer, "type", "mail");
    json_put_string(&body.writer, "service", text_string(&subject));
    json_put_string(&body.writer, ENTRY_MAIL, text_string(&coded));
    json_end_object(&body.writer);
    *entry = body_end(tool, &body);
    return true;
}

/* The spool cannot take it: pagerd may, else the MTA keeps it. */
static int mail_send_now(struct tool *tool, const char *entry, const struct fault *why)
{
    struct fault fault = {0};
    const struct json *json = NULL;
    if (entry_parse(tool->arena, span_of(entry), &json, &fault)) {
        switch (entry_post(tool->arena, json, DELIVER_TOTAL_MS, &fault)) {
        case VERDICT_TAKEN:
            return EXIT_DONE;
        case VERDICT_NEVER:
            return tool_fail(tool, EXIT_DATA, "%s.", tool_clean(tool, fault.text));
        case VERDICT_LATER:
            break;
        }
    }
    return tool_fail(tool, EXIT_LATER, "%s; and %s.", tool_clean(tool, why->text),
                     tool_clean(tool, fault.text));
}

static int mail_follow(struct tool *tool, const struct invocation *call, const struct spool *spool,
                       const char *name)
{
    struct deliver_report report;
    deliver_run(spool, DELIVER_BOUND_MS, &report);
    enum spool_place place = spool_find(spool, name);
    if (place == SPOOL_REFUSED)
        return tool_fail(tool, EXIT_DATA, "pagerd refused this mail. %s. Kept in %s/refused",
                         tool_clean(tool, report.problem), tool_clean(tool, spool->path));
    if (place == SPOOL_WAITING && !option_is(call, "no-loop"))
        deliver_detach(spool);
    return EXIT_DONE;
}

static int mail_run(struct tool *tool, const struct invocation *call)
{
    CLEANUP(text_clear) struct text mail = {0};
    struct fault fault = {0};
    struct spool spool = {.folder = -1};
    char name[SPOOL_NAME_SIZE];
    const char *entry = NULL;
    size_t size;
    if (!mail_read(&mail, &size, &fault) || !entry_make(tool, call, &mail, &entry, &fault))
        return tool_fail(tool, EXIT_LATER, "%s.", tool_clean(tool, fault.text));
    if (span_trim(text_span(&mail)).size == 0)
        return tool_fail(tool, EXIT_DATA, "standard input holds no mail.");
    if (size > mail.size)
        tool_fail(tool, EXIT_DONE, "of %zu bytes the first %zu are kept.", size, mail.size);
    if (tool->is_dry) {
        say(tool, "%zu bytes would be taken\n", mail.size);
        return EXIT_DONE;
    }
    if (!spool_open(notify_spool(call), &spool, &fault))
        return mail_send_now(tool, entry, &fault);
    int code = spool_put(&spool, span_of(entry), name, &fault)
                   ? mail_follow(tool, call, &spool, name)
                   : mail_send_now(tool, entry, &fault);
    spool_close(&spool);
    return code;
}

const struct command command_mail = {
    .name = "mail",
    .summary = "A mail from an MTA, on standard input, as an alert",
    .arguments = "",
    .options = mail_options,
    .examples = "pagectl mail --key-file /etc/pagerd/mail.key < message\n",
    .usage_code = EXIT_LATER,
    .run = mail_run,
};
