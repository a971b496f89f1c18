/*
 * Every shipped set of rules finds in the texts of tests/cases/rules/NAME.case what
 * stands there. A case is lines of "key: value" up to an empty line:
 *
 *     text: 答案是：B\n因为 A 错了     \n and \\ in it are a line end and a backslash
 *     target: B                       the right answer, where a rule asks for its length
 *     options: 北京 | 上海             their texts, where a rule asks for them
 *     subset: name
 *     want: B                         or a line "none"
 *     rule: answer word               which rule finds it; may be left out
 *
 * Lines that begin with # are comments. To add a case is to add lines; a set has at
 * least twenty.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/extract.h"
#include "base/file.h"
#include "base/utf8.h"
#include "tasks/rules.h"

enum { ENOUGH = 20, MOST_OPTIONS = 10 };

struct rule_case {
    const char *text, *want, *rule, *target, *subset, *option[MOST_OPTIONS];
    size_t n_option, line;
    bool none;
};

static const char *unescaped(const char *s, struct arena *mem)
{
    char *out = arena_strdup(mem, s), *p = out;
    for (; *s; s++) {
        if (*s == '\\' && (s[1] == 'n' || s[1] == '\\'))
            *p++ = *++s == 'n' ? '\n' : '\\';
        else
            *p++ = *s;
    }
    *p = '\0';
    return out;
}

static void read_options(struct rule_case *out, const char *list, struct arena *mem)
{
    while (out->n_option < MOST_OPTIONS) {
        const char *end = strstr(list, " | ");
        out->option[out->n_option++] =
            arena_strndup(mem, list, end ? (size_t)(end - list) : strlen(list));
        if (!end)
            return;
        list = end + 3;
    }
}

static void read_key(struct rule_case *out, const char *path, size_t number, const char *line,
                     struct arena *mem)
{
    struct {
        const char *key;
        const char **value;
    } keys[] = { { "text", &out->text }, { "want", &out->want }, { "rule", &out->rule },
                 { "target", &out->target }, { "subset", &out->subset } };
    const char *colon = strchr(line, ':');
    out->line = number;
    if (!strcmp(line, "none")) {
        out->none = true;
        return;
    }
    if (colon && (size_t)(colon - line) == 7 && !strncmp(line, "options", 7)) {
        read_options(out, colon + 2, mem);
        return;
    }
    for (size_t i = 0; colon && i < sizeof keys / sizeof *keys; i++)
        if (strlen(keys[i].key) == (size_t)(colon - line) &&
            !strncmp(line, keys[i].key, (size_t)(colon - line))) {
            *keys[i].value = unescaped(colon[1] ? colon + 2 : "", mem);
            return;
        }
    fail_msg("%s:%zu: 'text', 'want', 'rule', 'target', 'options', 'subset' or 'none' is wanted",
             path, number);
}

static void check_case(const struct rules *set, const struct extract *x, const char *path,
                       const struct rule_case *c, struct arena *mem)
{
    struct extraction got;
    if (!c->text || !c->want == !c->none)
        fail_msg("%s:%zu: a case has 'text', and 'want' or 'none'", path, c->line);
    const struct extract_input in = { .text = c->text, .subset = c->subset, .option = c->option,
                                      .n_option = c->n_option,
                                      .n_wanted = c->target ? utf8_chars(c->target) : 0 };
    extract_find(&got, x, &in, mem);
    const char *rule = got.rule ? extract_label(set->list, got.rule, mem) : "none";
    if (got.limit || !got.text != c->none || (got.text && strcmp(got.text, c->want)))
        fail_msg("%s:%zu: '%s' is found by '%s'%s", path, c->line, got.text ? got.text : "nothing",
                 rule, got.limit ? ", which gave up" : "");
    if (c->rule && strcmp(c->rule, rule))
        fail_msg("%s:%zu: rule '%s' finds it, not '%s'", path, c->line, rule, c->rule);
}

static size_t check_file(const struct rules *set, const struct extract *x, const char *path)
{
    struct line_reader *lines = NULL;
    struct arena mem = { 0 };
    struct err e = { 0 };
    struct rule_case c = { 0 };
    const char *line;
    size_t len, n = 0;
    if (line_open(&lines, path, 1 << 20, &e) < 0)
        fail_msg("%s", e.text);
    for (bool more = true; more;) {
        more = line_next(lines, &line, &len, &e) == 1;
        if (more && len && line[0] != '#') {
            read_key(&c, path, line_number(lines), arena_strndup(&mem, line, len), &mem);
        } else if (c.line && (!more || !len)) {
            check_case(set, x, path, &c, &mem);
            c = (struct rule_case){ 0 };
            n++;
        }
    }
    line_close(lines);
    arena_release(&mem);
    return n;
}

static void test_cases(void **state)
{
    (void)state;
    const char *src = getenv("SRC");
    const char **names = NULL;
    size_t n = 0;
    struct arena mem = { 0 };
    struct err e = { 0 };
    if (rules_names(&names, &n, src, &mem, &e) < 0)
        fail_msg("%s", e.text);
    assert_true(n > 20);
    for (size_t i = 0; i < n; i++) {
        struct rules set;
        struct extract *x = NULL;
        if (rules_open(&set, src, names[i], &e) < 0 ||
            extract_new(&x, set.list, "extract", &e) < 0)
            fail_msg("%s", e.text);
        char *path = xprintf("%s/tests/cases/rules/%s.case", src, names[i]);
        size_t n_case = check_file(&set, x, path);
        if (n_case < ENOUGH)
            fail_msg("%s: %zu cases; %d are wanted", path, n_case, ENOUGH);
        free(path);
        extract_free(x);
        rules_release(&set);
    }
    arena_release(&mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_cases) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
