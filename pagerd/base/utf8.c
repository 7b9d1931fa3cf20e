/* SPDX-License-Identifier: MIT */
#include "base/utf8.h"

#include <string.h>

#include "base/utf8_table.h"

#define CODE_MAX 0x10ffff
#define MARKS_MAX 16 /* that are put in order after one letter; more are kept as they come */

/* Ranges of capitals and how far their small letters are. With step 2, capitals and small
 * letters take turns. */
static const struct lowering {
    uint32_t first;
    uint32_t last;
    int32_t distance;
    uint32_t step;
} lowerings[] = {
    {'A', 'Z', 32, 1},          {0xc0, 0xd6, 32, 1},     {0xd8, 0xde, 32, 1},
    {0x100, 0x12e, 1, 2},       {0x130, 0x130, -199, 1}, {0x132, 0x136, 1, 2},
    {0x139, 0x147, 1, 2},       {0x14a, 0x176, 1, 2},    {0x178, 0x178, -121, 1},
    {0x179, 0x17d, 1, 2},       {0x17f, 0x17f, -268, 1}, {0x1cd, 0x1db, 1, 2},
    {0x1de, 0x1ee, 1, 2},       {0x1f8, 0x21e, 1, 2},    {0x222, 0x232, 1, 2},
    {0x386, 0x386, 38, 1},      {0x388, 0x38a, 37, 1},   {0x38c, 0x38c, 64, 1},
    {0x38e, 0x38f, 63, 1},      {0x391, 0x3a1, 32, 1},   {0x3a3, 0x3ab, 32, 1},
    {0x3c2, 0x3c2, 1, 1},       {0x400, 0x40f, 80, 1},   {0x410, 0x42f, 32, 1},
    {0x460, 0x480, 1, 2},       {0x48a, 0x4be, 1, 2},    {0x4c0, 0x4c0, 15, 1},
    {0x4c1, 0x4cd, 1, 2},       {0x4d0, 0x52e, 1, 2},    {0x1e00, 0x1e94, 1, 2},
    {0x1e9e, 0x1e9e, -7615, 1}, {0x1ea0, 0x1efe, 1, 2},
};

/* Combining marks that are not set above the letter, with their canonical class; marks of a
 * lower class come first (Unicode 3.11). All others here are of class 230. */
static const struct mark_class {
    uint32_t first;
    uint32_t last;
    unsigned class;
} mark_classes[] = {
    {0x316, 0x319, 220}, {0x31b, 0x31b, 216}, {0x31c, 0x320, 220}, {0x321, 0x322, 202},
    {0x323, 0x326, 220}, {0x327, 0x328, 202}, {0x329, 0x333, 220}, {0x334, 0x338, 1},
    {0x339, 0x33c, 220}, {0x345, 0x345, 240}, {0x347, 0x349, 220}, {0x34d, 0x34e, 220},
};

static const struct utf8_range spaces[] = {
    {'\t', '\r'},     {' ', ' '},       {0x85, 0x85},     {0xa0, 0xa0},     {0x1680, 0x1680},
    {0x2000, 0x200a}, {0x2028, 0x2029}, {0x202f, 0x202f}, {0x205f, 0x205f}, {0x3000, 0x3000},
};

static bool range_has(const struct utf8_range *ranges, size_t count, uint32_t code)
{
    size_t low = 0;
    size_t high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (code > ranges[middle].last)
            low = middle + 1;
        else
            high = middle;
    }
    return low < count && code >= ranges[low].first;
}

static bool is_continuation(char byte)
{
    return ((unsigned char)byte & 0xc0) == 0x80;
}

/* Bytes of a sequence by its first byte; 0 for a byte that cannot be first. */
static size_t sequence_size(unsigned char byte)
{
    if (byte < 0x80)
        return 1;
    if (byte >= 0xc2 && byte < 0xe0)
        return 2;
    if (byte >= 0xe0 && byte < 0xf0)
        return 3;
    return byte >= 0xf0 && byte < 0xf5 ? 4 : 0;
}

/* Size of the valid sequence at the start of a span that is not empty; 0 when there is none. */
static size_t sequence_read(struct span span, uint32_t *code_point)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    unsigned char first = (unsigned char)span.bytes[0];
    size_t size = sequence_size(first);
    if (size == 0 || size > span.size)
        return 0;
    uint32_t code = size == 1 ? first : first & (0x7fu >> size);
    for (size_t i = 1; i < size; i++) {
        if (!is_continuation(span.bytes[i]))
            return 0;
        code = code << 6 | ((unsigned char)span.bytes[i] & 0x3f);
    }
    if (code < least[size] || code > CODE_MAX || (code >= 0xd800 && code < 0xe000))
        return 0;
    *code_point = code;
    return size;
}

