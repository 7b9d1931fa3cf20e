/* SPDX-License-Identifier: MIT */
#include "calendar/zones.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/text.h"
#include "calendar/stamp.h"
#include "calendar/vtimezone.h"
#include "calendar/windows.h"

#define TZDIR_DEFAULT "/usr/share/zoneinfo"
#define NAMES_MAX 2000
#define NAMES_DEPTH_MAX 3
#define CITIES_MAX 16 /* Windows names up to six in one zone */
#define VTIMEZONE_STEPS_MAX 20000000
#define VTIMEZONE_AHEAD_MS (3 * 366 * DAY_MS)

struct zone_book {
    const char *tzdir;
    msec from_at;
    msec until_at;
    int64_t steps_left; /* of the rules of all VTIMEZONEs together */
    struct arena *arena;
    struct zone *utc;
    struct map *iana;     /* canonical name -> zone */
    struct map *tzids;    /* TZID of the calendar in hand -> borrowed zone */
    struct map *embedded; /* TZID -> its VTIMEZONE in the calendar in hand; NULL: not yet made */
    struct zone **owned;
    size_t owned_count;
    const char **names; /* all of tzdata, sorted; read when first needed */
    size_t name_count;
    bool has_names;
};

struct zone_book *zone_book_new(const char *tzdir, msec from_at, msec until_at)
{
    struct zone_book *book = memory_new(1, sizeof *book);
    book->tzdir = tzdir == NULL ? TZDIR_DEFAULT : tzdir;
    book->from_at = from_at;
    book->until_at = until_at;
    book->steps_left = VTIMEZONE_STEPS_MAX;
    book->arena = arena_new();
    book->utc = zone_fixed("UTC", 0);
    book->iana = map_new();
    book->tzids = map_new();
    return book;
}

void zone_book_free(struct zone_book *book)
{
    if (book == NULL)
        return;
    for (size_t i = 0; i < book->owned_count; i++)
        zone_free(book->owned[i]);
    free(book->owned);
    free(book->names);
    map_free(book->iana);
    map_free(book->tzids);
    map_free(book->embedded);
    zone_free(book->utc);
    arena_free(book->arena);
    free(book);
}

const struct zone *zone_book_utc(const struct zone_book *book)
{
    return book->utc;
}

void zone_book_turn(struct zone_book *book)
{
    map_free(book->tzids);
    map_free(book->embedded);
    book->tzids = map_new();
    book->embedded = NULL;
}

static const struct zone *zone_own(struct zone_book *book, struct zone *zone)
{
    book->owned = memory_grow(book->owned, book->owned_count + 1, sizeof(struct zone *));
    book->owned[book->owned_count++] = zone;
    return zone;
}

/* Loads a zone by its exact name, once. */
static const struct zone *zone_book_load(struct zone_book *book, const char *name)
{
    struct zone *zone = map_find(book->iana, span_of(name));
    if (zone != NULL)
        return zone;
    if (!zone_load(book->tzdir, name, &zone, NULL))
        return NULL;
    map_put(book->iana, span_of(name), zone);
    return zone_own(book, zone);
}

/* What lies in the folder but is no zone that a calendar could mean. */
static bool name_is_foreign(const char *name)
{
    static const char *const foreign[] = {"right",   "posix",      "localtime",
                                          "Factory", "posixrules", "leapseconds"};
    for (size_t i = 0; i < sizeof foreign / sizeof foreign[0]; i++)
        if (string_is(foreign[i], name))
            return true;
    return strchr(name, '.') != NULL || name[0] == '+';
}

static void names_read(struct zone_book *book, const char *below, int depth)
{
    const char *path = arena_format(book->arena, "%s/%s", book->tzdir, below);
    DIR *directory = opendir(path);
    if (directory == NULL)
        return;
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        if (name_is_foreign(entry->d_name) || book->name_count == NAMES_MAX)
            continue;
        const char *name =
            arena_format(book->arena, "%s%s%s", below, *below ? "/" : "", entry->d_name);
        if (entry->d_type == DT_DIR) {
            if (depth < NAMES_DEPTH_MAX)
                names_read(book, name, depth + 1);
            continue;
        }
        book->names = memory_grow(book->names, book->name_count + 1, sizeof(const char *));
        book->names[book->name_count++] = name;
    }
    (void)closedir(directory);
}

