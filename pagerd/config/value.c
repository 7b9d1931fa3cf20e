/* SPDX-License-Identifier: MIT */
#include "config/value.h"

#include <arpa/inet.h>
#include <assert.h>
#include <stdio.h>
#include <string.h>

#define PHONE_DIGITS_MIN 7
#define PHONE_DIGITS_MAX 15 /* ITU-T E.164 */
#define EMAIL_SIZE_MAX 254  /* RFC 5321, erratum 1690 */
#define HOST_SIZE_MAX 253
#define DAYS 7
#define DAY_MINUTES (24 * 60)

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static bool is_alphanumeric(char byte)
{
    return is_digit(byte) || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

bool words_hold(const char *words, struct span word)
{
    struct span rest = span_of(words);
    while (rest.size > 0) {
        struct span next = span_cut(&rest, ' ');
        if (next.size == word.size && memcmp(next.bytes, word.bytes, word.size) == 0)
            return true;
    }
    return false;
}

/* "9:00" or "09:00"; 24:00 is the end of the day. */
static bool clock_parse(struct span span, uint16_t *minute)
{
    unsigned hours = 0;
    unsigned minutes = 0;
    struct span hour = span_cut(&span, ':');
    if (hour.size < 1 || hour.size > 2 || span.size != 2)
        return false;
    for (size_t i = 0; i < hour.size; i++) {
        if (!is_digit(hour.bytes[i]))
            return false;
        hours = hours * 10 + (unsigned)(hour.bytes[i] - '0');
    }
    if (!is_digit(span.bytes[0]) || !is_digit(span.bytes[1]))
        return false;
    minutes = (unsigned)(span.bytes[0] - '0') * 10 + (unsigned)(span.bytes[1] - '0');
    if (minutes > 59 || hours * 60 + minutes > DAY_MINUTES)
        return false;
    *minute = (uint16_t)(hours * 60 + minutes);
    return true;
}

static bool clocks_parse(struct span span, uint16_t *from, uint16_t *until)
{
    struct span first = span_trim(span_cut(&span, '-'));
    return clock_parse(first, from) && clock_parse(span_trim(span), until) && *from < DAY_MINUTES &&
           *from != *until;
}

bool night_parse(const char *text, uint16_t *from_minute, uint16_t *until_minute,
                 struct fault *fault)
{
    uint16_t from;
    uint16_t until;
    if (!clocks_parse(span_trim(span_of(text)), &from, &until) || until == DAY_MINUTES)
        return fault_set(fault, FAULT_INPUT, "must be two times of day, such as \"22:00-07:00\"");
    *from_minute = from;
    *until_minute = until;
    return true;
}

static bool day_parse(struct span span, int *day)
{
    static const char *const names[DAYS] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    for (int i = 0; i < DAYS; i++)
        if (span.size == 3 && strncasecmp(span.bytes, names[i], 3) == 0) {
            *day = i;
            return true;
        }
    return false;
}

static bool days_parse(struct span span, int *from, int *until)
{
    struct span first = span_cut(&span, '-');
    if (!day_parse(first, from))
        return false;
    *until = *from;
    return span.size == 0 || day_parse(span, until);
}

/* One window, "Mon-Fri 09:00-18:00": one entry per day. An end before its start is on the next
 * day. */
static bool windows_parse(struct span span, struct week_window *windows, size_t *count)
{
    int first_day = 0;
    int last_day = DAYS - 1;
    uint16_t from = 0;
    uint16_t until = DAY_MINUTES;
    struct span times = span;
    if (span.size == 0)
        return false;
    if (!is_digit(span.bytes[0])) {
        struct span days = span_cut(&times, ' ');
        times = span_trim(times);
        if (!days_parse(days, &first_day, &last_day))
            return false;
    }
    if (times.size > 0 && !clocks_parse(times, &from, &until))
        return false;

    int day_count = (last_day - first_day + DAYS) % DAYS + 1;
    for (int i = 0; i < day_count; i++) {
        if (*count == COVERAGE_WINDOWS_MAX)
            return false;
        int start = (first_day + i) % DAYS * DAY_MINUTES;
        int end = start + until + (until <= from ? DAY_MINUTES : 0);
        windows[(*count)++] = (struct week_window){
            .from_minute = (uint16_t)(start + from),
            .until_minute = (uint16_t)(end % WEEK_MINUTES),
        };
    }
    return true;
}

bool coverage_parse(struct arena *arena, const char *text, struct coverage *coverage,
                    struct fault *fault)
{
    struct week_window windows[COVERAGE_WINDOWS_MAX];
    size_t count = 0;
    struct span rest = span_trim(span_of(text));
    if (span_is(rest, "always") || span_is(rest, "none")) {
        *coverage = (struct coverage){.is_always = span_is(rest, "always")};
        return true;
    }
    do {
        if (!windows_parse(span_trim(span_cut(&rest, ',')), windows, &count))
            return fault_set(fault, FAULT_INPUT,
                             "must be \"always\", \"none\" or parts of the week such as "
                             "\"Mon-Fri 09:00-18:00, Sat 10:00-14:00\"");
    } while (rest.size > 0);

    struct week_window *kept = arena_take(arena, count * sizeof *kept);
    memcpy(kept, windows, count * sizeof *kept);
    *coverage = (struct coverage){.windows = kept, .count = count};
    return true;
}

/* Digits of what a person typed; an international 00 becomes +. False: no number at all. */
static bool phone_mend(const char *text, struct text *mended)
{
    size_t start = strncmp(text, "00", 2) == 0 ? 2 : 0;
    bool has_code = start > 0 || text[0] == '+';
    text_add_char(mended, '+');
    for (const char *byte = text + start; *byte != '\0'; byte++) {
        if (is_digit(*byte))
            text_add_char(mended, *byte);
        else if (strchr("+ -/.()", *byte) == NULL)
            return false;
    }
    return has_code && mended->size > PHONE_DIGITS_MIN && mended->size <= PHONE_DIGITS_MAX + 1 &&
           mended->bytes[1] != '0';
}

bool phone_check(const char *text, struct text *mended)
{
    size_t digits = 0;
    bool is_plain = text[0] == '+' && text[1] != '0';
    for (const char *byte = text + 1; is_plain && *byte != '\0'; byte++, digits++)
        is_plain = is_digit(*byte);
    if (is_plain && digits >= PHONE_DIGITS_MIN && digits <= PHONE_DIGITS_MAX)
        return true;
    if (!phone_mend(text, mended))
        text_reset(mended);
    return false;
}

/* Letters, digits, - and . in labels that are not empty. */
static bool host_is_valid(struct span host)
{
    if (host.size == 0 || host.size > HOST_SIZE_MAX)
        return false;
    char before = '.';
    for (size_t i = 0; i < host.size; i++) {
        char byte = host.bytes[i];
        if (!is_alphanumeric(byte) && byte != '-' && byte != '.' && (byte & 0x80) == 0)
            return false;
        if (byte == '.' && before == '.')
            return false;
        before = byte;
    }
    return true;
}

bool email_check(const char *text, struct fault *fault)
{
    struct span domain = span_of(text);
    struct span local = span_cut(&domain, '@');
    bool is_good = local.size > 0 && local.size <= 64 && strlen(text) <= EMAIL_SIZE_MAX &&
                   host_is_valid(domain);
    for (size_t i = 0; is_good && i < local.size; i++)
        is_good = is_alphanumeric(local.bytes[i]) ||
                  strchr("!#$%&'*+-/=?^_`{|}~.", local.bytes[i]) != NULL ||
                  (local.bytes[i] & 0x80) != 0;
    if (!is_good)
        return fault_set(fault, FAULT_INPUT,
                         "must be one plain address, such as "
                         "\"ann@example.org\"");
    return true;
}

static bool port_parse(struct span span, unsigned *port)
{
    unsigned number = 0;
    if (span.size < 1 || span.size > 5)
        return false;
    for (size_t i = 0; i < span.size; i++) {
        if (!is_digit(span.bytes[i]))
            return false;
        number = number * 10 + (unsigned)(span.bytes[i] - '0');
    }
    *port = number;
    return number <= UINT16_MAX;
}

bool url_check(const char *text, struct fault *fault)
{
    struct span span = span_of(text);
    bool is_secure = span_has_prefix(span, "https://");
    size_t start = is_secure ? 8 : 7;
    if (!is_secure && !span_has_prefix(span, "http://"))
        return fault_set(fault, FAULT_INPUT, "must begin with https:// or http://");
    for (size_t i = 0; i < span.size; i++)
        if ((unsigned char)span.bytes[i] <= ' ' || strchr("\"<>\\^`", span.bytes[i]) != NULL)
            return fault_set(fault, FAULT_INPUT, "cannot hold blanks or the signs \" < > \\ ^ `");
    size_t host_size = strcspn(text + start, "/?#");
    if (host_size == 0 || text[start] == ':')
        return fault_set(fault, FAULT_INPUT, "has no host");
    if (memchr(text + start, '@', host_size) != NULL)
        return fault_set(fault, FAULT_INPUT, "cannot hold a login: it would be shown");
    return true;
}

bool percent_parse(const char *text, unsigned *percent, struct fault *fault)
{
    unsigned number = 0;
    size_t size = strlen(text);
    bool is_good = size >= 2 && size <= 4 && text[size - 1] == '%';
    for (size_t i = 0; is_good && i + 1 < size; i++) {
        is_good = is_digit(text[i]);
        number = number * 10 + (unsigned)(text[i] - '0');
    }
    if (!is_good)
        return fault_set(fault, FAULT_INPUT, "must be a percentage such as \"50%%\"");
    *percent = number;
    return true;
}

static const struct {
    const char *name;
    int64_t size;
} size_units[] = {
    {"GiB", 1024 * 1024 * 1024},
    {"MiB", 1024 * 1024},
    {"KiB", 1024},
    {"B", 1},
};

#define SIZE_UNITS (sizeof size_units / sizeof size_units[0])
#define SIZE_DIGITS_MAX 9

bool size_parse(const char *text, int64_t *size, struct fault *fault)
{
    struct span span = span_trim(span_of(text));
    int64_t number = 0;
    size_t digits = 0;
    while (digits < span.size && digits < SIZE_DIGITS_MAX && is_digit(span.bytes[digits]))
        number = number * 10 + (span.bytes[digits++] - '0');
    struct span unit = span_trim((struct span){span.bytes + digits, span.size - digits});
    for (size_t i = 0; digits > 0 && i < SIZE_UNITS; i++) {
        if (!span_is(unit, size_units[i].name))
            continue;
        *size = number * size_units[i].size;
        return true;
    }
    return fault_set(fault, FAULT_INPUT, "must be a size with its unit, such as \"8MiB\"");
}

const char *size_render(int64_t size, char text[SIZE_TEXT_SIZE])
{
    size_t i = 0;
    while (i + 1 < SIZE_UNITS && (size == 0 || size % size_units[i].size != 0))
        i++;
    (void)snprintf(text, SIZE_TEXT_SIZE, "%lld%s", (long long)(size / size_units[i].size),
                   size_units[i].name);
    return text;
}

bool mapping_parse(struct arena *arena, const char *text, struct severity_mapping *mapping,
                   struct fault *fault)
{
    const char *equals = strrchr(text, '=');
    struct span word = span_trim((struct span){text, equals != NULL ? (size_t)(equals - text) : 0});
    const char *name = equals != NULL ? equals + 1 + strspn(equals + 1, " ") : "";
    if (word.size == 0)
        return fault_set(fault, FAULT_INPUT,
                         "\"%.60s\" is no mapping: write word=severity, such as \"P1=critical\"",
                         text);
    for (int i = 0; i < SEVERITY_COUNT; i++) {
        if (!string_is(name, severity_name((enum severity)i)))
            continue;
        *mapping = (struct severity_mapping){.word = arena_copy_span(arena, word),
                                             .severity = (enum severity)i};
        return true;
    }
    return fault_set(fault, FAULT_INPUT,
                     "\"%.60s\" is no severity: there are critical, error, warning and info", name);
}

bool url_is_local(const char *text)
{
    const char *start = strstr(text, "://");
    struct span host = span_of(start != NULL ? start + 3 : text);
    host.size = strcspn(host.bytes, "/?#");
    if (span_has_prefix(host, "[::1]"))
        return true;
    host = span_cut(&host, ':');
    unsigned char bytes[4];
    char address[INET_ADDRSTRLEN];
    if (host.size >= sizeof address)
        return false;
    memcpy(address, host.bytes, host.size);
    address[host.size] = '\0';
    return string_is(address, "localhost") ||
           (inet_pton(AF_INET, address, bytes) == 1 && bytes[0] == 127);
}

bool listen_check(const char *text, struct fault *fault)
{
    unsigned char bytes[16];
    char address[INET6_ADDRSTRLEN];
    unsigned port;
    const char *colon = strrchr(text, ':');
    bool is_six = text[0] == '[' && colon != NULL && colon > text && colon[-1] == ']';
    size_t skip = is_six ? 1 : 0;
    size_t size = colon != NULL ? (size_t)(colon - text) - 2 * skip : 0;
    bool is_good =
        colon != NULL && size > 0 && size < sizeof address && port_parse(span_of(colon + 1), &port);
    if (is_good) {
        memcpy(address, text + skip, size);
        address[size] = '\0';
        is_good = inet_pton(is_six ? AF_INET6 : AF_INET, address, bytes) == 1;
    }
    if (!is_good)
        return fault_set(fault, FAULT_INPUT,
                         "must be a numeric address and a port, such as \"127.0.0.1:8440\" or "
                         "\"[::1]:8440\"");
    return true;
}

bool smtp_check(const char *text, struct fault *fault)
{
    unsigned port = 1;
    struct span rest = span_of(text);
    if (span_has_prefix(rest, "smtps://"))
        rest = (struct span){rest.bytes + 8, rest.size - 8};
    bool has_port = memchr(rest.bytes, ':', rest.size) != NULL;
    struct span host = span_cut(&rest, ':');
    if (!host_is_valid(host) || (has_port && !port_parse(rest, &port)) || port == 0)
        return fault_set(fault, FAULT_INPUT,
                         "must be host, host:port or smtps://host:port, such as "
                         "\"smtp.example.org:587\"");
    return true;
}

struct span variable_find_unknown(const char *text, const char *words)
{
    for (const char *dollar = text; (dollar = strchr(dollar, '$')) != NULL; dollar++) {
        size_t size = 0;
        while (dollar[1 + size] >= 'a' && dollar[1 + size] <= 'z')
            size++;
        if (!words_hold(words, (struct span){dollar + 1, size}))
            return (struct span){dollar, size + 1};
    }
    return (struct span){"", 0};
}
