/* Jobs in a sandbox: what goes in, what comes out, how they end, and that
 * nothing is left of them. What they must not reach: test_sandbox_attacks.c. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "tests/engines/jobs.h"

#define SH(text) ((const char *const[]){ "sh", "-c", text, NULL })

/* What all tests run in. */
struct setting {
    struct sandbox *sandbox;
    bool unsafe;
};

/* --- in and out ---------------------------------------------------------------- */

static void streams(void **state)
{
    const struct setting *in = *state;
    static const struct sandbox_file file[] = {
        { "main.sh", "#!/bin/sh\necho ran\n", 19, true },
        { "a/b/data.txt", "deep\n", 5, false },
    };
    struct sandbox_job job = {
        .argv = SH("cat; ./main.sh; cat a/b/data.txt; echo $WORD; echo bad >&2; echo r >&3; "
                   "exit 3"),
        .env = (const char *const[]){ "WORD=x=y", NULL },
        .file = file, .n_file = 2, .input = "in\n", .n_input = 3, .report = 3,
    };
    struct sandbox_run *run = jobs_run(in->sandbox, &job);
    const struct sandbox_result *r = sandbox_result(run);
    assert_int_equal(r->end, SANDBOX_EXITED);
    assert_int_equal(r->status, 3);
    assert_string_equal(r->out.s, "in\nran\ndeep\nx=y\n");
    assert_string_equal(r->err.s, "bad\n");
    assert_string_equal(r->report.s, "r\n");
    assert_null(r->why);
    sandbox_end(run);
}

static void no_input(void **state)
{
    const struct setting *in = *state;
    struct sandbox_run *run = jobs_run(in->sandbox, &(struct sandbox_job){ .argv = SH("wc -c") });
    assert_string_equal(sandbox_result(run)->out.s, "0\n");
    sandbox_end(run);
}

static void large(void **state)
{
    const struct setting *in = *state;
    const size_t len = 3 << 20;
    char *text = malloc(len);
    memset(text, 'x', len);
    struct sandbox_file file = { "f", text, len, false };
    struct sandbox_job job = {
        .argv = SH("cat >&4; cat f; cat f >&2"), .file = &file, .n_file = 1,
        .input = text, .n_input = len, .report = 4, .limits = { .output = 4 << 20 },
    };
    struct sandbox_run *run = jobs_run(in->sandbox, &job);
    const struct sandbox_result *r = sandbox_result(run);
    assert_int_equal(r->end, SANDBOX_EXITED);
    assert_true(r->out.len == len && r->err.len == len && r->report.len == len);
    assert_memory_equal(r->report.s, text, len);
    sandbox_end(run);
    free(text);
}

/* One job's words go to the other and back: neither passes through us. */
static void linked(void **state)
{
    const struct setting *in = *state;
    int there[2], back[2];
    assert_return_code(pipe2(there, O_CLOEXEC), errno);
    assert_return_code(pipe2(back, O_CLOEXEC), errno);
    const struct sandbox_fd asks[] = { { 4, there[1] }, { 5, back[0] } };
    const struct sandbox_fd answers[] = { { 3, there[0] }, { 7, back[1] } };
    struct sandbox_run *a = jobs_start(in->sandbox, &(struct sandbox_job){
        .argv = SH("echo question >&4; exec 4>&-; cat <&5"), .fd = asks, .n_fd = 2 });
    struct sandbox_run *b = jobs_start(in->sandbox, &(struct sandbox_job){
        .argv = SH("read word <&3; echo $word answered >&7"), .fd = answers, .n_fd = 2 });
    close(there[0]), close(there[1]), close(back[0]), close(back[1]);
    assert_string_equal(jobs_finish(in->sandbox, a)->out.s, "question answered\n");
    assert_int_equal(jobs_finish(in->sandbox, b)->end, SANDBOX_EXITED);
    sandbox_end(a);
    sandbox_end(b);
}

/* --- endings ------------------------------------------------------------------- */

struct ending {
    const char *what;
    const char *program;
    struct sandbox_limits limits;
    enum sandbox_ending end;
    int status;
    bool isolated_only;
};

