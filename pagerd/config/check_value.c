/* SPDX-License-Identifier: MIT */
/* Values that stand for themselves: words, ranges, zones, addresses, files. */
#include <assert.h>
#include <string.h>
#include <unistd.h>

#include "base/network.h"
#include "config/check.h"
#include "config/finding.h"
#include "config/value.h"
#include "engine/match.h"

#define LINK_WORDS "name service team number"

static struct arena *check_arena(struct check *check)
{
    return check->loaded->arena;
}

static void text_value(struct check *check, struct node *node)
{
    (void)check;
    (void)node;
}

static void choice_value(struct check *check, struct node *node)
{
    const struct option *row = node->option;
    struct span word = span_of(node->string);
    if (words_hold(row->choices, word))
        return;
    if (row->later != NULL && words_hold(row->later, word)) {
        report_warning(check->report, node->name_at, NULL,
                       "%s: driver \"%s\" is not used by this version", node->parent->path,
                       node->string);
        return;
    }
    check_fail(check, node,
               arena_format(check_arena(check), "it is one of these words: %s", row->choices),
               "%s cannot be \"%s\"", node->path, check_shown(check, node));
}

static void count_value(struct check *check, struct node *node)
{
    if (node->number < node->option->min || node->number > node->option->max)
        check_fail(check, node, NULL, "%s must be from %lld to %lld", node->path,
                   (long long)node->option->min, (long long)node->option->max);
}

static void duration_value(struct check *check, struct node *node)
{
    struct fault fault;
    char least[DURATION_TEXT_SIZE];
    char most[DURATION_TEXT_SIZE];
    msec duration_ms;
    const struct option *row = node->option;
    if ((row->flags & OPTION_NEVER) != 0 && string_is(node->string, "never")) {
        node->number = MSEC_NEVER;
        return;
    }
    if (!duration_parse(node->string, &duration_ms, &fault)) {
        check_fail(check, node, NULL, "%s: %s", node->path, fault.text);
        return;
    }
    if (duration_ms < row->min || duration_ms > row->max)
        check_fail(check, node, NULL, "%s must be from %s to %s%s", node->path,
                   duration_render(row->min, least), duration_render(row->max, most),
                   (row->flags & OPTION_NEVER) != 0 ? ", or \"never\"" : "");
    node->number = duration_ms;
}

static void night_value(struct check *check, struct node *node)
{
    struct fault fault;
    uint16_t from;
    uint16_t until;
    if ((node->option->flags & OPTION_NEVER) != 0 && string_is(node->string, "never"))
        return;
    if (!night_parse(node->string, &from, &until, &fault))
        check_fail(check, node, NULL, "%s %s", node->path, fault.text);
}

static void coverage_value(struct check *check, struct node *node)
{
    struct fault fault;
    struct coverage coverage;
    if (!coverage_parse(check_arena(check), node->string, &coverage, &fault))
        check_fail(check, node, NULL, "%s %s", node->path, fault.text);
}

static void zone_value(struct check *check, struct node *node)
{
    struct fault fault;
    const struct zone *zone;
    if (!loaded_zone(check->loaded, node->string, &zone, &fault))
        check_fail(check, node, "a name as in /usr/share/zoneinfo, such as \"Europe/Berlin\"",
                   "there is no time zone \"%s\" in %s", check_shown(check, node), node->path);
}

static void url_value(struct check *check, struct node *node)
{
    struct fault fault;
    if (!url_check(node->string, &fault))
        check_fail(check, node, NULL, "%s %s", node->path, fault.text);
}

static void link_value(struct check *check, struct node *node)
{
    url_value(check, node);
    if (node->is_bad)
        return;
    struct span word = variable_find_unknown(node->string, LINK_WORDS);
    if (word.size > 0)
        check_fail(check, node, "known are $name $service $team $number",
                   "there is no \"%.*s\" in %s", (int)word.size, word.bytes, node->path);
}

static void phone_value(struct check *check, struct node *node)
{
    CLEANUP(text_clear) struct text mended = {0};
    if (phone_check(node->string, &mended))
        return;
    const char *hint = "write + and country code, digits only, such as \"+4915550100001\"";
    if (mended.size > 0 && node->secret == NULL)
        hint = arena_format(check_arena(check), "write \"%s\"", text_string(&mended));
    check_fail(check, node, hint, "%s: \"%s\" is not an international phone number", node->path,
               check_shown(check, node));
}

static void email_value(struct check *check, struct node *node)
{
    struct fault fault;
    if (!email_check(node->string, &fault))
        check_fail(check, node, NULL, "%s %s", node->path, fault.text);
}

/* A checklist is a help: a missing one is told, but does not stop a pager. */
static void file_value(struct check *check, struct node *node)
{
    const char *path = source_absolute(&check->loaded->source, node->string);
    if (access(path, R_OK) == 0)
        return;
    if (string_is(node->name, "checklist"))
        report_warning(check->report, node->name_at, NULL, "%s: cannot read '%s'", node->path,
                       path);
    else
        check_fail(check, node, NULL, "%s: cannot read '%s'", node->path, path);
}

