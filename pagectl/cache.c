/* SPDX-License-Identifier: MIT */
/* cache.c - private copies of the last answers, and the stored login. Declared in request.h. */
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/api.h"
#include "pagectl/request.h"

#define CACHE_FILE_MAX (1024 * 1024)
#define CACHE_FRESH_MS (10 * MINUTE_MS)
#define CACHE_WAIT_MS (2 * SECOND_MS)
#define LOGIN_FILE_MAX 4096

static const char *cache_folder(struct tool *tool)
{
    return tool_folder(tool, "XDG_CACHE_HOME", ".cache");
}

void cache_put(struct tool *tool, const char *name, const struct json *document)
{
    CLEANUP(text_clear) struct text text = {0};
    CLEANUP(text_clear) struct text body = {0};
    const char *folder = cache_folder(tool);
    struct place place;
    if (folder == NULL || !place_find(tool, &place, NULL))
        return;

    struct json_writer writer = {.text = &text};
    json_render(&body, document);
    json_begin_object(&writer, NULL);
    json_put_string(&writer, "place", place_name(tool->arena, &place));
    json_put_instant(&writer, "at", tool->now);
    json_put_raw(&writer, "document", text_string(&body));
    json_end_object(&writer);
    if (text.size > CACHE_FILE_MAX)
        return;
    const char *file = arena_format(tool->arena, "%s.json", name);
    if (!tool_write_private(folder, file, text_span(&text), NULL))
        return; /* a copy is nice to have */
}

const struct json *cache_get(struct tool *tool, const char *name, msec *at)
{
    CLEANUP(text_clear) struct text text = {0};
    const char *folder = cache_folder(tool);
    const struct json *kept = NULL;
    struct place place;
    if (folder == NULL || !place_find(tool, &place, NULL))
        return NULL;
    const char *path = arena_format(tool->arena, "%s/%s.json", folder, name);
    if (!tool_read_file(path, CACHE_FILE_MAX, &text, NULL) ||
        !json_parse(tool->arena, text_span(&text), &kept, NULL))
        return NULL;

    const char *when = json_string(kept, "at");
    if (when == NULL || !instant_parse(when, at, NULL))
        return NULL;
    if (!string_is(json_string(kept, "place"), place_name(tool->arena, &place)))
        return NULL;
    return json_find(kept, "document");
}

void cache_refresh(struct tool *tool)
{
    const struct json *document = NULL;
    msec at = 0;
    if (cache_get(tool, "oncall", &at) != NULL && tool->now - at < CACHE_FRESH_MS &&
        at <= tool->now)
        return;
    if (request_try(tool, API_ONCALL, CACHE_WAIT_MS, &document))
        cache_put(tool, "oncall", document);
}

bool login_read(struct tool *tool, struct place *place)
{
    CLEANUP(text_clear) struct text text = {0};
    const char *folder = tool_folder(tool, "XDG_CONFIG_HOME", ".config");
    if (folder == NULL)
        return false;
    const char *path = arena_format(tool->arena, "%s/login", folder);
    if (!tool_read_file(path, LOGIN_FILE_MAX, &text, NULL))
        return false;

    struct span rest = text_span(&text);
    struct span url = span_trim(span_cut(&rest, '\n'));
    struct span token = span_trim(span_cut(&rest, '\n'));
    if (url.size == 0 || token.size == 0)
        return false;
    if (!place_parse(tool->arena, arena_copy_span(tool->arena, url), place, NULL))
        return false;
    place->token = arena_copy_span(tool->arena, token);
    return true;
}
