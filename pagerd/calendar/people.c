/* SPDX-License-Identifier: MIT */
#include "calendar/people.h"

#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/utf8.h"

#define PARTS_MAX 32
#define NAME_SIZE_MAX 512 /* a longer summary names nobody */

/* One folded name; `user` is NULL when it belongs to several people. */
struct name {
    char *folded;
    const struct user *user;
};

struct people {
    struct name *names;
    size_t name_count;
    size_t name_room;
    struct map *by_name;
    const struct policy *policy;
};

/* What stands around a name, folded; 'd' after "l" is any digit. */
static const char *const prefixes[] = {
    "[ld]",    "on call:", "on call -", "on-call:",   "on-call -",    "oncall:",   "oncall -",
    "on-call", "on call",  "primary:",  "secondary:", "rotation ld:", "override:", "@",
};
static const char *const suffixes[] = {" on-call", " on call", " oncall"};

static void name_add(struct people *people, const char *text, const struct user *user)
{
    if (text == NULL)
        return;
    CLEANUP(text_clear) struct text folded = {0};
    utf8_add_folded(&folded, span_of(text));
    if (folded.size == 0)
        return;
    struct span key = text_span(&folded);
    const struct name *known = map_find(people->by_name, key);
    if (known != NULL) {
        size_t place = (size_t)(uintptr_t)known - 1;
        if (people->names[place].user != user)
            people->names[place].user = NULL;
        return;
    }
    if (people->name_count == people->name_room) {
        people->name_room = people->name_room == 0 ? 64 : people->name_room * 2;
        people->names = memory_grow(people->names, people->name_room, sizeof *people->names);
    }
    people->names[people->name_count++] = (struct name){string_copy(text_string(&folded)), user};
    map_put(people->by_name, key, (void *)(uintptr_t)people->name_count);
}

struct people *people_new(const struct policy *policy)
{
    struct people *people = memory_new(1, sizeof *people);
    people->policy = policy;
    people->by_name = map_new();
    for (size_t i = 0; i < policy->user_count; i++) {
        const struct user *user = &policy->users[i];
        name_add(people, user->id, user);
        name_add(people, user->name, user);
        name_add(people, user->email, user);
        for (size_t j = 0; j < user->alias_count; j++)
            name_add(people, user->aliases[j], user);
    }
    return people;
}

void people_free(struct people *people)
{
    if (people == NULL)
        return;
    for (size_t i = 0; i < people->name_count; i++)
        free(people->names[i].folded);
    free(people->names);
    map_free(people->by_name);
    free(people);
}

static const struct user *folded_find(const struct people *people, struct span folded)
{
    size_t place = (size_t)(uintptr_t)map_find(people->by_name, folded);
    return place == 0 ? NULL : people->names[place - 1].user;
}

static const struct user *text_find(const struct people *people, const char *text)
{
    CLEANUP(text_clear) struct text folded = {0};
    utf8_add_folded(&folded, span_of(text));
    return folded_find(people, text_span(&folded));
}

/* Size of the prefix at the start of `span`, or 0. */
static size_t prefix_size(struct span span, const char *prefix)
{
    size_t size = strlen(prefix);
    if (span.size < size)
        return 0;
    for (size_t i = 0; i < size; i++) {
        bool is_digit = span.bytes[i] >= '0' && span.bytes[i] <= '9';
        bool wants_digit = prefix[i] == 'd' && i > 0 && prefix[i - 1] == 'l';
        if (wants_digit ? !is_digit : span.bytes[i] != prefix[i])
            return 0;
    }
    char last = prefix[size - 1];
    bool is_word = last >= 'a' && last <= 'z';
    if (is_word && span.size > size && span.bytes[size] != ' ')
        return 0;
    return size;
}

static struct span prefixes_strip(struct span span)
{
    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++) {
        size_t size = prefix_size(span, prefixes[i]);
        if (size == 0)
            continue;
        span = span_trim((struct span){span.bytes + size, span.size - size});
        i = (size_t)-1; /* begin again: "[L1] On call: Ann" */
    }
    return span;
}

/* "(for ...)", "(primary)", "(GoAlert: Sched)" at the end. */
static struct span parenthesis_strip(struct span span)
{
    if (span.size == 0 || span.bytes[span.size - 1] != ')')
        return span;
    for (size_t i = span.size; i > 1; i--)
        if (span.bytes[i - 1] == '(')
            return span_trim((struct span){span.bytes, i - 1});
    return span;
}

