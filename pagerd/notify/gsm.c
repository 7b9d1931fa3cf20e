/* SPDX-License-Identifier: MIT */
#include "notify/gsm.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

/* Septets of the signs of ASCII: 3GPP TS 23.038 section 6.2.1, and 6.2.1.1, where an escape comes
 * before a second one. 0: the alphabet does not have it. */
static const uint8_t ascii_septets[128] = {
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, /* \n */
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, /**/
    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, /* space to / */
    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, /* 0 to ? */
    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, /* @ to O */
    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 1, /* P to Z, [ \ ] ^ _ */
    0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, /* ` is not in it; a to o */
    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 0, /* p to z, { | } ~ */
};

/* The other signs of the alphabet. */
static const uint16_t other_signs[] = {
    0x00A3, 0x00A5, 0x00E8, 0x00E9, 0x00F9, 0x00EC, 0x00F2, 0x00C7, 0x00D8, 0x00F8,
    0x00C5, 0x00E5, 0x0394, 0x03A6, 0x0393, 0x039B, 0x03A9, 0x03A0, 0x03A8, 0x03A3,
    0x0398, 0x039E, 0x00C6, 0x00E6, 0x00DF, 0x00C9, 0x00A4, 0x00A1, 0x00C4, 0x00D6,
    0x00D1, 0x00DC, 0x00A7, 0x00BF, 0x00E4, 0x00F6, 0x00F1, 0x00FC, 0x00E0,
};

#define EURO 0x20AC /* behind an escape */

/* A character outside the alphabet (or dear in it) and what stands for it. Sorted by code. */
struct look_alike {
    uint16_t code;
    const char *text;
};

static const struct look_alike look_alikes[] = {
    {'[', "("},           {']', ")"},      {'`', "'"},       {'{', "("},      {'}', ")"},
    {0x00A0, " "},        {0x00A2, "c"},   {0x00A6, "/"},    {0x00A8, "\""},  {0x00A9, "(c)"},
    {0x00AA, "a"},        {0x00AB, "\""},  {0x00AC, "-"},    {0x00AD, ""},    {0x00AE, "(r)"},
    {0x00AF, "-"},        {0x00B0, "deg"}, {0x00B1, "+/-"},  {0x00B2, "2"},   {0x00B3, "3"},
    {0x00B4, "'"},        {0x00B5, "u"},   {0x00B6, " "},    {0x00B7, "-"},   {0x00B8, ","},
    {0x00B9, "1"},        {0x00BA, "o"},   {0x00BB, "\""},   {0x00BC, "1/4"}, {0x00BD, "1/2"},
    {0x00BE, "3/4"},      {0x00C0, "A"},   {0x00C1, "A"},    {0x00C2, "A"},   {0x00C3, "A"},
    {0x00C8, "E"},        {0x00CA, "E"},   {0x00CB, "E"},    {0x00CC, "I"},   {0x00CD, "I"},
    {0x00CE, "I"},        {0x00CF, "I"},   {0x00D0, "D"},    {0x00D2, "O"},   {0x00D3, "O"},
    {0x00D4, "O"},        {0x00D5, "O"},   {0x00D7, "x"},    {0x00D9, "U"},   {0x00DA, "U"},
    {0x00DB, "U"},        {0x00DD, "Y"},   {0x00DE, "Th"},   {0x00E1, "a"},   {0x00E2, "a"},
    {0x00E3, "a"},        {0x00E7, "c"},   {0x00EA, "e"},    {0x00EB, "e"},   {0x00ED, "i"},
    {0x00EE, "i"},        {0x00EF, "i"},   {0x00F0, "d"},    {0x00F3, "o"},   {0x00F4, "o"},
    {0x00F5, "o"},        {0x00F7, "/"},   {0x00FA, "u"},    {0x00FB, "u"},   {0x00FD, "y"},
    {0x00FE, "th"},       {0x00FF, "y"},   {0x0192, "f"},    {0x01A0, "O"},   {0x01A1, "o"},
    {0x01AF, "U"},        {0x01B0, "u"},   {0x0218, "S"},    {0x0219, "s"},   {0x021A, "T"},
    {0x021B, "t"},        {0x02BC, "'"},   {0x02C6, "^"},    {0x02DC, "~"},   {0x1E9E, "SS"},
    {0x2010, "-"},        {0x2011, "-"},   {0x2012, "-"},    {0x2013, "-"},   {0x2014, "-"},
    {0x2015, "-"},        {0x2018, "'"},   {0x2019, "'"},    {0x201A, "'"},   {0x201B, "'"},
    {0x201C, "\""},       {0x201D, "\""},  {0x201E, "\""},   {0x201F, "\""},  {0x2020, "+"},
    {0x2022, "-"},        {0x2026, "..."}, {0x2030, "o/oo"}, {0x2032, "'"},   {0x2033, "\""},
    {0x2039, "'"},        {0x203A, "'"},   {0x2044, "/"},    {0x2116, "No"},  {0x2122, "(tm)"},
    {0x2126, "\xCE\xA9"}, /* the ohm sign is the letter omega */
    {0x2190, "<-"},       {0x2191, "^"},   {0x2192, "->"},   {0x2193, "v"},   {0x21D2, "=>"},
    {0x2206, "\xCE\x94"}, /* the increment is the letter delta */
    {0x2211, "\xCE\xA3"}, {0x2212, "-"},   {0x2215, "/"},    {0x2217, "*"},   {0x221E, "inf"},
    {0x2248, "~"},        {0x2260, "!="},  {0x2264, "<="},   {0x2265, ">="},  {0x2713, "ok"},
    {0x2714, "ok"},       {0x3000, " "},   {0x3001, ","},    {0x3002, "."},
};

