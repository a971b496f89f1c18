/*
 * What llama.cpp does by itself, without evalrun: the figures that evalrun's
 * own are compared with.
 *
 *   bench_raw MODEL prompt N                       a prompt of N tokens
 *   bench_raw MODEL decode STREAMS N_PROMPT N_GEN  STREAMS texts at once
 *
 * Prompts go through in batches of 512 with the logits of the last token only.
 * Decoding appends one token to every stream per batch, all with logits. The
 * tokens are those of a real text, in decoding too: nothing is sampled, so
 * nothing but llama_decode() is timed. Model and context are made as the
 * linked engine makes them. One line per figure: name, value, unit, note,
 * with tabs between; the value is the median of all runs after the first.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <llama.h>

#include "evaluator/engines/cores.h"

enum { BATCH = 512, MOST_RUNS = 101, MOST_STREAMS = 256, MOST_TOKENS = 1 << 20 };

struct asked {
    const char *model, *text, *flash;
    bool decode, unified;
    long streams, n_prompt, n_gen; /* n_gen 0: prompt only */
    long threads, runs, gpu_layers;
};

struct bench {
    struct llama_model *model;
    struct llama_context *ctx;
    struct llama_batch batch;
    int32_t *id; /* the text, at least as long as any stream */
    long n_id;
};

static void die(const char *what, const char *cure)
{
    fprintf(stderr, "bench_raw: %s; %s\n", what, cure);
    exit(2);
}

static void usage(void)
{
    fputs("usage: bench_raw MODEL prompt N [OPTION VALUE]...\n"
          "       bench_raw MODEL decode STREAMS N_PROMPT N_GEN [OPTION VALUE]...\n"
          "  --text FILE         the text that tokens are taken from (needed)\n"
          "  --threads N         default: physical cores\n"
          "  --flash WHEN        flash attention: auto (default), on, off\n"
          "  --unified WHEN      one KV cache for all streams: on (default), off\n"
          "  --runs N            runs after the warm-up (default 5)\n"
          "  --gpu-layers N      layers on the GPU (default: all)\n", stderr);
    exit(3);
}

static long number(const char *text, long least, long most)
{
    char *end;
    long n = strtol(text, &end, 10);
    if (*text == '\0' || *end != '\0' || n < least || n > most) {
        fprintf(stderr, "bench_raw: '%s' is no number from %ld to %ld\n", text, least, most);
        usage();
    }
    return n;
}

static void parse_option(struct asked *a, const char *name, const char *value)
{
    if (strcmp(name, "--text") == 0)
        a->text = value;
    else if (strcmp(name, "--threads") == 0)
        a->threads = number(value, 1, 1024);
    else if (strcmp(name, "--runs") == 0)
        a->runs = number(value, 1, MOST_RUNS);
    else if (strcmp(name, "--gpu-layers") == 0)
        a->gpu_layers = number(value, -1, 10000);
    else if (strcmp(name, "--flash") == 0)
        a->flash = value;
    else if (strcmp(name, "--unified") == 0 &&
             (strcmp(value, "on") == 0 || strcmp(value, "off") == 0))
        a->unified = strcmp(value, "on") == 0;
    else
        usage();
}

static struct asked parse(int argc, char **argv)
{
    struct asked a = { .flash = "auto", .unified = true, .runs = 5, .gpu_layers = -1,
                       .streams = 1 };
    if (argc < 4)
        usage();
    a.model = argv[1];
    a.decode = strcmp(argv[2], "decode") == 0;
    if ((!a.decode && strcmp(argv[2], "prompt") != 0) || (a.decode && argc < 6))
        usage();
    int at = 3;
    if (a.decode)
        a.streams = number(argv[at++], 1, MOST_STREAMS);
    a.n_prompt = number(argv[at++], 1, MOST_TOKENS);
    if (a.decode)
        a.n_gen = number(argv[at++], 1, MOST_TOKENS);
    for (; at < argc; at += 2) {
        if (at + 1 == argc)
            usage();
        parse_option(&a, argv[at], argv[at + 1]);
    }
    if (!a.text)
        usage();
    return a;
}

static char *read_text(const char *path, size_t *len)
{
    FILE *f = fopen(path, "rb");
    if (!f)
        die(path, "cannot be read; --text wants a text file");
    size_t size = 16 << 20; /* more than any of the benchmarks needs */
    char *text = malloc(size);
    *len = text ? fread(text, 1, size, f) : 0;
    fclose(f);
    if (*len == 0)
        die(path, "is empty; --text wants a text file");
    return text;
}

/* The text's tokens, from its beginning again where it is too short. */
static void tokenize(struct bench *b, const char *path, long need)
{
    size_t len;
    char *text = read_text(path, &len);
    const struct llama_vocab *vocab = llama_model_get_vocab(b->model);
    int32_t *id = malloc((len + 8) * sizeof *id);
    int32_t n = id ? llama_tokenize(vocab, text, (int32_t)len, id, (int32_t)len + 8, true, false)
                   : 0;
    if (n <= 0)
        die(path, "cannot be tokenised; give --text another file");
    b->n_id = need > n ? need : n;
    b->id = malloc((size_t)b->n_id * sizeof *b->id);
    if (!b->id)
        die("out of memory", "ask for fewer tokens");
    for (long i = 0; i < b->n_id; i++)
        b->id[i] = id[i % n];
    free(id);
    free(text);
}

