/* `evalrun extract`: what a set of rules finds in the texts of a file. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/dirs.h"
#include "base/extract.h"
#include "base/file.h"
#include "base/utf8.h"
#include "evaluator/cmd.h"
#include "tasks/rules.h"

struct extract_asked {
    const char *in;
    bool json, whole;
};

#define AT(field) offsetof(struct extract_asked, field)

const struct opt extract_opts[] = {
    { "in", 'i', OPT_TEXT, AT(in), "FILE", "texts: one a line, or JSON lines (.jsonl)", NULL, 0 },
    { "whole", 0, OPT_FLAG, AT(whole), NULL, "search white space at both ends too", NULL, 0 },
    { "json", 0, OPT_FLAG, AT(json), NULL, "one JSON object with all answers and the counts",
      NULL, 0 },
    { 0 },
};

enum { LINE_MAX_BYTES = 64 << 20 };

struct extracting {
    const struct rules *rules;
    struct extract *extract;
    const char **label; /* by rule, from 1 */
    size_t *count;      /* by rule; 0 = none */
    size_t n_rule, n, n_limit, n_thoughts;
    bool jsonl, whole;
    struct json_writer *json; /* NULL = lines of text */
};

/* ---- one text */

/* Backslashes, line ends and tabs as two characters, so that an answer is a line. */
static void print_line(const char *rule, const char *answer)
{
    static const char special[] = "\\\n\t\r", shown[] = "\\ntr";
    printf("%s\t", rule);
    for (const char *p = answer; *p; p++) {
        const char *at = strchr(special, *p);
        if (at)
            putchar('\\');
        putchar(at ? shown[at - special] : *p);
    }
    putchar('\n');
}

static const char *rule_text(const struct extracting *x, const struct extraction *got,
                             struct arena *mem)
{
    if (!got->rule)
        return "none";
    return got->limit ? arena_printf(mem, "gave up: %s", x->label[got->rule])
                      : x->label[got->rule];
}

static void put_found(struct extracting *x, const struct extraction *got, struct arena *mem)
{
    x->n++;
    x->n_limit += got->limit;
    x->count[got->limit ? 0 : got->rule] += !got->limit;
    if (!x->json) {
        print_line(rule_text(x, got, mem), got->text ? got->text : "");
        return;
    }
    json_open(x->json, NULL, '{');
    json_put_text(x->json, "answer", got->text);
    json_put_text(x->json, "rule", got->rule ? x->label[got->rule] : NULL);
    if (got->limit)
        json_put_bool(x->json, "gave_up", true);
    json_close(x->json, '}');
}

static void extract_one(struct extracting *x, struct extract_input *in, struct arena *mem)
{
    struct extraction got;
    bool any;
    in->text = extract_without_thoughts(&any, in->text, mem);
    if (!x->whole)
        in->text = extract_strip(in->text, mem);
    x->n_thoughts += any;
    extract_find(&got, x->extract, in, mem);
    put_found(x, &got, mem);
}

/* ---- lines */

static int read_options(struct extract_input *in, const cJSON *list, struct arena *mem,
                        struct err *e)
{
    const cJSON *item;
    if (!list)
        return 0;
    const char **option = arena_array(mem, (size_t)cJSON_GetArraySize(list) + 1, sizeof *option);
    if (!cJSON_IsArray(list))
        return err_set(e, ERR_INPUT, "options: a list of texts is wanted");
    cJSON_ArrayForEach(item, list) {
        if (!cJSON_IsString(item))
            return err_set(e, ERR_INPUT, "options[%zu]: a text is wanted", in->n_option);
        option[in->n_option++] = item->valuestring;
    }
    in->option = option;
    return 0;
}

/* A text, or an object with `text` and, where a rule wants them, `subset`,
 * `options` and `target`. */
static int read_input(struct extract_input *in, const cJSON *line, struct arena *mem,
                      struct err *e)
{
    if (cJSON_IsString(line)) {
        in->text = line->valuestring;
        return 0;
    }
    if (!cJSON_IsObject(line))
        return err_set(e, ERR_INPUT, "a text, or an object with `text`, is wanted");
    if (json_need_text(&in->text, line, "text", e) < 0)
        return e->code;
    in->subset = json_text(line, "subset", "");
    in->n_wanted = utf8_chars(json_text(line, "target", ""));
    return read_options(in, json_get(line, "options"), mem, e);
}

static int extract_line(struct extracting *x, const char *line, size_t len, struct arena *mem,
                        struct err *e)
{
    struct extract_input in = { .text = line };
    cJSON *tree = NULL;
    size_t bad;
    if (!utf8_valid(line, len, &bad))
        return err_set(e, ERR_INPUT, "byte %zu is no UTF-8", bad);
    if (x->jsonl && json_parse(&tree, line, len, e) < 0)
        return e->code;
    int rc = x->jsonl ? read_input(&in, tree, mem, e) : 0;
    if (!x->jsonl)
        in.text = arena_strndup(mem, line, len);
    if (rc == 0)
        extract_one(x, &in, mem);
    cJSON_Delete(tree);
    return rc;
}

