/* SPDX-License-Identifier: MIT */
/* What the table says to people: one key for config_explain(), all of them for pagerd.cfg(5). */
#include <assert.h>
#include <string.h>

#include "config/config.h"
#include "config/options.h"

/* "Default: 5m. From 1s to 7d.", or nothing. */
static void facts_add(struct text *text, const struct option *row)
{
    char least[DURATION_TEXT_SIZE];
    char most[DURATION_TEXT_SIZE];
    if ((row->flags & OPTION_UNUSED) != 0)
        text_add(text, " Known, but not used by this version.");
    if ((row->flags & OPTION_REQUIRED) != 0)
        text_add(text, " Required.");
    if (row->choices != NULL)
        text_addf(text, " One of: %s.", row->choices);
    if (row->type == OPTION_DURATION)
        text_addf(text, " From %s to %s%s.", duration_render(row->min, least),
                  duration_render(row->max, most),
                  (row->flags & OPTION_NEVER) != 0 ? ", or \"never\"" : "");
    else if (row->type == OPTION_COUNT)
        text_addf(text, " From %lld to %lld.", (long long)row->min, (long long)row->max);
    else if (row->type == OPTION_PERCENT)
        text_addf(text, " From %lld%% to %lld%%.", (long long)row->min, (long long)row->max);
    if (row->fallback != NULL && row->type == OPTION_TARGETS)
        text_addf(text, " Default: %s.", row->fallback);
    else if (row->fallback != NULL && (row->type == OPTION_SWITCH || row->type == OPTION_COUNT))
        text_addf(text, " Default: %s.", row->fallback);
    else if (row->fallback != NULL)
        text_addf(text, " Default: \"%s\".", row->fallback);
}

static bool row_is_below(const struct option *row, const char *pattern)
{
    size_t size = strlen(pattern);
    if (strncmp(row->pattern, pattern, size) != 0)
        return false;
    const char *rest = row->pattern + size;
    rest += strncmp(rest, "[]", 2) == 0 ? 2 : 0;
    return rest[0] == '.' && strpbrk(rest + 1, ".[") == NULL;
}

static void suggestions_add(struct text *text, const char *key)
{
    size_t count;
    const struct option *rows = options_all(&count);
    const struct option *near[3] = {0};
    unsigned distances[3] = {4, 4, 4};
    const char *dot = strrchr(key, '.');
    const char *last = dot != NULL ? dot + 1 : key;
    for (size_t i = 0; i < count; i++) {
        if (strchr("*]", rows[i].pattern[strlen(rows[i].pattern) - 1]) != NULL)
            continue;
        const char *row_dot = strrchr(rows[i].pattern, '.');
        unsigned distance = string_distance(last, row_dot != NULL ? row_dot + 1 : rows[i].pattern);
        for (size_t place = 0; place < 3; place++) {
            if (distance >= distances[place])
                continue;
            for (size_t move = 2; move > place; move--) {
                near[move] = near[move - 1];
                distances[move] = distances[move - 1];
            }
            near[place] = &rows[i];
            distances[place] = distance;
            break;
        }
    }
    text_addf(text, "there is no key \"%s\".", key);
    for (size_t i = 0; i < 3 && near[i] != NULL; i++)
        text_addf(text, "%s%s", i == 0 ? " Did you mean: " : ", ", near[i]->pattern);
    text_add_char(text, '\n');
}

bool config_explain(const char *key, struct text *text)
{
    size_t count;
    const struct option *rows = options_all(&count);
    const struct option *row = options_match(key);
    if (row == NULL) {
        suggestions_add(text, key);
        return false;
    }
    text_addf(text, "%s   (%s)\n  %s", row->pattern, option_type_name(row->type), row->sentence);
    facts_add(text, row);
    text_add_char(text, '\n');
    for (size_t i = 0; i < count; i++)
        if (row_is_below(&rows[i], row->pattern))
            text_addf(text, "    %s\n", rows[i].pattern);
    return true;
}

/* scdoc reads _ and * as marks. */
static void manual_add(struct text *text, const char *string)
{
    for (; *string != '\0'; string++) {
        if (strchr("_*\\#<>", *string) != NULL)
            text_add_char(text, '\\');
        text_add_char(text, *string);
    }
}

