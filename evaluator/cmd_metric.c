/* `evalrun metric`: the scorers of written text by themselves, on files. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/utf8.h"
#include "evaluator/cmd.h"
#include "evaluator/metric_names.h"
#include "evaluator/texts.h"
#include "reports/figure.h"
#include "scorers/equipment.h"
#include "scorers/scorer.h"

enum { MAX_METRICS = 32 };

struct metric_asked {
    const char *pred, *lang, *with;
    struct opt_list ref;
    bool json, lines;
};

#define AT(field) offsetof(struct metric_asked, field)

const struct opt metric_opts[] = {
    { "pred", 'p', OPT_TEXT, AT(pred), "FILE", "what was written: one text a line, or .jsonl",
      NULL, 0 },
    { "ref", 'r', OPT_LIST, AT(ref), "FILE",
      "right answers, line by line; may be given several times, for several of each", NULL, 0 },
    { "lang", 0, OPT_CHOICE, AT(lang), "L",
      "choose the tokenization of names that leave it open: bleu is bleu[zh]", "zh|en", 0 },
    { "with", 0, OPT_TEXT, AT(with), "JSON",
      "more keys of the scorers, as in a task file: '{\"smooth\": \"floor\"}'", NULL, 0 },
    { "lines", 0, OPT_FLAG, AT(lines), NULL, "print the value of every line too", NULL, 0 },
    { "json", 0, OPT_FLAG, AT(json), NULL, "one JSON object; of several metrics, a list", NULL,
      0 },
    { 0 },
};

/* The statistics of all lines by one scorer. */
struct scored {
    const struct scorer_type *type;
    void *rule;
    double *stat; /* n rows */
};

struct measured {
    struct named_metric of;
    const struct scored *scored;
    struct figure figure; /* on the package's scale */
    double *line;
    const char *signature;
};

struct metric_call {
    struct metric_asked asked;
    struct texts pred, ref[OPT_LIST_MAX];
    const char *const **target; /* all right answers, line by line */
    size_t *n_target;
    size_t n, n_ref; /* lines; right answers of each, 0 = not all have as many */
    struct named_metric named[MAX_METRICS];
    struct scored scored[MAX_METRICS];
    struct measured measured[MAX_METRICS];
    size_t n_metric, n_scored;
    struct equipment equipment;
    struct arena mem;
};

/* ---- the texts */

static int check_pred(const struct texts *t, const char *path, struct err *e)
{
    for (size_t i = 0; i < t->n; i++)
        if (t->row[i].n != 1)
            return err_set(e, ERR_INPUT, "%s: line %zu: one text is wanted, not %zu", path,
                           t->row[i].line, t->row[i].n);
    return 0;
}

static void join_targets(struct metric_call *c)
{
    c->target = arena_array(&c->mem, c->n, sizeof *c->target);
    c->n_target = arena_array(&c->mem, c->n, sizeof *c->n_target);
    for (size_t i = 0; i < c->n; i++) {
        size_t n = 0;
        for (size_t k = 0; k < c->asked.ref.n; k++)
            n += c->ref[k].row[i].n;
        const char **list = arena_array(&c->mem, n, sizeof *list);
        c->target[i] = list;
        c->n_target[i] = n;
        c->n_ref = i == 0 || c->n_ref == n ? n : 0;
        for (size_t k = 0; k < c->asked.ref.n; k++) {
            const struct text_row *row = &c->ref[k].row[i];
            memcpy(list, row->text, row->n * sizeof *list);
            list += row->n;
        }
    }
}

static int read_texts(struct metric_call *c, struct err *e)
{
    const struct metric_asked *asked = &c->asked;
    if (texts_read(&c->pred, asked->pred, e) < 0 || check_pred(&c->pred, asked->pred, e) < 0)
        return e->code;
    c->n = c->pred.n;
    for (size_t k = 0; k < asked->ref.n; k++) {
        if (texts_read(&c->ref[k], asked->ref.item[k], e) < 0)
            return e->code;
        if (c->ref[k].n != c->n)
            return err_set(e, ERR_MISMATCH, "%s has %zu texts and %s has %zu; they belong "
                                            "together line by line",
                           asked->pred, c->n, asked->ref.item[k], c->ref[k].n);
    }
    join_targets(c);
    return 0;
}

/* ---- scoring */