static void quiet(enum ggml_log_level level, const char *line, void *data)
{
    (void)data;
    if (level == GGML_LOG_LEVEL_ERROR)
        fputs(line, stderr);
}

static enum llama_flash_attn_type flash_type(const char *name)
{
    if (strcmp(name, "on") == 0)
        return LLAMA_FLASH_ATTN_TYPE_ENABLED;
    if (strcmp(name, "off") == 0)
        return LLAMA_FLASH_ATTN_TYPE_DISABLED;
    if (strcmp(name, "auto") != 0)
        usage();
    return LLAMA_FLASH_ATTN_TYPE_AUTO;
}

static void open_model(struct bench *b, struct asked *a)
{
    llama_log_set(quiet, NULL);
    llama_backend_init();
    struct llama_model_params p = llama_model_default_params();
    p.n_gpu_layers = (int32_t)a->gpu_layers;
    p.use_extra_bufts = strstr(llama_print_system_info(), "AMX_INT8 = 1") == NULL;
    b->model = llama_model_load_from_file(a->model, p);
    if (!b->model)
        die(a->model, "cannot be loaded; give a GGUF model");
    long each = (a->n_prompt + a->n_gen + 255) / 256 * 256;
    struct llama_context_params c = llama_context_default_params();
    c.flash_attn_type = flash_type(a->flash);
    c.n_ctx = (uint32_t)(each * a->streams);
    c.n_batch = c.n_ubatch = BATCH;
    c.n_seq_max = (uint32_t)a->streams;
    c.kv_unified = a->unified;
    c.swa_full = true;
    if (a->threads == 0)
        a->threads = cores_physical();
    c.n_threads = c.n_threads_batch = (int32_t)a->threads;
    c.no_perf = true;
    b->ctx = llama_init_from_model(b->model, c);
    if (!b->ctx)
        die("no context can be made", "ask for fewer tokens or streams");
    b->batch = llama_batch_init(BATCH, 0, 1);
}

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void add(struct llama_batch *batch, int32_t id, long pos, long stream, bool logits)
{
    int32_t i = batch->n_tokens++;
    batch->token[i] = id;
    batch->pos[i] = (llama_pos)pos;
    batch->n_seq_id[i] = 1;
    batch->seq_id[i][0] = (llama_seq_id)stream;
    batch->logits[i] = logits;
}

static void decode(struct bench *b)
{
    if (llama_decode(b->ctx, b->batch) != 0)
        die("llama_decode failed", "see the lines above");
    b->batch.n_tokens = 0;
}

/* Each stream reads the text from a place of its own. */
static int32_t token(const struct bench *b, const struct asked *a, long stream, long pos)
{
    return b->id[(stream * (b->n_id / a->streams) + pos) % b->n_id];
}

static void prefill(struct bench *b, const struct asked *a)
{
    for (long s = 0; s < a->streams; s++)
        for (long i = 0; i < a->n_prompt; i++) {
            bool last = i + 1 == a->n_prompt;
            add(&b->batch, token(b, a, s, i), i, s, last);
            if (last || b->batch.n_tokens == BATCH)
                decode(b);
        }
}

static void generate(struct bench *b, const struct asked *a)
{
    for (long i = 0; i < a->n_gen; i++) {
        for (long s = 0; s < a->streams; s++)
            add(&b->batch, token(b, a, s, a->n_prompt + i), a->n_prompt + i, s, true);
        decode(b);
    }
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void print(const struct asked *a, const char *name, double *rate)
{
    qsort(rate, (size_t)a->runs, sizeof *rate, by_value);
    double median = (rate[(a->runs - 1) / 2] + rate[a->runs / 2]) / 2;
    printf("%s\t%.1f\ttokens/s\t%ld runs from %.1f to %.1f, %ld threads, flash attention %s, KV"
           " cache %s\n", name, median, a->runs, rate[0], rate[a->runs - 1], a->threads, a->flash,
           a->unified ? "unified" : "split");
}

static void measure(struct bench *b, const struct asked *a)
{
    double read[MOST_RUNS], written[MOST_RUNS];
    for (long run = -1; run < a->runs; run++) { /* -1 is the warm-up */
        llama_memory_clear(llama_get_memory(b->ctx), true);
        double t0 = seconds();
        prefill(b, a);
        llama_synchronize(b->ctx);
        double t1 = seconds();
        generate(b, a);
        llama_synchronize(b->ctx);
        double t2 = seconds();
        if (run < 0)
            continue;
        read[run] = (double)(a->streams * a->n_prompt) / (t1 - t0);
        written[run] = (double)(a->streams * a->n_gen) / (t2 - t1);
    }
    char name[80];
    snprintf(name, sizeof name, "raw prompt %ldx%ld", a->streams, a->n_prompt);
    print(a, name, read);
    if (!a->decode)
        return;
    snprintf(name, sizeof name, "raw decode %ld at %ld+%ld", a->streams, a->n_prompt, a->n_gen);
    print(a, name, written);
}

int main(int argc, char **argv)
{
    struct asked a = parse(argc, argv);
    struct bench b = { 0 };
    open_model(&b, &a);
    tokenize(&b, a.text, a.streams * (a.n_prompt + a.n_gen));
    if (!llama_get_memory(b.ctx))
        die(a.model, "has no KV cache; give a model that continues text");
    measure(&b, &a);
    llama_batch_free(b.batch);
    llama_free(b.ctx);
    llama_model_free(b.model);
    llama_backend_free();
    free(b.id);
    return 0;
}
