/*
 * Which part of the input belongs to which row and column.
 *
 * A column is everything that decides the questions: task file, recipe, named rules,
 * shots, chat, seed, data, limit, subsets, orders of the options; and whether programs
 * ran in isolation. A row is a model under
 * one description: the same file with another context or cache type is another
 * row, since its answers may differ; with another template only where both were
 * asked one column. Engines without a file are told by their label too.
 */
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/utf8.h"
#include "reports/input.h"

static const char *column_key(const struct manifest_task *t, const char *recipe,
                              struct arena *mem)
{
    struct strbuf key = STRBUF_INIT;
    struct json_writer w = { .out = &key };
    json_open(&w, NULL, '[');
    json_put_text(&w, NULL, t->task);
    json_put_text(&w, NULL, recipe);
    json_put_int(&w, NULL, t->shots);
    json_put_bool(&w, NULL, t->chat);
    json_put_bool(&w, NULL, t->sample);
    json_put_bool(&w, NULL, t->contamination);
    json_put_int(&w, NULL, (int64_t)t->permute);
    json_put_int(&w, NULL, (int64_t)t->limit);
    json_put_text(&w, NULL, t->split);
    json_put_text(&w, NULL, t->data_sha256);
    json_put_text(&w, NULL, t->shots_sha256);
    json_put_text(&w, NULL, t->task_sha256);
    strbuf_printf(&key, ",%llu", (unsigned long long)t->seed);
    for (size_t i = 0; i < t->n_subset; i++)
        json_put_text(&w, NULL, t->subset[i].name);
    const cJSON *set;
    cJSON_ArrayForEach(set, t->rules)
        json_put_text(&w, NULL, json_text(set, "sha256", ""));
    if (t->exec_unsafe)
        json_put_text(&w, NULL, "unsafe");
    json_close(&w, ']');
    const char *copy = arena_strdup(mem, key.s);
    strbuf_release(&key);
    return copy;
}

/* What columns share that differ only in the seed of their shots. */
static const char *draws_key(const struct manifest_task *t, struct arena *mem)
{
    size_t len = draws_base(t->recipe);
    return len ? column_key(t, arena_strndup(mem, t->recipe, len), mem) : NULL;
}

/* A digest of everything in the engine's description that can change an
 * answer: the journal's own rule, with nothing for the task. */
static const char *model_digest(const struct manifest *run, struct arena *mem)
{
    char hex[SHA256_HEX];
    cJSON *nothing = cJSON_CreateObject();
    manifest_identity(hex, nothing, run->model);
    cJSON_Delete(nothing);
    return arena_strdup(mem, hex);
}

static const char *model_sha256(const struct manifest *run)
{
    return json_text(run->model, "sha256", "");
}

/* The digest without the chat template: plain and templated questions are in
 * different columns anyway, so they may share a row. */
static const char *plain_digest(const struct manifest *run, struct arena *mem)
{
    char hex[SHA256_HEX];
    cJSON *nothing = cJSON_CreateObject(), *model = cJSON_Duplicate(run->model, true);
    cJSON_DeleteItemFromObjectCaseSensitive(model, "template");
    manifest_identity(hex, nothing, model);
    cJSON_Delete(nothing);
    cJSON_Delete(model);
    return arena_strdup(mem, hex);
}

/* A model's own name says nothing when there is a file to tell it by. */
static const char *model_key(const struct manifest *run, struct arena *mem)
{
    return arena_printf(mem, "%s/%s", *model_sha256(run) ? "" : run->label,
                        plain_digest(run, mem));
}

/* Marks the parts whose model meets one column under two identities. */
static bool *find_split(const struct report_input *in)
{
    bool *split = xcalloc(in->n_part + 1, sizeof *split);
    for (size_t i = 0; i < in->n_part; i++)
        for (size_t k = 0; k < i; k++) {
            const struct part *a = &in->part[i], *b = &in->part[k];
            if (strcmp(a->task->identity, b->task->identity) != 0 &&
                !strcmp(a->column_key, b->column_key) && !strcmp(a->model_key, b->model_key))
                split[i] = split[k] = true;
        }
    return split;
}

/* Two templates on one column: their rows are split after all. */
static void split_rows(struct report *r)
{
    struct report_input *in = r->input;
    bool *split = find_split(in);
    const char **key = xcalloc(in->n_part + 1, sizeof *key);
    for (size_t i = 0; i < in->n_part; i++) {
        key[i] = in->part[i].model_key;
        for (size_t k = 0; k < in->n_part && key[i] == in->part[i].model_key; k++)
            if (split[k] && !strcmp(in->part[k].model_key, in->part[i].model_key))
                key[i] = arena_printf(&r->mem, "%s/%s", in->part[i].model_key,
                                      model_digest(in->part[i].run, &r->mem));
    }
    for (size_t i = 0; i < in->n_part; i++)
        in->part[i].model_key = key[i];
    free(key);
    free(split);
}

