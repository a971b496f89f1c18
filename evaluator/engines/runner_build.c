/*
 * Languages that are compiled: one job makes a program of the solution and the
 * tests, a second runs it. The tests have passed when the program says a word that
 * was made for it alone, at the place that is reached only when they have ended: on
 * descriptor 5, or on stdout where a language has no other.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "evaluator/engines/runner_build.h"

enum { BUILD, RUN };                 /* runner.run, runner.stage */
enum { REPORT = 5 };                 /* descriptor: the program, then the word */
enum { BUILD_S = 120, BUILD_MB = 3072, BUILD_TMP_MB = 512 };
enum { TESTS_BROKEN = 99 };          /* a build script's status: not the solution's fault */

int runner_token(struct runner *r, struct err *e)
{
    unsigned char bytes[16];
    if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
        return err_set(e, ERR_IO, "no random numbers from the system: %s", strerror(errno));
    for (size_t i = 0; i < sizeof bytes; i++)
        snprintf(r->token + 2 * i, 3, "%02x", bytes[i]);
    return 0;
}

int runner_build(struct runner *r, const struct runner_build *b, struct err *e)
{
    struct sandbox_file files[RUNNER_BUILD_FILES];
    size_t n = 0;
    for (; b->file[n].path; n++)
        files[n] = (struct sandbox_file){ b->file[n].path, b->file[n].text, b->file[n].len, false };
    const struct sandbox_job job = {
        .argv = (const char *const[]){ "sh", "-c", b->script, "sh", b->argument, NULL },
        .file = files,
        .n_file = n,
        .bind = &r->bind,
        .n_bind = r->bind.from != NULL,
        .report = REPORT,
        .limits = { .wall_s = BUILD_S, .memory_mb = BUILD_MB, .tmp_mb = BUILD_TMP_MB,
                    .address_mb = b->address_mb, .processes = 256,
                    .report = BUILD_TMP_MB * 1048576UL },
    };
    return sandbox_start(&r->run[BUILD], r->sandbox, &job, e);
}

static int start_program(struct runner *r, const struct sandbox_result *built, struct err *e)
{
    const struct runner_program *p = r->type->program;
    uint32_t memory_mb = r->exec->memory_mb ? r->exec->memory_mb : p->memory_mb;
    const struct sandbox_file program = { "program", built->report.s, built->report.len, true };
    const struct sandbox_job job = {
        .argv = p->argv,
        .file = &program,
        .n_file = 1,
        .bind = &r->bind,
        .n_bind = r->bind.from != NULL,
        .report = REPORT,
        .limits = { .wall_s = r->exec->limit_s + p->start_s, .memory_mb = memory_mb,
                    .address_mb = p->address_mb, .processes = p->processes },
    };
    r->stage = RUN;
    return sandbox_start(&r->run[RUN], r->sandbox, &job, e);
}

/* As runner_type.step(): without a program to run there is a verdict. */
static int step_build(struct runner *r, struct err *e)
{
    const struct sandbox_result *built = sandbox_result(r->run[BUILD]);
    if (runner_check(built, e) < 0)
        return e->code;
    if (!built)
        return 0;
    if (built->end == SANDBOX_EXITED && built->status == TESTS_BROKEN) {
        strbuf_printf(&r->said, "the benchmark's own tests do not compile here: %.*s",
                      (int)strcspn(built->err.s, "\n"), built->err.s);
        return 2;
    }
    if (!runner_ending(built) && built->report.len)
        return start_program(r, built, e);
    r->fault = "compile";
    r->status = built->status;
    runner_hear(r, built);
    return 1;
}

/* Whether it ends in the word. */
static bool says(const struct strbuf *text, const char *token)
{
    size_t len = strlen(token);
    return text->len >= len && !memcmp(text->s + text->len - len, token, len);
}

static const char *fault_of(const struct runner *r, const struct sandbox_result *ran)
{
    const char *fault = runner_ending(ran);
    if (!fault)
        return says(&ran->report, r->token) || says(&ran->out, r->token) ? NULL : "unfinished";
    if (ran->end == SANDBOX_EXITED && strstr(ran->err.s, r->type->program->wrong))
        return "wrong";
    return fault;
}

/* The word is another in every run, and nobody's concern. */
static void forget_token(struct runner *r)
{
    size_t len = strlen(r->token);
    char *at = strstr(r->said.s, r->token);
    if (!at)
        return;
    memmove(at, at + len, strlen(at + len) + 1);
    strbuf_cut(&r->said, r->said.len - len);
}

int runner_build_step(struct runner *r, struct err *e)
{
    if (r->stage == BUILD)
        return step_build(r, e);
    const struct sandbox_result *ran = sandbox_result(r->run[RUN]);
    if (runner_check(ran, e) < 0)
        return e->code;
    if (!ran)
        return 0;
    r->fault = fault_of(r, ran);
    r->status = ran->status;
    runner_hear(r, ran);
    forget_token(r);
    return 1;
}
