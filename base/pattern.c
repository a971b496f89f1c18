#include "base/pattern.h"

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/mem.h"
#include "base/utf8.h"

/* A search that ends has ended long before; one of these is reached within
 * about a tenth of a second. */
enum { MAX_STEPS = 1000000, MAX_DEPTH = 100000, MAX_KIB = 65536 };

struct pattern {
    pcre2_general_context *memory; /* xmalloc(): what asks for memory gets it */
    pcre2_code *code;
    pcre2_match_context *limits;
    pcre2_match_data *match;
    uint32_t n_group;
};

static void *take_memory(size_t size, void *unused)
{
    (void)unused;
    return xmalloc(size);
}

static void give_memory(void *p, void *unused)
{
    (void)unused;
    free(p);
}

static int compile(struct pattern *p, const char *text, struct err *e)
{
    int code;
    size_t at;
    PCRE2_UCHAR why[128];
    pcre2_compile_context *c = pcre2_compile_context_create(p->memory);
    pcre2_set_newline(c, PCRE2_NEWLINE_LF);
    p->code = pcre2_compile((PCRE2_SPTR)text, PCRE2_ZERO_TERMINATED,
                            PCRE2_UTF | PCRE2_UCP | PCRE2_NEVER_BACKSLASH_C, &code, &at, c);
    pcre2_compile_context_free(c);
    if (p->code)
        return 0;
    (void)pcre2_get_error_message(code, why, sizeof why);
    return err_set(e, ERR_INPUT, "at byte %zu: %s", at, (const char *)why);
}

int pattern_new(struct pattern **out, const char *text, struct err *e)
{
    struct pattern *p = xcalloc(1, sizeof *p);
    p->memory = pcre2_general_context_create(take_memory, give_memory, NULL);
    if (compile(p, text, e) < 0) {
        pattern_free(p);
        return e->code;
    }
    p->limits = pcre2_match_context_create(p->memory);
    pcre2_set_match_limit(p->limits, MAX_STEPS);
    pcre2_set_depth_limit(p->limits, MAX_DEPTH);
    pcre2_set_heap_limit(p->limits, MAX_KIB);
    p->match = pcre2_match_data_create_from_pattern(p->code, p->memory);
    (void)pcre2_pattern_info(p->code, PCRE2_INFO_CAPTURECOUNT, &p->n_group);
    *out = p;
    return 0;
}

void pattern_free(struct pattern *p)
{
    if (!p)
        return;
    pcre2_match_data_free(p->match);
    pcre2_match_context_free(p->limits);
    pcre2_code_free(p->code);
    pcre2_general_context_free(p->memory);
    free(p);
}

size_t pattern_groups(const struct pattern *p)
{
    return p->n_group;
}

enum found pattern_find(const struct pattern *p, const char *text, size_t len, size_t from,
                        size_t group, struct match *out)
{
    assert(from <= len && group <= p->n_group);
    /* A search that goes on was checked to be UTF-8 when it began: else a text of n
     * matches would be checked n times. */
    uint32_t options = from > 0 ? PCRE2_NO_UTF_CHECK : 0;
    int rc = pcre2_match(p->code, (PCRE2_SPTR)text, len, from, options, p->match, p->limits);
    if (rc == PCRE2_ERROR_NOMATCH)
        return FOUND_NOTHING;
    if (rc == PCRE2_ERROR_MATCHLIMIT || rc == PCRE2_ERROR_DEPTHLIMIT ||
        rc == PCRE2_ERROR_HEAPLIMIT)
        return FOUND_LIMIT;
    assert(rc > 0); /* else the text is not UTF-8, which its door should know */
    const PCRE2_SIZE *at = pcre2_get_ovector_pointer(p->match);
    const PCRE2_SIZE *mine = at + 2 * group;
    bool took_part = group < (size_t)rc && mine[0] != PCRE2_UNSET && mine[1] > mine[0];
    *out = (struct match){
        .from = took_part ? mine[0] : at[1],
        .len = took_part ? mine[1] - mine[0] : 0,
        .end = at[1],
    };
    return FOUND_MATCH;
}

enum found pattern_find_last(const struct pattern *p, const char *text, size_t len, size_t group,
                             struct match *out)
{
    struct match match;
    enum found last = FOUND_NOTHING;
    for (size_t from = 0; from <= len;) {
        enum found found = pattern_find(p, text, len, from, group, &match);
        if (found == FOUND_LIMIT)
            return FOUND_LIMIT;
        if (found == FOUND_NOTHING)
            break;
        last = FOUND_MATCH;
        *out = match;
        int32_t code;
        if (match.end > from)
            from = match.end;
        else
            from += from < len ? utf8_next(text + from, len - from, &code) : 1;
    }
    return last;
}
