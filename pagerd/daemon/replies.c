/* SPDX-License-Identifier: MIT */
#include "daemon/replies.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/log.h"
#include "base/map.h"
#include "config/config.h"
#include "daemon/aim.h"
#include "daemon/daemon.h"
#include "daemon/letters.h"
#include "daemon/reload.h"
#include "daemon/reply_proof.h"
#include "daemon/reply_swap.h"
#include "daemon/stops.h"
#include "daemon/turn.h"
#include "engine/engine.h"
#include "http/house.h"
#include "notify/notify.h"
#include "store/batch.h"

#define ADDRESS_DIGITS_MAX 15 /* E.164 */

/* The talk with one person by one channel. In memory only: after a restart a person is asked once
 * more which incident is meant. */
struct talk {
    struct aim_topic offered;
    struct aim_topic last;
    uint64_t held; /* the last answer was that somebody else has this incident */
    unsigned unhelpful_count;
    unsigned wrong_count;
    msec silent_until; /* ticks, as the next */
    msec muted_until;
};

struct replies {
    struct map *talks; /* channel, user -> struct talk; as many as there are people and channels */
    struct arena *arena;
};

/* One reply being taken. */
struct taking {
    struct daemon *daemon;
    const struct reply_in *in;
    const struct user *user;
    const char *address; /* of that user's contact; NULL: none of this channel */
    struct talk *talk;
    struct reply reply;
    struct answer answer; /* of the engine */
    struct arena *arena;
    const char *cover;  /* who had it before, or is on call */
    const char *remark; /* what the engine said, or what cannot be done */
    uint64_t incident;
    uint64_t other;
    uint64_t page;       /* that a bare key answers; 0: not known */
    uint32_t more_count; /* of its other incidents that were acked, too */
    uint64_t swap;       /* that was answered, or that waits for an answer of its own; 0: none */
};

enum letter_keys replies_keys(const struct config *config, const char *channel)
{
    const char *word = config_channel_value(config_find_channel(config, channel, false), "replies");
    if (string_is(word, "none"))
        return LETTER_KEYS_NONE;
    return string_is(word, "ack") ? LETTER_KEYS_ACK : LETTER_KEYS_ALL;
}

struct replies *replies_new(void)
{
    struct replies *replies = memory_new(1, sizeof(*replies));
    replies->talks = map_new();
    replies->arena = arena_new();
    return replies;
}

void replies_free(struct replies *replies)
{
    if (replies == NULL)
        return;
    size_t cursor = 0;
    struct talk *talk;
    while ((talk = map_each(replies->talks, &cursor, NULL)) != NULL)
        free(talk);
    map_free(replies->talks);
    arena_free(replies->arena);
    free(replies);
}

static struct talk *talk_get(struct replies *replies, const char *channel, const char *user)
{
    CLEANUP(text_clear) struct text key = {0};
    text_addf(&key, "%s %s", channel, user);
    struct talk *talk = map_find(replies->talks, text_span(&key));
    if (talk == NULL) {
        talk = memory_new(1, sizeof(*talk));
        map_put(replies->talks, text_span(&key), talk);
    }
    return talk;
}

/* The digits of an international number, without "+" or "00" in front. False: it is none. */
static bool phone_digits(const char *address, char digits[ADDRESS_DIGITS_MAX + 1])
{
    size_t size = 0;
    const char *at = address;
    bool is_international = at[0] == '+' || (at[0] == '0' && at[1] == '0');
    at += at[0] == '+' ? 1 : is_international ? 2 : 0;
    for (; *at != '\0'; at++) {
        if (*at == ' ' || *at == '-')
            continue;
        if (*at < '0' || *at > '9' || size == ADDRESS_DIGITS_MAX)
            return false;
        digits[size++] = *at;
    }
    digits[size] = '\0';
    return size > 0;
}

/* Gateways give numbers with "+", with "00" or with neither. */
static bool address_is(const char *left, const char *right)
{
    char left_digits[ADDRESS_DIGITS_MAX + 1];
    char right_digits[ADDRESS_DIGITS_MAX + 1];
    if (phone_digits(left, left_digits) && phone_digits(right, right_digits))
        return string_is(left_digits, right_digits);
    return string_same(left, right);
}

/* Whose address it is; NULL: nobody's, or that of several people. */
static const struct user *user_of_address(const struct policy *policy, const char *channel,
                                          const char *address, const char **ret_address)
{
    const struct user *found = NULL;
    for (size_t i = 0; i < policy->user_count; i++) {
        const struct user *user = &policy->users[i];
        for (size_t j = 0; j < user->contact_count; j++) {
            const struct contact *contact = &user->contacts[j];
            if (!string_is(contact->channel, channel) || !address_is(contact->address, address))
                continue;
            if (found != NULL && found != user)
                return NULL;
            found = user;
            *ret_address = contact->address;
        }
    }
    return found;
}

