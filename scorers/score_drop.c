/*
 * Short answers that may be several texts, numbers or a date, by the rules of DROP
 * (Dua et al. 2019; lm-evaluation-harness 0.4.13, lm_eval/tasks/drop/utils.py):
 * a token that is a number is compared as one, and an answer that lacks every
 * number of the right one shares nothing with it.
 *
 * A right answer is a text; or, in JSON, a list of texts all of which are wanted,
 * or DROP's own object of "number", "spans" and "date".
 *
 * Options: those of every written answer (answer.h). The best of all right answers
 * counts; with several draws, the mean over them. The written answer is one text:
 * it shares words with the nearest text of a list, and can be the same as none of
 * two.
 */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/spec.h"
#include "base/strbuf.h"
#include "base/utf8.h"
#include "scorers/answer.h"
#include "scorers/plain.h"
#include "scorers/scorer.h"
#include "scorers/shown.h"

enum { F1, EM = ANSWER_END, N_STAT };

static const char *const stat_names[] = { "f1", ANSWER_STATS, "em", NULL };

static const struct metric metrics[] = {
    { "drop_f1", "F1 of the words shared with a right answer, if its numbers are there", true, true,
      F1, .scale = 100 },
    { "drop_em", "the same as a right answer, but for case, articles and the like", true, true, EM,
      .scale = 100 },
    ANSWER_METRICS,
    { 0 },
};

/* ---- a text as it is compared */

/* What Python's float() takes: digits, perhaps with "_" between two of them, a
 * point, an exponent; inf, infinity, nan; white space around it. */
static bool read_float(double *out, const char *text, struct arena *mem)
{
    char *bare = arena_array(mem, strlen(text) + 1, 1), *end;
    size_t n = 0, len;
    text = utf8_strip(text, &len);
    for (size_t i = 0; i < len; i++) {
        bool digits = i > 0 && i + 1 < len && isdigit((unsigned char)text[i - 1]) &&
                      isdigit((unsigned char)text[i + 1]);
        if (tolower((unsigned char)text[i]) == 'x' || text[i] == '(')
            return false; /* strtod takes 0x1 and nan(1) */
        if (text[i] != '_' || !digits)
            bare[n++] = text[i];
    }
    bare[n] = '\0';
    *out = strtod(bare, &end);
    return n > 0 && !*end;
}

/* Every number in one form, which is a number again, and has a point: digits that
 * are but a part of a token have none, and are not the same. */
static const char *number_form(double x, struct arena *mem)
{
    const char *digits = arena_printf(mem, "%.17g", x);
    return strpbrk(digits, ".en") ? digits : arena_printf(mem, "%s.0", digits);
}

static const char *without_marks(const char *token, struct arena *mem)
{
    char *bare = arena_strdup(mem, token), *to = bare;
    for (const char *s = token; *s; s++)
        if ((unsigned char)*s >= 0x80 || !ispunct((unsigned char)*s))
            *to++ = *s;
    *to = '\0';
    return bare;
}

/* SQuAD's form of one token, but that numbers keep their point and sign. What is a
 * number only without its articles, as in "the\n3", is none. */
static const char *token_form(const char *token, struct arena *mem)
{
    double x;
    if (read_float(&x, token, mem) || read_float(&x, without_marks(token, mem), mem))
        return number_form(x, mem);
    return plain_english(token, mem);
}

/* One space between the words; tokens end at each space and hyphen. */
static const char *text_form(const char *text, struct arena *mem)
{
    struct strbuf b = STRBUF_INIT;
    while (*text) {
        size_t len = strcspn(text, " -");
        const char *form = token_form(arena_strndup(mem, text, len), mem);
        if (*form)
            strbuf_printf(&b, "%s%s", b.len ? " " : "", form);
        text += len + (text[len] != '\0');
    }
    const char *out = arena_strndup(mem, b.s, b.len);
    strbuf_release(&b);
    return out;
}

/* The distinct words of a text, in order. */
struct bag {
    const char **word;
    size_t n;
};

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool bag_has(const struct bag *b, const char *word)
{
    return bsearch(&word, b->word, b->n, sizeof *b->word, by_text) != NULL;
}

static struct bag bag_of(const char *form, struct arena *mem)
{
    size_t n;
    const char *const *word = plain_split(&n, form, mem);
    struct bag b = { .word = arena_array(mem, n + 1, sizeof *b.word) };
    if (n > 0)
        memcpy(b.word, word, n * sizeof *b.word);
    qsort(b.word, n, sizeof *b.word, by_text);
    for (size_t i = 0; i < n; i++)
        if (b.n == 0 || strcmp(b.word[b.n - 1], b.word[i]) != 0)
            b.word[b.n++] = b.word[i];
    return b;
}

static bool lacks_numbers(const struct bag *mine, const struct bag *right, struct arena *mem)
{
    double x;
    bool any = false;
    for (size_t i = 0; i < right->n; i++)
        if (read_float(&x, right->word[i], mem)) {
            any = true;
            if (bag_has(mine, right->word[i]))
                return false;
        }
    return any;
}

