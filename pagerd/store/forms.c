/* SPDX-License-Identifier: MIT */
/* forms.c - the arrays inside records as JSON: short names, for they are written often. */
#include <assert.h>
#include <limits.h>

#include "engine/record.h"
#include "store/rows.h"

static char *copy_or_empty(struct arena *arena, const struct json *object, const char *key)
{
    const char *text = json_string(object, key);
    return arena_copy(arena, text ? text : "");
}

static uint16_t read_small(const struct json *object, const char *key)
{
    int64_t value = json_integer(object, key, 0);
    return (uint16_t)(value < 0 ? 0 : value > UINT16_MAX ? UINT16_MAX : value);
}

static void labels_render(const void *record, struct json_writer *writer)
{
    const struct incident *incident = record;

    for (size_t i = 0; i < incident->label_count; i++) {
        json_begin_array(writer, NULL);
        json_put_string(writer, NULL, incident->labels[i].name);
        json_put_string(writer, NULL, incident->labels[i].value);
        json_end_array(writer);
    }
}

static void labels_read(struct arena *arena, const struct json *array, void *record)
{
    struct incident *incident = record;
    size_t count = 0;

    incident->labels = arena_take(arena, array->count * sizeof(*incident->labels));
    for (const struct json *pair = array->first; pair; pair = pair->next) {
        const struct json *name = pair->first;
        const struct json *value = name ? name->next : NULL;
        if (value == NULL || name->text == NULL || value->text == NULL)
            continue;
        incident->labels[count].name = arena_copy(arena, name->text);
        incident->labels[count++].value = arena_copy(arena, value->text);
    }
    incident->label_count = (uint32_t)count;
}

const struct form form_labels = {.render = labels_render, .read = labels_read};

static void paged_render(const void *record, struct json_writer *writer)
{
    const struct incident *incident = record;

    for (size_t i = 0; i < incident->paged_count; i++)
        json_put_string(writer, NULL, incident->paged[i]);
}

static void paged_read(struct arena *arena, const struct json *array, void *record)
{
    struct incident *incident = record;
    size_t count = 0;

    incident->paged = arena_take(arena, array->count * sizeof(*incident->paged));
    for (const struct json *user = array->first; user; user = user->next)
        if (user->kind == JSON_STRING)
            incident->paged[count++] = arena_copy(arena, user->text);
    incident->paged_count = (uint32_t)count;
}

const struct form form_paged = {.render = paged_render, .read = paged_read};

static void runs_render(const void *record, struct json_writer *writer)
{
    const struct person *person = record;

    for (size_t i = 0; i < person->run_count; i++) {
        const struct notify_run *run = &person->runs[i];
        json_begin_object(writer, NULL);
        json_put_integer(writer, "incident", (int64_t)run->incident);
        json_put_integer(writer, "kind", run->kind);
        json_put_string(writer, "rule", run->rule);
        json_put_string(writer, "text", run->text);
        json_put_integer(writer, "step", run->next_step);
        json_put_integer(writer, "started", run->started_at);
        json_put_integer(writer, "due", run->due_at);
        if (run->bundle_at != MSEC_NEVER) {
            json_put_integer(writer, "bundle", run->bundle_at);
            json_put_integer(writer, "bundle_kind", run->bundle_kind);
        }
        json_end_object(writer);
    }
}

static void runs_read(struct arena *arena, const struct json *array, void *record)
{
    struct person *person = record;
    size_t count = 0;

    person->runs = arena_take(arena, array->count * sizeof(*person->runs));
    for (const struct json *item = array->first; item; item = item->next) {
        int64_t kind = json_integer(item, "kind", -1);
        int64_t bundle_kind = json_integer(item, "bundle_kind", PAGE_BUNDLE);
        if (bundle_kind < 0 || bundle_kind >= PAGE_KIND_COUNT)
            bundle_kind = PAGE_BUNDLE;
        if (kind < 0 || kind >= PAGE_KIND_COUNT)
            continue;
        person->runs[count++] = (struct notify_run){
            .incident = (uint64_t)json_integer(item, "incident", 0),
            .kind = (enum page_kind)kind,
            .rule = copy_or_empty(arena, item, "rule"),
            .text = copy_or_empty(arena, item, "text"),
            .next_step = read_small(item, "step"),
            .started_at = json_integer(item, "started", 0),
            .due_at = json_integer(item, "due", MSEC_NEVER),
            .bundle_at = json_integer(item, "bundle", MSEC_NEVER),
            .bundle_kind = (enum page_kind)bundle_kind,
        };
    }
    person->run_count = count;
}

const struct form form_runs = {.render = runs_render, .read = runs_read};

static void disturbances_render(const void *record, struct json_writer *writer)
{
    const struct person *person = record;

    for (size_t i = 0; i < person->disturbance_count; i++) {
        const struct disturbance *one = &person->disturbances[i];
        json_begin_object(writer, NULL);
        json_put_integer(writer, "incident", (int64_t)one->incident);
        json_put_integer(writer, "first", one->first_page_at);
        json_put_integer(writer, "last", one->last_page_at);
        json_put_integer(writer, "ended", one->ended_at);
        json_put_integer(writer, "wakings", one->wakings);
        json_end_object(writer);
    }
}

