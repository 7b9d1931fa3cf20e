/* SPDX-License-Identifier: MIT */
#include "daemon/rotas_publish.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "daemon/daemon.h"
#include "daemon/rotas_slot.h"
#include "daemon/turn.h"
#include "daemon/writeback.h"
#include "engine/engine.h"

/* What the engine borrows. */
struct published {
    struct arena *arena; /* has the roster's lists and the problems */
    struct roster roster;
};

/* Is called with each use that the policy makes of a calendar. */
struct use {
    const struct team *team; /* NULL: a user's leave, or a window's */
    const struct user *user;
    const struct maintenance *window;
    const char *layer; /* of a role; NULL: the whole calendar */
    const char *name;  /* "primary", "overrides", "away", "holidays" */
    bool is_role;
    bool is_override;
    bool is_holidays;
};

typedef void use_found(void *context, const struct use *use);

static void team_uses_find(const struct team *team, const char *calendar, use_found *found,
                           void *context)
{
    bool has_override = false;
    for (int role = 0; role < ROLE_COUNT; role++) {
        if (string_is(team->roles[role].calendar, calendar))
            found(context, &(struct use){.team = team,
                                         .layer = team->roles[role].layer,
                                         .name = role_name((enum role)role),
                                         .is_role = true});
        if (!string_is(team->overrides[role].calendar, calendar))
            continue;
        found(context, &(struct use){.team = team,
                                     .layer = team->overrides[role].layer,
                                     .name = has_override ? NULL : "overrides",
                                     .is_override = true});
        has_override = true;
    }
    if (string_is(team->away, calendar))
        found(context, &(struct use){.team = team, .name = "away"});
    if (string_is(team->holidays, calendar))
        found(context, &(struct use){.team = team, .name = "holidays", .is_holidays = true});
}

static void uses_find(const struct policy *policy, const char *calendar, use_found *found,
                      void *context)
{
    for (size_t i = 0; i < policy->team_count; i++)
        team_uses_find(&policy->teams[i], calendar, found, context);
    for (size_t i = 0; i < policy->user_count; i++)
        if (string_is(policy->users[i].away, calendar))
            found(context, &(struct use){.user = &policy->users[i], .name = "away"});
    for (size_t i = 0; i < policy->maintenance_count; i++)
        if (string_is(policy->maintenances[i].calendar, calendar))
            found(context, &(struct use){.window = &policy->maintenances[i],
                                         .name = policy->maintenances[i].id});
}

struct use_list {
    struct json_writer *writer;
    size_t count;
};

static void use_write(void *context, const struct use *use)
{
    struct use_list *list = context;
    if (use->name == NULL)
        return;
    list->count++;
    if (list->writer == NULL)
        return;
    CLEANUP(text_clear) struct text text = {0};
    text_addf(&text, "%s %s",
              use->window != NULL ? "maintenance"
              : use->team != NULL ? use->team->id
                                  : use->user->id,
              use->name);
    json_put_string(list->writer, NULL, text_string(&text));
}

size_t slot_uses(const struct slot *slot, struct json_writer *writer)
{
    struct use_list list = {.writer = writer};
    uses_find(view_policy(slot->rotas->daemon->engine), slot->name, use_write, &list);
    return list.count;
}

static bool team_has_leave(const struct policy *policy, const struct team *team,
                           const char *calendar)
{
    for (size_t i = 0; i < team->member_count; i++) {
        const struct user *user = policy_find_user(policy, team->members[i]);
        if (user != NULL && string_is(user->away, calendar))
            return true;
    }
    return false;
}

static void use_count(void *context, const struct use *use UNUSED)
{
    ++*(size_t *)context;
}

const char *calendar_team(const struct policy *policy, const char *calendar)
{
    for (size_t i = 0; i < policy->team_count; i++) {
        size_t count = 0;
        team_uses_find(&policy->teams[i], calendar, use_count, &count);
        if (count > 0 || team_has_leave(policy, &policy->teams[i], calendar))
            return policy->teams[i].id;
    }
    for (size_t i = 0; i < policy->maintenance_count; i++)
        if (string_is(policy->maintenances[i].calendar, calendar) &&
            policy->maintenances[i].team[0] != '\0')
            return policy->maintenances[i].team;
    return NULL;
}

