/* SPDX-License-Identifier: MIT */
/* wire.h - what the HTTP library has read of a request, brought into the call. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct MHD_Connection;
struct call;

/* Method, path, arguments and the headers that every call may need. Too many arguments: answered
 * with 400. */
void wire_read(struct call *call, struct MHD_Connection *connection, const char *path,
               const char *method);
/* All other headers that a format of alerts may ask for. */
void wire_read_headers(struct call *call, struct MHD_Connection *connection);

/* The path is taken apart before its escapes are undone, and arguments lose theirs in wire_read():
 * so the library shall leave both as they are. Its MHD_OPTION_UNESCAPE_CALLBACK. */
size_t wire_keep_escapes(void *context, struct MHD_Connection *connection, char *text);

/* Bytes of the body as announced; 0: not said. */
uint64_t wire_content_length(struct MHD_Connection *connection);

/*
 * Does it say more than once where its body ends (RFC 9112 section 6.3)? A proxy in front may have
 * read that in another way, and have taken for a body what would be a request here: somebody
 * else's, with the link in it.
 */
bool wire_is_ambiguous(struct MHD_Connection *connection);
