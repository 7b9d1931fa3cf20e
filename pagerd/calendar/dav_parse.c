/* SPDX-License-Identifier: MIT */
/*
 * dav_parse.c - a multistatus, read by libexpat.
 *
 * Only what stands in `rows` below its right parent is looked at; all else is passed over, as RFC
 * 4918 section 17 wants it.
 */
#include <assert.h>
#include <expat.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "calendar/dav.h"

enum node {
    NODE_DOCUMENT,
    NODE_OTHER,
    NODE_MULTISTATUS,
    NODE_RESPONSE,
    NODE_HREF,
    NODE_STATUS,
    NODE_PROPSTAT,
    NODE_PROP,
    NODE_ETAG,
    NODE_DATA,
    NODE_TOKEN,
    NODE_CTAG,
    NODE_COUNT
};

/* Which element means what, by the one that it stands in. */
static const struct row {
    enum node parent;
    const char *name;
    enum node node;
} rows[] = {
    {NODE_DOCUMENT, "DAV:|multistatus", NODE_MULTISTATUS},
    {NODE_MULTISTATUS, "DAV:|response", NODE_RESPONSE},
    {NODE_MULTISTATUS, "DAV:|sync-token", NODE_TOKEN},
    {NODE_RESPONSE, "DAV:|href", NODE_HREF},
    {NODE_RESPONSE, "DAV:|status", NODE_STATUS},
    {NODE_RESPONSE, "DAV:|propstat", NODE_PROPSTAT},
    {NODE_PROPSTAT, "DAV:|status", NODE_STATUS},
    {NODE_PROPSTAT, "DAV:|prop", NODE_PROP},
    {NODE_PROP, "DAV:|getetag", NODE_ETAG},
    {NODE_PROP, "DAV:|sync-token", NODE_TOKEN},
    {NODE_PROP, "http://calendarserver.org/ns/|getctag", NODE_CTAG},
    {NODE_PROP, "urn:ietf:params:xml:ns:caldav|calendar-data", NODE_DATA},
};

/* How much text an element may hold; 0: its text is not looked at. */
static const size_t text_max[NODE_COUNT] = {
    [NODE_HREF] = DAV_HREF_MAX,  [NODE_STATUS] = 1024,         [NODE_ETAG] = DAV_ETAG_MAX,
    [NODE_DATA] = DAV_BYTES_MAX, [NODE_TOKEN] = DAV_TOKEN_MAX, [NODE_CTAG] = DAV_TOKEN_MAX,
};

/* Properties that hold once the status behind them is known. */
struct props {
    const char *etag;
    const char *token;
    const char *ctag;
    struct span data;
    uint32_t status;
};

struct parse {
    XML_Parser parser;
    struct arena *arena;
    enum node nodes[DAV_DEPTH_MAX + 1]; /* [0] is the document */
    size_t depth;
    struct text text; /* of the element under way */
    struct dav_item *items;
    size_t item_count;
    size_t item_room;
    size_t response_from; /* items of the response under way */
    struct props found;   /* of the propstat under way */
    struct props held;    /* of the response under way */
    struct dav_answer answer;
    struct fault *fault;
    bool is_failed;
};

static void parse_fail(struct parse *parse, const char *text)
{
    if (!parse->is_failed)
        fault_set(parse->fault, FAULT_PEER, "%s", text);
    parse->is_failed = true;
    (void)XML_StopParser(parse->parser, XML_FALSE);
}

static enum node node_find(enum node parent, const char *name)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (rows[i].parent == parent && strcmp(rows[i].name, name) == 0)
            return rows[i].node;
    return NODE_OTHER;
}

static void parse_begin(void *context, const char *name, const char **attributes UNUSED)
{
    struct parse *parse = context;
    if (parse->is_failed)
        return;
    if (parse->depth == DAV_DEPTH_MAX) {
        parse_fail(parse, "the server's answer is nested too deeply");
        return;
    }
    enum node node = node_find(parse->nodes[parse->depth], name);
    if (parse->depth == 0 && node != NODE_MULTISTATUS) {
        parse_fail(parse, "the server's answer is no multistatus: is this a CalDAV collection?");
        return;
    }
    parse->nodes[++parse->depth] = node;
    text_reset(&parse->text);
    if (node == NODE_RESPONSE) {
        parse->response_from = parse->item_count;
        parse->held = (struct props){0};
    }
    if (node == NODE_PROPSTAT)
        parse->found = (struct props){0};
}

static void parse_text(void *context, const char *bytes, int size)
{
    struct parse *parse = context;
    size_t max = text_max[parse->nodes[parse->depth]];
    if (parse->is_failed || max == 0)
        return;
    if (parse->text.size + (size_t)size > max) {
        parse_fail(parse, "the server's answer has a value that is too long");
        return;
    }
    text_add_bytes(&parse->text, bytes, (size_t)size);
}

/* "HTTP/1.1 200 OK" */
static uint32_t status_parse(struct span line)
{
    (void)span_cut(&line, ' ');
    struct span code = span_cut(&line, ' ');
    uint32_t status = 0;
    for (size_t i = 0; i < code.size && i < 3; i++) {
        if (code.bytes[i] < '0' || code.bytes[i] > '9')
            return 0;
        status = status * 10 + (uint32_t)(code.bytes[i] - '0');
    }
    return code.size == 3 ? status : 0;
}

