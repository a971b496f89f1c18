#include "evaluator/check_numerics.h"

#include <stdio.h>
#include <stdlib.h>

#include "evaluator/cmd.h"
#include "evaluator/numerics.h"
#include "evaluator/stop.h"

/* One way of answering, beside what it is called. */
struct side {
    struct engine_options o;
    const char *name;
    struct answered answered;
};

enum { REFERENCE, USUAL, GROUPED, N_SIDE };

struct check {
    const struct asked *asked;
    struct plan plan;
    struct side side[N_SIDE];
    size_t n_side;
    bool stopped;
};

/* --group N is compared with what is done without it. */
static int choose_sides(struct check *c, struct err *e)
{
    const struct model_choice *m = &c->plan.model[0];
    struct side *s = c->side;
    struct asked plain = *c->asked;
    struct arena *mem = &c->plan.mem;
    plain.group = 0;
    if (numerics_sides(&s[REFERENCE].o, &s[USUAL].o, &c->plan, &plain, m, e) < 0)
        return e->code;
    bool loglik = s[USUAL].o.asks & ASK_LOGLIK, text = s[USUAL].o.asks & ASK_TEXT;
    s[REFERENCE].name = loglik && text ? "--no-share --slots 1" : loglik ? "--no-share"
                                                                       : "--slots 1";
    s[USUAL].name = c->asked->slots && text ? arena_printf(mem, "--slots %lld", c->asked->slots)
                                            : "the default";
    c->n_side = USUAL + 1;
    if (!c->asked->group)
        return 0;
    s[GROUPED] = s[USUAL];
    s[GROUPED].o.group = (int)c->asked->group;
    s[GROUPED].name = arena_printf(mem, "--group %lld", c->asked->group);
    c->n_side = GROUPED + 1;
    return 0;
}

static int ask(struct check *c, struct err *e)
{
    for (size_t i = 0; i < c->n_side && !c->stopped; i++) {
        struct side *s = &c->side[i];
        const struct asking way = { .title = s->name, .quiet = c->asked->quiet };
        if (numerics_ask(&s->answered, &c->plan, &c->plan.model[0], &s->o, &way, e) < 0)
            return e->code;
        c->stopped = s->answered.stopped;
    }
    return 0;
}

/* ------------------------------------------------------------------ tables */

static void print_options(const struct numerics *n)
{
    printf("  bits equal             %zu of %zu questions\n", n->n_equal, n->n);
    printf("  largest difference     %.3g nat", n->max_abs);
    if (n->worst)
        printf(" (%s), %.3g per token", n->worst, n->max_per_token);
    printf("\n  mean difference        %.3g nat\n", n->mean_abs);
    printf("  other option likeliest %zu by sum, %zu per token\n", n->n_flip,
           n->n_flip_per_token);
}

static void print_text(const char *text)
{
    struct strbuf quoted = STRBUF_INIT;
    struct json_writer w = { .out = &quoted };
    json_put_text(&w, NULL, text);
    fputs(quoted.s, stdout);
    strbuf_release(&quoted);
}

static void print_texts(const struct numerics *n)
{
    printf("  texts equal            %zu of %zu\n", n->n_text_equal, n->n_text);
    if (!n->text_id)
        return;
    printf("  first that differs     %s, after %zu bytes: ", n->text_id, n->text_at);
    print_text(n->text[0]);
    fputs(" / ", stdout);
    print_text(n->text[1]);
    putchar('\n');
}

static void print_comparison(const struct task_facts *f, const struct side *a,
                             const struct side *b, const struct numerics *n)
{
    printf("%s, recipe %s: %s and %s\n", f->name, f->recipe, a->name, b->name);
    if (n->n)
        print_options(n);
    if (n->n_text)
        print_texts(n);
    if (n->n_failed)
        printf("  not compared           %zu samples that failed\n", n->n_failed);
    if (n->n_apart)
        printf("  not compared           %zu questions after an answer that differed\n",
               n->n_apart);
    if (!n->n && !n->n_text)
        printf("  nothing could be compared\n");
}

static void put_comparison(struct json_writer *w, const struct task_facts *f,
                           const struct side *a, const struct side *b,
                           const struct numerics *n)
{
    json_open(w, NULL, '{');
    json_put_text(w, "task", f->name);
    json_put_text(w, "recipe", f->recipe);
    json_put_text(w, "reference", a->name);
    json_put_text(w, "other", b->name);
    numerics_put(w, n);
    json_close(w, '}');
}

static void print_all(struct check *c)
{
    struct strbuf text = STRBUF_INIT;
    struct json_writer w = { .out = &text, .indent = 1 };
    json_open(&w, NULL, '{');
    json_put_text(&w, "model", c->plan.model[0].label);
    json_open(&w, "comparisons", '[');
    for (size_t t = 0; t < c->plan.n_task; t++)
        for (size_t i = 1; i < c->n_side; i++) {
            const struct task_facts *f = task_facts(c->plan.task[t].task);
            const struct side *a = &c->side[i - 1], *b = &c->side[i];
            struct numerics n;
            numerics_compare(&n, &a->answered, &b->answered, t, &c->plan.mem);
            if (c->asked->json)
                put_comparison(&w, f, a, b, &n);
            else
                print_comparison(f, a, b, &n);
        }
    json_close(&w, ']');
    json_close(&w, '}');
    if (c->asked->json)
        printf("%s\n", text.s);
    strbuf_release(&text);
}

int check_numerics(const struct asked *a, struct err *e)
{
    struct check c = { .asked = a };
    int rc = plan_make(&c.plan, a, e);
    if (rc == 0 && c.plan.n_model > 1)
        rc = err_set(e, ERR_USAGE, "--model %s: --numerics looks at one model", a->model);
    if (rc == 0)
        rc = choose_sides(&c, e);
    if (rc == 0) {
        stop_install();
        rc = ask(&c, e);
    }
    if (rc == 0 && c.stopped)
        fprintf(stderr, "evalrun: stopped; nothing was compared\n");
    else if (rc == 0)
        print_all(&c);
    for (size_t i = 0; i < c.n_side; i++)
        numerics_release(&c.side[i].answered);
    plan_release(&c.plan);
    return rc < 0 ? rc : c.stopped ? EXIT_STOPPED : EXIT_DONE;
}
