/*
 * bench_tokens MODEL.gguf FILE.jsonl
 *
 * Counts, exactly and without evalrun's engine, the tokens a model must read to
 * score the given requests. A line has "prompt" and, where a continuation may
 * have several tokens, "continuations" (without them, the prompt alone is what
 * is read). The last token of a continuation is never an input.
 *
 *   requests  prompt + continuation pairs
 *   total     tokens, every request by itself
 *   unique    tokens that differ in themselves or in anything before them: what
 *             is left when nothing is read twice
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <llama.h>

#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"

enum { MAX_LINE = 1 << 24 };

struct count {
    const struct llama_vocab *vocab;
    uint64_t *prefix; /* a hash of every prefix of every request */
    size_t n, cap, n_request;
};

static void fail(const char *what, const char *why)
{
    fprintf(stderr, "bench_tokens: %s: %s\n", what, why);
    exit(2);
}

/* One step of splitmix64's mixing: far from equal prefixes by accident. */
static uint64_t mix(uint64_t before, int32_t id)
{
    uint64_t z = before * 0x9E3779B97F4A7C15u + (uint32_t)id + 1;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

static void add_prefix(struct count *c, uint64_t hash)
{
    if (c->n == c->cap) {
        c->cap = c->cap ? 2 * c->cap : 1 << 16;
        c->prefix = xrealloc(c->prefix, c->cap * sizeof *c->prefix);
    }
    c->prefix[c->n++] = hash;
}

/* All tokens of the text but the last `less`. */
static void add_request(struct count *c, const char *text, size_t len, int32_t less)
{
    int32_t cap = (int32_t)len + 8;
    int32_t *id = xcalloc((size_t)cap, sizeof *id);
    int32_t n = llama_tokenize(c->vocab, text, (int32_t)len, id, cap, true, false);
    uint64_t hash = 0;
    if (n < 0)
        fail("a text", "cannot be tokenised");
    for (int32_t i = 0; i < n - less; i++) {
        hash = mix(hash, id[i]);
        add_prefix(c, hash);
    }
    c->n_request++;
    free(id);
}

static void add_line(struct count *c, const cJSON *line, const char *path)
{
    const char *prompt = json_text(line, "prompt", NULL);
    const cJSON *option = cJSON_GetObjectItemCaseSensitive(line, "continuations");
    if (!prompt)
        fail(path, "a line has no \"prompt\"");
    size_t len = strlen(prompt);
    if (!option)
        add_request(c, prompt, len, 0);
    for (option = option ? option->child : NULL; option; option = option->next) {
        if (!cJSON_IsString(option))
            fail(path, "a continuation is no text");
        size_t more = strlen(option->valuestring);
        char *text = xcalloc(len + more + 1, 1);
        memcpy(text, prompt, len);
        memcpy(text + len, option->valuestring, more);
        add_request(c, text, len + more, 1);
        free(text);
    }
}

static void read_requests(struct count *c, const char *path)
{
    struct line_reader *r = NULL;
    struct err e = { 0 };
    const char *text;
    size_t len;
    int rc = line_open(&r, path, MAX_LINE, &e);
    while (rc >= 0 && (rc = line_next(r, &text, &len, &e)) == 1) {
        cJSON *line = NULL;
        if ((rc = json_parse(&line, text, len, &e)) < 0)
            break;
        add_line(c, line, path);
        cJSON_Delete(line);
    }
    line_close(r);
    if (rc < 0)
        fail(path, e.text);
}

static int by_hash(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static size_t n_unique(struct count *c)
{
    size_t n = 0;
    if (c->n > 0)
        qsort(c->prefix, c->n, sizeof *c->prefix, by_hash);
    for (size_t i = 0; i < c->n; i++)
        n += i == 0 || c->prefix[i] != c->prefix[i - 1];
    return n;
}

static void quiet(enum ggml_log_level level, const char *line, void *data)
{
    (void)data;
    if (level == GGML_LOG_LEVEL_ERROR)
        fputs(line, stderr);
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fputs("usage: bench_tokens MODEL.gguf FILE.jsonl\n", stderr);
        return 3;
    }
    llama_log_set(quiet, NULL);
    llama_backend_init();
    struct llama_model_params p = llama_model_default_params();
    p.vocab_only = true;
    struct llama_model *model = llama_model_load_from_file(argv[1], p);
    if (!model)
        fail(argv[1], "cannot be loaded; give a GGUF model");
    struct count c = { .vocab = llama_model_get_vocab(model) };
    read_requests(&c, argv[2]);
    size_t total = c.n, unique = n_unique(&c);
    printf("requests\t%zu\ntotal\t%zu\nunique\t%zu\n", c.n_request, total, unique);
    free(c.prefix);
    llama_model_free(model);
    llama_backend_free();
    return 0;
}
