#include "tasks/question.h"

#include <string.h>

#include "base/hash.h"
#include "base/json.h"

/* Names, not numbers: an enum may be reordered without changing a hash. */
static const char *const role_names[ROLE_COUNT] = {
    [ROLE_MODEL] = "model",
    [ROLE_JUDGE] = "judge",
    [ROLE_SANDBOX] = "sandbox",
};
static const char *const speaker_names[] = {
    [SPEAKER_SYSTEM] = "system",
    [SPEAKER_USER] = "user",
    [SPEAKER_MODEL] = "model",
};
static const char *const piece_names[] = {
    [PIECE_HEADER] = "header",
    [PIECE_SHOT] = "shot",
    [PIECE_CONTEXT] = "context",
    [PIECE_QUESTION] = "question",
    [PIECE_HISTORY] = "history",
};
static const char *const fit_names[FIT_COUNT] = {
    [FIT_REFUSE] = "refuse",
    [FIT_DROP_LAST_SHOTS] = "drop_last_shots",
    [FIT_DROP_LONGEST_SHOTS] = "drop_longest_shots",
    [FIT_CUT_LEFT] = "cut_left",
};

static const char *ask_name(enum ask ask)
{
    return ask == ASK_TEXT ? "text" : ask == ASK_LOGLIK ? "loglik" : "exec";
}

static void put_messages(struct json_writer *w, const struct request *q)
{
    json_open(w, "messages", '[');
    for (size_t i = 0; i < q->n_message; i++) {
        const struct message *m = &q->message[i];
        json_open(w, NULL, '{');
        json_put_text(w, "who", speaker_names[m->who]);
        json_put_text(w, "piece", piece_names[m->piece]);
        if (m->piece == PIECE_SHOT)
            json_put_int(w, "shot", m->shot);
        json_put_text(w, "text", m->text);
        json_close(w, '}');
    }
    json_close(w, ']');
}

static void put_decode(struct json_writer *w, const struct decode *d)
{
    json_open(w, "decode", '{');
    json_put_number(w, "temperature", d->temperature);
    json_put_number(w, "top_p", d->top_p);
    json_put_int(w, "max_tokens", d->max_tokens);
    json_put_int(w, "seed", (int64_t)d->seed);
    json_open(w, "stop", '[');
    for (size_t i = 0; i < d->n_stop; i++)
        json_put_text(w, NULL, d->stop[i]);
    json_close(w, ']');
    if (d->min_p > 0)
        json_put_number(w, "min_p", d->min_p);
    if (d->repeat_penalty > 0 && d->repeat_penalty != 1)
        json_put_number(w, "repeat_penalty", d->repeat_penalty);
    if (d->top_k > 0)
        json_put_int(w, "top_k", d->top_k);
    if (d->think_open) {
        json_put_text(w, "think_open", d->think_open);
        json_put_text(w, "think_close", d->think_close);
        json_put_int(w, "think_tokens", d->think_tokens);
    }
    json_close(w, '}');
}

static void put_exec(struct json_writer *w, const struct exec *x)
{
    json_open(w, "exec", '{');
    json_put_text(w, "language", x->language);
    json_put_text(w, "given", x->given);
    json_put_text(w, "test", x->test);
    json_put_text(w, "entry", x->entry);
    json_put_number(w, "limit_s", x->limit_s);
    json_put_int(w, "memory_mb", x->memory_mb);
    json_close(w, '}');
}

void question_json(struct strbuf *out, const struct request *q)
{
    struct json_writer w = { .out = out };
    json_open(&w, NULL, '{');
    json_put_text(&w, "role", role_names[q->role]);
    json_put_text(&w, "ask", ask_name(q->ask));
    json_put_bool(&w, "raw", q->raw);
    json_put_bool(&w, "roll", q->roll);
    json_put_bool(&w, "whole", q->whole);
    json_put_text(&w, "fit", fit_names[q->fit]);
    json_put_int(&w, "max_prompt", q->max_prompt);
    put_messages(&w, q);
    json_put_int(&w, "n_out", (int64_t)q->n_out);
    if (q->variant) {
        json_open(&w, "variants", '[');
        for (size_t i = 0; i < q->n_out; i++)
            json_put_text(&w, NULL, q->variant[i]);
        json_close(&w, ']');
    }
    if (q->lead) {
        json_open(&w, "leads", '[');
        for (size_t i = 0; i < q->n_out; i++)
            json_put_text(&w, NULL, q->lead[i]);
        json_close(&w, ']');
    }
    if (q->tail)
        json_put_int(&w, "tail", q->tail);
    if (q->ask == ASK_TEXT)
        put_decode(&w, &q->decode);
    if (q->ask == ASK_EXEC)
        put_exec(&w, q->exec);
    json_close(&w, '}');
}

/* The plain texts, or, for a chat, "speaker NUL text NUL" of each message. */
static void add_prompt(struct sha256 *h, const struct request *q)
{
    for (size_t i = 0; i < q->n_message; i++) {
        const struct message *m = &q->message[i];
        const char *who = speaker_names[m->who];
        if (!q->raw)
            sha256_add(h, who, strlen(who) + 1);
        sha256_add(h, m->text, strlen(m->text) + !q->raw);
    }
}

void question_hash(char question[65], char prompt[65], const struct request *q)
{
    struct strbuf json = STRBUF_INIT;
    struct sha256 *h = sha256_new();
    question_json(&json, q);
    sha256_add(h, json.s, json.len);
    sha256_digest(h, question);
    add_prompt(h, q);
    sha256_finish(h, prompt);
    strbuf_release(&json);
}