/* Products on their way. */
struct making {
    struct products *products;
    const struct slot *slot;
    const struct shift_list *list;
    const struct policy *policy;
    bool has_team_leave;
    bool has_use;
    size_t leave_room;
};

static bool slot_has_released(const void *context, const char *override)
{
    const struct slot *slot = context;
    return writeback_is_released(slot->rotas->daemon->writeback, slot->name, override);
}

static void rota_make(struct making *making, const char *layer, bool is_base)
{
    struct products *products = making->products;
    for (size_t i = 0; i < products->rota_count; i++) {
        if (!string_is(products->rotas[i]->rota.layer, layer))
            continue;
        products->is_base[i] = products->is_base[i] || is_base;
        return;
    }
    const struct slot *slot = making->slot;
    struct layer_options options = {.calendar = slot->name,
                                    .source = slot->shown,
                                    .layer = layer,
                                    .pages_all = slot->pages_all,
                                    .is_released = slot_has_released,
                                    .context = slot};
    products->is_base[products->rota_count] = is_base;
    products->rotas[products->rota_count++] =
        calendar_rota_new(making->list, making->policy, &options);
}

static void leave_make(struct making *making, const char *owner)
{
    struct products *products = making->products;
    struct leave_options options = {
        .calendar = making->slot->name, .source = making->slot->shown, .owner = owner};
    if (owner == NULL && making->has_team_leave)
        return;
    making->has_team_leave = making->has_team_leave || owner == NULL;
    if (products->leave_count == making->leave_room) {
        making->leave_room = making->leave_room == 0 ? 4 : making->leave_room * 2;
        products->leaves =
            memory_grow(products->leaves, making->leave_room, sizeof(struct calendar_leave *));
    }
    products->leaves[products->leave_count++] =
        calendar_leave_new(making->list, making->policy, &options);
}

static void use_make(void *context, const struct use *use)
{
    struct making *making = context;
    making->has_use = true;
    if (use->window != NULL && making->products->outages == NULL)
        making->products->outages = calendar_outages_new(making->list, making->slot->name);
    if (use->window != NULL)
        return;
    if (use->is_role || use->is_override)
        rota_make(making, use->layer, use->is_role);
    else if (!use->is_holidays)
        leave_make(making, use->user == NULL ? NULL : use->user->id);
    else if (making->products->holidays == NULL)
        making->products->holidays = calendar_holidays_new(making->list, making->slot->name);
}

static bool products_warn(const struct products *products, const struct shift_warning *warning)
{
    for (size_t i = 0; i < products->warning_count; i++) {
        const struct shift_warning *other = products->warnings[i];
        if (other->line == warning->line && string_is(other->file, warning->file) &&
            string_is(other->code, warning->code) && string_is(other->text, warning->text))
            return true;
    }
    return false;
}

static void warnings_add(struct products *products, const struct shift_warning *list, size_t count)
{
    size_t known = products->warning_count;
    for (size_t i = 0; i < count; i++)
        if (known == 0 || !products_warn(products, &list[i]))
            products->warnings[products->warning_count++] = &list[i];
}

/* Two layers may find the same fault in one event. */
static void warnings_gather(struct products *products)
{
    const struct calendar_outages *outages = products->outages;
    size_t room = outages != NULL ? outages->warning_count : 0;
    for (size_t i = 0; i < products->rota_count; i++)
        room += products->rotas[i]->warning_count;
    for (size_t i = 0; i < products->leave_count; i++)
        room += products->leaves[i]->warning_count;
    products->warnings = arena_take(products->arena, (room + 1) * sizeof(*products->warnings));
    for (size_t i = 0; i < products->rota_count; i++)
        warnings_add(products, products->rotas[i]->warnings, products->rotas[i]->warning_count);
    for (size_t i = 0; i < products->leave_count; i++)
        warnings_add(products, products->leaves[i]->warnings, products->leaves[i]->warning_count);
    if (outages != NULL)
        warnings_add(products, outages->warnings, outages->warning_count);
}