static void disturbances_read(struct arena *arena, const struct json *array, void *record)
{
    struct person *person = record;
    size_t count = 0;

    person->disturbances = arena_take(arena, array->count * sizeof(*person->disturbances));
    for (const struct json *item = array->first; item; item = item->next) {
        person->disturbances[count++] = (struct disturbance){
            .incident = (uint64_t)json_integer(item, "incident", 0),
            .first_page_at = json_integer(item, "first", 0),
            .last_page_at = json_integer(item, "last", 0),
            .ended_at = json_integer(item, "ended", 0),
            .wakings = read_small(item, "wakings"),
        };
    }
    person->disturbance_count = count;
}

const struct form form_disturbances = {.render = disturbances_render, .read = disturbances_read};

static void shifts_render(const void *record, struct json_writer *writer)
{
    const struct handoff *handoff = record;

    for (int role = 0; role < ROLE_COUNT; role++) {
        const struct told_shift *shift = &handoff->shifts[role];
        if (shift->users == NULL)
            continue;
        json_begin_object(writer, NULL);
        json_put_integer(writer, "role", role);
        json_put_string(writer, "users", shift->users);
        json_put_integer(writer, "at", shift->at);
        json_put_integer(writer, "soon", shift->soon_at);
        json_put_integer(writer, "test", shift->test_at);
        json_put_integer(writer, "tests", shift->tests);
        if (shift->ready_users != NULL) {
            json_put_string(writer, "ready", shift->ready_users);
            json_put_integer(writer, "ready-for", shift->ready_at);
            json_put_integer(writer, "ready-at", shift->readied_at);
        }
        if (shift->keeper != NULL) {
            json_put_string(writer, "keeper", shift->keeper);
            json_put_integer(writer, "keep", shift->keep_until_at);
        }
        json_end_object(writer);
    }
}

static void shifts_read(struct arena *arena, const struct json *array, void *record)
{
    struct handoff *handoff = record;

    for (const struct json *item = array->first; item; item = item->next) {
        int64_t role = json_integer(item, "role", -1);
        if (role < 0 || role >= ROLE_COUNT)
            continue;
        handoff->shifts[role] = (struct told_shift){
            .users = copy_or_empty(arena, item, "users"),
            .at = json_integer(item, "at", 0),
            .soon_at = json_integer(item, "soon", 0),
            .test_at = json_integer(item, "test", 0),
            .tests = read_small(item, "tests"),
            .keeper =
                json_find(item, "keeper") != NULL ? copy_or_empty(arena, item, "keeper") : NULL,
            .keep_until_at = json_integer(item, "keep", 0),
            .ready_users =
                json_find(item, "ready") != NULL ? copy_or_empty(arena, item, "ready") : NULL,
            .ready_at = json_integer(item, "ready-for", 0),
            .readied_at = json_integer(item, "ready-at", 0),
        };
    }
}

const struct form form_shifts = {.render = shifts_render, .read = shifts_read};

static void past_render(const void *record, struct json_writer *writer)
{
    const struct handoff *handoff = record;

    for (size_t i = 0; i < handoff->past_count; i++) {
        const struct happened *one = &handoff->past[i];
        json_begin_object(writer, NULL);
        json_put_integer(writer, "incident", (int64_t)one->incident);
        json_put_integer(writer, "at", one->at);
        json_put_integer(writer, "ended", one->ended_at);
        json_put_bool(writer, "night", one->is_night);
        json_put_string(writer, "by", one->by);
        json_put_string(writer, "text", one->text);
        json_end_object(writer);
    }
}

static void past_read(struct arena *arena, const struct json *array, void *record)
{
    struct handoff *handoff = record;
    size_t count = 0;

    handoff->past = arena_take(arena, array->count * sizeof(*handoff->past));
    for (const struct json *item = array->first; item; item = item->next) {
        handoff->past[count++] = (struct happened){
            .incident = (uint64_t)json_integer(item, "incident", 0),
            .at = json_integer(item, "at", 0),
            .ended_at = json_integer(item, "ended", 0),
            .is_night = json_bool(item, "night", false),
            .by = copy_or_empty(arena, item, "by"),
            .text = copy_or_empty(arena, item, "text"),
        };
    }
    handoff->past_count = count;
}

const struct form form_past = {.render = past_render, .read = past_read};

static void asked_render(const void *record, struct json_writer *writer)
{
    const struct swap *swap = record;

    for (size_t i = 0; i < swap->asked_count; i++) {
        json_begin_object(writer, NULL);
        json_put_string(writer, "user", swap->asked[i].user);
        json_put_integer(writer, "reply", swap->asked[i].reply);
        json_end_object(writer);
    }
}

static void asked_read(struct arena *arena, const struct json *array, void *record)
{
    struct swap *swap = record;
    size_t count = 0;

    swap->asked = arena_take(arena, array->count * sizeof(*swap->asked));
    for (const struct json *item = array->first; item; item = item->next) {
        int64_t reply = json_integer(item, "reply", -1);
        if (reply < 0 || reply >= SWAP_REPLY_COUNT)
            continue;
        swap->asked[count++] = (struct swap_asked){
            .user = copy_or_empty(arena, item, "user"),
            .reply = (enum swap_reply)reply,
        };
    }
    swap->asked_count = count;
}

const struct form form_asked = {.render = asked_render, .read = asked_read};
