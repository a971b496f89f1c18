#ifndef EVALRUN_BASE_ERR_H
#define EVALRUN_BASE_ERR_H
/*
 * Run errors: one code, one line of text, passed explicitly.
 *
 * A function that can fail returns 0 (or 1 for iterators) on success and one
 * of the negative codes below on failure, with the message in *e. Each layer
 * on the way up may add where it happened:
 *
 *     if (json_read_file(&doc, path, LIMIT, e) < 0)
 *         return err_in(e, "%s", path);     ->  "cmmlu.json: line 3: ..."
 *
 * Messages: one line, no capital, no full stop; name the thing, the place and
 * the cure, not the function. *e is untouched on success.
 */

#define MUST_USE __attribute__((warn_unused_result))
#define PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#define NORETURN __attribute__((noreturn))

enum err_code {
    ERR_USAGE = -1,    /* the command line is wrong; exit code 3 */
    ERR_INPUT = -2,    /* a file or a row is not what it should be */
    ERR_IO = -3,       /* the system refused: open, write, network */
    ERR_LIMIT = -4,    /* larger than a declared ceiling */
    ERR_ENGINE = -5,   /* the model or server failed */
    ERR_MISMATCH = -6, /* two things that must agree do not */
};

struct err {
    int code; /* 0 or an err_code */
    char text[1024];
};

/* Set code and text; returns code, so that `return err_set(e, ...)` works. */
int err_set(struct err *e, int code, const char *fmt, ...) PRINTF(3, 4);

/* Prefix the text with "where: "; returns e->code. */
int err_in(struct err *e, const char *fmt, ...) PRINTF(2, 3);

#endif
