#include "evaluator/engines/answers_read.h"

#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"

enum { MAX_LINE = 256 * 1024 * 1024, STEP_MARK = '\037' };

const char *form_name(enum form form)
{
    return form == FORM_LM_EVAL ? "lm-eval" : form == FORM_COMPLETIONS ? "completions" : "plain";
}

static enum form find_form(const cJSON *o)
{
    if (json_get(o, "id") && (json_get(o, "text") || json_get(o, "texts") ||
                              json_get(o, "logprobs")))
        return FORM_PLAIN;
    if (json_get(o, "doc_id") && json_get(o, "resps"))
        return FORM_LM_EVAL;
    if (json_get(o, "task_id") && json_get(o, "completion"))
        return FORM_COMPLETIONS;
    return FORM_NONE;
}

/* --- finding ------------------------------------------------------------- */

static struct given *find_id(const struct given_set *s, const char *id, size_t len)
{
    struct given *found = NULL;
    HASH_FIND(hh, s->by_id, id, len, found);
    return found;
}

static char *with_step(const char *id, const char *step)
{
    return xprintf("%s%c%s", id, STEP_MARK, step);
}

struct given *given_find(const struct given_set *s, const char *id, const char *step)
{
    struct given *found = NULL;
    if (step) {
        char *key = with_step(id, step);
        found = find_id(s, key, strlen(key));
        free(key);
    }
    return found ? found : find_id(s, id, strlen(id));
}

/* FNV-1a of a text without its white space, which importers treat freely. */
static uint64_t mark_of(const char *s)
{
    uint64_t h = UINT64_C(14695981039346656037);
    for (; *s; s++)
        if (!isspace((unsigned char)*s))
            h = (h ^ (unsigned char)*s) * UINT64_C(1099511628211);
    return h ? h : 1;
}

/* Keep the longest texts below v, by length. */
static void find_marks(uint64_t mark[MARKS], size_t len[MARKS], const cJSON *v)
{
    for (const cJSON *c = v ? v->child : NULL; c; c = c->next)
        find_marks(mark, len, c);
    size_t n = cJSON_IsString(v) ? strlen(v->valuestring) : 0, at = MARKS;
    while (at > 0 && n > len[at - 1])
        at--;
    if (n == 0 || at == MARKS)
        return;
    for (size_t i = MARKS - 1; i > at; i--) {
        mark[i] = mark[i - 1];
        len[i] = len[i - 1];
    }
    mark[at] = mark_of(v->valuestring);
    len[at] = n;
}

static bool row_has(const cJSON *row, const uint64_t *mark)
{
    if (cJSON_IsString(row)) {
        uint64_t h = mark_of(row->valuestring);
        for (size_t i = 0; i < MARKS; i++)
            if (mark[i] == h)
                return true;
    }
    for (const cJSON *c = row ? row->child : NULL; c; c = c->next)
        if (row_has(c, mark))
            return true;
    return false;
}

bool given_fits(const struct given *g, const struct cJSON *row)
{
    return row && row_has(row, g->mark);
}

/* --- making -------------------------------------------------------------- */

static struct given *make_given(struct given_set *s, const char *id, size_t number)
{
    struct given *g = arena_alloc(&s->mem, sizeof *g);
    g->id = arena_strdup(&s->mem, id);
    g->line = (uint32_t)number;
    HASH_ADD_KEYPTR(hh, s->by_id, g->id, strlen(g->id), g);
    return g;
}

static struct piece_given *add_piece(struct given_set *s, struct given *g)
{
    struct piece_given *p = arena_alloc(&s->mem, sizeof *p);
    if (g->last)
        g->last->next = p;
    else
        g->first = p;
    g->last = p;
    g->n++;
    return p;
}

static int add_text(struct given_set *s, struct given *g, const cJSON *v, const char *key,
                    struct err *e)
{
    if (!cJSON_IsString(v) && !cJSON_IsNull(v))
        return err_set(e, ERR_INPUT, "key '%s': text is wanted (or null where there is no "
                                     "answer)", key);
    struct piece_given *p = add_piece(s, g);
    p->missing = cJSON_IsNull(v);
    p->text = p->missing ? NULL : arena_strdup(&s->mem, v->valuestring);
    return 0;
}