/* The address by which that person is paged on this channel; NULL: none. */
static const char *address_of_user(const struct user *user, const char *channel)
{
    for (size_t i = 0; i < user->contact_count; i++) {
        if (string_is(user->contacts[i].channel, channel))
            return user->contacts[i].address;
    }
    return NULL;
}

static bool taking_begin(struct taking *taking)
{
    const struct reply_in *in = taking->in;
    const struct policy *policy = view_policy(taking->daemon->engine);
    if (in->user != NULL) {
        taking->user = policy_find_user(policy, in->user);
        taking->address = taking->user != NULL ? address_of_user(taking->user, in->channel) : NULL;
    } else if (in->address != NULL && in->address[0] != '\0') {
        taking->user = user_of_address(policy, in->channel, in->address, &taking->address);
    }
    if (taking->user == NULL)
        return false;
    taking->talk = talk_get(taking->daemon->replies, in->channel, taking->user->id);
    return true;
}

/* The incident of the page that is answered; what the text names goes before it. */
static uint64_t named_incident(const struct taking *taking)
{
    if (taking->reply.incident != 0)
        return taking->reply.incident;
    if (taking->in->incident != 0)
        return taking->in->incident;
    const struct page *page = view_page(taking->daemon->engine, taking->in->page);
    return page != NULL ? page->incident : 0;
}

static struct aim taking_aim(const struct taking *taking)
{
    const struct aim_in in = {.engine = taking->daemon->engine,
                              .user = taking->user,
                              .channel = taking->in->channel,
                              .address = taking->address,
                              .now_at = taking->daemon->now.wall_at,
                              .verb = taking->reply.verb,
                              .incident = named_incident(taking),
                              .offered = taking->talk->offered,
                              .last = taking->talk->last};
    return aim_find(&in);
}

/* Has somebody else it, and was this person told so? Then its number takes it over. */
static bool is_taken(const struct taking *taking)
{
    return taking->in->is_take ||
           (taking->reply.incident != 0 && taking->talk->held == taking->reply.incident);
}

static void taking_step(struct taking *taking, const struct event *event)
{
    const struct house *house = taking->daemon->house;
    house->step(house->context, event, &taking->answer);
}

static struct event event_of(const struct taking *taking, enum event_kind kind)
{
    return (struct event){.kind = kind,
                          .actor = taking->user->id,
                          .via = taking->in->via,
                          .incident = taking->incident,
                          .target = {.kind = TARGET_COUNT}};
}

/* What else the page stands for that was answered; nothing that came later. Where somebody has one
 * of them it stays theirs. */
static void ack_more(struct taking *taking)
{
    const struct page *page = view_page(taking->daemon->engine, taking->page);
    struct span rest = span_of(page != NULL ? page->also : NULL);
    while (rest.size > 0) {
        struct span word = span_cut(&rest, ' ');
        struct event event = event_of(taking, EVENT_ACKNOWLEDGE);
        struct answer answer = {.kind = ANSWER_COUNT};
        const struct house *house = taking->daemon->house;
        event.incident = 0;
        for (size_t i = 0; i < word.size && word.bytes[i] >= '0' && word.bytes[i] <= '9'; i++)
            event.incident = event.incident * 10 + (uint64_t)(word.bytes[i] - '0');
        house->step(house->context, &event, &answer);
        if (answer.kind != ANSWER_DONE)
            continue;
        /* Its own incident needs no ack any more: the answer is about the others then. */
        bool is_first = taking->answer.kind != ANSWER_DONE && taking->more_count == 0;
        if (is_first) {
            taking->incident = event.incident;
            taking->answer.kind = ANSWER_DONE;
        }
        taking->more_count += !is_first;
    }
}

static enum retort_kind do_ack(struct taking *taking)
{
    const struct incident *incident = view_incident(taking->daemon->engine, taking->incident);
    bool is_others = incident != NULL && incident->state == INCIDENT_ACKNOWLEDGED &&
                     !string_is(incident->handling->acknowledged_by, taking->user->id);
    if (is_others)
        taking->cover = letter_name(view_policy(taking->daemon->engine),
                                    arena_copy(taking->arena, incident->handling->acknowledged_by),
                                    taking->arena);
    struct event event = event_of(taking, EVENT_ACKNOWLEDGE);
    event.is_take = is_taken(taking);
    taking_step(taking, &event);
    if (taking->page != 0 && taking->answer.kind != ANSWER_FULL)
        ack_more(taking);
    if (taking->answer.kind == ANSWER_ALREADY)
        return RETORT_OWN;
    return is_others ? RETORT_TAKEN : RETORT_ACKED;
}