static const struct ending endings[] = {
    { "exit", "exit 7", { .wall_s = 0 }, SANDBOX_EXITED, 7, false },
    { "segmentation fault", "kill -11 $$", { .wall_s = 0 }, SANDBOX_EXITED, 128 + SIGSEGV, false },
    { "abort", "kill -6 $$", { .wall_s = 0 }, SANDBOX_EXITED, 128 + SIGABRT, false },
    { "sleep", "sleep 100", { .wall_s = 0.3 }, SANDBOX_TIMEOUT, 137, false },
    { "ignores signals", "trap '' TERM INT HUP QUIT; while :; do :; done", { .wall_s = 0.3 },
      SANDBOX_TIMEOUT, 137, false },
    { "processor time", "while :; do :; done", { .cpu_s = 1, .wall_s = 20 }, SANDBOX_TIMEOUT,
      128 + SIGXCPU, false },
    { "stdout", "while :; do echo 0123456789; done", { .output = 100000 }, SANDBOX_OUTPUT, 137,
      false },
    { "stderr", "while :; do echo 0123456789 >&2; done", { .output = 100000 }, SANDBOX_OUTPUT,
      137, false },
    { "report", "while :; do echo 0123456789 >&3; done", { .report = 100000 }, SANDBOX_OUTPUT,
      137, false },
    { "a large file", "head -c 100000000 /dev/zero >f; exit $?", { .tmp_mb = 8 },
      SANDBOX_OUTPUT, 128 + SIGXFSZ, true },
    { "many files that are large", "for i in 1 2 3 4; do head -c 5000000 /dev/zero >f$i || "
      "exit 9; done; sleep 1", { .tmp_mb = 8 }, SANDBOX_EXITED, 9, true },
    { "shared memory", "for i in 1 2 3 4; do head -c 5000000 /dev/zero >/dev/shm/$i || "
      "exit 9; done; sleep 1", { .tmp_mb = 8 }, SANDBOX_EXITED, 9, true },
    { "too many processes", "i=0; while [ $i -lt 40 ]; do sleep 5 & i=$((i+1)); done; wait",
      { .processes = 20 }, SANDBOX_EXITED, 2, true },
};

/* What describe() says holds the text. */
static bool described(const struct sandbox *s, const char *text)
{
    struct strbuf b = STRBUF_INIT;
    struct json_writer w = { .out = &b };
    json_open(&w, NULL, '{');
    sandbox_describe(s, &w);
    json_close(&w, '}');
    bool yes = strstr(b.s, text) != NULL;
    strbuf_release(&b);
    return yes;
}

static void all_endings(void **state)
{
    const struct setting *in = *state;
    bool watched = described(in->sandbox, "\"tmp\":\"watched\""); /* an old bubblewrap */
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        struct ending k = endings[i];
        if (in->unsafe && k.isolated_only)
            continue;
        if (watched && k.status == 9) {
            k.end = SANDBOX_OUTPUT;
            k.status = 137;
        }
        struct sandbox_job job = { .argv = SH(k.program), .limits = k.limits, .report = 3 };
        struct sandbox_run *run = jobs_run(in->sandbox, &job);
        const struct sandbox_result *r = sandbox_result(run);
        if (r->end != k.end || r->status != k.status)
            fail_msg("%s: ended as %d with %d, not %d with %d: %s", k.what, r->end, r->status,
                     k.end, k.status, r->err.s);
        assert_true(r->wall_s < 5);
        sandbox_end(run);
    }
}

static const char *const eater[] = {
    "python3", "-I", "-S", "-c",
    "import os, time\n"
    "for i in range(8):\n"
    "    if os.fork() == 0:\n"
    "        x = bytearray(60 << 20)\n"
    "        time.sleep(20)\n"
    "time.sleep(20)\n",
    NULL
};

/* No process of it has too much, all of them together have. */
static void memory_of_all(void **state)
{
    const struct setting *in = *state;
    struct sandbox_job job = { .argv = eater, .limits = { .memory_mb = 200 } };
    struct sandbox_run *run = jobs_run(in->sandbox, &job);
    const struct sandbox_result *r = sandbox_result(run);
    assert_int_equal(r->end, SANDBOX_MEMORY);
    assert_in_range(r->memory_mb, 201, 600);
    sandbox_end(run);
}

static void memory_of_one(void **state)
{
    const struct setting *in = *state;
    struct sandbox_job job = {
        .argv = (const char *const[]){ "python3", "-I", "-S", "-c", "x = bytearray(300 << 20)",
                                       NULL },
        .limits = { .memory_mb = 200 },
    };
    struct sandbox_run *run = jobs_run(in->sandbox, &job);
    const struct sandbox_result *r = sandbox_result(run);
    assert_int_equal(r->end, SANDBOX_EXITED);
    assert_int_equal(r->status, 1);
    assert_non_null(strstr(r->err.s, "MemoryError"));
    sandbox_end(run);
}

