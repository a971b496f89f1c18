#ifndef EVALRUN_BASE_FLOW_H
#define EVALRUN_BASE_FLOW_H
/*
 * The nouns that travel, in order of travel. Read this first.
 *
 *   dataset -> SAMPLE -> task -> REQUEST -> engine -> RESPONSE -> TURN
 *           -> TRACE (all turns of a sample) -> scorer -> SCORE -> journal
 *
 * Plain data, no functions. Everything reached through a trace lives in the
 * slot's arena and dies when the sample settles; only `sample.row` is cJSON's
 * heap, owned by the slot.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct cJSON;

/* One row of a dataset. index is the row's place in its whole split (before
 * any limit, subset or shard), so it never depends on the command line. */
struct sample {
    const char *id;     /* unique in the split, e.g. "anatomy/test/3" */
    const char *subset; /* "" when the dataset has none */
    size_t index;
    size_t subset_index; /* place within its subset, from 0 */
    const struct cJSON *row;
};

enum role { ROLE_MODEL, ROLE_JUDGE, ROLE_SANDBOX, ROLE_COUNT };

/* The only three questions; bits, because engines declare a set. */
enum ask {
    ASK_TEXT = 1,   /* write text */
    ASK_LOGLIK = 2, /* how likely are these continuations */
    ASK_EXEC = 4,   /* run this program */
};

enum speaker { SPEAKER_SYSTEM, SPEAKER_USER, SPEAKER_MODEL };

/* What a piece of the prompt is for, so that an over-long prompt can be
 * shortened by the recipe's own rule without parsing text. */
enum piece {
    PIECE_HEADER,
    PIECE_SHOT,
    PIECE_CONTEXT, /* a document that several neighbouring questions share */
    PIECE_QUESTION,
    PIECE_HISTORY
};

/* The prompt, in order. A raw request is the plain concatenation of all
 * texts. With a chat template, neighbours of one speaker are joined first
 * (no separator), then the template is applied. */
struct message {
    enum speaker who;
    enum piece piece;
    uint32_t shot; /* which few-shot example, for PIECE_SHOT */
    const char *text;
};

/* What to do when prompt + longest continuation exceed the context. */
enum fit {
    FIT_REFUSE,            /* the sample fails with "too_long" */
    FIT_DROP_LAST_SHOTS,   /* one shot at a time, last first (MMLU's own) */
    FIT_DROP_LONGEST_SHOTS,/* CMMLU's own: every shot of the current maximum
                              length; then the header; see PROTOCOLS 1.2 */
    FIT_CUT_LEFT,          /* tokens off the left end (lm-evaluation-harness) */
    FIT_COUNT
};

/* How text is written. Zero means off (for max_tokens: the engine's 256). */
struct decode {
    double temperature; /* 0 = greedy */
    double top_p, min_p;
    double repeat_penalty; /* 1 = off too */
    int top_k;
    int max_tokens; /* of the answer; thinking has its own budget, if it has one */
    uint64_t seed;  /* of the sample; draw i takes number i under it */
    const char *const *stop; /* not looked for inside thinking */
    size_t n_stop;
    /* A reasoning model's thoughts stand between these, e.g. "<think>" and
     * "</think>"; NULL = none are looked for. An answer may begin inside, when
     * the chat template opened them. */
    const char *think_open, *think_close;
    int think_tokens; /* budget of the thoughts; 0 = they count to max_tokens */
};

/* How programs are run and judged. The solution is the model's and is trusted
 * with nothing; the rest is the benchmark's. Its tests run to their end, or the
 * program has not passed. */
struct exec {
    const char *language;  /* "python", "javascript", "cpp", "java", "go", "rust" */
    const char *given;     /* what the benchmark gave before the solution, for tests
                              that call helpers of it; "" = nothing */
    const char *test;      /* what is run after the solution */
    const char *entry;     /* the function under test; "" = whatever test calls */
    double limit_s;        /* wall clock of one program, its compiling not included */
    uint32_t memory_mb;    /* 0 = the engine's */
};

