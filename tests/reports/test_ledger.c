/* How answers were found: counted by rule, shown by all formats, and once more by
 * other rules. */
#include "reports/rescored.h"
#include "reports/words.h"

#include "tests/reports/fixture.h"

static const struct fixture_task task = {
    .task = "entask", .recipe = "original", .lang = "en", .average = "micro", .n_subset = 1,
    .per_subset = 6,
    .score = "[{\"use\":\"exact\",\"show\":[\"exact_match\"],\"extract\":["
             "{\"name\":\"marked\",\"regex\":\"is ([AB])\"},{\"regex\":\"^([AB])$\"}]},"
             "{\"use\":\"exact\",\"name\":\"plain\"},{\"use\":\"choice\"}]",
};

#define HASHES \
    "\"question\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"," \
    "\"prompt\":\"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\""
/* Statistics: right, extracted, rule, limit, thoughts, majority. */
#define LINE(index, text, answer, stats, plain) \
    "{\"id\":\"anatomy/test/" #index "\",\"index\":" #index ",\"subset\":\"anatomy\"," \
    "\"failed\":null,\"turns\":[{\"step\":\"s\",\"ask\":\"text\"," HASHES \
    ",\"outs\":[{\"text\":\"" text "\",\"tokens\":1}],\"target\":[\"A\"]}]," \
    "\"scores\":[{\"scorer\":\"exact\",\"answer\":" answer ",\"stats\":[" stats "]}," \
    "{\"scorer\":\"exact\",\"answer\":null,\"stats\":[" plain "]}," \
    "{\"scorer\":\"choice\",\"answer\":\"A\",\"stats\":[1,1,1,1,0.5,0,null,1,0,1,1,-1]}]}\n"

static const char lines[] =
    LINE(0, "it is A", "\"A\"", "1,1,1,0,0,0", "0,1,0,0,0,0")
    LINE(1, "A", "\"A\"", "1,1,2,0,1,0", "1,1,0,0,1,0")
    LINE(2, "B, rather", "null", "0,0,0,0,0,0", "0,1,0,0,0,0")
    LINE(3, "B", "\"B\"", "0,1,2,0,0,0", "0,1,0,0,0,0")
    LINE(4, "A then", "null", "0,0,-2,1,0,0", "0,0,0,0,0,0")
    "{\"id\":\"anatomy/test/5\",\"index\":5,\"subset\":\"anatomy\",\"failed\":\"remote\","
    "\"turns\":[],\"scores\":[]}\n";

#define TEXT(index, text, stats) \
    "{\"id\":\"anatomy/test/" #index "\",\"index\":" #index ",\"subset\":\"anatomy\"," \
    "\"failed\":null,\"turns\":[{\"step\":\"s\",\"ask\":\"text\"," HASHES \
    ",\"outs\":[{\"text\":\"" text "\",\"tokens\":1}],\"target\":[\"A\"]}]," \
    "\"scores\":[{\"scorer\":\"exact\",\"answer\":null,\"stats\":[" stats "]}]}\n"

static const char text_lines[] =
    TEXT(0, "it is A", "1,1,1,0,0,0") TEXT(1, "A", "1,1,2,0,0,0")
    TEXT(2, "B, rather", "0,0,0,0,0,0") TEXT(3, "A then", "0,0,0,0,0,0");

static void write_run(const char *dir)
{
    struct err e = { 0 };
    struct arena mem = { 0 };
    fixture_manifest(&(struct fixture_run){ .dir = dir, .label = "m", .sha256 = "aa",
                                            .task = &task, .n_task = 1 });
    const char *path = arena_printf(&mem, "%s/entask.original.0-of-1.jsonl", dir);
    assert_int_equal(file_write_atomic(path, lines, sizeof lines - 1, &e), 0);
    arena_release(&mem);
}

static struct report *read_run(const char *dir)
{
    struct report *r = report_new();
    struct err e = { 0 };
    if (report_add(r, dir, &e) < 0 || report_finish(r, &e) < 0)
        fail_msg("%s", e.text);
    return r;
}

static void assert_shows(const struct report *r, const char *format, bool zh, const char *want)
{
    struct strbuf out = STRBUF_INIT;
    struct err e = { 0 };
    const struct report_style style = { .zh = zh };
    assert_int_equal(format_find(format)->render(r, &style, &out, &e), 0);
    if (!strstr(out.s, want))
        fail_msg("no '%s' in %s", want, out.s);
    strbuf_release(&out);
}

static void answers_are_counted_by_rule(void **state)
{
    (void)state;
    write_run("ledger");
    struct report *r = read_run("ledger");
    const struct cell *cell = &r->row[0].cell[0];
    assert_int_equal(cell->n_ledger, 2); /* a choice finds nothing in a text */
    const struct ledger *l = &cell->ledger[0], *plain = &cell->ledger[1];
    assert_int_equal(l->n, 5); /* a sample that failed has no answer to find */
    assert_int_equal(l->n_rule, 2);
    assert_string_equal(l->rule[0].rule, "marked");
    assert_int_equal(l->rule[0].n, 1);
    assert_string_equal(l->rule[1].rule, "regex 2");
    assert_int_equal(l->rule[1].n, 2);
    assert_int_equal(l->none, 1);
    assert_int_equal(l->gave_up, 1);
    assert_int_equal(l->thoughts, 1);
    assert_null(l->rules);
    assert_string_equal(plain->name, "plain");
    assert_int_equal(plain->n_rule, 0);
    assert_int_equal(plain->whole, 4);
    assert_int_equal(plain->none, 1);
    report_free(r);
}