static void missing_command(void **state)
{
    const struct setting *in = *state;
    struct sandbox_job job = { .argv = (const char *const[]){ "no-such-command", NULL } };
    struct sandbox_run *run = jobs_run(in->sandbox, &job);
    const struct sandbox_result *r = sandbox_result(run);
    assert_int_equal(r->end, SANDBOX_BROKEN);
    assert_non_null(strstr(r->why, "no-such-command: "));
    sandbox_end(run);
}

/* --- nothing is left ------------------------------------------------------------- */

/* A pipe that every process of a job has open: at its end, all are dead. */
struct life {
    int ours, theirs;
};

static struct life life_make(void)
{
    int end[2];
    assert_return_code(pipe2(end, O_CLOEXEC), errno);
    return (struct life){ .ours = end[0], .theirs = end[1] };
}

static void life_over(struct life *l, int within_ms)
{
    struct pollfd p = { .fd = l->ours, .events = POLLIN };
    char byte;
    close(l->theirs);
    assert_int_equal(poll(&p, 1, within_ms), 1);
    assert_int_equal(read(l->ours, &byte, 1), 0);
    close(l->ours);
}

static const char daemons[] = "(setsid sh -c 'trap \"\" TERM HUP; sleep 60' & ) ; "
                              "(sleep 60 &) ; sleep 0.1; echo done";

static void left_behind(void **state)
{
    const struct setting *in = *state;
    struct life l = life_make();
    const struct sandbox_fd fd = { 9, l.theirs };
    struct sandbox_job job = { .argv = SH(daemons), .fd = &fd, .n_fd = 1 };
    struct sandbox_run *run = jobs_run(in->sandbox, &job);
    assert_int_equal(sandbox_result(run)->end, SANDBOX_EXITED);
    assert_string_equal(sandbox_result(run)->out.s, "done\n");
    assert_true(sandbox_result(run)->wall_s < 5);
    life_over(&l, 0);
    sandbox_end(run);
}

/* At any moment of its life: while bubblewrap makes the namespaces too. */
static void ended_early(void **state)
{
    const struct setting *in = *state;
    for (int ms = 0; ms < 40; ms += 2) {
        struct life l = life_make();
        struct err e = { 0 };
        const struct sandbox_fd fd = { 9, l.theirs };
        struct sandbox_job job = { .argv = SH(daemons), .fd = &fd, .n_fd = 1 };
        struct sandbox_run *run = jobs_start(in->sandbox, &job);
        assert_return_code(sandbox_wait(in->sandbox, -1, ms, &e), 0);
        sandbox_end(run);
        life_over(&l, 0);
    }
}

static void closed(void **state)
{
    const struct setting *in = *state;
    struct life l = life_make();
    struct err e = { 0 };
    struct sandbox *other = jobs_open(in->unsafe);
    const struct sandbox_fd fd = { 9, l.theirs };
    struct sandbox_job job = { .argv = SH(daemons), .fd = &fd, .n_fd = 1 };
    for (int i = 0; i < 3; i++)
        jobs_start(other, &job);
    assert_return_code(sandbox_wait(other, -1, 30, &e), 0);
    sandbox_close(other);
    life_over(&l, 0);
}

/* Whoever began it is killed in an instant. */
static void killed(void **state)
{
    const struct setting *in = *state;
    struct life l = life_make();
    const struct sandbox_fd fd = { 9, l.theirs };
    struct sandbox_job job = { .argv = SH("sleep 60 & sleep 60"), .fd = &fd, .n_fd = 1 };
    pid_t pid = fork();
    if (pid == 0) {
        struct err e = { 0 };
        jobs_start(in->sandbox, &job);
        for (;;)
            if (sandbox_wait(in->sandbox, -1, 1000, &e) < 0)
                _exit(1);
    }
    poll(NULL, 0, 500);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    life_over(&l, 3000);
}

static void together(void **state)
{
    const struct setting *in = *state;
    struct sandbox_run *run[8];
    int64_t begun = clock_ms();
    for (int i = 0; i < 8; i++) {
        char text[32];
        snprintf(text, sizeof text, "sleep 0.5; echo %d", i);
        run[i] = jobs_start(in->sandbox, &(struct sandbox_job){ .argv = SH(text) });
    }
    for (int i = 0; i < 8; i++) {
        char want[8];
        snprintf(want, sizeof want, "%d\n", i);
        assert_string_equal(jobs_finish(in->sandbox, run[i])->out.s, want);
        sandbox_end(run[i]);
    }
    assert_true(clock_ms() - begun < 8 * 500);
}

