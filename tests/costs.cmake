# SPDX-License-Identifier: MIT
# What the longest tests take, in seconds beside others on two cores: ctest starts these first, so that
# none of them is left for the end, when the machine would wait for it alone. A test that is not here
# counts for nothing and starts when these have; to be one off matters little.
set(costs
    fault_oom 110
    fault_power 140
    fault_slow_clients 234
    fault_io 95
    fault_kill 65
    tidy_format 93
    e2e_test_zabbix_life 87
    e2e_test_nodes 75
    fault_cluster 70
    fault_stop 70
    e2e_courier_hanging 65
    sim_years 35
    fault_names 60
    fault_timers 25
    e2e_test_postgres 58
    engine_test_random 25
    e2e_test_radicale 51
    e2e_test_storm 48
    e2e_test_prometheus_life 45
    pagectl_test_pagectl 45
    e2e_test_audit 44
    fault_clock 43
    e2e_test_prometheus 41
    e2e_test_prometheus_outages 41
    http_wire 41
    e2e_test_hanging 40
    e2e_test_icinga_events 39
    e2e_test_nagios_life 39
    e2e_test_no_room 39
    e2e_test_hostile 38
    e2e_test_zabbix 38
    e2e_test_icinga_life_events 34
    e2e_test_pushover 34
    e2e_test_sms_modem 33
    e2e_test_alertmanager_sight 32
    fault_flip 32
    e2e_test_chat_presses 31
    e2e_test_maintenance 31
    e2e_courier 30
    e2e_test_alertmanager_life 29
    calendar_reader_child 28
    calendar_test_transitions 28
    e2e_test_icinga_life_both 28
    e2e_test_calendar_watch 27
    e2e_test_icinga_life 26
    pagectl_test_spool 26
    fault_descriptors 24
    e2e_test_chat_slack 21
    e2e_test_chat_words 21
    e2e_test_robots 21
    e2e_test_tzdata 21
    e2e_test_dead_man 20
    e2e_test_outage 19
    e2e_test_sms_twilio 19
    fault_room 19
    base_zone_like_python 17
    contract_test_store_on_postgres 25
    contract_test_store_batches_on_postgres 17
    contract_test_store_sqlite 17
    e2e_test_overload 17
    e2e_test_prometheus_bundles 17
    calendar_second_opinion 14
    e2e_test_alertmanager 14
    e2e_test_push 14
    e2e_test_acks 13
    e2e_test_crash 13
    e2e_test_nagios_acks 13
    e2e_test_voice 13
    sim_same_bytes 13
    e2e_test_bad_input 12
    e2e_test_recovery 12
    e2e_test_replies 12
    e2e_test_webhooks 12
    pagectl_test_calendar 12
    e2e_test_exec 11
    e2e_test_formats 11
    e2e_test_icinga 11
    e2e_test_ack_look 10
    e2e_test_away_links 22
    e2e_test_backup_postgres 24
    e2e_test_both_lost 24
    e2e_test_first_page 10
    e2e_test_two_copies 24
    e2e_test_instructions 20
)
while(costs)
    list(POP_FRONT costs name seconds)
    set(cost_${name} ${seconds})
endwhile()

# pagerd_cost(TESTS...): tells ctest what is known of these tests of this folder.
function(pagerd_cost)
    foreach(name ${ARGN})
        if(DEFINED cost_${name})
            set_tests_properties(${name} PROPERTIES COST ${cost_${name}})
        endif()
    endforeach()
endfunction()