static struct span suffixes_strip(struct span span)
{
    for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++) {
        size_t size = strlen(suffixes[i]);
        if (span.size > size && memcmp(span.bytes + span.size - size, suffixes[i], size) == 0)
            return span_trim((struct span){span.bytes, span.size - size});
    }
    return span;
}

static struct span name_strip(struct span folded)
{
    return suffixes_strip(parenthesis_strip(prefixes_strip(folded)));
}

/* GoAlert writes its feeds by an HTML template. */
static void add_without_entities(struct text *text, const char *string)
{
    static const struct {
        const char *entity;
        char byte;
    } entities[] = {{"&#39;", '\''}, {"&#34;", '"'}, {"&amp;", '&'}};
    while (*string != '\0') {
        size_t i = 0;
        size_t count = sizeof entities / sizeof entities[0];
        while (i < count && strncmp(string, entities[i].entity, strlen(entities[i].entity)) != 0)
            i++;
        text_add_char(text, i < count ? entities[i].byte : *string);
        string += i < count ? strlen(entities[i].entity) : 1;
    }
}

static void summary_fold(struct text *folded, const char *summary)
{
    CLEANUP(text_clear) struct text plain = {0};
    add_without_entities(&plain, summary);
    utf8_add_folded(folded, utf8_cut(text_span(&plain), NAME_SIZE_MAX));
}

void people_add_name(struct text *text, const char *summary)
{
    CLEANUP(text_clear) struct text folded = {0};
    summary_fold(&folded, summary);
    text_add_span(text, name_strip(text_span(&folded)));
}

/* Splits at " - ", ":", "|", "/", "&", "+" and ",". */
static size_t parts_cut(struct span span, struct span parts[PARTS_MAX])
{
    size_t count = 0;
    size_t from = 0;
    for (size_t i = 0; i <= span.size && count < PARTS_MAX; i++) {
        bool is_end = i == span.size || strchr(":|/&+,", span.bytes[i]) != NULL;
        bool is_dash = i + 3 <= span.size && memcmp(span.bytes + i, " - ", 3) == 0;
        if (!is_end && !is_dash)
            continue;
        struct span part = name_strip(span_trim((struct span){span.bytes + from, i - from}));
        if (part.size > 0)
            parts[count++] = part;
        from = i + (is_dash ? 3 : 1);
        i = from - 1;
    }
    return count;
}

static void user_add(struct people_answer *answer, const struct user *user)
{
    if (user == NULL)
        return;
    for (size_t i = 0; i < answer->user_count; i++)
        if (answer->users[i] == user)
            return;
    if (answer->user_count == SEGMENT_USERS_MAX)
        answer->is_cut = true;
    else
        answer->users[answer->user_count++] = user;
}

static void ids_match(const struct people *people, const char *ids, struct people_answer *answer)
{
    struct span rest = span_of(ids);
    while (rest.size > 0) {
        CLEANUP(text_clear) struct text folded = {0};
        utf8_add_folded(&folded, span_cut(&rest, ','));
        user_add(answer, folded_find(people, text_span(&folded)));
    }
}

static void summary_match(const struct people *people, const char *summary,
                          struct people_answer *answer)
{
    CLEANUP(text_clear) struct text folded = {0};
    summary_fold(&folded, summary);
    struct span whole = text_span(&folded);
    struct span bare = prefixes_strip(whole);
    struct span name = name_strip(whole);
    answer->is_nobody = span_is(name, "nobody") || span_is(name, "none");
    if (answer->is_nobody)
        return;
    const struct span tries[] = {whole, bare, name};
    for (size_t i = 0; i < 3 && answer->user_count == 0; i++)
        user_add(answer, folded_find(people, tries[i]));
    if (answer->user_count > 0)
        return;
    struct span parts[PARTS_MAX];
    size_t count = parts_cut(bare, parts);
    for (size_t i = 0; i < count; i++)
        user_add(answer, folded_find(people, parts[i]));
}

static const struct user *attendee_find(const struct people *people,
                                        const struct shift_attendee *attendee)
{
    const struct user *user = text_find(people, attendee->address);
    return user != NULL || attendee->name == NULL ? user : text_find(people, attendee->name);
}

