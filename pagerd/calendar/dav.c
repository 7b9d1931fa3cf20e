/* SPDX-License-Identifier: MIT */
#include "calendar/dav.h"

#include <string.h>

#include "base/json.h"
#include "calendar/message.h"

#define REQUEST_MAGIC "DAV1" /* as a size it would be too large for any message of reader.h */
#define RESULT_JSON_MAX (32 * 1024 * 1024)

#define XML_HEAD "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
#define XML_NAMES "xmlns:D=\"DAV:\" xmlns:C=\"urn:ietf:params:xml:ns:caldav\""
#define XML_DATA "<D:prop><D:getetag/><C:calendar-data/></D:prop>"

void dav_propfind_render(struct text *text)
{
    text_add(text, XML_HEAD "<D:propfind " XML_NAMES " xmlns:S=\"http://calendarserver.org/ns/\">"
                            "<D:prop><S:getctag/><D:sync-token/></D:prop></D:propfind>\n");
}

void dav_changes_render(struct text *text, const char *token)
{
    text_add(text, XML_HEAD "<D:sync-collection " XML_NAMES "><D:sync-token>");
    if (token != NULL)
        text_add_html(text, token);
    text_add(text, "</D:sync-token><D:sync-level>1</D:sync-level>"
                   "<D:prop><D:getetag/></D:prop></D:sync-collection>\n");
}

void dav_multiget_render(struct text *text, const char *const *hrefs, size_t count)
{
    text_add(text, XML_HEAD "<C:calendar-multiget " XML_NAMES ">" XML_DATA);
    for (size_t i = 0; i < count; i++) {
        text_add(text, "<D:href>");
        text_add_html(text, hrefs[i]);
        text_add(text, "</D:href>");
    }
    text_add(text, "</C:calendar-multiget>\n");
}

void dav_query_render(struct text *text)
{
    text_add(text, XML_HEAD "<C:calendar-query " XML_NAMES ">" XML_DATA
                            "<C:filter><C:comp-filter name=\"VCALENDAR\">"
                            "<C:comp-filter name=\"VEVENT\"/>"
                            "</C:comp-filter></C:filter></C:calendar-query>\n");
}

static int hex_value(char digit)
{
    static const char digits[] = "0123456789abcdef";
    char lower = digit >= 'A' && digit <= 'F' ? (char)(digit - 'A' + 'a') : digit;
    const char *at = lower != '\0' ? strchr(digits, lower) : NULL;
    return at != NULL ? (int)(at - digits) : -1;
}

/* The path of an absolute path or URL, percent-decoded, without query; NULL: it has a NUL in it. */
static char *path_of(struct arena *arena, const char *href)
{
    const char *scheme_end = strstr(href, "://");
    const char *path = href;
    if (href[0] != '/' && scheme_end != NULL)
        path = scheme_end + 3 + strcspn(scheme_end + 3, "/?#");
    size_t size = strcspn(path, "?#");
    char *decoded = arena_take(arena, size + 2);
    size_t at = 0;
    for (size_t i = 0; i < size; i++) {
        bool is_code = path[i] == '%' && i + 2 < size && hex_value(path[i + 1]) >= 0 &&
                       hex_value(path[i + 2]) >= 0;
        decoded[at] =
            is_code ? (char)(hex_value(path[i + 1]) * 16 + hex_value(path[i + 2])) : path[i];
        if (decoded[at++] == '\0')
            return NULL;
        i += is_code ? 2 : 0;
    }
    return decoded;
}

/* Can stand in messages, and is one part of a path. */
static bool name_is_good(const char *name)
{
    size_t size = strlen(name);
    if (size > DAV_NAME_MAX || strchr(name, '/') != NULL || string_is(name, "..") ||
        string_is(name, "."))
        return false;
    for (size_t i = 0; i < size; i++)
        if ((unsigned char)name[i] < ' ' || name[i] == 0x7F)
            return false;
    return true;
}