/* An id is text, or a whole number that somebody did not quote. */
static int take_id(char **out, const cJSON *o, const char *key, struct err *e)
{
    const cJSON *v = json_get(o, key);
    int64_t n = json_int(o, key, -1);
    if (!v)
        return err_set(e, ERR_INPUT, "key '%s' is missing", key);
    if (cJSON_IsString(v) && v->valuestring[0])
        *out = xstrdup(v->valuestring);
    else if (cJSON_IsNumber(v) && n >= 0)
        *out = xprintf("%" PRId64, n);
    else
        return err_set(e, ERR_INPUT, "key '%s': text or a whole number from 0 is wanted", key);
    return 0;
}

static int check_kind(struct given_set *s, bool loglik, struct err *e)
{
    if (!s->by_id)
        s->loglik = loglik;
    if (s->loglik == loglik)
        return 0;
    return err_set(e, ERR_INPUT, "holds %s where earlier lines hold %s; keep them in two files",
                   loglik ? "log-likelihoods" : "texts", loglik ? "texts" : "log-likelihoods");
}

/* --- the plain form ------------------------------------------------------ */

static int add_logprobs(struct given_set *s, struct given *g, const cJSON *list, struct err *e)
{
    const cJSON *v;
    cJSON_ArrayForEach(v, list) {
        if (!cJSON_IsNumber(v))
            return err_set(e, ERR_INPUT, "key 'logprobs': a list of numbers is wanted");
        add_piece(s, g)->logprob = v->valuedouble;
    }
    return 0;
}

static int add_texts(struct given_set *s, struct given *g, const cJSON *list, struct err *e)
{
    const cJSON *v;
    cJSON_ArrayForEach(v, list)
        if (add_text(s, g, v, "texts", e) < 0)
            return e->code;
    return 0;
}

static int check_plain(const cJSON *o, struct err *e)
{
    static const char *const keys[] = { "text", "texts", "logprobs" };
    const char *seen = NULL;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        const cJSON *v = json_get(o, keys[i]);
        if (v && seen)
            return err_set(e, ERR_INPUT, "keys '%s' and '%s' exclude each other", seen, keys[i]);
        if (v && i > 0 && (!cJSON_IsArray(v) || !v->child))
            return err_set(e, ERR_INPUT, "key '%s': a list that is not empty is wanted", keys[i]);
        seen = v ? keys[i] : seen;
    }
    if (!seen)
        return err_set(e, ERR_INPUT, "key 'text' is missing (or 'texts', or 'logprobs')");
    const cJSON *step = json_get(o, "step");
    if (step && !cJSON_IsString(step))
        return err_set(e, ERR_INPUT, "key 'step': text is wanted");
    return 0;
}

static int add_plain(struct given_set *s, const cJSON *o, size_t number, struct err *e)
{
    char *id = NULL;
    const cJSON *logprobs = json_get(o, "logprobs"), *texts = json_get(o, "texts");
    const char *step = json_text(o, "step", NULL);
    if (json_text(o, "failed", NULL)) /* a line of `evalrun samples`: there is no answer */
        return 0;
    if (check_plain(o, e) < 0 || check_kind(s, logprobs != NULL, e) < 0 ||
        take_id(&id, o, "id", e) < 0)
        return e->code;
    char *key = step ? with_step(id, step) : xstrdup(id);
    const struct given *twin = find_id(s, key, strlen(key));
    int rc = 0;
    if (twin)
        rc = err_set(e, ERR_INPUT, "'%s' has its answer in line %u already; keep one of the two,"
                                   " or give several draws as \"texts\": [...]", id, twin->line);
    struct given *g = rc == 0 ? make_given(s, key, number) : NULL;
    if (g && logprobs)
        rc = add_logprobs(s, g, logprobs, e);
    else if (g && texts)
        rc = add_texts(s, g, texts, e);
    else if (g)
        rc = add_text(s, g, json_get(o, "text"), "text", e);
    free(key);
    free(id);
    return rc;
}