/* U+0100 to U+017F, Latin Extended-A. */
static const char *const latin_extended[128] = {
    "A",        "a",        "A",  "a",  "A", "a", "C", "c", "C", "c", "C", "c", "C", "c", "D", "d",
    "D",        "d",        "E",  "e",  "E", "e", "E", "e", "E", "e", "E", "e", "G", "g", "G", "g",
    "G",        "g",        "G",  "g",  "H", "h", "H", "h", "I", "i", "I", "i", "I", "i", "I", "i",
    "I",        "i",        "IJ", "ij", "J", "j", "K", "k", "k", "L", "l", "L", "l", "L", "l", "L",
    "l",        "L",        "l",  "N",  "n", "N", "n", "N", "n", "n", "N", "n", "O", "o", "O", "o",
    "\xC3\x96", "\xC3\xB6", "OE", "oe", "R", "r", "R", "r", "R", "r", "S", "s", "S", "s", "S", "s",
    "S",        "s",        "T",  "t",  "T", "t", "T", "t", "U", "u", "U", "u", "U", "u", "U", "u",
    "\xC3\x9C", "\xC3\xBC", "U",  "u",  "W", "w", "Y", "y", "Y", "Z", "z", "Z", "z", "Z", "z", "s",
};

/* U+0386 to U+03CE, Greek: capitals, for small letters are not in the alphabet. */
static const char *const greek[0x03CF - 0x0386] = {
    "A",        "-",        "E",        "H",        "I",        NULL,       "O",        NULL,
    "Y",        "\xCE\xA9", "I",        "A",        "B",        "\xCE\x93", "\xCE\x94", "E",
    "Z",        "H",        "\xCE\x98", "I",        "K",        "\xCE\x9B", "M",        "N",
    "\xCE\x9E", "O",        "\xCE\xA0", "P",        NULL,       "\xCE\xA3", "T",        "Y",
    "\xCE\xA6", "X",        "\xCE\xA8", "\xCE\xA9", "I",        "Y",        "A",        "E",
    "H",        "I",        "Y",        "A",        "B",        "\xCE\x93", "\xCE\x94", "E",
    "Z",        "H",        "\xCE\x98", "I",        "K",        "\xCE\x9B", "M",        "N",
    "\xCE\x9E", "O",        "\xCE\xA0", "P",        "\xCE\xA3", "\xCE\xA3", "T",        "Y",
    "\xCE\xA6", "X",        "\xCE\xA8", "\xCE\xA9", "I",        "Y",        "O",        "Y",
    "\xCE\xA9",
};

/* U+0400 to U+045F, Cyrillic in Latin spelling; the capitals' second letters are small. */
static const char *const cyrillic[0x0460 - 0x0400] = {
    "E", "Yo", "Dj", "G", "Ye", "Dz", "I",  "Yi", "J",  "Lj",   "Nj", "C", "K", "I", "U",  "Dz",
    "A", "B",  "V",  "G", "D",  "E",  "Zh", "Z",  "I",  "J",    "K",  "L", "M", "N", "O",  "P",
    "R", "S",  "T",  "U", "F",  "Kh", "Ts", "Ch", "Sh", "Shch", "'",  "Y", "'", "E", "Yu", "Ya",
    "a", "b",  "v",  "g", "d",  "e",  "zh", "z",  "i",  "j",    "k",  "l", "m", "n", "o",  "p",
    "r", "s",  "t",  "u", "f",  "kh", "ts", "ch", "sh", "shch", "'",  "y", "'", "e", "yu", "ya",
    "e", "yo", "dj", "g", "ye", "dz", "i",  "yi", "j",  "lj",   "nj", "c", "k", "i", "u",  "dz",
};

