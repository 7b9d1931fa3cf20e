/* SPDX-License-Identifier: MIT */
#include "notify/courier/leave.h"

#include <time.h>

msec leave_clock(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_BOOTTIME, &now);
    return (msec)now.tv_sec * SECOND_MS + now.tv_nsec / 1000000;
}

bool leave_is_over(const struct job *job, msec slack_ms)
{
    return job->not_after != 0 && leave_clock() > job->not_after + slack_ms;
}

bool leave_refuse(const struct job *job, struct outbox *outbox)
{
    if (!leave_is_over(job, 0))
        return false;
    outbox_put_failure(outbox, job->id, TRANSFER_LATE, LEAVE_TOO_LATE);
    return true;
}