static uint32_t lower(uint32_t code)
{
    for (size_t i = 0; i < sizeof lowerings / sizeof *lowerings; i++) {
        const struct lowering *row = &lowerings[i];
        if (code < row->first)
            return code;
        if (code <= row->last && (code - row->first) % row->step == 0)
            return (uint32_t)((int32_t)code + row->distance);
    }
    return code;
}

static bool is_mark(uint32_t code)
{
    return code >= 0x300 && code <= 0x36f;
}

static unsigned mark_class(uint32_t mark)
{
    for (size_t i = 0; i < sizeof mark_classes / sizeof *mark_classes; i++) {
        if (mark >= mark_classes[i].first && mark <= mark_classes[i].last)
            return mark_classes[i].class;
    }
    return 230;
}

/* The pairs are sorted by letter, then mark. 0: they do not compose. */
static uint32_t compose(uint32_t letter, uint32_t mark)
{
    size_t low = 0;
    size_t high = UTF8_PAIR_COUNT;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct utf8_pair *pair = &utf8_pairs[middle];
        if (pair->letter == letter && pair->mark == mark)
            return pair->composed;
        if (pair->letter < letter || (pair->letter == letter && pair->mark < mark))
            low = middle + 1;
        else
            high = middle;
    }
    return 0;
}

static const struct utf8_pair *pair_find(uint32_t composed)
{
    for (size_t i = 0; i < UTF8_PAIR_COUNT; i++) {
        if (utf8_pairs[i].composed == composed)
            return &utf8_pairs[i];
    }
    return NULL;
}

/* One letter and the marks after it, in canonical order. */
struct cluster {
    uint32_t letter; /* 0: none yet */
    uint32_t marks[MARKS_MAX];
    size_t count;
};

static void cluster_add_mark(struct cluster *cluster, uint32_t mark)
{
    size_t at = cluster->count++;
    while (at > 0 && mark_class(cluster->marks[at - 1]) > mark_class(mark)) {
        cluster->marks[at] = cluster->marks[at - 1];
        at--;
    }
    cluster->marks[at] = mark;
}

/* Takes marks off the letter, so that they can be put in order with the ones that follow. */
static void cluster_decompose(struct cluster *cluster)
{
    uint32_t taken[MARKS_MAX];
    size_t count = 0;
    const struct utf8_pair *pair = pair_find(cluster->letter);
    while (pair != NULL && count < MARKS_MAX / 2) {
        taken[count++] = pair->mark;
        cluster->letter = pair->letter;
        pair = pair_find(cluster->letter);
    }
    while (count > 0)
        cluster_add_mark(cluster, taken[--count]);
}

static void cluster_flush(struct cluster *cluster, struct text *text)
{
    unsigned last_class = 0; /* of the last mark that stayed: it blocks marks of its class */
    size_t kept = 0;
    for (size_t i = 0; i < cluster->count; i++) {
        uint32_t mark = cluster->marks[i];
        uint32_t composed = mark_class(mark) > last_class ? compose(cluster->letter, mark) : 0;
        if (composed != 0) {
            cluster->letter = composed;
            continue;
        }
        last_class = mark_class(mark);
        cluster->marks[kept++] = mark;
    }
    if (cluster->letter != 0)
        utf8_add(text, cluster->letter);
    for (size_t i = 0; i < kept; i++)
        utf8_add(text, cluster->marks[i]);
    cluster->letter = 0;
    cluster->count = 0;
}

uint32_t utf8_next(struct span *rest)
{
    if (rest->size == 0)
        return 0;
    uint32_t code = UTF8_REPLACEMENT;
    size_t size = sequence_read(*rest, &code);
    size = size == 0 ? 1 : size;
    rest->bytes += size;
    rest->size -= size;
    return code;
}