static enum retort_kind do_pass(struct taking *taking)
{
    struct event event = event_of(taking, EVENT_ESCALATE);
    event.text = "";
    taking_step(taking, &event);
    return RETORT_PASSED;
}

static enum retort_kind do_resolve(struct taking *taking)
{
    struct event event = event_of(taking, EVENT_RESOLVE);
    taking_step(taking, &event);
    return RETORT_RESOLVED;
}

static enum retort_kind do_snooze(struct taking *taking)
{
    struct event event = event_of(taking, EVENT_SNOOZE);
    event.for_ms = HOUR_MS;
    taking_step(taking, &event);
    return RETORT_SNOOZED;
}

static enum retort_kind do_call_all(struct taking *taking)
{
    struct event event = event_of(taking, EVENT_REASSIGN);
    event.target.kind = TARGET_EVERYONE;
    event.text = "";
    taking_step(taking, &event);
    return RETORT_CALLED;
}

/* What a verb does to the incident that is meant. NULL: it does nothing to any. */
static enum retort_kind (*const deeds[REPLY_VERB_COUNT])(struct taking *taking) = {
    [REPLY_ACK] = do_ack,       [REPLY_PASS] = do_pass,         [REPLY_RESOLVE] = do_resolve,
    [REPLY_SNOOZE] = do_snooze, [REPLY_CALL_ALL] = do_call_all,
};

/* What the engine's answer means for a deed that would be told as `done`. */
static enum retort_kind retort_of_answer(struct taking *taking, enum retort_kind done)
{
    switch (taking->answer.kind) {
    case ANSWER_DONE:
    case ANSWER_ALREADY:
        taking->talk->last = (struct aim_topic){taking->incident, taking->daemon->now.wall_at};
        return done;
    case ANSWER_CONFLICT:
        return RETORT_HELD;
    case ANSWER_CLOSED:
        return RETORT_OVER;
    case ANSWER_NOT_FOUND:
        return RETORT_WRONG;
    case ANSWER_REFUSED:
    case ANSWER_INVALID:
        taking->remark = arena_copy(taking->arena, taking->answer.text);
        return RETORT_REFUSED;
    case ANSWER_FULL:
    case ANSWER_COUNT:
        break;
    }
    return RETORT_LOST;
}

static uint64_t urgent_number(const struct taking *taking, uint64_t except)
{
    const struct incident *urgent = aim_urgent(taking->daemon->engine, taking->user->id, except);
    return urgent != NULL ? urgent->number : 0;
}

/* Nothing was done: what is open is said, so that the next reply can name it. */
static enum retort_kind retort_of_open(struct taking *taking, enum retort_kind kind)
{
    taking->incident = urgent_number(taking, 0);
    return taking->incident != 0 || kind == RETORT_HELP ? kind : RETORT_NOTHING;
}

/* A verb that this channel is not trusted with: said, rather than done. */
static bool is_off(struct taking *taking)
{
    enum reply_verb verb = taking->reply.verb;
    enum letter_keys keys =
        replies_keys(reload_config(taking->daemon->reload), taking->in->channel);
    bool is_strong = verb == REPLY_RESOLVE || verb == REPLY_CALL_ALL;
    bool is_answer = verb == REPLY_YES || verb == REPLY_NO;
    if ((deeds[verb] == NULL && !is_answer) || keys == LETTER_KEYS_ALL ||
        (keys == LETTER_KEYS_ACK && !is_strong))
        return false;
    taking->remark = reply_verb_name(verb);
    return true;
}

/* The carriers' words. STOP gets no answer but the carrier's own. "yes" is one of the words for
 * START, and an answer to anything else that was asked. */
static bool takes_stop(struct taking *taking, enum retort_kind *kind)
{
    struct daemon *daemon = taking->daemon;
    const char *channel = taking->in->channel;
    enum reply_verb verb = taking->reply.verb;
    if (!string_is(channel, "sms") || taking->address == NULL)
        return false;
    bool is_stopped = stops_has(daemon->stops, channel, taking->address);
    *kind = RETORT_NONE;
    if (verb == REPLY_STOP)
        stops_add(daemon, taking->user, channel, taking->address);
    else if (verb == REPLY_START || (verb == REPLY_YES && is_stopped))
        *kind = RETORT_STARTED;
    else
        return false;
    if (*kind == RETORT_STARTED)
        stops_remove(daemon, taking->user, channel, taking->address);
    return true;
}