static int compile(struct scored *out, const char *with, struct err *e)
{
    cJSON *spec = NULL;
    if (json_parse(&spec, with ? with : "{}", strlen(with ? with : "{}"), e) < 0)
        return err_in(e, "--with");
    int rc = 0;
    if (!cJSON_IsObject(spec) || json_get(spec, "use"))
        rc = err_set(e, ERR_USAGE, "--with: an object of a scorer's keys other than \"use\" is "
                                   "wanted");
    else
        cJSON_AddStringToObject(spec, "use", out->type->name);
    if (rc == 0 && !json_get(spec, "strip")) /* the packages take texts as they are */
        cJSON_AddFalseToObject(spec, "strip");
    if (rc == 0 && out->type->compile(&out->rule, spec, e) < 0)
        rc = err_in(e, "%s", out->type->name);
    cJSON_Delete(spec);
    return rc;
}

static int score_line(double *stat, const struct metric_call *c, const struct scored *s, size_t i,
                      struct arena *mem, struct err *e)
{
    struct out out = { .text = c->pred.row[i].text[0] };
    struct turn turn = { .step = "answer",
                         .q = { .ask = ASK_TEXT, .n_out = 1 },
                         .a = { .out = &out, .n_out = 1 },
                         .target = c->target[i],
                         .n_target = c->n_target[i] };
    const struct trace t = { .sample = { .id = "line", .subset = "", .index = i },
                             .turn = &turn, .n_turn = 1, .mem = mem };
    struct score score = { 0 };
    if (s->type->score(s->rule, &t, &score, e) < 0)
        return err_in(e, "%s: line %zu", s->type->name, c->pred.row[i].line);
    memcpy(stat, score.stat, s->type->n_stat * sizeof *stat);
    return 0;
}

static int score_all(struct scored *s, struct metric_call *c, struct err *e)
{
    struct arena mem = { 0 };
    int rc = compile(s, c->asked.with, e);
    if (rc == 0)
        rc = equip(&c->equipment, s->type, s->rule, e);
    s->stat = xcalloc(c->n, s->type->n_stat * sizeof *s->stat);
    for (size_t i = 0; i < c->n && rc == 0; i++) {
        rc = score_line(&s->stat[i * s->type->n_stat], c, s, i, &mem, e);
        arena_clear(&mem);
    }
    arena_release(&mem);
    return rc;
}

/* Metrics of one scorer share its work. */
static int scored_by(const struct scored **out, struct metric_call *c,
                     const struct scorer_type *type, struct err *e)
{
    struct scored *s = c->scored;
    while (s < c->scored + c->n_scored && s->type != type)
        s++;
    *out = s;
    if (s < c->scored + c->n_scored)
        return 0;
    c->n_scored++;
    s->type = type;
    return score_all(s, c, e);
}

static int measure(struct measured *m, struct metric_call *c, struct err *e)
{
    const struct metric *metric = m->of.metric;
    const size_t n_stat = m->of.type->n_stat, width = metric->fold ? n_stat : 1;
    const double scale = metric->scale > 0 ? metric->scale : 1;
    if (scored_by(&m->scored, c, m->of.type, e) < 0)
        return e->code;
    double *x = m->scored->stat;
    if (!metric->fold) {
        x = arena_array(&c->mem, c->n, sizeof *x);
        for (size_t i = 0; i < c->n; i++)
            x[i] = m->scored->stat[i * n_stat + metric->stat];
    }
    m->figure = figure_metric(metric, x, c->n, width, true);
    m->figure.value *= scale;
    m->figure.ci.low *= scale;
    m->figure.ci.high *= scale;
    m->line = arena_array(&c->mem, c->n, sizeof *m->line);
    for (size_t i = 0; i < c->n; i++)
        m->line[i] = scale * metric_line(metric, &m->scored->stat[i * n_stat], n_stat);
    if (m->of.type->signature)
        m->signature = m->of.type->signature(m->scored->rule, metric, c->n_ref, &c->mem);
    return 0;
}

/* ---- output */

static void put_interval(struct json_writer *w, const struct figure *f)
{
    json_open(w, "interval", '{');
    json_put_number(w, "low", f->ci.low);
    json_put_number(w, "high", f->ci.high);
    json_put_number(w, "level", 0.95);
    json_put_text(w, "kind", f->resampled ? "bootstrap" : "analytic");
    json_close(w, '}');
}

static void put_measured(struct json_writer *w, const struct measured *m,
                         const struct metric_call *c)
{
    json_open(w, NULL, '{');
    json_put_text(w, "metric", m->of.metric->name);
    json_put_number(w, "score", m->figure.value);
    json_put_text(w, "signature", m->signature);
    json_put_int(w, "n", (int64_t)c->n);
    put_interval(w, &m->figure);
    json_open(w, "lines", '[');
    for (size_t i = 0; i < c->n; i++)
        json_put_number(w, NULL, m->line[i]);
    json_close(w, ']');
    json_close(w, '}');
}