/* --- completions --------------------------------------------------------- */

static int add_completion(struct given_set *s, const cJSON *o, size_t number, struct err *e)
{
    char *id = NULL;
    const cJSON *completion = json_get(o, "completion");
    if (!completion)
        return err_set(e, ERR_INPUT, "key 'completion' is missing");
    if (take_id(&id, o, "task_id", e) < 0)
        return e->code;
    struct given *g = find_id(s, id, strlen(id));
    if (!g)
        g = make_given(s, id, number);
    free(id);
    return add_text(s, g, completion, "completion", e);
}

/* --- lm-evaluation-harness ----------------------------------------------- */

/* -2.5 or "-2.5"; also "-inf". */
static bool take_logprob(double *out, const cJSON *v)
{
    char *end = NULL;
    if (cJSON_IsNumber(v)) {
        *out = v->valuedouble;
        return true;
    }
    if (!cJSON_IsString(v) || !v->valuestring[0])
        return false;
    *out = strtod(v->valuestring, &end);
    return !*end && !isnan(*out);
}

/* true, "True", 1.0 and their opposites. */
static bool take_greedy(bool *out, const cJSON *v)
{
    const char *text = cJSON_IsString(v) ? v->valuestring : "";
    *out = cJSON_IsTrue(v) || !strcmp(text, "True") ||
           (cJSON_IsNumber(v) && v->valuedouble != 0);
    return *out || cJSON_IsFalse(v) || !strcmp(text, "False") || cJSON_IsNumber(v);
}

/* One request's answers: [[logprob, greedy]], or [logprob, greedy] of logs that
 * were thinned out. NULL when it holds texts. */
static const cJSON *pair_of(const cJSON *request)
{
    const cJSON *first = request->child;
    if (cJSON_IsArray(first))
        return first;
    return cJSON_IsNumber(first) ? request : NULL;
}

static int add_pair(struct given_set *s, struct given *g, const cJSON *request, struct err *e)
{
    const cJSON *pair = cJSON_IsArray(request) ? pair_of(request) : NULL;
    double logprob;
    bool greedy;
    if (!pair || cJSON_GetArraySize(pair) != 2 || !take_logprob(&logprob, pair->child) ||
        !take_greedy(&greedy, pair->child->next))
        return err_set(e, ERR_INPUT, "key 'resps': [[log-likelihood, is greedy]] of every option "
                                     "is wanted");
    struct piece_given *p = add_piece(s, g);
    p->logprob = logprob;
    p->greedy = greedy;
    return 0;
}

static int add_resps(struct given_set *s, struct given *g, const cJSON *resps, struct err *e)
{
    const cJSON *v;
    if (s->loglik) {
        cJSON_ArrayForEach(v, resps)
            if (add_pair(s, g, v, e) < 0)
                return e->code;
        return 0;
    }
    if (cJSON_GetArraySize(resps) != 1)
        return err_set(e, ERR_INPUT, "key 'resps': %d requests for one document; one with its "
                                     "texts is wanted", cJSON_GetArraySize(resps));
    cJSON_ArrayForEach(v, resps->child)
        if (add_text(s, g, v, "resps", e) < 0)
            return e->code;
    return 0;
}

static bool same_pieces(const struct given *a, const struct given *b)
{
    const struct piece_given *x = a->first, *y = b->first;
    for (; x && y; x = x->next, y = y->next) {
        bool same = x->text && y->text ? !strcmp(x->text, y->text)
                                       : x->text == y->text && x->missing == y->missing;
        if (!same || x->greedy != y->greedy || memcmp(&x->logprob, &y->logprob, 8) != 0)
            return false;
    }
    return !x && !y;
}