static double bag_f1(const struct bag *mine, const struct bag *right, struct arena *mem)
{
    double common = 0;
    if (lacks_numbers(mine, right, mem))
        return 0;
    for (size_t i = 0; i < right->n; i++)
        common += bag_has(mine, right->word[i]);
    double p = mine->n ? common / (double)mine->n : 1, r = right->n ? common / (double)right->n : 1;
    return p + r > 0 ? 2 * p * r / (p + r) : 0;
}

/* ---- right answers */

struct spans {
    const char **text;
    size_t n;
};

static void add_texts(struct spans *out, const cJSON *list, struct arena *mem)
{
    const cJSON *item;
    out->text = arena_array(mem, (size_t)cJSON_GetArraySize(list) + 1, sizeof *out->text);
    cJSON_ArrayForEach(item, list)
        if (cJSON_IsString(item))
            out->text[out->n++] = arena_strdup(mem, item->valuestring);
}

static const char *date_text(const cJSON *date, struct arena *mem)
{
    const char *text = arena_printf(mem, "%s %s %s", json_text(date, "day", ""),
                                    json_text(date, "month", ""), json_text(date, "year", ""));
    size_t len;
    text = utf8_strip(text, &len);
    return arena_strndup(mem, text, len);
}

static void read_object(struct spans *out, const cJSON *o, struct arena *mem)
{
    const char *number = json_text(o, "number", "");
    add_texts(out, json_get(o, "spans"), mem);
    if (*number) {
        out->text[0] = arena_strdup(mem, number);
        out->n = 1;
    } else if (out->n == 0) {
        out->text[out->n++] = date_text(json_get(o, "date"), mem);
    }
}

static struct spans read_target(const char *target, struct arena *mem)
{
    struct spans out = { 0 };
    struct err none = { 0 };
    cJSON *tree = NULL;
    bool json = (*target == '{' || *target == '[') &&
                json_parse(&tree, target, strlen(target), &none) == 0;
    if (json && cJSON_IsObject(tree))
        read_object(&out, tree, mem);
    else if (json)
        add_texts(&out, tree, mem);
    cJSON_Delete(tree);
    if (json)
        return out;
    out.text = arena_array(mem, 1, sizeof *out.text);
    out.text[0] = target;
    out.n = 1;
    return out;
}

static bool is_blank(const char *text)
{
    size_t len;
    (void)utf8_strip(text, &len);
    return len == 0;
}

/* Two digits after the point, a half to the even one, as numpy's round(). */
static double rounded(double f1)
{
    return nearbyint(f1 * 100) / 100;
}

static void compare(double *f1, double *em, const char *mine, const char *target, struct arena *mem)
{
    struct spans right = read_target(target, mem);
    if (right.n == 0 || is_blank(right.text[0]))
        return;
    const char *form = text_form(mine, mem);
    struct bag bag = bag_of(form, mem);
    double best = 0;
    for (size_t i = 0; i < right.n; i++) {
        const char *other = text_form(right.text[i], mem);
        struct bag b = bag_of(other, mem);
        best = fmax(best, bag_f1(&bag, &b, mem));
        if (right.n == 1 && strcmp(form, other) == 0)
            *em = 1;
    }
    *f1 = fmax(*f1, rounded(best / (double)right.n));
}

/* ---- the scorer */

static int drop_compile(void **out, const cJSON *spec, struct err *e)
{
    static const char *const keys[] = { ANSWER_KEYS, NULL };
    struct answering *a = NULL;
    if (spec_keys(spec, keys, e) < 0 || shown_check(spec, metrics, e) < 0 ||
        answering_new(&a, spec, e) < 0)
        return e->code;
    *out = a;
    return 0;
}

static void drop_free(void *p)
{
    answering_free(p);
}

static int drop_score(const void *p, const struct trace *t, struct score *out, struct err *e)
{
    struct answers a;
    if (answers_find(&a, p, t, e) < 0)
        return e->code;
    double *stat = arena_array(t->mem, N_STAT, sizeof *stat);
    stat[F1] = stat[EM] = 0;
    answers_stat(stat, &a);
    for (size_t i = 0; i < a.n_draw; i++) {
        double f1 = 0, em = 0;
        for (size_t k = 0; a.draw[i].text && k < a.n_target; k++)
            compare(&f1, &em, a.draw[i].text, a.target[k], t->mem);
        stat[F1] += f1 / (double)a.n_draw;
        stat[EM] += em / (double)a.n_draw;
    }
    *out = (struct score){ .scorer = "drop", .answer = a.draw[0].text, .stat = stat,
                           .n_stat = N_STAT };
    return 0;
}

extern const struct scorer_type score_drop;
const struct scorer_type score_drop = {
    .name = "drop",
    .help = "texts, numbers and dates, one or several, by DROP's rules",
    .stat = stat_names,
    .n_stat = N_STAT,
    .metric = metrics,
    .compile = drop_compile,
    .score = drop_score,
    .free = drop_free,
};