static void every_format_shows_it(void **state)
{
    (void)state;
    struct report *r = read_run("ledger");
    assert_shows(r, "text", false,
                 "\nhow answers were found (by rule)\n  m  exact: marked: 1/5; regex 2: 2/5; no "
                 "answer: 1/5; given up: 1/5; thoughts taken out: 1/5\n"
                 "  m  plain: the whole text: 4/5; no answer: 1/5; thoughts taken out: 1/5\n");
    assert_shows(r, "text", true,
                 "marked：1/5；regex 2：2/5；未找到答案：1/5；放弃匹配：1/5；去除思考内容：1/5\n");
    assert_shows(r, "markdown", false, "\n- *m*: exact: marked: 1/5; regex 2: 2/5; no answer: 1/5");
    assert_shows(r, "csv", false, ",ledger,marked,exact,rule,1,,,5,");
    assert_shows(r, "csv", false, ",ledger,,exact,none,1,,,5,");
    assert_shows(r, "csv", false, ",ledger,,plain exact,whole,4,,,5,");
    assert_shows(r, "json", false, "\"rule\": \"regex 2\",\n");
    assert_shows(r, "json", false, "\"gave_up\": 1,\n");
    report_free(r);
}

/* A run without the choice, whose likelihoods nobody made up. */
static const struct fixture_task texts = {
    .task = "entask", .recipe = "original", .lang = "en", .average = "micro", .n_subset = 1,
    .per_subset = 5,
    .score = "[{\"use\":\"exact\",\"show\":[\"exact_match\"],\"extract\":["
             "{\"name\":\"marked\",\"regex\":\"is ([AB])\"},{\"regex\":\"^([AB])$\"}]}]",
};

static void assert_rendered(const struct report *stored, const struct report *now, bool markdown,
                            const char *want)
{
    struct strbuf out = STRBUF_INIT;
    rescored_render(stored, now, &(struct report_style){ 0 }, markdown, &out);
    if (!strstr(out.s, want))
        fail_msg("no '%s' in %s", want, out.s);
    strbuf_release(&out);
}

static void other_rules_give_other_figures(void **state)
{
    (void)state;
    static const char rules[] = "[{\"name\":\"first\",\"regex\":\"[AB]\"}]";
    struct err e = { 0 };
    struct report *now = report_new();
    cJSON *list = NULL;
    fixture_manifest(&(struct fixture_run){ .dir = "texts", .label = "m", .sha256 = "aa",
                                            .task = &texts, .n_task = 1 });
    assert_int_equal(file_write_atomic("texts/entask.original.0-of-1.jsonl", text_lines,
                                       sizeof text_lines - 1, &e), 0);
    assert_int_equal(json_parse(&list, rules, sizeof rules - 1, &e), 0);
    struct report *stored = read_run("texts");
    assert_true(rescored_has_answers(stored));
    now->rescore = true;
    now->extract = list;
    now->extract_name = "first-letter";
    if (report_add(now, "texts", &e) < 0 || report_finish(now, &e) < 0)
        fail_msg("%s", e.text);
    assert_rendered(stored, now, false, "exact_match  50.0 ±35.0");
    assert_rendered(stored, now, false, "+25.0");
    assert_rendered(stored, now, false,
                    "\nstored: how answers were found (by rule)\n  m  marked: 1/4; regex 2: 1/4; "
                    "no answer: 2/4\n");
    assert_rendered(stored, now, false,
                    "\nfirst-letter: how answers were found (by rule)\n  m  first-letter: first: "
                    "4/4; no answer: 0/4\n");
    assert_rendered(stored, now, true,
                    "| task | model | metric | stored | first-letter | change |\n");
    report_free(now);
    report_free(stored);
    cJSON_Delete(list);
}

/* Two scorers that look for the same answers have one line; another task's name stands
 * before the rules. */
static void equal_ledgers_are_one_line(void **state)
{
    (void)state;
    struct rule_count rule[] = { { "first", 3 } }, other[] = { { "first", 2 } };
    struct ledger list[] = {
        { .scorer = "exact", .rules = "set", .rule = rule, .n_rule = 1, .n = 4, .none = 1 },
        { .scorer = "label", .rules = "set", .rule = rule, .n_rule = 1, .n = 4, .none = 1 },
        { .scorer = "f1", .rules = "set", .rule = other, .n_rule = 1, .n = 4, .none = 2 },
    };
    struct cell cell[] = { { .present = true, .ledger = list, .n_ledger = 2 }, { 0 } };
    struct column column[] = { { .task = "one" }, { .task = "two" } };
    const struct model_row row = { .cell = cell };
    struct report r = { .column = column, .n_column = 1 };
    struct arena mem = { 0 };
    assert_string_equal(ledger_text(&r, &row, 0, &list[0], false, &mem),
                        "set: first: 3/4; no answer: 1/4");
    assert_null(ledger_text(&r, &row, 0, &list[1], false, &mem));
    r.n_column = 2;
    assert_string_equal(ledger_text(&r, &row, 0, &list[0], false, &mem),
                        "one (set): first: 3/4; no answer: 1/4");
    cell[0].n_ledger = 3;
    assert_string_equal(ledger_text(&r, &row, 0, &list[0], true, &mem),
                        "one exact, label (set)：first：3/4；未找到答案：1/4");
    assert_string_equal(ledger_text(&r, &row, 0, &list[2], false, &mem),
                        "one f1 (set): first: 2/4; no answer: 2/4");
    arena_release(&mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_are_counted_by_rule),
        cmocka_unit_test(every_format_shows_it),
        cmocka_unit_test(other_rules_give_other_figures),
        cmocka_unit_test(equal_ledgers_are_one_line),
    };
    return cmocka_run_group_tests(tests, fixture_enter, fixture_leave);
}