/* The wait ends for a descriptor of ours, too. */
static void wakes(void **state)
{
    const struct setting *in = *state;
    struct life l = life_make();
    struct err e = { 0 };
    struct sandbox_job job = { .argv = SH("sleep 20") };
    struct sandbox_run *run = jobs_start(in->sandbox, &job);
    assert_int_equal(write(l.theirs, "x", 1), 1);
    int64_t begun = clock_ms();
    assert_return_code(sandbox_wait(in->sandbox, l.ours, 10000, &e), 0);
    assert_true(clock_ms() - begun < 5000);
    assert_null(sandbox_result(run));
    sandbox_end(run);
    close(l.ours), close(l.theirs);
}

/* --- systems that cannot ----------------------------------------------------------- */

/* Opening with a PATH of one folder that holds this as "bwrap"; NULL = none. */
static void refused(const char *script, const char *want)
{
    char dir[] = "/tmp/evalrun-test-XXXXXX";
    struct err e = { 0 };
    struct sandbox *s = NULL;
    assert_non_null(mkdtemp(dir));
    assert_return_code(chmod(dir, 0755), errno);
    char *file = xprintf("%s/bwrap", dir), *before = xstrdup(getenv("PATH"));
    if (script) {
        assert_return_code(file_write_atomic(file, script, strlen(script), &e), 0);
        chmod(file, 0755);
    }
    setenv("PATH", dir, 1);
    assert_int_equal(sandbox_open(&s, &(struct sandbox_options){ 0 }, &e), ERR_ENGINE);
    setenv("PATH", before, 1);
    if (!strstr(e.text, want))
        fail_msg("said: %s", e.text);
    unlink(file);
    rmdir(dir);
    free(file);
    free(before);
}

static void refusals(void **state)
{
    (void)state;
    refused(NULL, "there is no 'bwrap' command; install the package bubblewrap");
    refused("#!/bin/sh\necho bubblewrap 0.3.3\n", "bwrap is bubblewrap 0.3.3; 0.4 or newer is "
                                                  "needed");
    refused("#!/bin/sh\necho nothing >&2\nexit 1\n", "bwrap does not tell its version");
    refused("#!/bin/sh\n[ $1 = --version ] && echo bubblewrap 0.8.0 && exit\n"
            "echo 'bwrap: No permissions to create new namespace' >&2\nexit 1\n",
            "programs cannot be isolated here (bwrap: No permissions to create new namespace); ");
}

static void describes(void **state)
{
    const struct setting *in = *state;
    assert_true(described(in->sandbox, in->unsafe ? "\"isolation\":\"none\""
                                                  : "\"isolation\":\"bubblewrap\""));
    assert_int_equal(sandbox_isolated(in->sandbox), !in->unsafe);
    assert_int_equal(sandbox_jobs(in->sandbox), 2);
}

/* A group of tests, each of which gets the setting. */
static int run(const char *name, struct CMUnitTest *tests, size_t n, bool unsafe)
{
    struct setting in = { .unsafe = unsafe, .sandbox = jobs_open(unsafe) };
    for (size_t i = 0; i < n; i++)
        tests[i].initial_state = &in;
    int failed = _cmocka_run_group_tests(name, tests, n, NULL, NULL);
    sandbox_close(in.sandbox);
    return failed;
}

int main(void)
{
    struct CMUnitTest tests[] = {
        cmocka_unit_test(streams),       cmocka_unit_test(no_input),
        cmocka_unit_test(large),         cmocka_unit_test(linked),
        cmocka_unit_test(all_endings),   cmocka_unit_test(memory_of_all),
        cmocka_unit_test(memory_of_one), cmocka_unit_test(missing_command),
        cmocka_unit_test(left_behind),   cmocka_unit_test(ended_early),
        cmocka_unit_test(closed),        cmocka_unit_test(together),
        cmocka_unit_test(wakes),         cmocka_unit_test(describes),
    };
    struct CMUnitTest isolated[] = {
        cmocka_unit_test(killed),
        cmocka_unit_test(refusals),
    };
    const size_t n = sizeof tests / sizeof *tests;
    return run("unsafe", tests, n, true) + run("isolated", tests, n, false) +
           run("only isolated", isolated, sizeof isolated / sizeof *isolated, false);
}
