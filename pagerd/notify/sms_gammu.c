/* SPDX-License-Identifier: MIT */
/*
 * sms_gammu.c - text messages by a modem of this machine behind gammu-smsd with its FILES service.
 *
 * Names and contents of the files: gammu-smsd-files(7); folders and reports: gammu-smsdrc(5). A
 * report names neither file nor count, only the number, and comes as if somebody there had written
 * its one word ("deliveryreport = sms").
 *
 * The file's name, which it keeps from folder to folder, is the idempotency key: one that is there
 * already is not laid down again.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "notify/sms_spool.h"

static const struct spool_layout layout = {
    .fallback = "/var/spool/gammu",
    .outgoing = "outbox",
    .pending = "outbox",
    .sent = "sent",
    .failed = "error",
    .incoming = "inbox",
};

/* UTF-16 with its mark: without one, gammu reads by a locale that a service has none of. */
static struct span wide_copy(const char *text, struct arena *arena)
{
    CLEANUP(text_clear) struct text wide = {0};
    struct span rest = span_of(text);
    text_add_bytes(&wide, "\xfe\xff", 2);
    while (rest.size > 0) {
        uint32_t letter = utf8_next(&rest);
        if (letter > 0xffff) /* the GSM alphabet has nothing there */
            letter = '?';
        text_add_char(&wide, (char)(letter >> 8));
        text_add_char(&wide, (char)letter);
    }
    return (struct span){arena_copy_span(arena, text_span(&wide)), wide.size};
}

/* A number, as the serial has to be one. */
static uint64_t serial_of(const char *key)
{
    char digits[16] = "";
    strncat(digits, key, sizeof digits - 1);
    return strtoull(digits, NULL, 16);
}

/* OUTA_+4915550100001_411795312927000.txtd: first among all (A), with a report (d). */
static const char *name_of(const struct letter *letter, const char *phone, struct arena *arena)
{
    uint64_t serial = has_text(letter->key) ? serial_of(letter->key) : (uint64_t)letter->now_at;
    return arena_format(arena, "OUTA_%s_%" PRIu64 "%" PRIu64 ".txtd", phone, letter->page, serial);
}

static bool gammu_render(const struct letter *letter, const struct channel_settings *settings,
                         struct arena *arena, struct request *request, struct fault *fault)
{
    const char *phone;
    if (!spool_check(settings, fault) || !phone_normalize(letter->address, arena, &phone, fault))
        return false;
    const char *text = sms_text(letter, phone, arena);
    struct span content = wide_copy(text, arena);
    spool_put(settings, &layout, name_of(letter, phone, arena), content, arena, request);
    request->text = text;
    return true;
}

static void gammu_judge(const struct result *result, const struct channel_settings *settings,
                        struct verdict *verdict)
{
    (void)settings;
    (void)spool_judge(result, "", verdict);
}

static bool gammu_collect(const struct channel_settings *settings, const char *const *taken,
                          size_t taken_count, struct arena *arena, struct request *request,
                          struct fault *fault)
{
    if (!spool_check(settings, fault))
        return false;
    spool_get(settings, &layout, taken, taken_count, arena, request);
    return true;
}

/* The words of a report (libgammu, GSM_DecodeSMSFrameStatusReportData). */
static const struct {
    const char *word;
    enum page_outcome outcome;
} reports[] = {
    {"Delivered", OUTCOME_DELIVERED},
    {"Failed", OUTCOME_FAILED},
    {"Pending", OUTCOME_SENT},
    {"Unknown", OUTCOME_SENT},
};

/* IN20261122_020207_00_+4915550100001_00.txt */
static const char *sender_of(const char *place, struct arena *arena)
{
    struct span rest = span_of(place);
    for (int i = 0; i < 3; i++)
        (void)span_cut(&rest, '_');
    return arena_copy_span(arena, span_cut(&rest, '_'));
}

static void gammu_read(const struct spool_file *file, struct arena *arena, struct news *news)
{
    CLEANUP(text_clear) struct text text = {0};
    CLEANUP(text_clear) struct text clean = {0};
    const char *from = sender_of(file->place, arena);
    *news = (struct news){.kind = NEWS_NOTHING};
    if (from[0] == '\0')
        return;
    spool_add_text(&text, file->bytes, false);
    utf8_add_clean(&clean, text_span(&text));
    const char *said = arena_copy_span(arena, span_trim(text_span(&clean)));
    for (size_t i = 0; i < sizeof reports / sizeof *reports; i++)
        if (string_is(reports[i].word, said)) {
            *news = (struct news){.kind = NEWS_RECEIPT,
                                  .outcome = reports[i].outcome,
                                  .error = "not delivered to the phone",
                                  .from = from};
            return;
        }
    *news = (struct news){.kind = NEWS_REPLY, .from = from, .text = said, .reference = file->place};
}

static bool gammu_probe(const struct channel_settings *settings, struct arena *arena,
                        struct request *request, struct fault *fault)
{
    return gammu_collect(settings, NULL, 0, arena, request, fault);
}

const struct channel channel_sms_gammu = {
    .channel = "sms",
    .driver = "gammu",
    .is_quiet = false,
    .key_use = KEY_ONCE,
    .key_name = "name of the file",
    .render = gammu_render,
    .judge = gammu_judge,
    .check = spool_check,
    .collect = gammu_collect,
    .read_file = gammu_read,
    .probe = gammu_probe,
    .judge_probe = spool_judge_probe,
};