static void print_json(const struct metric_call *c)
{
    struct strbuf text = STRBUF_INIT;
    struct json_writer w = { .out = &text };
    if (c->n_metric > 1)
        json_open(&w, NULL, '[');
    for (size_t i = 0; i < c->n_metric; i++)
        put_measured(&w, &c->measured[i], c);
    if (c->n_metric > 1)
        json_close(&w, ']');
    puts(text.s);
    strbuf_release(&text);
}

static void print_lines(const struct metric_call *c)
{
    for (size_t i = 0; i < c->n; i++) {
        printf("%zu", c->pred.row[i].line);
        for (size_t k = 0; k < c->n_metric; k++)
            printf("\t%.4f", c->measured[k].line[i]);
        putchar('\n');
    }
}

static void print_text(const struct metric_call *c)
{
    if (c->asked.lines)
        print_lines(c);
    for (size_t k = 0; k < c->n_metric; k++) {
        const struct measured *m = &c->measured[k];
        const struct figure *f = &m->figure;
        printf("%s = %.4f", m->of.metric->name, f->value);
        if (f->ci.high > f->ci.low)
            printf(" [%.4f, %.4f]", f->ci.low, f->ci.high);
        printf(" n = %zu", c->n);
        printf(m->signature ? "  %s\n" : "%s\n", m->signature ? m->signature : "");
    }
}

/* ---- the command */

static int parse(struct metric_call *c, int argc, char **argv, struct err *e)
{
    static const struct opt *const tables[] = { metric_opts, NULL };
    int n = 0;
    if (opt_parse(&c->asked, tables, argc - 1, argv + 1, &n, e) < 0)
        return e->code;
    if (n != 1)
        return err_set(e, ERR_USAGE, n ? "one list of metrics is wanted, with commas between "
                                         "them: `evalrun metric chrf,ter --pred FILE --ref FILE`"
                                       : "which metric? `evalrun metric NAME --pred FILE --ref "
                                         "FILE`; `evalrun list scorers` names them");
    if (!c->asked.pred || !c->asked.ref.n)
        return err_set(e, ERR_USAGE, "--%s FILE is missing", c->asked.pred ? "ref" : "pred");
    return metric_names_read(c->named, &c->n_metric, MAX_METRICS, argv[1], c->asked.lang, &c->mem,
                             e);
}

static void say_chosen(const struct metric_call *c)
{
    for (size_t i = 0; i < c->n_metric; i++)
        if (strcmp(c->named[i].typed, c->named[i].metric->name) != 0)
            fprintf(stderr, "evalrun: %s is %s here\n", c->named[i].typed,
                    c->named[i].metric->name);
}

static bool has_chinese(const struct metric_call *c)
{
    for (size_t i = 0; i < c->n; i++)
        for (const char *s = c->target[i][0]; *s;) {
            int32_t code;
            s += utf8_next(s, strnlen(s, 4), &code);
            if (code >= 0x4E00 && code <= 0x9FFF)
                return true;
        }
    return false;
}

/* English words are looked for in vain where there is none. */
static void warn_chinese(struct metric_call *c)
{
    if (c->asked.lang || !has_chinese(c))
        return;
    for (size_t i = 0; i < c->n_metric; i++) {
        const char *name = metric_names_chinese(&c->named[i], &c->mem);
        if (name)
            log_warn("metric", "the texts have Chinese, which %s does not part into words; %s does "
                               "(or --lang zh)", c->named[i].metric->name, name);
    }
}

static void release(struct metric_call *c)
{
    for (size_t i = 0; i < c->n_scored; i++) {
        if (c->scored[i].type->free)
            c->scored[i].type->free(c->scored[i].rule);
        free(c->scored[i].stat);
    }
    equipment_release(&c->equipment);
    for (size_t k = 0; k < c->asked.ref.n; k++)
        texts_release(&c->ref[k]);
    texts_release(&c->pred);
    arena_release(&c->mem);
}

int cmd_metric(int argc, char **argv, struct err *e)
{
    struct metric_call c = { .n = 0 };
    int rc = parse(&c, argc, argv, e);
    if (rc == 0)
        rc = read_texts(&c, e);
    if (rc == 0) {
        say_chosen(&c);
        warn_chinese(&c);
    }
    for (size_t i = 0; rc == 0 && i < c.n_metric; i++) {
        c.measured[i].of = c.named[i];
        rc = measure(&c.measured[i], &c, e);
    }
    if (rc == 0 && c.asked.json)
        print_json(&c);
    else if (rc == 0)
        print_text(&c);
    release(&c);
    return rc < 0 ? rc : EXIT_DONE;
}
