/* SPDX-License-Identifier: MIT */
/* commands.h - the rows of the command table, one family to a file cmd_*.c. */
#pragma once

#include "pagectl/command.h"

extern const struct command command_bare, command_ack, command_resolve, command_snooze,
    command_escalate, command_reassign, command_note, command_show, command_incidents;
extern const struct command command_oncall, command_schedule, command_override,
    command_override_list, command_recovery, command_pause, command_awake;
extern const struct command command_contacts, command_contacts_verify, command_test_page;
extern const struct command command_swap, command_swap_list, command_swap_accept,
    command_swap_decline, command_swap_cancel;
extern const struct command command_silence_add, command_silence_list, command_silence_show,
    command_silence_end;
extern const struct command command_heartbeat_add, command_heartbeat_list, command_heartbeat_show,
    command_heartbeat_ping, command_heartbeat_remove;
extern const struct command command_alert, command_alerts, command_changes, command_simulate,
    command_nagios, command_icinga, command_mail, command_spool_list, command_spool_flush,
    command_spool_run;
extern const struct command command_key_add, command_key_list, command_key_revoke;
extern const struct command command_calendar_list, command_calendar_check, command_calendar_refresh,
    command_calendar_accept, command_calendar_export;
extern const struct command command_channels;
extern const struct command command_backup, command_store_copy;
extern const struct command command_cluster;
extern const struct command command_config_check, command_config_show, command_config_diff,
    command_config_reload, command_config_explain, command_check;
extern const struct command command_login, command_logout, command_version, command_help,
    command_completion, command_complete, command_man;