/* NULL for what is empty, or could not stand in a header. */
static const char *line_copy(struct parse *parse)
{
    struct span line = span_trim(text_span(&parse->text));
    for (size_t i = 0; i < line.size; i++)
        if ((unsigned char)line.bytes[i] < ' ' || line.bytes[i] == 0x7F)
            return NULL;
    return line.size == 0 ? NULL : arena_copy_span(parse->arena, line);
}

static void href_end(struct parse *parse)
{
    if (parse->item_count == DAV_ITEMS_MAX) {
        parse_fail(parse, "the collection has more than 20000 events");
        return;
    }
    const char *href = line_copy(parse);
    if (href == NULL) {
        parse_fail(parse, "the server's answer has an event without a name");
        return;
    }
    if (parse->item_count == parse->item_room) {
        parse->item_room = parse->item_room == 0 ? 64 : parse->item_room * 2;
        parse->items = memory_grow(parse->items, parse->item_room, sizeof(*parse->items));
    }
    parse->items[parse->item_count++] = (struct dav_item){.href = href};
}

/* Properties count when the server says that it found them; without them the event is still there.
 */
static void propstat_end(struct parse *parse)
{
    const struct props *found = &parse->found;
    struct props *held = &parse->held;
    bool is_found = found->status >= 200 && found->status < 300;
    if (held->status == 0)
        held->status = 200;
    if (!is_found)
        return;
    if (found->etag != NULL)
        held->etag = found->etag;
    if (found->data.bytes != NULL)
        held->data = found->data;
    if (found->token != NULL)
        parse->answer.token = found->token;
    if (found->ctag != NULL)
        parse->answer.ctag = found->ctag;
}

/* One response may speak of several hrefs, with one status for all. */
static void response_end(struct parse *parse)
{
    for (size_t i = parse->response_from; i < parse->item_count; i++) {
        struct dav_item *item = &parse->items[i];
        item->etag = parse->held.etag;
        item->data = parse->held.data;
        item->status = parse->held.status;
    }
    if (parse->held.status == 507)
        parse->answer.is_cut = true;
}

static void status_end(struct parse *parse)
{
    uint32_t status = status_parse(span_trim(text_span(&parse->text)));
    if (parse->nodes[parse->depth - 1] == NODE_PROPSTAT)
        parse->found.status = status;
    else
        parse->held.status = status;
}

static void token_end(struct parse *parse)
{
    if (parse->nodes[parse->depth - 1] == NODE_PROP)
        parse->found.token = line_copy(parse);
    else
        parse->answer.token = line_copy(parse);
}

static void etag_end(struct parse *parse)
{
    parse->found.etag = line_copy(parse);
}

static void ctag_end(struct parse *parse)
{
    parse->found.ctag = line_copy(parse);
}

static void data_end(struct parse *parse)
{
    struct span text = text_span(&parse->text);
    parse->found.data = (struct span){arena_copy_span(parse->arena, text), text.size};
}

static void parse_end(void *context, const char *name UNUSED)
{
    static void (*const ends[NODE_COUNT])(struct parse *) = {
        [NODE_RESPONSE] = response_end, [NODE_HREF] = href_end, [NODE_STATUS] = status_end,
        [NODE_PROPSTAT] = propstat_end, [NODE_ETAG] = etag_end, [NODE_DATA] = data_end,
        [NODE_TOKEN] = token_end,       [NODE_CTAG] = ctag_end,
    };
    struct parse *parse = context;
    if (parse->is_failed)
        return;
    assert(parse->depth > 0);
    enum node node = parse->nodes[parse->depth];
    if (ends[node] != NULL)
        ends[node](parse);
    parse->depth--;
    text_reset(&parse->text);
}

static void parse_doctype(void *context, const char *name UNUSED, const char *system UNUSED,
                          const char *public UNUSED, int has_subset UNUSED)
{
    parse_fail(context, "the server's answer declares a document type, which is refused");
}

static bool parse_run(struct parse *parse, struct span bytes, struct fault *fault)
{
    XML_SetUserData(parse->parser, parse);
    XML_SetElementHandler(parse->parser, parse_begin, parse_end);
    XML_SetCharacterDataHandler(parse->parser, parse_text);
    XML_SetStartDoctypeDeclHandler(parse->parser, parse_doctype);
    enum XML_Status status = XML_Parse(parse->parser, bytes.bytes, (int)bytes.size, XML_TRUE);
    if (parse->is_failed)
        return false;
    if (status != XML_STATUS_OK)
        return fault_set(fault, FAULT_PEER,
                         "the server's answer is no CalDAV answer (line %lu: %s)",
                         XML_GetCurrentLineNumber(parse->parser),
                         XML_ErrorString(XML_GetErrorCode(parse->parser)));
    return true;
}

bool dav_parse(struct arena *arena, struct span bytes, struct dav_answer *answer,
               struct fault *fault)
{
    if (bytes.size > DAV_BYTES_MAX)
        return fault_set(fault, FAULT_LIMIT, "the server's answer is larger than 16 MiB");
    struct parse parse = {.arena = arena, .fault = fault};
    parse.parser = XML_ParserCreateNS(NULL, '|');
    if (parse.parser == NULL)
        memory_out();
    bool is_good = parse_run(&parse, bytes, fault);
    XML_ParserFree(parse.parser);
    if (is_good) {
        *answer = parse.answer;
        answer->items = arena_take(arena, (parse.item_count + 1) * sizeof(*answer->items));
        if (parse.item_count > 0)
            memcpy(answer->items, parse.items, parse.item_count * sizeof(*answer->items));
        answer->item_count = parse.item_count;
    }
    free(parse.items);
    text_clear(&parse.text);
    return is_good;
}