static int name_compare(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static void names_want(struct zone_book *book)
{
    if (book->has_names)
        return;
    book->has_names = true;
    names_read(book, "", 1);
    if (book->name_count > 0)
        qsort(book->names, book->name_count, sizeof *book->names, name_compare);
}

static const struct zone *iana_any_case(struct zone_book *book, const char *name)
{
    if (*name == '\0')
        return NULL;
    const struct zone *zone = name_is_foreign(name) ? NULL : zone_book_load(book, name);
    if (zone != NULL)
        return zone;
    names_want(book);
    for (size_t i = 0; i < book->name_count; i++)
        if (string_same(book->names[i], name))
            return zone_book_load(book, book->names[i]);
    return NULL;
}

static bool is_utc_name(const char *name)
{
    static const char *const names[] = {"utc",     "gmt",       "z",         "etc/utc",
                                        "etc/gmt", "utc+00:00", "gmt+00:00", "utc-00:00"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (string_same(names[i], name))
            return true;
    return false;
}

/* The last `count` parts of a path, or NULL when it has fewer. */
static const char *path_tail(const char *path, int count)
{
    const char *at = path + strlen(path);
    while (at > path) {
        if (at[-1] == '/' && --count == 0)
            return at;
        at--;
    }
    return NULL;
}

const struct zone *zone_book_iana(struct zone_book *book, const char *name)
{
    if (is_utc_name(name))
        return book->utc;
    const struct zone *zone = name[0] == '/' ? NULL : iana_any_case(book, name);
    /* /mozilla.org/20050126_1/Europe/Berlin, /freeassociation.sourceforge.net/Europe/Berlin */
    for (int parts = 3; name[0] == '/' && parts > 0 && zone == NULL; parts--) {
        const char *tail = path_tail(name, parts);
        if (tail != NULL)
            zone = iana_any_case(book, tail);
    }
    return zone;
}

/* "GMT+05:30", "UTC-3", "utc +2". */
static const struct zone *fixed_find(struct zone_book *book, const char *tzid)
{
    struct span rest = span_of(tzid);
    if (rest.size < 5)
        return NULL;
    CLEANUP(text_clear) struct text head = {0};
    text_add_bytes(&head, rest.bytes, 3);
    if (!string_same(text_string(&head), "gmt") && !string_same(text_string(&head), "utc"))
        return NULL;
    rest = span_trim((struct span){rest.bytes + 3, rest.size - 3});
    if (rest.size < 2 || (rest.bytes[0] != '+' && rest.bytes[0] != '-'))
        return NULL;
    CLEANUP(text_clear) struct text offset = {0};
    text_add_char(&offset, rest.bytes[0]);
    rest = (struct span){rest.bytes + 1, rest.size - 1};
    bool has_one_digit = rest.size % 2 == 1 ? memchr(rest.bytes, ':', rest.size) == NULL
                                            : memchr(rest.bytes, ':', rest.size) != NULL;
    if (has_one_digit)
        text_add_char(&offset, '0');
    text_add_span(&offset, rest);
    if (rest.size <= 2)
        text_add(&offset, "00");
    int32_t offset_s;
    if (!offset_parse(text_span(&offset), &offset_s))
        return NULL;
    return zone_own(book, zone_fixed(tzid, offset_s));
}

/* Folders whose last parts are not cities, or old names of other zones. */
static bool has_no_city(const char *name)
{
    static const char *const folders[] = {"Etc/",   "US/",     "Brazil/", "Canada/",
                                          "Chile/", "Mexico/", "SystemV/"};
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++)
        if (span_has_prefix(span_of(name), folders[i]))
            return true;
    return strchr(name, '/') == NULL;
}

static bool is_city_of(const char *zone_name, struct span city)
{
    const char *last = strrchr(zone_name, '/') + 1;
    CLEANUP(text_clear) struct text spoken = {0};
    CLEANUP(text_clear) struct text wanted = {0};
    text_add_span(&wanted, city);
    for (const char *at = last; *at != '\0'; at++)
        text_add_char(&spoken, *at == '_' ? ' ' : *at);
    return string_same(text_string(&spoken), text_string(&wanted));
}

/* "(UTC+01:00) Amsterdam, Berlin, Bern": the first city that is known. */
static const struct zone *city_find(struct zone_book *book, struct notes *notes, uint32_t line,
                                    const char *tzid)
{
    struct span rest = span_of(tzid);
    if (!span_has_prefix(rest, "(UTC") && !span_has_prefix(rest, "(GMT"))
        return NULL;
    (void)span_cut(&rest, ')');
    names_want(book);
    for (int cities = 0; rest.size > 0 && cities < CITIES_MAX; cities++) {
        size_t size = 0;
        while (size < rest.size && strchr(",/;", rest.bytes[size]) == NULL)
            size++;
        struct span city = span_trim((struct span){rest.bytes, size});
        size += size < rest.size ? 1 : 0;
        rest = (struct span){rest.bytes + size, rest.size - size};
        for (size_t i = 0; i < book->name_count; i++) {
            if (has_no_city(book->names[i]) || !is_city_of(book->names[i], city))
                continue;
            notes_add(notes, line, "W-TZ-GUESS", "time zone \"%s\" is taken for %s", tzid,
                      book->names[i]);
            return zone_book_load(book, book->names[i]);
        }
    }
    return NULL;
}

/* Of several VTIMEZONEs with one name the last of the file counts: it is the first of the list. */
static void embedded_fill(struct zone_book *book, const struct feed_calendar *calendar)
{
    book->embedded = map_new();
    for (struct feed_zone *zone = calendar->zones; zone != NULL; zone = zone->next) {
        const struct property *name = component_find(&zone->head, FIELD_TZID);
        if (name == NULL)
            continue;
        struct span value = name->value;
        if (value.size > 1 && value.bytes[0] == '"' && value.bytes[value.size - 1] == '"')
            value = (struct span){value.bytes + 1, value.size - 2};
        if (map_find(book->embedded, value) == NULL)
            map_put(book->embedded, value, zone);
    }
}

static const struct feed_zone *embedded_find(struct zone_book *book,
                                             const struct feed_calendar *calendar, const char *tzid)
{
    if (book->embedded == NULL)
        embedded_fill(book, calendar);
    return map_find(book->embedded, span_of(tzid));
}

/* Does the embedded zone give another answer than tzdata inside the window? */
static void embedded_compare(struct zone_book *book, struct notes *notes,
                             const struct feed_zone *embedded, const char *tzid,
                             const struct zone *zone)
{
    struct zone *other;
    if (!vtimezone_parse(tzid, embedded->observances, book->until_at + VTIMEZONE_AHEAD_MS,
                         &book->steps_left, &other, NULL))
        return;
    msec at = book->from_at;
    while (at < book->until_at && zone_offset(zone, at) == zone_offset(other, at)) {
        msec next = zone_next_change(zone, at);
        msec other_next = zone_next_change(other, at);
        at = next < other_next ? next : other_next;
    }
    char instant[INSTANT_TEXT_SIZE];
    if (at < book->until_at)
        notes_add(notes, embedded->head.line, "W-VTZ-DIFFERS",
                  "the file's own rules for \"%s\" differ from tzdata at %s; tzdata is used", tzid,
                  instant_render(at, instant));
    zone_free(other);
}

static const struct zone *embedded_use(struct zone_book *book, struct notes *notes,
                                       const struct feed_zone *embedded, const char *tzid)
{
    const struct property *location = component_find(&embedded->head, FIELD_LOCATION);
    const struct zone *known = NULL;
    if (location != NULL)
        known = zone_book_iana(book, arena_copy_span(book->arena, location->value));
    if (known != NULL)
        return known;
    struct zone *zone;
    struct fault fault;
    if (vtimezone_parse(tzid, embedded->observances, book->until_at + VTIMEZONE_AHEAD_MS,
                        &book->steps_left, &zone, &fault))
        return zone_own(book, zone);
    notes_add(notes, embedded->head.line, "W-VTIMEZONE", "time zone \"%s\": %s", tzid, fault.text);
    return NULL;
}

static const struct zone *tzid_resolve(struct zone_book *book, struct notes *notes,
                                       const struct feed_calendar *calendar, uint32_t line,
                                       const char *tzid, const struct zone *fallback)
{
    const struct feed_zone *embedded = embedded_find(book, calendar, tzid);
    const struct zone *zone = zone_book_iana(book, tzid);
    if (zone == NULL && windows_zone_find(tzid) != NULL)
        zone = zone_book_load(book, windows_zone_find(tzid));
    if (zone != NULL && embedded != NULL)
        embedded_compare(book, notes, embedded, tzid, zone);
    if (zone == NULL && embedded != NULL)
        zone = embedded_use(book, notes, embedded, tzid);
    if (zone == NULL)
        zone = fixed_find(book, tzid);
    if (zone == NULL)
        zone = city_find(book, notes, line, tzid);
    if (zone != NULL)
        return zone;
    notes_add(notes, line, "E-TZ-UNKNOWN", "time zone \"%s\" is not known; %s is used instead",
              tzid, zone_name(fallback));
    return fallback;
}

const struct zone *zone_book_find(struct zone_book *book, struct notes *notes,
                                  const struct feed_calendar *calendar, uint32_t line,
                                  const char *tzid, const struct zone *fallback)
{
    struct span key = span_trim(span_of(tzid));
    const struct zone *zone = map_find(book->tzids, key);
    if (zone != NULL)
        return zone;
    zone = tzid_resolve(book, notes, calendar, line, arena_copy_span(book->arena, key), fallback);
    union {
        const struct zone *borrowed;
        void *stored;
    } cell = {.borrowed = zone};
    map_put(book->tzids, key, cell.stored);
    return zone;
}
