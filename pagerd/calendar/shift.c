/* SPDX-License-Identifier: MIT */
#include "calendar/shift.h"

#include <stdlib.h>

void shift_list_free(struct shift_list *list)
{
    if (list == NULL)
        return;
    arena_free(list->arena);
    free(list);
}