struct products *products_new(const struct slot *slot, const struct shift_list *list)
{
    struct products *products = memory_new(1, sizeof(*products));
    struct making making = {.products = products,
                            .slot = slot,
                            .list = list,
                            .policy = view_policy(slot->rotas->daemon->engine)};
    products->arena = arena_new();
    uses_find(making.policy, slot->name, use_make, &making);
    if (!making.has_use) /* one that is being prepared: its faults are told all the same */
        rota_make(&making, NULL, true);
    warnings_gather(products);
    return products;
}

void products_free(struct products *products)
{
    if (products == NULL)
        return;
    for (size_t i = 0; i < products->rota_count; i++)
        calendar_rota_free(products->rotas[i]);
    for (size_t i = 0; i < products->leave_count; i++)
        calendar_leave_free(products->leaves[i]);
    calendar_holidays_free(products->holidays);
    calendar_outages_free(products->outages);
    free(products->leaves);
    arena_free(products->arena);
    free(products);
}

/* Both were made by the same policy, so that their rotas are those of the same layers. */
static const struct calendar_rota *rota_beside(const struct products *good, size_t place)
{
    return good != NULL && place < good->rota_count ? good->rotas[place] : NULL;
}

enum version_verdict slot_weigh(const struct slot *slot, const struct shift_list *list,
                                const struct products *fresh, char reason[JUDGE_REASON_MAX])
{
    struct judged_layer layers[PRODUCT_ROTAS_MAX];
    struct judged judged = {.calendar = slot->name,
                            .good = slot->good,
                            .fresh = list,
                            .layers = layers,
                            .now = slot->rotas->daemon->now.wall_at,
                            .is_confirmed = slot->is_confirmed};
    bool has_base = false;
    for (size_t i = 0; i < fresh->rota_count; i++)
        has_base = has_base || fresh->is_base[i];
    for (size_t i = 0; i < fresh->rota_count; i++)
        if (fresh->is_base[i] || !has_base)
            layers[judged.layer_count++] =
                (struct judged_layer){rota_beside(slot->products, i), fresh->rotas[i]};
    judged.max_loss = has_base ? slot->max_loss : 100;
    return calendar_weigh(&judged, reason);
}

static void changes_add(struct text *text, const struct text *lines, const char *layer)
{
    struct span rest = text_span(lines);
    while (rest.size > 0) {
        struct span line = span_cut(&rest, '\n');
        if (layer != NULL)
            text_addf(text, "%s: ", layer);
        text_add_span(text, line);
        text_add_char(text, '\n');
    }
}

void slot_changes(const struct slot *slot, const struct products *fresh, struct text *text)
{
    const struct policy *policy = view_policy(slot->rotas->daemon->engine);
    const struct team *team = slot->team == NULL ? NULL : policy_find_team(policy, slot->team);
    const struct zone *zone = team != NULL && team->zone != NULL ? team->zone : policy->zone;
    msec now = slot->rotas->daemon->now.wall_at;
    for (size_t i = 0; i < fresh->rota_count; i++) {
        CLEANUP(text_clear) struct text lines = {0};
        const struct calendar_rota *good = rota_beside(slot->products, i);
        (void)calendar_changes(good == NULL ? NULL : &good->rota, &fresh->rotas[i]->rota, policy,
                               now, now + JUDGE_WINDOW_MS, zone, &lines);
        changes_add(text, &lines, fresh->rota_count > 1 ? fresh->rotas[i]->rota.layer : NULL);
    }
}

void published_free(struct published *published)
{
    if (published == NULL)
        return;
    arena_free(published->arena);
    free(published);
}

/* Where there is no rota, one without segments carries what is wrong with the calendar. */
static void slot_gather(const struct slot *slot, struct arena *arena, struct rota *rotas,
                        size_t *count)
{
    const struct products *products = slot->products;
    const char *problem = slot->problem[0] == '\0' ? NULL : arena_copy(arena, slot->problem);
    size_t rota_count = products == NULL ? 0 : products->rota_count;
    for (size_t i = 0; i < rota_count; i++) {
        struct rota *rota = &rotas[(*count)++];
        *rota = products->rotas[i]->rota;
        rota->read_at = slot->version->read_at;
        rota->is_stale = problem != NULL;
        rota->problem = problem;
    }
    if (rota_count > 0 || (products != NULL && problem == NULL))
        return;
    rotas[(*count)++] = (struct rota){.calendar = arena_copy(arena, slot->name),
                                      .source = arena_copy(arena, slot->shown),
                                      .is_stale = true,
                                      .problem = problem};
}