static const char manual_head[] =
    "pagerd.cfg(5)\n"
    "\n"
    "# NAME\n"
    "\n"
    "pagerd.cfg - configuration of pagerd\n"
    "\n"
    "# DESCRIPTION\n"
    "\n"
    "*pagerd*(8) reads one file, _/etc/pagerd/pagerd.cfg_ unless told otherwise, then every\n"
    "_conf.d/\\*.cfg_ beside it in order of names. A line *@include \"FILE\"* reads a file from "
    "the\n"
    "folder of the main file. The groups at the top (*users*, *teams*, *channels* and so on) may "
    "be\n"
    "spread over the files; below them everything is defined once.\n"
    "\n"
    "Check a configuration with *pagerd --check*: it prints all errors at once and changes "
    "nothing.\n"
    "A reload (SIGHUP) of a configuration with errors keeps the running one; a start with one\n"
    "takes the last good copy.\n"
    "\n"
    "# SYNTAX\n"
    "\n"
    "A setting is *name = value*, a group *name: { ... }*, a list of groups *( {...}, {...} )* or\n"
    "of texts *[ \"a\", \"b\" ]*. Line ends separate settings; there is no comma after the last\n"
    "element of a list. Comments begin with # or // or stand between /\\* and \\*/. A name is a\n"
    "letter, then letters, digits, - and \\_.\n"
    "\n"
    "Everything but plain numbers and *true* or *false* stands in quotes, and quantities carry "
    "their\n"
    "unit:\n"
    "\n"
    "*duration*\n"
    "\tUnits w d h m s ms, as in \"30s\", \"5m\", \"1h30m\", \"7d\".\n"
    "\n"
    "*times of day*\n"
    "\tAs in \"22:00-07:00\".\n"
    "\n"
    "*parts of the week*\n"
    "\tAs in \"Mon-Fri 09:00-18:00, Sat 10:00-14:00\".\n"
    "\n"
    "*time zone*\n"
    "\tA name of the zone database, as in \"Europe/Berlin\".\n"
    "\n"
    "*percentage*\n"
    "\tA whole number, as in \"50%\".\n"
    "\n"
    "*calendar:NAME*\n"
    "\tA calendar of *calendars*. Where one fills several roles, an event says its role by a "
    "category\n"
    "\tor by a prefix, as in \"secondary: Ann\"; one that says none means the primary.\n"
    "\n"
    "*phone number*\n"
    "\tWith + and country code, digits only, as in \"+4915550100001\".\n"
    "\n"
    "# SECRETS\n"
    "\n"
    "Any text may be *\"secret:NAME\"*: it is then the first line of "
    "_$CREDENTIALS\\_DIRECTORY/NAME_ or\n"
    "of _secrets/NAME_ beside the main file. A file that everybody can read is refused. Secrets "
    "are\n"
    "never printed. Inside a longer text the word means nothing. The address of a calendar is "
    "shown\n"
    "without login, query, and whatever in its path looks like a key.\n"
    "\n"
    "# KEYS\n"
    "\n"
    "In the names below \\* stands for a name of your own and [] for each element of a list.\n";

static const char manual_tail[] =
    "\n"
    "# FILES\n"
    "\n"
    "_/etc/pagerd/pagerd.cfg_, _/etc/pagerd/conf.d/\\*.cfg_, _/etc/pagerd/secrets/_\n"
    "\n"
    "# EXAMPLE\n"
    "\n"
    "```\n"
    "url = \"https://page.example.org\"\n"
    "\n"
    "users:    { ann: { name = \"Ann Ops\", email = \"ann@example.org\",\n"
    "                   phone = \"+4915550100001\", admin = true } }\n"
    "\n"
    "channels: { sms:   { driver = \"kannel\", url = \"http://localhost:13013/cgi-bin/sendsms\",\n"
    "                     user = \"pagerd\", password = \"secret:kannel\" }\n"
    "            email: { smtp = \"localhost\", from = \"pager@example.org\" } }\n"
    "\n"
    "calendars: { rota:  { ics = \"rotas/ops.ics\" }\n"
    "             swaps: { caldav = \"https://cloud.example.org/dav/swaps/\", write = true,\n"
    "                      user = \"pagerd\", password = \"secret:caldav\" } }\n"
    "\n"
    "teams:    { ops:   { oncall = \"calendar:rota\", overrides = \"calendar:swaps\",\n"
    "                     escalate = ( { page = \"oncall\", wait = \"5m\", repeat = 6 } ) } }\n"
    "```\n"
    "\n"
    "# SEE ALSO\n"
    "\n"
    "*pagerd*(8), *pagectl*(1)\n";

void options_render_manual(struct text *text)
{
    size_t count;
    const struct option *rows = options_all(&count);
    text_add(text, manual_head);
    for (size_t i = 0; i < count; i++) {
        CLEANUP(text_clear) struct text facts = {0};
        text_add(text, "\n*");
        manual_add(text, rows[i].pattern);
        text_addf(text, "* (%s)\n\t", option_type_name(rows[i].type));
        manual_add(text, rows[i].sentence);
        facts_add(&facts, &rows[i]);
        manual_add(text, text_string(&facts));
        text_add_char(text, '\n');
    }
    text_add(text, manual_tail);
}
