/* SPDX-License-Identifier: MIT */
#include "daemon/lives.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "base/text.h"

#define FILE_SIZE_MAX 256
#define DIED_MAX 1000000

struct life {
    bool is_running; /* begun, and not ended well */
    unsigned died;   /* lives before it that ended badly, each soon after the one before */
    msec started_at; /* wall */
    msec told_at;    /* wall; 0: never */
};

struct lives {
    char *path;
    char *fresh_path;
    struct life last; /* as it was read */
    struct life life;
    msec begun_at; /* tick, at the first lives_tick(); 0 before */
    bool is_cleared;
};

static struct life life_read(const char *path)
{
    char bytes[FILE_SIZE_MAX] = "";
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (file < 0)
        return (struct life){0};
    ssize_t size = read(file, bytes, sizeof(bytes) - 1);
    close(file);
    struct life life = {0};
    int running = 0;
    bool is_good = size > 0 && sscanf(bytes,
                                      "pagerd lives 1\nrunning %d\ndied %u\nstarted %" SCNd64
                                      "\ntold %" SCNd64 "\n",
                                      &running, &life.died, &life.started_at, &life.told_at) == 4;
    if (!is_good || life.died > DIED_MAX)
        return (struct life){0};
    life.is_running = running != 0;
    return life;
}

static bool file_write(const char *path, struct span bytes)
{
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (file < 0)
        return false;
    bool is_written = write(file, bytes.bytes, bytes.size) == (ssize_t)bytes.size;
    return close(file) == 0 && is_written;
}

/* Without a sync: it has to outlive the process, not the power. */
static void lives_write(struct lives *lives)
{
    CLEANUP(text_clear) struct text text = {0};
    text_addf(&text, "pagerd lives 1\nrunning %d\ndied %u\nstarted %" PRId64 "\ntold %" PRId64 "\n",
              lives->life.is_running, lives->life.died, lives->life.started_at,
              lives->life.told_at);
    if (!file_write(lives->fresh_path, text_span(&text)) ||
        rename(lives->fresh_path, lives->path) != 0)
        log_warning("cannot write '%s': should pagerd keep dying, that is told too often or not "
                    "at all",
                    lives->path);
}

/* A clock that was set back says nothing about how long ago it was: then it was just now. */
static bool is_recent(msec at, msec now, msec span_ms)
{
    return at > 0 && now - at < span_ms;
}

struct lives *lives_new(const char *state, msec now)
{
    struct lives *lives = memory_new(1, sizeof(*lives));
    lives->path = string_format("%s/lives", state);
    lives->fresh_path = string_format("%s/lives.new", state);
    lives->last = life_read(lives->path);
    lives->life.told_at = lives->last.told_at;
    if (!lives->last.is_running)
        return lives;
    bool is_row = is_recent(lives->last.started_at, now, LIVES_HEALTHY_MS);
    lives->life.died = is_row ? lives->last.died + 1 : 1;
    return lives;
}

void lives_free(struct lives *lives)
{
    if (lives == NULL)
        return;
    free(lives->path);
    free(lives->fresh_path);
    free(lives);
}

void lives_begin(struct lives *lives, msec now)
{
    lives->life.is_running = true;
    lives->life.started_at = now;
    lives_write(lives);
}

void lives_take_back(struct lives *lives)
{
    lives->life = lives->last;
    lives_write(lives);
}

static void lives_clear(struct lives *lives)
{
    lives->life.is_running = false;
    lives->life.died = 0;
    lives->is_cleared = true;
    lives_write(lives);
}

void lives_tick(struct lives *lives, msec tick_at)
{
    if (lives->begun_at == 0)
        lives->begun_at = tick_at;
    if (!lives->is_cleared && tick_at - lives->begun_at >= LIVES_HEALTHY_MS)
        lives_clear(lives);
}

void lives_end_well(struct lives *lives)
{
    if (!lives->is_cleared)
        lives_clear(lives);
}

unsigned lives_died(const struct lives *lives)
{
    return lives->life.died;
}

bool lives_may_tell_of_disk(struct lives *lives, msec now)
{
    if (is_recent(lives->life.told_at, now, LIVES_TELL_MS) && now >= lives->life.told_at)
        return false;
    lives->life.told_at = now;
    return true;
}

void lives_keep(struct lives *lives)
{
    lives_write(lives);
}

bool lives_may_tell(struct lives *lives, msec now)
{
    if (!lives_may_tell_of_disk(lives, now))
        return false;
    lives_write(lives);
    return true;
}
