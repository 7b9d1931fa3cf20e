/* SPDX-License-Identifier: MIT */
#include "daemon/nodes_watch.h"

#include <assert.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/span.h"
#include "daemon/daemon.h"
#include "daemon/metric.h"
#include "daemon/peers.h"
#include "daemon/reload.h"
#include "engine/sentence.h"

struct nodes_watch {
    struct node_absence
        absences[PEERS_CALLED_MAX]; /* as the configured peers are in peers_state() */
    size_t count;                   /* of them that are known not to be this node */
};

struct nodes_watch *nodes_watch_new(void)
{
    return memory_new(1, sizeof(struct nodes_watch));
}

void nodes_watch_free(struct nodes_watch *watch)
{
    free(watch);
}

enum absence_news absence_see(struct node_absence *absence, bool is_there, msec since_ms)
{
    if (is_there) {
        bool was_told = absence->is_told;
        absence->is_told = false;
        return was_told ? ABSENCE_OVER : ABSENCE_NONE;
    }
    if (absence->is_told || since_ms < ABSENCE_MS)
        return ABSENCE_NONE;
    absence->is_told = true;
    return ABSENCE_BEGUN;
}

/* "b (10.0.0.2:7443)", or only the address of one that was never there. */
static void name_add(struct text *text, const struct peer_state *peer)
{
    if (peer->name[0] != '\0')
        text_addf(text, "%s (%s)", peer->name, peer->address);
    else
        text_add(text, peer->address);
}

static void watch_tell(struct daemon *daemon, const struct peer_state *peer, enum absence_news news)
{
    CLEANUP(text_clear) struct text name = {0};
    CLEANUP(text_clear) struct text said = {0};
    char ago[DURATION_TEXT_SIZE];
    name_add(&name, peer);
    if (news == ABSENCE_BEGUN)
        sentence_say(&said, reload_language(daemon->reload), SENTENCE_NODE_GONE,
                     saying_text("node", text_string(&name)),
                     saying_text("time", duration_speak(peer->since_ms, ago)),
                     saying_text("why", peer->problem[0] != '\0' ? peer->problem : "it is silent"),
                     saying_text("command", "pagectl cluster"));
    else
        sentence_say(&said, reload_language(daemon->reload), SENTENCE_NODE_BACK,
                     saying_text("node", text_string(&name)));
    log_warning("%s", text_string(&said));
    daemon_tell(daemon, NULL, text_string(&said));
}

static size_t configured_count(const struct peers_state *state)
{
    size_t count = 0;
    while (count < state->count && state->list[count].address[0] != '\0')
        count++;
    return count;
}

void nodes_watch_tick(struct nodes_watch *watch, struct daemon *daemon, struct peers *peers,
                      bool is_in_charge)
{
    struct peers_state state;
    peers_state(peers, &state);
    size_t count = configured_count(&state);
    assert(count <= PEERS_CALLED_MAX);
    /* That one of them is this node is found out once, at the start: they move up then. */
    if (count != watch->count || !is_in_charge) {
        *watch = (struct nodes_watch){.count = count};
        return;
    }
    for (size_t i = 0; i < count; i++) {
        const struct peer_state *peer = &state.list[i];
        enum absence_news news = absence_see(&watch->absences[i], peer->is_there, peer->since_ms);
        if (news != ABSENCE_NONE)
            watch_tell(daemon, peer, news);
    }
}

static void peer_show(const struct peer_state *peer, struct json_writer *writer)
{
    json_begin_object(writer, NULL);
    json_put_string(writer, "name", peer->name[0] != '\0' ? peer->name : NULL);
    json_put_string(writer, "address", peer->address[0] != '\0' ? peer->address : NULL);
    json_put_string(writer, "version", peer->version[0] != '\0' ? peer->version : NULL);
    json_put_bool(writer, "is_there", peer->is_there);
    json_put_bool(writer, "is_on_duty", peer->is_on_duty);
    json_put_bool(writer, "sees_database", peer->sees_database);
    json_put_bool(writer, "acts", peer->acts);
    if (peer->seen_ms == MSEC_NEVER)
        json_put_null(writer, "seen_ms");
    else
        json_put_integer(writer, "seen_ms", peer->seen_ms);
    json_put_integer(writer, "since_ms", peer->since_ms);
    json_put_string(writer, "problem", peer->problem);
    json_end_object(writer);
}

void nodes_watch_show(struct peers *peers, struct json_writer *writer)
{
    struct peers_state state;
    peers_state(peers, &state);
    json_begin_array(writer, "peers");
    for (size_t i = 0; i < state.count; i++)
        peer_show(&state.list[i], writer);
    json_end_array(writer);
}

void nodes_watch_metrics(struct peers *peers, struct text *text)
{
    struct peers_state state;
    uint64_t there = 0;
    peers_state(peers, &state);
    size_t count = configured_count(&state);
    for (size_t i = 0; i < count; i++)
        there += state.list[i].is_there;
    metric(text, "peers", "gauge", "Other nodes that are configured.", count);
    metric(text, "peers_there", "gauge", "Of these, those that are linked.", there);
}