/* U+1EA0 to U+1EF9, Latin with two marks (Vietnamese): one letter per range, capital first. */
static const struct {
    uint16_t until; /* last code of the range */
    char capital;
} vietnamese[] = {{0x1EB7, 'A'}, {0x1EC7, 'E'}, {0x1ECB, 'I'},
                  {0x1EE3, 'O'}, {0x1EF1, 'U'}, {0x1EF9, 'Y'}};

/* 1 or 2 septets; 0 for what the alphabet does not have. */
static size_t code_septets(uint32_t code)
{
    if (code < sizeof ascii_septets)
        return ascii_septets[code];
    for (size_t i = 0; i < sizeof other_signs / sizeof *other_signs; i++)
        if (other_signs[i] == code)
            return 1;
    return code == EURO ? 2 : 0;
}

static int compare_look_alike(const void *key, const void *row)
{
    uint32_t code = *(const uint32_t *)key;
    uint32_t other = ((const struct look_alike *)row)->code;
    return (code > other) - (code < other);
}

static const char *find_vietnamese(uint32_t code, char letter[2])
{
    size_t at = 0;
    while (code > vietnamese[at].until)
        at++;
    letter[0] = vietnamese[at].capital;
    if (code % 2 == 1)
        letter[0] = (char)(letter[0] - 'A' + 'a');
    letter[1] = '\0';
    return letter;
}

/* What stands for a character; "" for one that is not seen, NULL when nothing does. */
static const char *find_look_alike(uint32_t code, char letter[2])
{
    const struct look_alike *row =
        bsearch(&code, look_alikes, sizeof look_alikes / sizeof *look_alikes, sizeof *look_alikes,
                compare_look_alike);
    if (row != NULL)
        return row->text;
    if (code >= 0x0100 && code <= 0x017F)
        return latin_extended[code - 0x0100];
    if (code >= 0x0386 && code <= 0x03CE)
        return greek[code - 0x0386];
    if (code >= 0x0400 && code <= 0x045F)
        return cyrillic[code - 0x0400];
    if (code == 0x0490 || code == 0x0491)
        return code == 0x0490 ? "G" : "g";
    if (code >= 0x1EA0 && code <= 0x1EF9)
        return find_vietnamese(code, letter);
    return NULL;
}

static bool is_space(uint32_t code)
{
    return code <= ' ' || code == 0x7F || (code >= 0x80 && code <= 0xA0) ||
           (code >= 0x2000 && code <= 0x200A) || code == 0x2028 || code == 0x2029 ||
           code == 0x202F || code == 0x205F || code == 0x3000;
}

/* Combining marks, joiners, direction and variation marks: no sign of their own. */
static bool is_unseen(uint32_t code)
{
    return (code >= 0x0300 && code <= 0x036F) || (code >= 0x200B && code <= 0x200F) ||
           (code >= 0x202A && code <= 0x202E) || (code >= 0x2060 && code <= 0x206F) ||
           (code >= 0xFE00 && code <= 0xFE0F) || code == 0xFEFF;
}

static void add_once(struct text *text, char byte, size_t start)
{
    if (text->size > start && text->bytes[text->size - 1] == byte)
        return;
    text_add_char(text, byte);
}

/* Bytes at the start that stay as they are, one by one: most texts are made of these. */
static size_t plain_size(struct span span)
{
    size_t size = 0;
    while (size < span.size && span.bytes[size] > ' ' && span.bytes[size] < 0x7F &&
           strchr("[]`{}", span.bytes[size]) == NULL)
        size++;
    return size;
}

void gsm_add(struct text *text, struct span span)
{
    size_t start = text->size;
    while (span.size > 0) {
        size_t size = plain_size(span);
        if (size > 0) {
            text_add_bytes(text, span.bytes, size);
            span.bytes += size;
            span.size -= size;
            continue;
        }
        uint32_t code = utf8_next(&span);
        char letter[2];
        if (code >= 0xFF01 && code <= 0xFF5E)
            code -= 0xFF01 - '!'; /* full-width ASCII */
        if (is_space(code)) {
            add_once(text, ' ', start);
            continue;
        }
        if (is_unseen(code))
            continue;
        const char *instead = find_look_alike(code, letter);
        if (instead != NULL)
            text_add(text, instead);
        else if (code_septets(code) > 0)
            utf8_add(text, code);
        else
            add_once(text, '_', start);
    }
}

size_t gsm_septets(struct span span, bool *is_clean)
{
    size_t count = 0;
    if (is_clean != NULL)
        *is_clean = true;
    while (span.size > 0) {
        unsigned char first = (unsigned char)*span.bytes;
        size_t septets = 0;
        if (first < sizeof ascii_septets) {
            septets = ascii_septets[first];
            span.bytes++;
            span.size--;
        } else {
            septets = code_septets(utf8_next(&span));
        }
        if (septets == 0 && is_clean != NULL)
            *is_clean = false;
        count += septets > 0 ? septets : 2;
    }
    return count;
}
