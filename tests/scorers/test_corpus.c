/* BLEU, chrF and TER as sacrebleu 2.6.0 reckons them: tests/cases/sacrebleu.jsonl,
 * which tests/fixtures/sacrebleu_vectors.py writes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "scorers/corpus.h"
#include "tests/scorers/written.h"

static void score(double *stat, const struct written *w, const char *hyp, const cJSON *refs,
                  struct arena *mem)
{
    size_t n = (size_t)cJSON_GetArraySize(refs), i = 0;
    const char **target = arena_array(mem, n, sizeof *target);
    const cJSON *ref;
    cJSON_ArrayForEach(ref, refs)
        target[i++] = ref->valuestring;
    struct out out = { .text = hyp };
    struct turn turn = { .step = "answer", .q = { .ask = ASK_TEXT, .n_out = 1 },
                         .a = { .out = &out, .n_out = 1 }, .target = target, .n_target = n };
    struct trace t = { .turn = &turn, .n_turn = 1, .mem = mem };
    struct score s = { 0 };
    struct err e = { 0 };
    assert_int_equal(w->type->score(w->rule, &t, &s, &e), 0);
    memcpy(stat, s.stat, w->type->n_stat * sizeof *stat);
}

static void open_rule(struct written *w, const cJSON *row)
{
    cJSON *spec = cJSON_Duplicate(json_get(row, "with"), true);
    cJSON_AddStringToObject(spec, "use", json_text(row, "metric", ""));
    cJSON_AddFalseToObject(spec, "strip");
    char *text = cJSON_PrintUnformatted(spec);
    written_open(w, text);
    free(text);
    cJSON_Delete(spec);
}

static void near(double found, double want, const char *metric, const char *what)
{
    if (fabs(found - want) > 1e-9)
        fail_msg("%s of '%s': %.12g, not %.12g", metric, what, found, want);
}

static void check_sums(const struct written *w, const struct metric *m, const double *stat,
                       size_t n)
{
    double sum[WRITTEN_MAX];
    assert_true(m->sums);
    corpus_sum(sum, stat, n, w->type->n_stat);
    near(metric_fold(m, sum, 1, w->type->n_stat), metric_fold(m, stat, n, w->type->n_stat),
         m->name, "the row of sums");
}

static void check(const cJSON *row)
{
    const char *name = json_text(row, "metric", "");
    const cJSON *hyp = json_get(row, "hyps")->child, *refs = json_get(row, "refs")->child;
    const cJSON *line = json_get(row, "lines")->child;
    struct arena mem = { 0 };
    struct written w;
    open_rule(&w, row);
    const struct metric *m = metric_find(w.type, name);
    const size_t n_stat = w.type->n_stat, n_ref = (size_t)cJSON_GetArraySize(refs);
    double *stat = arena_array(&mem, 64 * n_stat, sizeof *stat);
    size_t n = 0;
    for (; hyp; hyp = hyp->next, refs = refs->next, line = line->next, n++) {
        score(&stat[n * n_stat], &w, hyp->valuestring, refs, &mem);
        near(metric_line(m, &stat[n * n_stat], n_stat), line->valuedouble, name,
             hyp->valuestring);
    }
    near(metric_fold(m, stat, n, n_stat), json_number(row, "score", NAN), name, "all texts");
    check_sums(&w, m, stat, n);
    assert_string_equal(w.type->signature(w.rule, m, n_ref, &mem),
                        json_text(row, "signature", ""));
    written_close(&w);
    arena_release(&mem);
}

static void figures_are_those_of_sacrebleu(void **state)
{
    (void)state;
    struct line_reader *reader = NULL;
    struct err e = { 0 };
    const char *line;
    size_t len, n = 0;
    int rc = line_open(&reader, "tests/cases/sacrebleu.jsonl", 1 << 20, &e);
    while (rc >= 0 && (rc = line_next(reader, &line, &len, &e)) == 1) {
        cJSON *row = NULL;
        assert_int_equal(json_parse(&row, line, len, &e), 0);
        if (json_get(row, "metric")) {
            check(row);
            n++;
        }
        cJSON_Delete(row);
    }
    line_close(reader);
    assert_int_equal(rc, 0);
    assert_true(n > 20);
}

/* Several draws are so many texts; what is not found is the empty one. */
static void draws_add_up(void **state)
{
    (void)state;
    struct written one, two, many;
    written_open(&one, "{\"use\":\"ter\"}");
    written_open(&two, "{\"use\":\"ter\"}");
    written_open(&many, "{\"use\":\"ter\"}");
    written_score(&one, "a b x", "a b c d");
    written_score(&two, "", "a b c d");
    written_score(&many, "a b x|", "a b c d");
    assert_true(one.stat[0] == 50 && two.stat[0] == 100 && many.stat[0] == 75);
    assert_string_equal(two.answer, "none");
    for (size_t k = CORPUS_TEXTS; k < many.type->n_stat; k++)
        assert_true(many.stat[k] == one.stat[k] + two.stat[k]);
    assert_true(many.stat[ANSWER_EXTRACTED] == 0.5);
    written_close(&one);
    written_close(&two);
    written_close(&many);
}

static void signatures_say_what_differs(void **state)
{
    (void)state;
    struct written w;
    written_open(&w, "{\"use\":\"bleu[zh]\"}");
    const struct metric *m = w.type->metric;
    assert_string_equal(w.type->signature(w.rule, m, 0, &w.mem),
                        "nrefs:var|case:mixed|eff:no|tok:zh|smooth:exp|version:2.6.0");
    assert_null(w.type->signature(w.rule, metric_find(w.type, "extracted"), 1, &w.mem));
    written_close(&w);
}

static void wrong_keys(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        { "{\"use\":\"bleu[13a]\",\"smooth\":\"flor\"}", "did you mean 'floor'" },
        { "{\"use\":\"bleu[13a]\",\"smooth_value\":0.1}",
          "smooth_value: it goes with \"smooth\": \"floor\" or \"add-k\"" },
        { "{\"use\":\"bleu[13a]\",\"smooth\":\"floor\",\"smooth_value\":0}",
          "smooth_value: a number above 0 is wanted" },
        { "{\"use\":\"bleu[13a]\",\"smooth\":\"floor\",\"smooth_value\":\"x\"}",
          "smooth_value: a number above 0 is wanted" },
        { "{\"use\":\"bleu[zh]\",\"effective\":1}", "effective" },
        { "{\"use\":\"bleu[zh]\",\"tokenize\":\"zh\"}", "tokenize" },
        { "{\"use\":\"bleu[zh]\",\"show\":[\"bleu[13a]\"]}", "bleu[13a]" },
        { "{\"use\":\"chrf\",\"smooth\":\"exp\"}", "smooth" },
        { "{\"use\":\"chrf++\",\"show\":[\"chrf\"]}", "chrf" },
        { "{\"use\":\"chrf\",\"lowercase\":\"yes\"}", "lowercase" },
        { "{\"use\":\"ter\",\"lowercase\":true}", "lowercase" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct written w;
        if (written_compile(&w, cases[i][0]) == 0)
            fail_msg("no error: %s", cases[i][0]);
        if (!strstr(w.e.text, cases[i][1]))
            fail_msg("%s: '%s' lacks '%s'", cases[i][0], w.e.text, cases[i][1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(figures_are_those_of_sacrebleu),
        cmocka_unit_test(draws_add_up),
        cmocka_unit_test(signatures_say_what_differs),
        cmocka_unit_test(wrong_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
