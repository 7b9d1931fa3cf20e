/* SPDX-License-Identifier: MIT */
#include "http/vcard.h"

#include <ctype.h>
#include <string.h>

#include "http/request.h"
#include "http/route.h"

#define NUMBER_SIZE 24
#define LINE_MAX_SIZE 75 /* octets of a line without its end: RFC 6350, section 3.2 */

/* "+12025550123" of "+1 202 555-0123"; false: it is no number. */
static bool number_of(const char *address, char number[NUMBER_SIZE])
{
    size_t size = 0;
    for (const char *at = address; *at != '\0'; at++) {
        if (*at == ' ' || *at == '-' || *at == '(' || *at == ')')
            continue;
        bool is_plus = *at == '+' && size == 0;
        if ((!is_plus && !isdigit((unsigned char)*at)) || size + 1 == NUMBER_SIZE)
            return false;
        number[size++] = *at;
    }
    number[size] = '\0';
    return size > 1;
}

/* One line, folded; characters that mean something in a value are escaped (section 3.4). */
static void add_line(struct text *text, const char *name, const char *value)
{
    CLEANUP(text_clear) struct text line = {0};
    text_addf(&line, "%s:", name);
    for (const char *at = value; *at != '\0'; at++) {
        if ((unsigned char)*at < ' ')
            continue;
        if (strchr("\\,;", *at) != NULL)
            text_add_char(&line, '\\');
        text_add_char(&line, *at);
    }
    struct span rest = text_span(&line);
    size_t room = LINE_MAX_SIZE;
    while (rest.size > room) {
        size_t cut = room;
        while (cut > 1 && ((unsigned char)rest.bytes[cut] & 0xC0) == 0x80)
            cut--; /* never within a character */
        text_add_bytes(text, rest.bytes, cut);
        text_add(text, "\r\n ");
        rest.bytes += cut;
        rest.size -= cut;
        room = LINE_MAX_SIZE - 1;
    }
    text_add_span(text, rest);
    text_add(text, "\r\n");
}

/* Was the number there before? */
static bool is_known(const struct sender_view *senders, size_t count, const char *number)
{
    char other[NUMBER_SIZE];
    for (size_t i = 0; i < count; i++) {
        if (number_of(senders[i].address, other) && strcmp(other, number) == 0)
            return true;
    }
    return false;
}

void vcard_add(struct text *text, const struct sender_view *senders, size_t count, const char *url)
{
    char number[NUMBER_SIZE];
    text_add(text, "BEGIN:VCARD\r\nVERSION:4.0\r\nKIND:application\r\nFN:PAGER\r\n");
    for (size_t i = 0; i < count; i++) {
        if (number_of(senders[i].address, number) && !is_known(senders, i, number))
            add_line(text, "TEL;TYPE=\"text,voice\"", number);
        else if (strcmp(senders[i].channel, "email") == 0)
            add_line(text, "EMAIL", senders[i].address);
    }
    if (url != NULL)
        add_line(text, "URL", url);
    text_add(text, "NOTE:Pages of pagerd. Let it through at night.\r\nEND:VCARD\r\n");
}

enum call_wait route_vcard_show(struct call *call, struct house *house)
{
    struct sender_view senders[VCARD_SENDERS_MAX];
    size_t count = house->senders(house->context, senders, VCARD_SENDERS_MAX);
    text_reset(&call->answer);
    call->status = 200;
    call->content_type = VCARD_TYPE;
    vcard_add(&call->answer, senders, count, house->public_url);
    return CALL_ANSWER_NOW;
}