static int add_document(struct given_set *s, const char *id, const cJSON *o, size_t number,
                        struct err *e)
{
    struct given fresh = { .line = (uint32_t)number };
    size_t len[MARKS] = { 0 };
    fresh.filter = mark_of(json_text(o, "filter", ""));
    find_marks(fresh.mark, len, json_get(o, "doc"));
    struct given *twin = find_id(s, id, strlen(id));
    if (twin && twin->filter == fresh.filter)
        return err_set(e, ERR_INPUT, "document %s has its answer in line %u already; give the log "
                                     "of one task and one run, one file a run", id, twin->line);
    if (add_resps(s, &fresh, json_get(o, "resps"), e) < 0)
        return e->code;
    if (twin && !same_pieces(twin, &fresh))
        return err_set(e, ERR_INPUT, "document %s: 'resps' differs from that in line %u; give the "
                                     "log of one task and one run", id, twin->line);
    if (twin)
        return 0;
    struct given *g = make_given(s, id, number);
    g->first = fresh.first;
    g->last = fresh.last;
    g->n = fresh.n;
    g->filter = fresh.filter;
    memcpy(g->mark, fresh.mark, sizeof g->mark);
    return 0;
}

static int add_lm_eval(struct given_set *s, const cJSON *o, size_t number, struct err *e)
{
    char *id = NULL;
    const cJSON *resps = json_get(o, "resps");
    if (!cJSON_IsArray(resps) || !resps->child || !cJSON_IsArray(resps->child) ||
        !resps->child->child)
        return err_set(e, ERR_INPUT, "key 'resps': a list of lists is wanted, as "
                                     "lm-evaluation-harness --log_samples writes it");
    if (check_kind(s, pair_of(resps->child) != NULL, e) < 0 || take_id(&id, o, "doc_id", e) < 0)
        return e->code;
    int rc = add_document(s, id, o, number, e);
    free(id);
    return rc;
}

/* --- lines --------------------------------------------------------------- */

static int add_object(struct given_set *s, const cJSON *o, size_t number, struct err *e)
{
    if (!cJSON_IsObject(o))
        return err_set(e, ERR_INPUT, "a JSON object such as {\"id\": ..., \"text\": ...} is "
                                     "wanted");
    if (s->form == FORM_NONE)
        s->form = find_form(o);
    switch (s->form) {
    case FORM_PLAIN:
        return add_plain(s, o, number, e);
    case FORM_LM_EVAL:
        return add_lm_eval(s, o, number, e);
    case FORM_COMPLETIONS:
        return add_completion(s, o, number, e);
    case FORM_NONE:
        break;
    }
    return err_set(e, ERR_INPUT, "is no answer: {\"id\": ..., \"text\": ...} is wanted, or "
                                 "'texts', or a line of a sample log of lm-evaluation-harness "
                                 "('doc_id', 'resps'), or a completion ('task_id', "
                                 "'completion')");
}

int given_add(struct given_set *s, const char *line, size_t len, size_t number, struct err *e)
{
    static const char one[] = "line 1, ";
    cJSON *tree = NULL;
    if (len == 0)
        return 0;
    if (json_parse(&tree, line, len, e) < 0) {
        if (!strncmp(e->text, one, sizeof one - 1))
            memmove(e->text, e->text + sizeof one - 1, strlen(e->text) - sizeof one + 2);
        return e->code;
    }
    int rc = add_object(s, tree, number, e);
    cJSON_Delete(tree);
    return rc;
}

int given_read(struct given_set *out, const char *path, struct err *e)
{
    struct line_reader *lines = NULL;
    const char *line = NULL;
    size_t len = 0;
    *out = (struct given_set){ 0 };
    if (line_open(&lines, path, MAX_LINE, e) < 0)
        return e->code;
    int rc;
    while ((rc = line_next(lines, &line, &len, e)) == 1) {
        rc = given_add(out, line, len, line_number(lines), e);
        if (rc < 0) {
            err_in(e, "%s: line %zu", path, line_number(lines));
            break;
        }
    }
    line_close(lines);
    if (rc == 0 && !out->by_id)
        rc = err_set(e, ERR_INPUT, "%s: holds no answers; one JSON object a line is wanted, such "
                                   "as {\"id\": ..., \"text\": ...}", path);
    if (rc < 0)
        given_release(out);
    return rc;
}

void given_release(struct given_set *s)
{
    HASH_CLEAR(hh, s->by_id);
    arena_release(&s->mem);
    *s = (struct given_set){ 0 };
}