static int check_identities(const struct report_input *in, struct err *e)
{
    for (size_t i = 0; i < in->n_part; i++)
        for (size_t k = 0; k < i; k++) {
            const struct part *a = &in->part[k], *b = &in->part[i];
            if (a->row == b->row && a->column == b->column &&
                strcmp(a->task->identity, b->task->identity) != 0)
                return err_set(e, ERR_MISMATCH,
                               "%s and %s: the runs of %s cannot be told apart, yet differ",
                               a->dir, b->dir, a->task->task);
        }
    return 0;
}

static bool has_chat_option(const struct part *part)
{
    return json_get(part->run->asked, "chat") != NULL;
}

static struct column make_column(const struct part *part)
{
    const struct manifest_task *t = part->task;
    int64_t expected = json_int(part->tree, "n_subset_expected", 0);
    return (struct column){
        .task = t->task, .recipe = t->recipe, .lang = t->lang, .average = t->average,
        .dataset = t->dataset, .split = t->split, .licence = t->licence, .source = t->source,
        .data_sha256 = t->data_sha256, .shots_sha256 = t->shots_sha256,
        .task_sha256 = t->task_sha256, .shots = t->shots, .version = t->version,
        .chat = t->chat, .sample = t->sample, .partial = t->partial, .seed = t->seed,
        .noncommercial = t->noncommercial, .contamination = t->contamination,
        .split_asked = t->split_asked, .exec_unsafe = t->exec_unsafe,
        .left_out = t->left_out, .n_left_out = t->n_left_out,
        .permute = t->permute, .pair = t->pair, .headline = headline_of(t->score),
        .headline_name = json_text(t->score ? t->score->child : NULL, "name", NULL),
        .chat_by_option = has_chat_option(part),
        .draws_key = part->draws_key,
        .subset = json_text(part->run->asked, "subset", NULL),
        .limit = t->limit, .n_asked = t->n, .n_expected = t->n_expected,
        .n_subset = t->n_subset, .n_subset_expected = expected > 0 ? (size_t)expected : 0,
    };
}

static void list_languages(struct report *r)
{
    const struct report_input *in = r->input;
    r->lang = arena_array(&r->mem, in->n_part, sizeof *r->lang);
    for (size_t i = 0; i < in->n_part; i++) {
        size_t k = 0;
        while (k < r->n_lang && strcmp(r->lang[k].name, in->part[i].task->lang))
            k++;
        if (k == r->n_lang)
            r->lang[r->n_lang++] = (struct task_set){ .name = in->part[i].task->lang,
                                                      .about = "" };
    }
}

/* Columns in order of first appearance, language by language. */
static void list_columns(struct report *r)
{
    struct report_input *in = r->input;
    r->column = arena_array(&r->mem, in->n_part, sizeof *r->column);
    const char **key = xcalloc(in->n_part + 1, sizeof *key);
    for (size_t l = 0; l < r->n_lang; l++)
        for (size_t i = 0; i < in->n_part; i++) {
            struct part *part = &in->part[i];
            if (strcmp(part->task->lang, r->lang[l].name) != 0)
                continue;
            size_t c = 0;
            while (c < r->n_column && strcmp(key[c], part->column_key))
                c++;
            if (c == r->n_column) {
                key[c] = part->column_key;
                r->column[r->n_column++] = make_column(part);
            }
            part->column = c;
            r->column[c].chat_by_option &= has_chat_option(part);
        }
    free(key);
}

/* Two columns would have one head, but for what a head shows only where it must. */
static bool look_alike(const struct column *a, const struct column *b)
{
    return !strcmp(a->task, b->task) && !strcmp(a->recipe, b->recipe) &&
           a->shots == b->shots && a->chat == b->chat;
}

static bool same_extras(const struct column *a, const struct column *b)
{
    return a->permute == b->permute && a->contamination == b->contamination;
}

/* At least 4, and all that there are where the hashes are equal so far. */
static size_t telling_digits(const char *a, const char *b)
{
    size_t n = 0;
    while (a[n] && a[n] == b[n])
        n++;
    return n < 4 ? 4 : n + 1;
}

static void tell_apart(struct column *c, const struct column *other)
{
    if (!look_alike(c, other))
        return;
    c->tell_extras |= !same_extras(c, other);
    if (!same_extras(c, other) || !strcmp(c->task_sha256, other->task_sha256))
        return;
    size_t n = telling_digits(c->task_sha256, other->task_sha256);
    c->tell_file = n > c->tell_file ? n : c->tell_file;
}