/* One question. variant[] and response.out[] are parallel. */
struct request {
    enum role role;
    enum ask ask;
    bool raw;   /* no chat template */
    bool roll;  /* text may exceed the context: rolling windows */
    bool whole; /* LOGLIK: score prompt and variant together, from the first
                   token that has a predecessor (OpenCompass "ppl") */
    enum fit fit;
    uint32_t max_prompt; /* prompt tokens the recipe allows; 0 = the context */
    const struct message *message;
    size_t n_message;
    const char *const *variant; /* LOGLIK: continuations; EXEC: solutions */
    const char *const *lead;    /* LOGLIK: per variant, text between prompt and
                                   variant that is not scored; NULL = none */
    uint32_t tail;              /* LOGLIK: per cent of the least likely tokens
                                   whose mean is asked for; 0 = none */
    size_t n_out;               /* variants, or draws for TEXT */
    const struct exec *exec;    /* EXEC, else NULL */
    struct decode decode;
};

struct out {
    const char *text;  /* TEXT: what was written, valid UTF-8, without thoughts;
                          EXEC: the end of what the program said, as valid UTF-8 */
    const char *thinking; /* TEXT: the thoughts taken out; NULL = none */
    const char *fault; /* TEXT: NULL, or why this draw holds no answer: "thinking"
                          (cut inside its thoughts), "empty", "refused" (content
                          filter); its text is then "" or what came before.
                          EXEC: NULL = every test passed, or why not: "wrong" (a
                          test failed), "error" (it broke), "compile", "timeout",
                          "memory", "output" (said too much), "unfinished" (it
                          ended before its tests did), "empty" (no solution) */
    double logprob;    /* LOGLIK: sum of natural-log token probabilities */
    double tail;       /* LOGLIK: mean log-probability of the request.tail per
                          cent least likely scored tokens, at least one (Shi et
                          al. 2023, Min-K% Prob); 0 when not asked for */
    uint32_t n_token;  /* tokens scored, or written (thoughts included) */
    uint32_t n_think;  /* of these, thoughts */
    uint32_t n_straddle; /* tokens that straddled the boundary (see llama.c) */
    bool greedy;       /* LOGLIK: every scored token was the argmax */
    bool cut;          /* TEXT: ended by max_tokens */
    int status;        /* EXEC: exit status; 128 + signal when killed */
};

struct response {
    struct out *out; /* n_out as in the request */
    size_t n_out;
    const char *failed;    /* NULL, or a failure class: "too_long", "remote",
                              "timeout", "template", "mismatch", "sandbox" (no
                              program could be run), "refused" and "empty" (no
                              draw is the model's own: filtered, or null in a
                              file). An answer that is empty or all thoughts has
                              not failed: it is wrong, and counted */
    const char *why;       /* one line for a person when failed */
    uint32_t n_prompt;     /* prompt tokens after any shortening */
    uint32_t shots_dropped;/* by request.fit */
    uint32_t tokens_cut;   /* by request.fit */
    uint32_t n_retry;      /* times it had to be asked again (HTTP) */
    bool cached;           /* from the response cache, nobody was asked */
    uint32_t ms;
};

/* One question with its answer and what a right answer is. */
struct turn {
    const char *step;
    struct request q;
    struct response a;
    const struct sample *sample; /* whose question; NULL when read back */
    const char *const *label; /* per variant: the option's own text, without
                                 delimiter; lengths for acc_norm come from it */
    const char *const *option;/* TEXT: the options' texts, where the step offers
                                 some (A first); NULL = none */
    size_t n_option;
    const char *const *target;/* right answers as text */
    size_t n_target;
    const uint32_t *gold; /* right answers as indices into variant[] */
    size_t n_gold;
    char question[65]; /* SHA-256 of everything asked (see task.h) */
    char prompt[65];   /* SHA-256 of the prompt text alone */
};

struct trace {
    struct sample sample;
    struct turn *turn;
    size_t n_turn;
    struct arena *mem;
};

/* What one scorer says of one sample. stat[] folds into metrics. */
struct score {
    const char *scorer;
    const char *answer; /* the prediction, NULL when none could be had */
    const double *stat;
    size_t n_stat;
};

/* index % n == i */
struct shard {
    uint32_t i, n;
};

#endif