static void listen_value(struct check *check, struct node *node)
{
    struct fault fault;
    if (!listen_check(node->string, &fault))
        check_fail(check, node, NULL, "%s %s", node->path, fault.text);
}

static void network_value(struct check *check, struct node *node)
{
    struct fault fault;
    struct network network;
    if (!network_parse(node->string, &network, &fault))
        check_fail(check, node, NULL, "%s %s", node->path, fault.text);
}

static void smtp_value(struct check *check, struct node *node)
{
    struct fault fault;
    if (!smtp_check(node->string, &fault))
        check_fail(check, node, NULL, "%s %s", node->path, fault.text);
}

/* What to write in place of an address that is none; a login belongs into keys of its own. */
static const char *address_hint(const char *address)
{
    if (strncmp(address, "webcal", 6) == 0 || strncmp(address, "caldav", 6) == 0)
        return "write https:// in place of it";
    if (strstr(address, "://") != NULL && strchr(address, '@') != NULL)
        return "write  user = \"...\", password = \"secret:NAME\"  beside it";
    return NULL;
}

static void collection_value(struct check *check, struct node *node)
{
    struct fault fault;
    if (!url_check(node->string, &fault))
        check_fail(check, node, address_hint(node->string), "%s %s", node->path, fault.text);
}

/* A file that is not there yet is the calendar reader's to tell: it may come. */
static void calendar_value(struct check *check, struct node *node)
{
    if (strstr(node->string, "://") != NULL) {
        collection_value(check, node);
        return;
    }
    const char *path = source_absolute(&check->loaded->source, node->string);
    if (access(path, R_OK) != 0)
        report_warning(check->report, node->name_at, NULL, "%s: cannot read '%s'", node->path,
                       node->secret != NULL ? check_shown(check, node) : path);
}

static void percent_value(struct check *check, struct node *node)
{
    struct fault fault;
    unsigned percent = 0;
    if (!percent_parse(node->string, &percent, &fault))
        check_fail(check, node, NULL, "%s %s", node->path, fault.text);
    else if (percent < node->option->min || percent > node->option->max)
        check_fail(check, node, NULL, "%s must be from %lld%% to %lld%%", node->path,
                   (long long)node->option->min, (long long)node->option->max);
    node->number = percent;
}

static void size_value(struct check *check, struct node *node)
{
    struct fault fault;
    char least[SIZE_TEXT_SIZE];
    char most[SIZE_TEXT_SIZE];
    int64_t size = 0;
    if (!size_parse(node->string, &size, &fault))
        check_fail(check, node, NULL, "%s %s", node->path, fault.text);
    else if (size < node->option->min || size > node->option->max)
        check_fail(check, node, NULL, "%s must be from %s to %s", node->path,
                   size_render(node->option->min, least), size_render(node->option->max, most));
    node->number = size;
}

static void matcher_value(struct check *check, struct node *node)
{
    struct fault fault;
    struct matcher matcher;
    if (!matcher_parse(check_arena(check), span_of(node->string), &matcher, &fault))
        check_fail(check, node, NULL, "%s: %s", node->path, fault.text);
}

static void mapping_value(struct check *check, struct node *node)
{
    struct fault fault;
    struct severity_mapping mapping;
    if (!mapping_parse(check_arena(check), node->string, &mapping, &fault))
        check_fail(check, node, NULL, "%s: %s", node->path, fault.text);
}

/* What a text may be is known by who says it. */
static void message_value(struct check *check, struct node *node)
{
    struct fault fault;
    const char *name = arena_format(check_arena(check), "%s.%s", node->parent->name, node->name);
    if (check->loaded->message_check != NULL &&
        !check->loaded->message_check(name, node->string, &fault))
        check_fail(check, node, NULL, "%s: %s", node->path, fault.text);
}

void check_value(struct check *check, struct node *node)
{
    static void (*const checks[OPTION_TYPE_COUNT])(struct check *, struct node *) = {
        [OPTION_TEXT] = text_value,
        [OPTION_TEXTS] = text_value,
        [OPTION_CHOICE] = choice_value,
        [OPTION_SWITCH] = text_value,
        [OPTION_COUNT] = count_value,
        [OPTION_DURATION] = duration_value,
        [OPTION_NIGHT] = night_value,
        [OPTION_COVERAGE] = coverage_value,
        [OPTION_ZONE] = zone_value,
        [OPTION_URL] = url_value,
        [OPTION_LINK] = link_value,
        [OPTION_PHONE] = phone_value,
        [OPTION_EMAIL] = email_value,
        [OPTION_FILE] = file_value,
        [OPTION_LISTEN] = listen_value,
        [OPTION_SMTP] = smtp_value,
        [OPTION_NETWORKS] = network_value,
        [OPTION_CALENDAR] = calendar_value,
        [OPTION_COLLECTION] = collection_value,
        [OPTION_PERCENT] = percent_value,
        [OPTION_SIZE] = size_value,
        [OPTION_MESSAGE] = message_value,
        [OPTION_MATCHERS] = matcher_value,
        [OPTION_MAPPINGS] = mapping_value,
    };
    assert(checks[node->option->type] != NULL);
    checks[node->option->type](check, node);
}