bool dav_name(struct arena *arena, const char *url, const char *href, const char **name,
              struct fault *fault)
{
    char *folder = path_of(arena, url);
    char *path = path_of(arena, href);
    if (folder == NULL || path == NULL)
        return fault_set(fault, FAULT_PEER, "the server names an event that cannot be one");
    size_t size = strlen(folder);
    if (size == 0 || folder[size - 1] != '/')
        folder[size++] = '/'; /* path_of() leaves room for it */
    if (strncmp(path, folder, size - 1) == 0 && path[size - 1] == '\0') {
        *name = "";
        return true;
    }
    if (strncmp(path, folder, size) != 0)
        return fault_set(fault, FAULT_PEER,
                         "the server names '%.200s', which is not in the collection", href);
    char *last = path + size;
    size_t last_size = strlen(last);
    bool is_folder = last_size > 0 && last[last_size - 1] == '/';
    if (is_folder)
        last[last_size - 1] = '\0';
    if (!name_is_good(last))
        return fault_set(fault, FAULT_PEER, "the server names '%.200s', which is no event", href);
    *name = is_folder ? "" : last;
    return true;
}

void dav_request_render(struct text *request, struct span body)
{
    text_add(request, REQUEST_MAGIC);
    text_add_span(request, body);
}

bool dav_request_is(struct span request)
{
    return span_has_prefix(request, REQUEST_MAGIC);
}

static void answer_render(struct text *result, const struct dav_answer *answer, const char *problem)
{
    size_t from = message_begin(result);
    struct json_writer writer = {.text = result};
    json_begin_object(&writer, NULL);
    json_put_string(&writer, "problem", problem);
    json_put_string(&writer, "token", answer->token);
    json_put_string(&writer, "ctag", answer->ctag);
    json_put_bool(&writer, "cut", answer->is_cut);
    json_begin_array(&writer, "items");
    for (size_t i = 0; i < answer->item_count; i++) {
        const struct dav_item *item = &answer->items[i];
        json_begin_object(&writer, NULL);
        json_put_string(&writer, "href", item->href);
        json_put_string(&writer, "etag", item->etag);
        json_put_integer(&writer, "status", item->status);
        json_put_integer(&writer, "size", item->data.bytes == NULL ? -1 : (int64_t)item->data.size);
        json_end_object(&writer);
    }
    json_end_array(&writer);
    json_end_object(&writer);
    message_end(result, from);
    for (size_t i = 0; i < answer->item_count; i++)
        text_add_span(result, answer->items[i].data);
}

void dav_request_answer(struct span request, struct text *result)
{
    struct fault fault = {0};
    struct dav_answer answer = {0};
    CLEANUP(arena_free) struct arena *arena = arena_new();
    request.bytes += strlen(REQUEST_MAGIC);
    request.size -= strlen(REQUEST_MAGIC);
    if (dav_parse(arena, request, &answer, &fault))
        answer_render(result, &answer, NULL);
    else
        answer_render(result, &(struct dav_answer){0}, fault.text);
}

static bool item_parse(const struct json *json, struct span *rest, struct dav_item *item)
{
    int64_t size = json_integer(json, "size", -1);
    int64_t status = json_integer(json, "status", 0);
    *item = (struct dav_item){.href = json_string(json, "href"),
                              .etag = json_string(json, "etag"),
                              .status = status < 0 || status > 999 ? 0 : (uint32_t)status};
    if (item->href == NULL || (size >= 0 && (uint64_t)size > rest->size))
        return false;
    if (size < 0)
        return true;
    item->data = (struct span){rest->bytes, (size_t)size};
    rest->bytes += size;
    rest->size -= (size_t)size;
    return true;
}

bool dav_result_parse(struct arena *arena, struct span result, struct dav_answer *answer,
                      struct fault *fault)
{
    const struct json *json;
    if (!message_take(arena, &result, RESULT_JSON_MAX, &json, fault))
        return false;
    if (json_string(json, "problem") != NULL)
        return fault_set(fault, FAULT_PEER, "%s", json_string(json, "problem"));
    const struct json *items = json_find(json, "items");
    if (items == NULL || items->kind != JSON_ARRAY || items->count > DAV_ITEMS_MAX)
        return fault_set(fault, FAULT_PEER, "the reader's answer cannot be read");
    *answer =
        (struct dav_answer){.items = arena_take(arena, (items->count + 1) * sizeof(*answer->items)),
                            .token = json_string(json, "token"),
                            .ctag = json_string(json, "ctag"),
                            .is_cut = json_bool(json, "cut", false)};
    for (const struct json *at = items->first; at != NULL; at = at->next)
        if (!item_parse(at, &result, &answer->items[answer->item_count++]))
            return fault_set(fault, FAULT_PEER, "the reader's answer is cut off");
    return true;
}