static void attendees_match(const struct people *people, const struct shift_event *event,
                            struct people_answer *answer)
{
    bool has_guest = false; /* besides the organizer, known or not */
    for (size_t i = 0; i < event->attendee_count; i++)
        has_guest =
            has_guest || (event->attendees[i].is_person && !event->attendees[i].is_organizer);
    for (size_t i = 0; i < event->attendee_count; i++) {
        const struct shift_attendee *attendee = &event->attendees[i];
        if (attendee->is_person && !(attendee->is_organizer && has_guest))
            user_add(answer, attendee_find(people, attendee));
    }
}

static void categories_match(const struct people *people, const char *categories,
                             struct people_answer *answer)
{
    struct span rest = span_of(categories);
    while (rest.size > 0) {
        enum role role;
        CLEANUP(text_clear) struct text folded = {0};
        utf8_add_folded(&folded, span_cut(&rest, ','));
        if (!role_parse(text_string(&folded), &role) && !span_is(text_span(&folded), "override"))
            user_add(answer, folded_find(people, text_span(&folded)));
    }
}

static void declined_mark(const struct people *people, const struct shift_event *event,
                          struct people_answer *answer)
{
    for (size_t i = 0; i < event->attendee_count; i++) {
        if (!event->attendees[i].is_declined)
            continue;
        const struct user *user = attendee_find(people, &event->attendees[i]);
        for (size_t j = 0; j < answer->user_count; j++)
            answer->is_declined = answer->is_declined || answer->users[j] == user;
    }
}

void people_match(const struct people *people, const struct shift_event *event,
                  struct people_answer *answer)
{
    *answer = (struct people_answer){0};
    /* An event of pagerd's own counts only when somebody has edited it, and a phone can edit the
     * title alone. */
    if (event->override != NULL)
        summary_match(people, event->summary, answer);
    if (answer->user_count == 0 && !answer->is_nobody && event->users != NULL)
        ids_match(people, event->users, answer);
    if (answer->user_count == 0 && !answer->is_nobody)
        summary_match(people, event->summary, answer);
    if (answer->user_count == 0 && !answer->is_nobody)
        attendees_match(people, event, answer);
    if (answer->user_count == 0 && !answer->is_nobody && event->categories != NULL)
        categories_match(people, event->categories, answer);
    declined_mark(people, event, answer);
}

/* How far apart two folded names are: a first name alone is close to the whole one. */
static unsigned name_distance(const char *wanted, const char *known)
{
    size_t size = strlen(wanted);
    if (size >= 2 && strncmp(wanted, known, size) == 0 && known[size] == ' ')
        return 1;
    unsigned distance = string_distance(wanted, known);
    return distance <= 1 + size / 4 && distance < size ? distance + 1 : 255;
}

bool people_suggest(const struct people *people, const struct shift_event *event, struct text *text)
{
    CLEANUP(text_clear) struct text folded = {0};
    summary_fold(&folded, event->summary);
    struct span parts[PARTS_MAX];
    size_t count = parts_cut(prefixes_strip(text_span(&folded)), parts);
    const struct user *best[2] = {0};
    unsigned distances[2] = {255, 255};
    for (size_t i = 0; i < count; i++) {
        CLEANUP(text_clear) struct text part = {0};
        text_add_span(&part, parts[i]);
        for (size_t j = 0; j < people->name_count; j++) {
            const struct user *user = people->names[j].user;
            unsigned distance = name_distance(text_string(&part), people->names[j].folded);
            if (user == NULL || distance >= distances[1] ||
                (user == best[0] && distance >= distances[0]))
                continue;
            if (distance < distances[0]) {
                if (user != best[0]) {
                    best[1] = best[0];
                    distances[1] = distances[0];
                }
                best[0] = user;
                distances[0] = distance;
            } else if (user != best[0]) {
                best[1] = user;
                distances[1] = distance;
            }
        }
    }
    for (size_t i = 0; i < 2 && best[i] != NULL; i++)
        text_addf(text, "%s\"%s\"", i == 0 ? "" : " or ",
                  best[i]->name == NULL ? best[i]->id : best[i]->name);
    return best[0] != NULL;
}