bool slot_is_of_window(const struct slot *slot)
{
    const struct policy *policy = view_policy(slot->rotas->daemon->engine);
    for (size_t i = 0; i < policy->maintenance_count; i++)
        if (string_is(policy->maintenances[i].calendar, slot->name))
            return true;
    return false;
}

/* Of a calendar that cannot be read, or has not been for too long, no window is on: rather a page
 * too many. One that has not been looked at yet is left out, so that nothing ends for that. */
static void slot_gather_outages(const struct slot *slot, struct arena *arena, struct roster *roster,
                                struct outage_list *lists)
{
    const struct products *products = slot->products;
    if (products != NULL && products->outages != NULL && !slot->is_overdue)
        lists[roster->outage_list_count++] = products->outages->list;
    else if (slot->is_settled && slot_is_of_window(slot))
        lists[roster->outage_list_count++] =
            (struct outage_list){.calendar = arena_copy(arena, slot->name)};
}

static struct published *published_new(const struct rotas *rotas)
{
    struct published *made = memory_new(1, sizeof(*made));
    struct arena *arena = made->arena = arena_new();
    struct roster *roster = &made->roster;
    size_t leave_count = 0;
    size_t holidays_count = 0;
    for (size_t i = 0; i < rotas->count; i++)
        if (rotas->slots[i]->products != NULL)
            leave_count += rotas->slots[i]->products->leave_count;
    struct rota *list = arena_take(arena, (rotas->count * PRODUCT_ROTAS_MAX + 1) * sizeof(*list));
    const struct calendar_leave **leaves = memory_new(leave_count + 1, sizeof(*leaves));
    const struct calendar_holidays **holidays = memory_new(rotas->count + 1, sizeof(*holidays));
    struct outage_list *outages = arena_take(arena, (rotas->count + 1) * sizeof(*outages));
    leave_count = 0;
    for (size_t i = 0; i < rotas->count; i++) {
        const struct products *products = rotas->slots[i]->products;
        slot_gather(rotas->slots[i], arena, list, &roster->rota_count);
        slot_gather_outages(rotas->slots[i], arena, roster, outages);
        for (size_t j = 0; products != NULL && j < products->leave_count; j++)
            leaves[leave_count++] = products->leaves[j];
        if (products != NULL && products->holidays != NULL)
            holidays[holidays_count++] = products->holidays;
    }
    roster->rotas = list;
    roster->outage_lists = outages;
    roster->absences = absences_join(arena, leaves, leave_count, &roster->absence_count);
    roster->holidays = holidays_join(arena, holidays, holidays_count, &roster->holiday_count);
    free(leaves);
    free(holidays);
    return made;
}

/* Makes the products of these slots again and tells the engine of all calendars; what it had
 * before is freed afterwards. */
static void slots_publish(struct rotas *rotas, struct slot **slots, size_t count)
{
    struct products **old = memory_new(count + 1, sizeof(struct products *));
    for (size_t i = 0; i < count; i++) {
        old[i] = slots[i]->products;
        slots[i]->products = slots[i]->good == NULL ? NULL : products_new(slots[i], slots[i]->good);
    }
    struct published *made = published_new(rotas);
    struct event event = {
        .kind = EVENT_ROSTER, .actor = "pagerd", .via = "calendar", .roster = &made->roster};
    turn_step(rotas->daemon->turns, &event, NULL);
    for (size_t i = 0; i < count; i++)
        products_free(old[i]);
    free(old);
    published_free(rotas->published);
    rotas->published = made;
}

void slot_publish(struct slot *slot)
{
    slots_publish(slot->rotas, &slot, 1);
}

void rotas_publish(struct rotas *rotas)
{
    slots_publish(rotas, rotas->slots, rotas->count);
}
