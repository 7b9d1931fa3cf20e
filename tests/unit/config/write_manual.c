/* SPDX-License-Identifier: MIT */
/* Writes pagerd.cfg(5) as scdoc source into the file that is named. */
#include <stdio.h>

#include "config/options.h"

int main(int argument_count, char **arguments)
{
    struct text text = {0};
    if (argument_count != 2)
        return 2;
    FILE *file = fopen(arguments[1], "we");
    if (file == NULL)
        return 1;
    options_render_manual(&text);
    bool is_good = fwrite(text.bytes, 1, text.size, file) == text.size;
    is_good = fclose(file) == 0 && is_good;
    text_clear(&text);
    return is_good ? 0 : 1;
}