void utf8_add(struct text *text, uint32_t code_point)
{
    char bytes[4];
    size_t size = 0;
    if (code_point > CODE_MAX || (code_point >= 0xd800 && code_point < 0xe000))
        code_point = UTF8_REPLACEMENT;
    if (code_point < 0x80) {
        bytes[size++] = (char)code_point;
    } else if (code_point < 0x800) {
        bytes[size++] = (char)(0xc0 | code_point >> 6);
        bytes[size++] = (char)(0x80 | (code_point & 0x3f));
    } else if (code_point < 0x10000) {
        bytes[size++] = (char)(0xe0 | code_point >> 12);
        bytes[size++] = (char)(0x80 | (code_point >> 6 & 0x3f));
        bytes[size++] = (char)(0x80 | (code_point & 0x3f));
    } else {
        bytes[size++] = (char)(0xf0 | code_point >> 18);
        bytes[size++] = (char)(0x80 | (code_point >> 12 & 0x3f));
        bytes[size++] = (char)(0x80 | (code_point >> 6 & 0x3f));
        bytes[size++] = (char)(0x80 | (code_point & 0x3f));
    }
    text_add_bytes(text, bytes, size);
}

/* The highest bit of every byte that is no printable ASCII. */
static uint64_t unprintable(uint64_t word)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    uint64_t is_low = word - 0x20 * ones; /* borrows only behind a byte that is low itself */
    uint64_t deleted = word ^ 0x7f * ones;
    return (word | is_low | (deleted - ones)) & 0x80 * ones;
}

size_t utf8_plain_size(struct span span)
{
    size_t size = 0;
    uint64_t word;
    for (; span.size - size >= sizeof word; size += sizeof word) {
        memcpy(&word, span.bytes + size, sizeof word);
        if (unprintable(word) != 0)
            break;
    }
    while (size < span.size && span.bytes[size] >= ' ' && span.bytes[size] < 0x7f)
        size++;
    return size;
}

bool utf8_is_valid(struct span span)
{
    while (span.size > 0) {
        size_t plain = utf8_plain_size(span);
        span.bytes += plain;
        span.size -= plain;
        if (span.size == 0)
            break;
        uint32_t code = 0;
        size_t size = sequence_read(span, &code);
        if (size == 0)
            return false;
        span.bytes += size;
        span.size -= size;
    }
    return true;
}

struct span utf8_cut(struct span span, size_t max)
{
    if (span.size <= max)
        return span;
    size_t size = max;
    while (size > 0 && max - size < 4 && is_continuation(span.bytes[size]))
        size--;
    /* Where no sequence crosses the cut, stray continuation bytes are no reason to go back. */
    bool is_crossed = size + sequence_size((unsigned char)span.bytes[size]) > max;
    span.size = is_crossed ? size : max;
    return span;
}

/* Marks that turn the direction of the text behind them around (UAX #9): what is shown would not be
 * what is said. */
static bool is_turn(uint32_t code)
{
    return (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}

void utf8_add_clean(struct text *text, struct span span)
{
    while (span.size > 0) {
        size_t plain = utf8_plain_size(span);
        text_add_bytes(text, span.bytes, plain);
        span.bytes += plain;
        span.size -= plain;
        uint32_t code = utf8_next(&span); /* 0 at the end, which is not added */
        bool is_control = code < 0x20 || (code >= 0x7f && code < 0xa0);
        if ((!is_control && !is_turn(code)) || code == '\n' || code == '\t')
            utf8_add(text, code);
    }
}

void utf8_add_folded(struct text *text, struct span span)
{
    struct cluster cluster = {0};
    bool is_gap = false;
    size_t start = text->size;
    while (span.size > 0) {
        uint32_t code = lower(utf8_next(&span));
        if (range_has(spaces, sizeof spaces / sizeof *spaces, code)) {
            cluster_flush(&cluster, text);
            is_gap = true;
            continue;
        }
        if (is_mark(code) && cluster.letter != 0 && cluster.count < MARKS_MAX / 2) {
            if (cluster.count == 0)
                cluster_decompose(&cluster);
            cluster_add_mark(&cluster, code);
            continue;
        }
        cluster_flush(&cluster, text);
        if (is_gap && text->size > start)
            text_add_char(text, ' ');
        is_gap = false;
        cluster.letter = code;
    }
    cluster_flush(&cluster, text);
}

size_t utf8_width(struct span span)
{
    size_t width = 0;
    while (span.size > 0) {
        uint32_t code = utf8_next(&span);
        if (range_has(utf8_zero_width, UTF8_ZERO_WIDTH_COUNT, code))
            continue;
        width += range_has(utf8_wide, UTF8_WIDE_COUNT, code) ? 2 : 1;
    }
    return width;
}
