/* SPDX-License-Identifier: MIT */
/* phrase_check.c - whether a template of the configuration can be used. */
#include <stdint.h>
#include <string.h>

#include "base/span.h"
#include "notify/chat.h"
#include "notify/dialog.h"
#include "notify/gsm.h"
#include "notify/phrase.h"
#include "notify/wording.h"

#define DEPTH_MAX 8
#define FIELD_LETTERS "abcdefghijklmnopqrstuvwxyz_"

/* A full link: scheme, a host of 30, "/a/" and the token. */
#define LONG_LINK "https://pagerd.operations.example.com/a/k7qm9xtz2fwhk7qm9xtz2fwhk7"
#define LONG_NAME "Maximiliane-Wilhelmine-Ottilie"
/* What the configuration is to have of a stranger in a room. */
#define LONG_HANDLE "mattermost = \"fk3h1kqj7frz9x8c5w2bmtyd4e\""
#define LONG_TEXT                                                                        \
    "the filesystem that has the archive of the write-ahead log of the database of the " \
    "department of things that never end is full and nothing can be written to it any more"

/* Every field has the longest that it can say. */
static struct letter longest_letter(enum page_kind kind)
{
    static const msec now_at = 1795327320000; /* a day with two digits, as are all instants here */
    return (struct letter){
        .kind = kind,
        .page = 999999999,
        .incident = 99999999,
        .severity = SEVERITY_CRITICAL,
        .now_at = now_at,
        .user_id = LONG_NAME,
        .user_name = LONG_NAME,
        .address = "+499999999999999",
        .team = LONG_NAME,
        .service = LONG_NAME,
        .object = "db-primary-17.frankfurt.example.com",
        .summary = LONG_TEXT,
        .details = LONG_TEXT,
        .opened_at = now_at - 40 * DAY_MS,
        .occurrences = 99999,
        .acked_more = 31,
        .swap = 999999,
        .ack_link = LONG_LINK,
        .runbook = "https://wiki.operations.example.com/runbook/disk-full",
        .graph = LONG_LINK,
        .war_room = LONG_LINK,
        .actor = LONG_NAME,
        .acted_at = now_at - 2 * DAY_MS,
        .duration_ms = 40 * DAY_MS + 23 * HOUR_MS,
        .silent = LONG_NAME,
        .silent_ms = 23 * HOUR_MS + 59 * MINUTE_MS,
        .remark = LONG_TEXT,
        .next = LONG_NAME,
        .next_at = now_at + 30 * DAY_MS,
        .call = 9999,
        .previous = 99999998,
        .previous_ended_at = now_at - 39 * DAY_MS,
        .previous_by = LONG_NAME,
        .previous_note = LONG_TEXT,
        .role = "secondary",
        .cover = LONG_NAME,
        .from_at = now_at + 20 * DAY_MS,
        .until_at = now_at + 27 * DAY_MS,
        .ack_number = 9999,
        .code = "999999",
        .keys = LETTER_KEYS_ALL,
        .other = 99999997,
        .other_object = "db-primary-18.frankfurt.example.com",
        .other_summary = LONG_TEXT,
        .url = "https://pagerd.operations.example.com",
        .is_repeat = true,
        .is_late = true,
        .late_ms = 23 * HOUR_MS + 59 * MINUTE_MS,
    };
}

static bool fault_at(struct fault *fault, const char *template, const char *at, const char *what)
{
    return fault_set(fault, FAULT_INPUT, "at letter %zu: %s", (size_t)(at - template) + 1, what);
}

static bool syntax_check(const char *template, const struct phrase_field *fields,
                         struct fault *fault)
{
    unsigned depth = 0;
    for (const char *at = template; *at != '\0'; at++) {
        if (*at == '}' && depth-- == 0)
            return fault_at(fault, template, at, "a } without its {");
        if (*at == '{') {
            bool is_rank = at[1] >= '0' && at[1] <= '0' + WORDING_RANK_MAX && at[2] == ':';
            if (!is_rank)
                return fault_at(fault, template, at,
                                "a group begins with its rank and a colon, as in {0: $thing}; "
                                "ranks are 0 to 6");
            if (++depth > DEPTH_MAX)
                return fault_at(fault, template, at, "groups in more than 8 groups");
            at += 2;
        }
        if (*at != '$')
            continue;
        struct span name = {at + 1, strspn(at + 1, FIELD_LETTERS)};
        if (phrase_field_find(fields, name) == NULL)
            return fault_set(
                fault, FAULT_INPUT,
                "at letter %zu: there is no field $%.*s here; pagerd --messages lists all",
                (size_t)(at - template) + 1, (int)name.size, name.bytes);
        at += name.size;
    }
    if (depth > 0)
        return fault_set(fault, FAULT_INPUT, "a { without its }");
    return true;
}

/* What a text of the longest values may take in its place, in bytes. */
static const struct room {
    size_t size_max; /* 0: it may be of any length */
    const char *what;
} rooms[TEXT_USE_COUNT] = {
    [TEXT_SPOKEN] = {DIALOG_TEXT_MAX, "a call"},
    [TEXT_LABEL] = {CHAT_LABEL_MAX, "a button"},
    [TEXT_ANSWER] = {CHAT_ANSWER_MAX, "an answer in a chat"},
};

static bool room_check(const char *text, enum text_use use, struct fault *fault)
{
    size_t size = strlen(text);
    if (size <= rooms[use].size_max)
        return true;
    return fault_set(fault, FAULT_INPUT,
                     "with the longest values it takes %zu of the %zu bytes that %s has for it: "
                     "make it shorter",
                     size, rooms[use].size_max, rooms[use].what);
}

static bool sms_check(const char *text, struct fault *fault)
{
    size_t septets = gsm_septets(span_of(text), NULL);
    if (septets <= GSM_SEGMENT_MAX)
        return true;
    return fault_set(fault, FAULT_INPUT,
                     "with the longest values it takes %zu of %d letters of an SMS: make it "
                     "shorter, or put what can go into groups of ranks 1 to 6",
                     septets, GSM_SEGMENT_MAX);
}

static void printed_add(struct text *text, const struct letter *letter, const char *template)
{
    struct phrase phrase = phrase_new(letter, false);
    phrase_add(&phrase, text, template);
}

bool phrase_check(const char *template, enum text_use use, struct fault *fault)
{
    const struct phrase_field *fields = use == TEXT_SPOKEN ? dialog_fields : phrase_fields;
    bool is_sms = use == TEXT_SMS;
    if (!syntax_check(template, fields, fault))
        return false;
    CLEANUP(arena_free) struct arena *arena = arena_new();
    for (int kind = 0; kind < PAGE_KIND_COUNT; kind++) {
        struct letter letter = longest_letter((enum page_kind)kind);
        letter.remark = use == TEXT_ANSWER ? LONG_HANDLE : letter.remark;
        CLEANUP(text_clear) struct text text = {0};
        if (use == TEXT_SPOKEN)
            dialog_add_longest(&text, &letter, template);
        else if (rooms[use].size_max > 0)
            printed_add(&text, &letter, template);
        if (is_sms && !sms_check(phrase_fit(&letter, template, arena), fault))
            return false;
        if (rooms[use].size_max > 0 && !room_check(text_string(&text), use, fault))
            return false;
    }
    return true;
}