/* The answer to a swap; what waits for another one is kept for the answer's text. */
static bool takes_swap(struct taking *taking, enum retort_kind *kind)
{
    const struct reply_swap_in in = {.in = taking->in,
                                     .user = taking->user,
                                     .address = taking->address,
                                     .reply = &taking->reply,
                                     .arena = taking->arena};
    struct reply_swap_out out;
    if (reply_answers_swap(taking->daemon, &in, &out)) {
        taking->swap = out.swap;
        taking->remark = out.remark;
        *kind = out.kind;
        return true;
    }
    if (taking->reply.key == '4' || taking->reply.key == '5')
        taking->swap = reply_swap_open(taking->daemon, taking->user->id);
    return false;
}

static enum retort_kind taking_act(struct taking *taking)
{
    enum reply_verb verb = taking->reply.verb;
    enum retort_kind kind;
    if (takes_stop(taking, &kind))
        return kind;
    if (is_off(taking))
        return RETORT_OFF;
    if (takes_swap(taking, &kind))
        return kind;
    if (verb == REPLY_HELP)
        return retort_of_open(taking, RETORT_HELP);
    if (deeds[verb] == NULL && verb != REPLY_REPEAT)
        return retort_of_open(taking, RETORT_SORRY);
    struct aim aim = taking_aim(taking);
    taking->incident = aim.incident;
    taking->other = aim.other;
    /* A key of a call is for all that the call was about. */
    taking->page =
        taking->reply.incident == 0 && taking->in->page != 0 ? taking->in->page : aim.page;
    switch (aim.kind) {
    case AIM_HIT:
        break;
    case AIM_NOTHING:
        return retort_of_open(taking, RETORT_SORRY);
    case AIM_WHICH:
        return RETORT_WHICH;
    case AIM_WRONG:
        taking->talk->wrong_count++;
        return RETORT_WRONG;
    }
    if (verb == REPLY_REPEAT)
        return RETORT_REPEATED;
    return retort_of_answer(taking, deeds[verb](taking));
}

/* Who was asked in this very turn, by hand. */
static const char *asked_now(const struct taking *taking)
{
    const struct incident *incident = view_incident(taking->daemon->engine, taking->incident);
    const char *asked = NULL;
    for (const struct page *page = incident->pages; page != NULL; page = page->older) {
        if (page->kind == PAGE_BY_HAND && page->created_at == taking->daemon->now.wall_at)
            asked = page->user;
    }
    return letter_name(view_policy(taking->daemon->engine), asked, taking->arena);
}

/* Who has the first role of the first team that the writer is of, for "on call now". */
static void letter_add_oncall(const struct taking *taking, struct letter *letter)
{
    const struct engine *engine = taking->daemon->engine;
    const struct policy *policy = view_policy(engine);
    for (size_t i = 0; i < policy->team_count; i++) {
        const struct team *team = &policy->teams[i];
        bool is_member = false;
        for (size_t j = 0; j < team->member_count; j++)
            is_member = is_member || string_is(team->members[j], taking->user->id);
        for (int role = 0; is_member && role < ROLE_COUNT; role++) {
            struct duty duty = {0};
            if (!view_oncall(engine, team, (enum role)role, taking->daemon->now.wall_at, &duty) ||
                duty.user_count == 0)
                continue;
            letter->team = team->id;
            letter->cover = letter_name(policy, duty.users[0]->id, taking->arena);
            return;
        }
    }
}

static void letter_add_other(const struct taking *taking, uint64_t number, struct letter *letter)
{
    const struct engine *engine = taking->daemon->engine;
    const struct incident *other = view_incident(engine, number);
    if (other == NULL)
        return;
    const struct team *team = view_team(engine, other->team);
    letter->other = number;
    letter->other_object = other->source;
    letter->other_summary = other->summary;
    letter->is_other_private = team != NULL && team->is_private;
}

