#include "tasks/asking.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "tasks/options.h"
#include "tasks/programs.h"
#include "tasks/question.h"
#include "tasks/rotate.h"
#include "tasks/targets.h"

/* Shi et al. 2023 (Min-K% Prob) take the 20 per cent least likely tokens. */
enum { TAIL = 20 };

/* The error knows the template; the sample's id is still missing. */
static int in_row(const struct asking *a)
{
    return err_in(a->e, "row %s", a->sample->id);
}

/* ---- the prompt */

static void add_message(struct request *q, struct message *list, enum piece piece, uint32_t shot,
                        enum speaker who, const char *text)
{
    if (*text)
        list[q->n_message++] = (struct message){ who, piece, shot, text };
}

/* A worked example: its text, with what leads to the right choice, and its answer,
 * which with choices is one of them or a template's. */
struct shot {
    const char *text, *lead, *answer;
};

/* Of a text that is written: the first of the right ones. */
static int read_first_target(struct shot *out, const struct asking *a, const struct view *v)
{
    struct targets t;
    if (targets_read(&t, a, v) < 0)
        return a->e->code;
    out->answer = t.text[0];
    return 0;
}

static int read_shot(struct shot *out, const struct asking *a, const struct view *v)
{
    const struct step *s = a->step;
    struct options o = { 0 };
    const char **lead = NULL;
    *out = (struct shot){ .lead = "" };
    if (view_render(&out->text, a, s->shot, v, 0) < 0)
        return a->e->code;
    if (s->kind == STEP_WRITE && !s->answer)
        return read_first_target(out, a, v);
    if ((s->lead || !s->answer) && options_read(&o, a, v) < 0)
        return a->e->code;
    if (s->lead && view_render_all(&lead, a, s->lead, s->n_lead, v) < 0)
        return a->e->code;
    if ((s->lead || !s->answer) && o.n_gold == 0)
        return err_set(a->e, ERR_INPUT, "%s: a worked example without a right choice", s->place);
    if (s->lead)
        out->lead = lead[o.gold[0]];
    if (s->answer)
        return view_render(&out->answer, a, s->answer, v, 0);
    out->answer = o.target[0];
    return 0;
}

/* Nothing was answered to a worked example; nor need it be of the question's subset. */
static struct asking without_answers(const struct asking *a)
{
    struct asking other = *a;
    other.so_far = NULL;
    if (a->recipe->shots.same_all)
        other.subset = NULL;
    return other;
}

static int add_shot(struct request *q, struct message *list, const struct asking *a, uint32_t i,
                    const cJSON *row)
{
    const struct recipe *r = a->recipe;
    const struct asking other = without_answers(a);
    struct shot shot;
    struct view v;
    view_row(&v, a, row);
    if (read_shot(&shot, &other, &v) < 0)
        return err_in(a->e, "shot %s", json_text(row, "id", "?"));
    const char *delimiter = *shot.answer ? r->delimiter : "";
    if (r->chat && r->turns) {
        add_message(q, list, PIECE_SHOT, i, SPEAKER_USER, shot.text);
        add_message(q, list, PIECE_SHOT, i, SPEAKER_MODEL,
                    arena_printf(a->mem, "%s%s%s", shot.lead, *shot.lead ? delimiter : "",
                                 shot.answer));
        return 0;
    }
    add_message(q, list, PIECE_SHOT, i, SPEAKER_USER,
                arena_printf(a->mem, "%s%s%s%s%s", shot.text, shot.lead, delimiter, shot.answer,
                             r->shot_separator));
    return 0;
}

static int add_shots(struct request *q, struct message *list, const struct asking *a)
{
    size_t n = a->recipe->shots.n;
    const cJSON **row = arena_array(a->mem, n, sizeof *row);
    if (shots_pick(row, a->shots, a->sample, a->e) < 0)
        return in_row(a);
    for (size_t i = 0; i < n; i++)
        if (add_shot(q, list, a, (uint32_t)i, row[i]) < 0)
            return a->e->code;
    return 0;
}

/* One template over the sample's own row; nothing when the step has none. */
static int add_spoken(struct request *q, struct message *list, const struct asking *a,
                      const struct view *v, const struct message *as, const struct prompt *p)
{
    const char *text = "";
    if (!p)
        return 0;
    if (view_render(&text, a, p, v, 0) < 0)
        return in_row(a);
    add_message(q, list, as->piece, 0, as->who, text);
    return 0;
}

static int add_own(struct request *q, struct message *list, const struct asking *a,
                   const struct view *v, enum piece piece, const struct prompt *p)
{
    return add_spoken(q, list, a, v, &(struct message){ SPEAKER_USER, piece, 0, "" }, p);
}