static int extract_file(struct extracting *x, const char *path, struct err *e)
{
    struct line_reader *lines = NULL;
    struct arena mem = { 0 };
    const char *line;
    size_t len;
    int rc = line_open(&lines, path, LINE_MAX_BYTES, e);
    while (rc >= 0 && (rc = line_next(lines, &line, &len, e)) == 1) {
        if (extract_line(x, line, len, &mem, e) < 0)
            rc = err_in(e, "%s:%zu", path, line_number(lines));
        arena_clear(&mem);
    }
    line_close(lines);
    arena_release(&mem);
    return rc;
}

/* ---- all of them */

/* Standard output is the answers alone. */
static void say_counts(const struct extracting *x)
{
    for (size_t i = 1; i <= x->n_rule; i++)
        if (x->count[i])
            fprintf(stderr, "evalrun: %s: %zu of %zu\n", x->label[i], x->count[i], x->n);
    fprintf(stderr, "evalrun: none: %zu of %zu\n", x->count[0], x->n);
    if (x->n_limit)
        fprintf(stderr, "evalrun: given up: %zu of %zu\n", x->n_limit, x->n);
    if (x->n_thoughts)
        fprintf(stderr, "evalrun: thoughts taken out of %zu of %zu\n", x->n_thoughts, x->n);
}

static void put_counts(const struct extracting *x)
{
    struct json_writer *w = x->json;
    json_put_int(w, "n", (int64_t)x->n);
    json_open(w, "ledger", '[');
    for (size_t i = 1; i <= x->n_rule; i++) {
        json_open(w, NULL, '{');
        json_put_text(w, "rule", x->label[i]);
        json_put_int(w, "n", (int64_t)x->count[i]);
        json_close(w, '}');
    }
    json_close(w, ']');
    json_put_int(w, "none", (int64_t)x->count[0]);
    json_put_int(w, "gave_up", (int64_t)x->n_limit);
    json_put_int(w, "thoughts", (int64_t)x->n_thoughts);
}

static int extract_json(struct extracting *x, const char *path, struct err *e)
{
    struct strbuf out = STRBUF_INIT;
    struct json_writer w = { .out = &out, .indent = 2 };
    x->json = &w;
    json_open(&w, NULL, '{');
    json_put_text(&w, "rules", x->rules->name);
    json_put_int(&w, "version", x->rules->version);
    json_put_text(&w, "sha256", x->rules->sha256);
    json_open(&w, "lines", '[');
    int rc = extract_file(x, path, e);
    json_close(&w, ']');
    put_counts(x);
    json_close(&w, '}');
    if (rc == 0)
        printf("%s\n", out.s);
    strbuf_release(&out);
    return rc;
}

static int extract_with(const struct rules *rules, const struct extract_asked *asked,
                        struct arena *mem, struct err *e)
{
    struct extracting x = { .rules = rules, .jsonl = file_ends(asked->in, ".jsonl") ||
                                                     file_ends(asked->in, ".jsonl.gz"),
                            .whole = asked->whole,
                            .n_rule = (size_t)cJSON_GetArraySize(rules->list) };
    if (extract_new(&x.extract, rules->list, "extract", e) < 0)
        return err_in(e, "%s", rules->name);
    x.label = arena_array(mem, x.n_rule + 1, sizeof *x.label);
    x.count = arena_array(mem, x.n_rule + 1, sizeof *x.count);
    for (size_t i = 1; i <= x.n_rule; i++)
        x.label[i] = extract_label(rules->list, i, mem);
    int rc = asked->json ? extract_json(&x, asked->in, e) : extract_file(&x, asked->in, e);
    if (rc == 0 && !asked->json)
        say_counts(&x);
    extract_free(x.extract);
    return rc;
}

int cmd_extract(int argc, char **argv, struct err *e)
{
    static const struct opt *const tables[] = { extract_opts, NULL };
    struct extract_asked asked = { 0 };
    struct rules rules = { 0 };
    struct arena mem = { 0 };
    const char *share;
    int n = 0;
    if (opt_parse(&asked, tables, argc - 1, argv + 1, &n, e) < 0)
        return e->code;
    if (n != 1)
        return err_set(e, ERR_USAGE, "which rules? `evalrun extract RULES --in FILE`");
    if (!asked.in)
        return err_set(e, ERR_USAGE, "which texts? `evalrun extract %s --in FILE`", argv[1]);
    int rc = dirs_share(&share, &mem, e);
    if (rc == 0)
        rc = rules_open(&rules, share, argv[1], e);
    if (rc == 0)
        rc = extract_with(&rules, &asked, &mem, e);
    rules_release(&rules);
    arena_release(&mem);
    return rc;
}