static const struct letter *taking_letter(const struct taking *taking, enum retort_kind kind)
{
    struct daemon *daemon = taking->daemon;
    struct letter *letter = arena_take(taking->arena, sizeof(*letter));
    const struct page page = {.kind = retort_letter_kind(kind),
                              .incident = taking->incident,
                              .user = (char *)taking->user->id,
                              .channel = (char *)taking->in->channel,
                              .address = (char *)(taking->address != NULL ? taking->address : ""),
                              .text = (char *)(taking->remark != NULL ? taking->remark : "")};
    letter_fill(daemon, &page, "", taking->arena, letter);
    letter->url = reload_config(daemon->reload)->url;
    letter->keys = replies_keys(reload_config(daemon->reload), taking->in->channel);
    letter->cover = taking->cover;
    letter->acked_more = taking->more_count;
    letter->swap = taking->swap;
    letter->incident = taking->incident;
    if (kind == RETORT_PASSED)
        letter->next = asked_now(taking);
    if (kind == RETORT_OFF)
        letter->actor_via = string_is(taking->in->channel, "sms") ? "SMS" : taking->in->channel;
    if (kind == RETORT_SNOOZED)
        letter->until_at = daemon->now.wall_at + HOUR_MS;
    if (kind == RETORT_NOTHING)
        letter_add_oncall(taking, letter);
    letter_add_other(taking,
                     taking->other != 0 ? taking->other : urgent_number(taking, taking->incident),
                     letter);
    return letter;
}

/* Silence instead of an endless talk with a program, and towards who tries numbers. */
static bool taking_may_answer(struct taking *taking, enum retort_kind kind)
{
    struct talk *talk = taking->talk;
    msec now_at = taking->daemon->tick_at;
    if (!retort_is_unhelpful(kind)) {
        talk->unhelpful_count = 0;
        talk->silent_until = 0;
        if (!retort_is_lost(kind))
            talk->wrong_count = 0;
        return true;
    }
    if (talk->wrong_count >= REPLY_WRONG_MAX) {
        CLEANUP(text_clear) struct text text = {0};
        text_addf(&text, "%s of %s named %d incidents that are not theirs: muted for 10 minutes",
                  taking->in->channel, taking->user->id, REPLY_WRONG_MAX);
        struct entry entry = {.at = taking->daemon->now.wall_at,
                              .event = "reply-muted",
                              .actor = "pagerd",
                              .text = text_string(&text)};
        batch_add_entry(turn_batch(taking->daemon->turns), &entry);
        log_warning("%s", text_string(&text));
        talk->wrong_count = 0;
        talk->muted_until = now_at + REPLY_MUTED_MS;
    }
    if (talk->silent_until > now_at)
        return false;
    if (talk->silent_until != 0) {
        talk->silent_until = 0;
        talk->unhelpful_count = 0;
    }
    if (++talk->unhelpful_count >= REPLY_UNHELPFUL_MAX)
        talk->silent_until = now_at + REPLY_SILENT_MS;
    return true;
}

static void taking_answer(struct taking *taking, enum retort_kind kind, struct text *answer,
                          struct reply_out *out)
{
    struct talk *talk = taking->talk;
    out->said = (struct retort){kind, taking_letter(taking, kind)};
    out->incident = taking->incident;
    out->is_done = (kind >= RETORT_ACKED && kind <= RETORT_CALLED && kind != RETORT_HELD) ||
                   kind == RETORT_SWAP_YES || kind == RETORT_SWAP_NO;
    bool is_offer = kind == RETORT_ACKED || kind == RETORT_TAKEN || kind == RETORT_OWN;
    talk->offered =
        (struct aim_topic){is_offer ? out->said.letter->other : 0, taking->daemon->now.wall_at};
    talk->held = kind == RETORT_HELD ? taking->incident : 0;
    log_info("reply taken user=%s channel=%s verb=%s incident=%" PRIu64 " done=%d",
             taking->user->id, taking->in->channel, reply_verb_name(taking->reply.verb),
             taking->incident, out->is_done);
    if (taking_may_answer(taking, kind))
        text_add(answer, retort_sms(&out->said, taking->arena));
    else
        out->said = (struct retort){.kind = RETORT_NONE};
}

void replies_take(struct daemon *daemon, const struct reply_in *in, struct text *answer,
                  struct reply_out *ret_out)
{
    struct replies *replies = daemon->replies;
    arena_reset(replies->arena);
    struct reply_out out = {0};
    struct taking taking = {.daemon = daemon, .in = in, .arena = replies->arena};
    taking.reply =
        in->verb != REPLY_UNKNOWN ? (struct reply){.verb = in->verb} : reply_parse(in->text);
    if (!taking_begin(&taking)) {
        log_info("reply from nobody known channel=%s", in->channel);
    } else {
        out.user = taking.user->id;
        if (reply_enters_code(daemon, in, taking.user, taking.arena, answer))
            log_info("code taken user=%s channel=%s", taking.user->id, in->channel);
        else if (reply_passes_test(daemon, in, taking.user, &taking.reply, answer))
            log_info("test answered user=%s channel=%s", taking.user->id, in->channel);
        else if (taking.talk->muted_until <= daemon->tick_at)
            taking_answer(&taking, taking_act(&taking), answer, &out);
    }
    if (ret_out != NULL)
        *ret_out = out;
}