static int add_messages(struct request *q, const struct asking *a, const struct view *v)
{
    const struct step *s = a->step;
    struct message *list = arena_array(a->mem, 2 * a->recipe->shots.n + 4, sizeof *list);
    const struct message system = { SPEAKER_SYSTEM, PIECE_HEADER, 0, "" };
    q->message = list;
    if (add_spoken(q, list, a, v, &system, s->system) < 0 ||
        add_own(q, list, a, v, PIECE_HEADER, s->header) < 0 || add_shots(q, list, a) < 0 ||
        add_own(q, list, a, v, PIECE_CONTEXT, s->context) < 0)
        return a->e->code;
    return add_own(q, list, a, v, PIECE_QUESTION, s->prompt);
}

/* ---- choices */

/* Which are right is known of the row as it stands in the file. */
static int read_options(struct options *out, const struct asking *a, const struct view *v,
                        size_t r)
{
    const char **label;
    struct view own;
    if (r == 0)
        return options_read(out, a, v);
    view_row(&own, a, a->sample->row);
    if (options_read(out, a, &own) < 0 ||
        view_render_all(&label, a, a->step->choice, a->step->n_choice, v) < 0)
        return a->e->code;
    options_rotate(out, a, label, r);
    return 0;
}

/* Nothing is always the likeliest text, so no row may offer it. */
static int check_variants(const struct turn *t, const struct asking *a)
{
    bool counts = a->step->whole && t->q.n_message > 0; /* the prompt is scored with it */
    for (size_t i = 0; i < t->q.n_out && !counts; i++)
        if (!*t->q.variant[i])
            return err_set(a->e, ERR_INPUT, "%s.choices: choice %zu is an empty text, which has "
                                            "no likelihood", a->step->place, i + 1);
    return 0;
}

/* The choices as continuations: the delimiter belongs to them, unless a chat
 * template stands between prompt and answer. */
static int add_choices(struct turn *out, const struct asking *a, const struct view *v, size_t r)
{
    const struct step *s = a->step;
    struct options o;
    const char **lead = NULL;
    if (read_options(&o, a, v, r) < 0 ||
        (s->lead && view_render_all(&lead, a, s->lead, s->n_lead, v) < 0))
        return in_row(a);
    bool bare = a->recipe->chat && !lead;
    const char **variant = arena_array(a->mem, o.n, sizeof *variant);
    for (size_t i = 0; i < o.n; i++)
        variant[i] = arena_printf(a->mem, "%s%s", bare ? "" : a->recipe->delimiter, o.label[i]);
    out->q.variant = variant;
    out->q.lead = lead;
    out->q.n_out = o.n;
    out->label = o.label;
    out->target = o.target;
    out->n_target = o.n_target;
    out->gold = o.gold;
    out->n_gold = o.n_gold;
    return check_variants(out, a) < 0 ? in_row(a) : 0;
}

/* ---- text that is written */

static int add_stops(struct decode *out, const struct asking *a, const struct view *v)
{
    const struct step *s = a->step;
    const char **stop = arena_array(a->mem, s->n_stop, sizeof *stop);
    for (size_t i = 0; i < s->n_stop; i++) {
        if (view_render(&stop[i], a, s->stop[i], v, 0) < 0)
            return in_row(a);
        if (!*stop[i]) {
            (void)err_set(a->e, ERR_INPUT, "%s: an empty text would stop every answer at once",
                          prompt_place(s->stop[i]));
            return in_row(a);
        }
    }
    out->stop = stop;
    out->n_stop = s->n_stop;
    return 0;
}

/* Keyed by seed, sample and step, so that no draw depends on what else was
 * asked. A step that does not draw has no seed: its question stays the same. */
static uint64_t draw_seed(const struct asking *a)
{
    char hex[SHA256_HEX], head[24];
    if (a->step->decode.temperature <= 0)
        return 0;
    int n = snprintf(head, sizeof head, "%" PRIu64 " ", a->seed);
    struct sha256 *h = sha256_new();
    sha256_add(h, head, (size_t)n);
    sha256_add(h, a->sample->id, strlen(a->sample->id) + 1);
    sha256_add(h, a->step->name, strlen(a->step->name));
    sha256_finish(h, hex);
    hex[16] = '\0';
    return strtoull(hex, NULL, 16);
}

