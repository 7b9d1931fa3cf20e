/* SPDX-License-Identifier: MIT */
#include "daemon/feeds_book.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"

#define BOOK_MAGIC "pagerd feed 1"
#define CONTENT_SIZE 32 /* hex digits of the hash that are kept */

struct entry_of_book {
    char *uid;
    char content[CONTENT_SIZE + 1];
    struct book_mark mark;
    msec end_at;
    bool is_present; /* in the feed that was built last */
    bool is_entered; /* in the one that is being built */
};

struct book {
    struct map *entries; /* uid -> entry */
    uint32_t first_sequence;
    msec changed_at;
    bool is_changed;
};

struct book *book_new(uint32_t first_sequence)
{
    struct book *book = memory_new(1, sizeof(*book));
    book->entries = map_new();
    book->first_sequence = first_sequence;
    return book;
}

static void entry_free(struct entry_of_book *entry)
{
    free(entry->uid);
    free(entry);
}

void book_free(struct book *book)
{
    if (book == NULL)
        return;
    size_t cursor = 0;
    struct entry_of_book *entry;
    while ((entry = map_each(book->entries, &cursor, NULL)) != NULL)
        entry_free(entry);
    map_free(book->entries);
    free(book);
}

static struct entry_of_book *entry_add(struct book *book, const char *uid)
{
    struct entry_of_book *entry = memory_new(1, sizeof(*entry));
    entry->uid = string_copy(uid);
    map_put(book->entries, span_of(uid), entry);
    return entry;
}

void book_begin(struct book *book)
{
    size_t cursor = 0;
    struct entry_of_book *entry;
    while ((entry = map_each(book->entries, &cursor, NULL)) != NULL)
        entry->is_entered = false;
}

/* `entry` says something new from now on. */
static void entry_change(struct book *book, struct entry_of_book *entry, msec now_at)
{
    entry->mark.changed_at = now_at;
    book->changed_at = now_at;
    book->is_changed = true;
}

struct book_mark book_enter(struct book *book, const char *uid, struct span content, msec end_at,
                            msec now_at)
{
    char hash[HASH_TEXT_SIZE];
    hash_text(content, hash);
    hash[CONTENT_SIZE] = '\0';
    struct entry_of_book *entry = map_find(book->entries, span_of(uid));
    bool is_known = entry != NULL;
    if (!is_known) {
        if (strlen(uid) > BOOK_UID_MAX || map_count(book->entries) >= BOOK_ENTRIES_MAX)
            return (struct book_mark){.sequence = book->first_sequence, .changed_at = now_at};
        entry = entry_add(book, uid);
        entry->mark.sequence = book->first_sequence;
    }
    bool is_same = is_known && entry->is_present && strcmp(entry->content, hash) == 0;
    if (!is_same) {
        entry->mark.sequence += is_known;
        entry_change(book, entry, now_at);
    }
    memcpy(entry->content, hash, CONTENT_SIZE + 1);
    entry->end_at = end_at;
    entry->is_present = true;
    entry->is_entered = true;
    return entry->mark;
}

void book_end(struct book *book, msec from_at, msec now_at)
{
    size_t cursor = 0;
    struct entry_of_book *entry;
    while ((entry = map_each(book->entries, &cursor, NULL)) != NULL) {
        if (!entry->is_entered && entry->is_present) {
            entry->is_present = false;
            entry_change(book, entry, now_at);
        }
        if (entry->is_entered || entry->end_at >= from_at)
            continue;
        map_remove(book->entries, span_of(entry->uid));
        entry_free(entry);
        book->is_changed = true;
    }
}

msec book_changed_at(const struct book *book)
{
    return book->changed_at;
}

size_t book_count(const struct book *book)
{
    return map_count(book->entries);
}

bool book_take_change(struct book *book)
{
    bool is_changed = book->is_changed;
    book->is_changed = false;
    return is_changed;
}

void book_put_change(struct book *book)
{
    book->is_changed = true;
}

/* ---- as bytes ---- */

/*
 * BOOK_MAGIC, the SHA-256 of what follows as hex, "changed_at first_sequence", and for each entry
 * "content sequence changed_at end_at present uid": a line each.
 */
void book_render(const struct book *book, struct text *text)
{
    CLEANUP(text_clear) struct text body = {0};
    text_addf(&body, "%" PRId64 " %" PRIu32 "\n", book->changed_at, book->first_sequence);
    size_t cursor = 0;
    const struct entry_of_book *entry;
    while ((entry = map_each(book->entries, &cursor, NULL)) != NULL)
        text_addf(&body, "%s %" PRIu32 " %" PRId64 " %" PRId64 " %d %s\n", entry->content,
                  entry->mark.sequence, entry->mark.changed_at, entry->end_at, entry->is_present,
                  entry->uid);
    char hash[HASH_TEXT_SIZE];
    hash_text(text_span(&body), hash);
    text_addf(text, "%s\n%s\n", BOOK_MAGIC, hash);
    text_add_span(text, text_span(&body));
}

/* The hash in front has held: these are our own lines. */
static bool line_read(struct book *book, struct span line)
{
    char bytes[CONTENT_SIZE + BOOK_UID_MAX + 100];
    char content[CONTENT_SIZE + 1];
    struct book_mark mark;
    msec end_at;
    int is_present;
    int uid_from = 0;
    if (line.size >= sizeof(bytes) || map_count(book->entries) >= BOOK_ENTRIES_MAX)
        return false;
    memcpy(bytes, line.bytes, line.size);
    bytes[line.size] = '\0';
    if (sscanf(bytes, "%32s %" SCNu32 " %" SCNd64 " %" SCNd64 " %d %n", content, &mark.sequence,
               &mark.changed_at, &end_at, &is_present, &uid_from) < 5 ||
        uid_from == 0 || strlen(content) != CONTENT_SIZE)
        return false;
    struct entry_of_book *entry = entry_add(book, bytes + uid_from);
    memcpy(entry->content, content, sizeof(content));
    entry->mark = mark;
    entry->end_at = end_at;
    entry->is_present = is_present != 0;
    return true;
}

bool book_parse(struct span bytes, struct book **book, struct fault *fault)
{
    struct span rest = bytes;
    struct span magic = span_cut(&rest, '\n');
    struct span written = span_cut(&rest, '\n');
    char hash[HASH_TEXT_SIZE];
    hash_text(rest, hash);
    if (!span_is(magic, BOOK_MAGIC) || !span_is(written, hash))
        return fault_set(fault, FAULT_INPUT, "the book of a feed is damaged");
    CLEANUP(book_free) struct book *made = book_new(0);
    struct span head = span_cut(&rest, '\n');
    char numbers[64] = "";
    if (head.size < sizeof(numbers))
        memcpy(numbers, head.bytes, head.size);
    bool is_good =
        sscanf(numbers, "%" SCNd64 " %" SCNu32, &made->changed_at, &made->first_sequence) == 2;
    while (is_good && rest.size > 0)
        is_good = line_read(made, span_cut(&rest, '\n'));
    if (!is_good)
        return fault_set(fault, FAULT_INPUT, "the book of a feed cannot be read");
    *book = made;
    made = NULL;
    return true;
}
