/* SPDX-License-Identifier: MIT */
#include "engine/notice.h"

#include <stdlib.h>

#include "base/text.h"
#include "engine/answer.h"
#include "engine/crowd.h"
#include "engine/page.h"

/* When a text was last told; steady. */
struct notice {
    msec at;
};

static struct span notice_key(struct text *key, const struct user *user, const char *text)
{
    text_add(key, user->id);
    text_add_char(key, '\n');
    text_add(key, text);
    return text_span(key);
}

/* Forgets what is no longer needed, and everything when that does not help. */
static void notices_prune(struct engine *engine, msec now_at)
{
    if (map_count(engine->notices) < NOTICES_MAX)
        return;
    for (int round = 0; round < 2 && map_count(engine->notices) >= NOTICES_MAX; round++) {
        size_t cursor = 0;
        struct span key;
        struct notice *notice = NULL;
        while ((notice = map_each(engine->notices, &cursor, &key)) != NULL) {
            if (round == 0 && now_at - notice->at < NOTICE_APART_MS)
                continue;
            (void)map_remove(engine->notices, key);
            free(notice);
        }
    }
}

/* May this text be told to that user now? Remembers it when so. */
static bool notice_is_new(struct work *work, const struct user *user, const char *text)
{
    CLEANUP(text_clear) struct text key_text = {0};
    struct span key = notice_key(&key_text, user, text);
    struct notice *notice = map_find(work->engine->notices, key);
    if (notice != NULL && work->now.steady_at - notice->at < NOTICE_APART_MS)
        return false;
    if (notice == NULL) {
        notices_prune(work->engine, work->now.steady_at);
        notice = memory_new(1, sizeof *notice);
        map_put(work->engine->notices, key, notice);
    }
    notice->at = work->now.steady_at;
    return true;
}

size_t notice_tell(struct work *work, const struct team *team, const char *text)
{
    struct crowd crowd = {0};
    const struct user *manager =
        team != NULL ? policy_find_user(work->policy, team->manager) : NULL;
    if (manager != NULL && manager->contact_count > 0)
        (void)crowd_add(&crowd, manager);
    else
        crowd.count = policy_last_resort(work->policy, team, crowd.users, CROWD_MAX);
    size_t told = 0;
    for (size_t i = 0; i < crowd.count; i++) {
        if (!notice_is_new(work, crowd.users[i], text))
            continue;
        page_news(work, 0, crowd.users[i], PAGE_NOTICE, text);
        told++;
    }
    return told;
}

void notice_event(struct work *work, const struct event *event, struct answer *answer)
{
    if (event->text == NULL || event->text[0] == '\0') {
        (void)answer_set(answer, ANSWER_INVALID, "a notice needs a text");
        return;
    }
    size_t told = notice_tell(work, team_find(work->engine, event->team), event->text);
    answer->kind = told > 0 ? ANSWER_DONE : ANSWER_ALREADY;
}

void notices_free(struct engine *engine)
{
    size_t cursor = 0;
    struct notice *notice = NULL;
    while ((notice = map_each(engine->notices, &cursor, NULL)) != NULL)
        free(notice);
    map_free(engine->notices);
}
