/* SPDX-License-Identifier: MIT */
/* store_samples.h - records with a different value in every member, and how to compare them. */
#pragma once

#include "store/store.h"

struct incident sample_incident(uint64_t number);
struct alert_record sample_alert(uint64_t id, uint64_t incident);
struct page sample_page(uint64_t id, uint64_t incident);
struct person sample_person(const char *user);
struct override sample_override(uint64_t id);
struct silence sample_silence(uint64_t id);
struct heartbeat sample_heartbeat(uint64_t id);
struct handoff sample_handoff(const char *team);
struct swap sample_swap(uint64_t id);
struct proof sample_proof(uint64_t id);
struct key_record sample_key(char digit); /* the hash is 64 times that digit */
struct token_record sample_token(char digit, uint64_t incident);
struct entry sample_entry(uint64_t incident, msec at);

/* Records of every kind, `count` of those that have a number; and two counters. */
struct batch *sample_everything(uint64_t count);

void must_equal_incident(const struct incident *left, const struct incident *right);
void must_equal_alert(const struct alert_record *left, const struct alert_record *right);
void must_equal_page(const struct page *left, const struct page *right);
void must_equal_person(const struct person *left, const struct person *right);
void must_equal_override(const struct override *left, const struct override *right);
void must_equal_silence(const struct silence *left, const struct silence *right);
void must_equal_heartbeat(const struct heartbeat *left, const struct heartbeat *right);
void must_equal_handoff(const struct handoff *left, const struct handoff *right);
void must_equal_swap(const struct swap *left, const struct swap *right);
void must_equal_proof(const struct proof *left, const struct proof *right);
void must_equal_key(const struct key_record *left, const struct key_record *right);
void must_equal_token(const struct token_record *left, const struct token_record *right);
void must_equal_entry(const struct entry *left, const struct entry *right);
/* NULL equals only NULL. */
void must_equal_text(const char *left, const char *right);