static int add_writing(struct turn *out, const struct asking *a, const struct view *v)
{
    const struct step *s = a->step;
    struct targets t;
    const char **option = NULL;
    if (targets_read(&t, a, v) < 0 ||
        (s->offer && view_render_all(&option, a, s->offer, s->n_offer, v) < 0))
        return in_row(a);
    out->target = t.text;
    out->n_target = t.n;
    out->option = option;
    out->n_option = option ? v->options.n : 0;
    out->q.n_out = a->step->n_draw;
    out->q.decode = a->step->decode;
    out->q.decode.seed = draw_seed(a);
    return add_stops(&out->q.decode, a, v);
}

/* ---- a text's own likelihood */

static int empty_text(const struct asking *a, const struct prompt *p)
{
    (void)err_set(a->e, ERR_INPUT, "%s: an empty text has no likelihood", prompt_place(p));
    return in_row(a);
}

static int add_text(struct turn *out, const struct asking *a, const struct view *v)
{
    const char **variant = arena_array(a->mem, 1, sizeof *variant);
    const char **label = arena_array(a->mem, 1, sizeof *label);
    if (view_render(variant, a, a->step->text, v, 0) < 0 ||
        view_render(label, a, a->step->counted, v, 0) < 0)
        return in_row(a);
    if (!**variant)
        return empty_text(a, a->step->text);
    out->q.roll = true;
    out->q.variant = variant;
    out->q.n_out = 1;
    out->label = label;
    return 0;
}

/* ---- a turn */

static int add_question(struct turn *out, const struct asking *a, const cJSON *row, size_t r)
{
    struct view v;
    view_row(&v, a, row);
    if (a->step->kind == STEP_TEXT)
        return add_text(out, a, &v);
    if (a->step->kind == STEP_RUN)
        return programs_add(out, a, &v) < 0 ? in_row(a) : 0;
    if (add_messages(&out->q, a, &v) < 0)
        return a->e->code;
    return a->step->kind == STEP_WRITE ? add_writing(out, a, &v) : add_choices(out, a, &v, r);
}

int asking_turn(struct turn *out, const struct asking *a, size_t r)
{
    const struct recipe *recipe = a->recipe;
    const struct step *s = a->step;
    cJSON *rotated = NULL;
    *out = (struct turn){
        .sample = a->sample,
        .step = r ? arena_printf(a->mem, "%s~%zu", s->name, r) : s->name,
        .q = { .role = s->role, .ask = step_ask(s),
               .raw = !recipe->chat || s->kind == STEP_TEXT || s->kind == STEP_RUN,
               .whole = s->whole,
               .fit = s->kind == STEP_RUN ? FIT_REFUSE : recipe->fit,
               .max_prompt = s->kind == STEP_RUN ? 0 : recipe->max_prompt },
    };
    if (r && rotate_row(&rotated, s, a->sample->row, r, a->e) < 0)
        return in_row(a);
    int rc = add_question(out, a, rotated ? rotated : a->sample->row, r);
    cJSON_Delete(rotated);
    if (rc == 0)
        question_hash(out->question, out->prompt, &out->q);
    return rc;
}

static int render_order(const char **out, const struct asking *a, size_t r)
{
    cJSON *rotated = NULL;
    struct view v;
    if (r && rotate_row(&rotated, a->step, a->sample->row, r, a->e) < 0)
        return a->e->code;
    view_row(&v, a, rotated ? rotated : a->sample->row);
    int rc = view_render(out, a, a->step->prompt, &v, 0);
    cJSON_Delete(rotated);
    return rc;
}

/* Of options that the prompt does not show, or that are alike. */
static bool is_repeated(const char *const *text, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(text[i], text[n]) == 0)
            return true;
    return false;
}

int asking_order(struct turn *out, const struct asking *a)
{
    size_t n = 1, n_text = 0;
    uint32_t *gold = arena_array(a->mem, 1, sizeof *gold);
    if (a->step->rotate && options_count(&n, a->step, a->sample->row, a->e) < 0)
        return in_row(a);
    const char **variant = arena_array(a->mem, n, sizeof *variant);
    for (size_t r = 0; r < n; r++) {
        if (render_order(&variant[n_text], a, r) < 0)
            return in_row(a);
        n_text += !is_repeated(variant, n_text);
    }
    if (!**variant)
        return empty_text(a, a->step->prompt);
    *out = (struct turn){
        .sample = a->sample,
        .step = "order",
        .q = { .role = a->step->role, .ask = ASK_LOGLIK, .raw = true, .whole = true,
               .fit = FIT_REFUSE, .tail = TAIL, .variant = variant, .n_out = n_text },
        .label = variant,
        .gold = gold,
        .n_gold = 1,
    };
    question_hash(out->question, out->prompt, &out->q);
    return 0;
}
