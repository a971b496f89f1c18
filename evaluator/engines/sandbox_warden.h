#ifndef EVALRUN_EVALUATOR_ENGINES_SANDBOX_WARDEN_H
#define EVALRUN_EVALUATOR_ENGINES_SANDBOX_WARDEN_H
/*
 * The warden: a process of evalrun's own that does nothing but run programs.
 * So a limit of time is kept to the millisecond while evalrun computes with a
 * model for seconds, and when evalrun dies, of whatever, the warden reads the
 * end of its socket, kills every program and leaves.
 *
 * Over the socket go frames: a uint32_t length in the order of this machine,
 * then so many bytes of JSON.
 *
 *   to the warden   {"id": 7, "language": "python", "given": "", "test": "...",
 *                    "entry": "f", "limit_s": 10, "memory_mb": 0, "solution": "..."}
 *   from it         {"id": 7, "fault": "wrong", "status": 1, "text": "..."}
 *                   {"id": 7, "broken": "no program could be run, and why"}
 */
#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/json.h"
#include "base/strbuf.h"

struct sandbox;

/* Starts it; *fd is our end of its socket, which ends it when closed. */
MUST_USE int warden_start(pid_t *pid, int *fd, struct sandbox *s, struct err *e);

/* Bytes that came or wait to go; those before `at` are done with. All zero but
 * for the strbuf's init is valid. */
struct frames {
    struct strbuf text;
    size_t at;
};

/* The next whole frame, parsed (cJSON_Delete() it). 1 = a frame, 0 = none yet. */
MUST_USE int frames_take(cJSON **out, struct frames *f, struct err *e);
void frames_add(struct frames *f, const struct strbuf *json);
/* Appends what a socket holds now; false at its end. */
bool frames_read(struct frames *f, int fd);
/* Sends what goes without waiting; true when all went. */
bool frames_send(struct frames *f, int fd);

#endif