/* What heads leave out where it is the same everywhere. */
static void tell_columns(struct report *r)
{
    for (size_t c = 1; c < r->n_column; c++)
        if (r->column[c].seed != r->column[0].seed)
            for (size_t i = 0; i < r->n_column; i++)
                r->column[i].tell_seed = true;
    for (size_t c = 0; c < r->n_column; c++)
        for (size_t i = 0; i < r->n_column; i++)
            tell_apart(&r->column[c], &r->column[i]);
}

/* A number of parameters as people write it: 134515008 -> "135M". */
static void put_size(struct strbuf *out, const cJSON *model)
{
    static const char unit[] = "KMBT";
    double n = json_number(model, "parameters", 0);
    const char *text = json_text(model, "parameters", "");
    size_t i = 0;
    if (n < 1000) {
        strbuf_puts(out, text);
        return;
    }
    for (n /= 1000; n >= 999.5 && i + 2 < sizeof unit; i++)
        n /= 1000;
    strbuf_printf(out, n < 9.95 ? "%.1f%c" : "%.0f%c", n, unit[i]);
}

/* "llama 135M Q4_1" */
static const char *describe(const cJSON *model, struct arena *mem)
{
    struct strbuf text = STRBUF_INIT, size = STRBUF_INIT;
    put_size(&size, model);
    const char *const words[] = { json_text(model, "architecture", ""), size.s,
                                  json_text(model, "quantisation", "") };
    for (size_t i = 0; i < 3; i++)
        if (*words[i])
            strbuf_printf(&text, "%s%s", text.len ? " " : "", words[i]);
    const char *copy = arena_strdup(mem, text.s);
    strbuf_release(&text);
    strbuf_release(&size);
    return copy;
}

static struct model_row make_row(struct report *r, const struct manifest *run)
{
    return (struct model_row){
        .label = *run->label ? run->label : "model",
        .family = run->family,
        .description = describe(run->model, &r->mem),
        .sha256 = model_sha256(run),
        .model = run->model,
        .cell = arena_array(&r->mem, r->n_column, sizeof(struct cell)),
    };
}

static void list_rows(struct report *r)
{
    struct report_input *in = r->input;
    r->row = arena_array(&r->mem, in->n_part, sizeof *r->row);
    const char **key = xcalloc(in->n_part + 1, sizeof *key);
    for (size_t i = 0; i < in->n_part; i++) {
        struct part *part = &in->part[i];
        size_t k = 0;
        while (k < r->n_row && strcmp(key[k], part->model_key))
            k++;
        if (k == r->n_row) {
            key[k] = part->model_key;
            r->row[r->n_row++] = make_row(r, part->run);
        }
        part->row = k;
    }
    free(key);
}

/* What tells two rows of one label apart: the file, else the description. */
static const char *suffix(struct report *r, size_t row)
{
    const struct report_input *in = r->input;
    bool same_file = false;
    for (size_t i = 0; i < r->n_row; i++)
        same_file |= i != row && !strcmp(r->row[i].label, r->row[row].label) &&
                     !strcmp(r->row[i].sha256, r->row[row].sha256);
    const char *hash = r->row[row].sha256;
    size_t len = strnlen(hash, 4);
    if (!same_file && len && utf8_whole(hash, len) == len)
        return hash;
    for (size_t i = 0; i < in->n_part; i++)
        if (in->part[i].row == row)
            return model_digest(in->part[i].run, &r->mem);
    return "";
}

static void name_rows(struct report *r)
{
    const char **label = xcalloc(r->n_row + 1, sizeof *label);
    for (size_t i = 0; i < r->n_row; i++) {
        label[i] = r->row[i].label;
        for (size_t k = 0; k < r->n_row; k++)
            if (k != i && label[i] == r->row[i].label &&
                !strcmp(r->row[k].label, r->row[i].label))
                label[i] = arena_printf(&r->mem, "%s #%.4s", r->row[i].label, suffix(r, i));
    }
    for (size_t i = 0; i < r->n_row; i++)
        r->row[i].label = label[i];
    free(label);
}

int arrange(struct report *r, struct err *e)
{
    struct report_input *in = r->input;
    for (size_t i = 0; i < in->n_part; i++) {
        in->part[i].column_key = column_key(in->part[i].task, in->part[i].task->recipe,
                                             &r->mem);
        in->part[i].draws_key = draws_key(in->part[i].task, &r->mem);
        in->part[i].model_key = model_key(in->part[i].run, &r->mem);
    }
    split_rows(r);
    list_languages(r);
    list_columns(r);
    tell_columns(r);
    list_sets(r);
    list_rows(r);
    name_rows(r);
    return check_identities(in, e);
}
