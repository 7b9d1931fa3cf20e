/* SPDX-License-Identifier: MIT */
#include "daemon/letterbox.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"

struct kept_letter {
    struct inbox_letter letter;
    char *user;
    char *kind;
    char *subject;
    char *text;
};

/* A ring of the newest letters. */
struct letterbox {
    struct kept_letter letters[LETTERS_MAX];
    size_t count; /* ever put */
};

struct letterbox *letterbox_new(void)
{
    return memory_new(1, sizeof(struct letterbox));
}

static void kept_clear(struct kept_letter *kept)
{
    free(kept->user);
    free(kept->kind);
    free(kept->subject);
    free(kept->text);
    *kept = (struct kept_letter){0};
}

void letterbox_free(struct letterbox *box)
{
    if (box == NULL)
        return;
    for (size_t i = 0; i < LETTERS_MAX; i++)
        kept_clear(&box->letters[i]);
    free(box);
}

static void letter_print(const struct kept_letter *kept, const struct zone *zone)
{
    struct civil civil = zone_civil(zone, kept->letter.at);
    CLEANUP(text_clear) struct text line = {0};
    text_add_terminal(&line, kept->text);
    printf("%02d:%02d:%02d  %s to %-6s %s\n", civil.hour, civil.minute, civil.second, kept->kind,
           kept->user, text_string(&line));
    fflush(stdout);
}

void letterbox_put(struct letterbox *box, const char *user, const struct inbox_letter *letter,
                   const struct zone *zone)
{
    struct kept_letter *kept = &box->letters[box->count++ % LETTERS_MAX];
    kept_clear(kept);
    kept->user = string_copy(user);
    kept->kind = string_copy(letter->kind);
    kept->subject = string_copy(letter->subject);
    kept->text = string_copy(letter->text);
    kept->letter = *letter;
    kept->letter.kind = kept->kind;
    kept->letter.subject = kept->subject;
    kept->letter.text = kept->text;
    if (zone != NULL)
        letter_print(kept, zone);
}

const struct inbox_letter *letterbox_each(const struct letterbox *box, const char *user,
                                          size_t *cursor)
{
    size_t kept_count = box->count < LETTERS_MAX ? box->count : LETTERS_MAX;
    while (*cursor < kept_count) {
        size_t place = (box->count - 1 - *cursor) % LETTERS_MAX;
        (*cursor)++;
        if (string_is(box->letters[place].user, user))
            return &box->letters[place].letter;
    }
    return NULL;
}
