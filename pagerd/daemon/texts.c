/* SPDX-License-Identifier: MIT */
#include "daemon/texts.h"

#include "base/log.h"

bool texts_check(const char *name, const char *text, struct fault *fault)
{
    CLEANUP(wordbook_free) struct wordbook *book = wordbook_new();
    return wordbook_set(book, name, text, fault);
}

struct wordbook *texts_book(const struct config *config)
{
    struct wordbook *book = wordbook_new();
    for (size_t i = 0; i < config->message_count; i++) {
        struct fault fault;
        const struct config_message *message = &config->messages[i];
        if (!wordbook_set(book, message->name, message->text, &fault))
            log_error("the shipped text %s is used: %s", message->name, fault.text);
    }
    return book;
}
