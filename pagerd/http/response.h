/* SPDX-License-Identifier: MIT */
/* response.h - the answer of a call as the HTTP library wants it, with its headers. */
#pragma once

struct MHD_Response;
struct call;

/* Takes the answer's bytes away from the call. The caller destroys the response. */
struct MHD_Response *response_make(struct call *call);
