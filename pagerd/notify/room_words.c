/* SPDX-License-Identifier: MIT */
#include "notify/room_words.h"

#include <assert.h>
#include <stdio.h>

#include "notify/phrase.h"

static const struct {
    const char *name;
    const char *text;
} rows[ROOM_WORDS_COUNT] = {
    [ROOM_FINE] = {NULL, ""},
    [ROOM_NOT_ACKED] = {"not-acked", "#$number is not acknowledged: there is nothing to undo."},
    [ROOM_NOT_YOURS] = {"not-yours", "#$number was acked by $actor, who alone can undo that here."},
    [ROOM_TOO_LATE] = {"too-late",
                       "You acked #$number more than ten minutes ago: pass it on instead."},
    [ROOM_UNDONE] = {"undone", "UNDONE: your ack of #$number. Calling begins anew."},
    [ROOM_NOT_KEPT] = {"not-kept", "Nothing was done to #$number: it cannot be kept just now."},
    [ROOM_OLD_MESSAGE] = {"old-message",
                          "Nothing was done: this message is not the current one of its incident."},
    [ROOM_OLD_BUTTON] = {"old-button", "Nothing was done: this button is of another version."},
    [ROOM_HOW] = {"how", "Write  ack 412,  pass 412,  snooze 412  or  resolve 412  with the number "
                         "of the incident."},
    [ROOM_WHICH] = {"which", "Which? Write the number of the incident behind it, as in  ack 412."},
    [ROOM_NOT_SHOWN] = {"not-shown",
                        "Nothing was done: this room shows no incident of that number."},
    [ROOM_STRANGER] = {"stranger", "Nothing was done: pagerd does not know you. Have  $told  "
                                   "written to your name in its configuration."},
};

bool room_words_text(size_t index, struct text_row *row)
{
    if (index + 1 >= ROOM_WORDS_COUNT)
        return false;
    snprintf(row->name, sizeof row->name, "chat-answer.%s", rows[index + 1].name);
    row->place = &rows[index + 1].text;
    row->use = TEXT_ANSWER;
    return true;
}

const char *room_words_say(enum room_words words, const struct letter *letter, struct arena *arena)
{
    assert(words < ROOM_WORDS_COUNT);
    return phrase_copy(letter, wordbook_say(letter->words, &rows[words].text), arena);
}
