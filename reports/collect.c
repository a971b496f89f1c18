/* From run directories to parts: every journal line, read once and packed. */
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "reports/input.h"
#include "scorers/scorer.h"

/* One journal file at a time. */
struct collect {
    struct report *r;
    struct part *part;
    const struct rescore *rescore; /* or NULL */
    const char *path;
    uint32_t first; /* places of this file are from here on */
    double *stat;   /* of the line at hand, heap */
    const char **answer;
    char *different; /* the difference at the lowest index, heap; or NULL */
    uint32_t different_index;
};

/* ---- what a record says */

/* False when a scorer's statistics are not those of this version. */
static bool take_scores(const struct collect *c, const struct record *record)
{
    const struct scorers *s = &c->part->scorers;
    for (size_t i = 0; i < s->n; i++) {
        const struct scorer_type *type = s->type[i];
        const struct score *score = i < record->n_score ? &record->score[i] : NULL;
        c->answer[i] = NULL;
        if (!type)
            continue;
        if (!score || strcmp(score->scorer, type->name) || score->n_stat != type->n_stat)
            return false;
        c->answer[i] = score->answer;
        memcpy(&c->stat[s->first[i]], score->stat, type->n_stat * sizeof *c->stat);
    }
    return true;
}

static void count_fault(struct spent *s, struct fault_count *list, uint32_t name)
{
    size_t i = 0;
    while (i < s->n_fault && list[i].name != name)
        i++;
    s->n_fault += i == s->n_fault;
    list[i].name = name;
    list[i].n++;
}

/* What one answer of the model took. */
static void count_turn(struct spent *s, const struct turn *t, struct fault_count *fault,
                       struct names *names)
{
    const struct response *a = &t->a;
    uint64_t written = 0;
    for (size_t i = 0; i < a->n_out; i++) {
        const struct out *o = &a->out[i];
        s->n_straddle += o->n_straddle;
        if (t->q.role != ROLE_MODEL || t->q.ask != ASK_TEXT)
            continue;
        written += o->n_token;
        s->thinking_tokens += o->n_think;
        s->n_cut += o->cut;
        if (o->fault)
            count_fault(s, fault, name_number(names, o->fault));
    }
    if (t->q.role != ROLE_MODEL || t->q.ask == ASK_EXEC)
        return;
    s->n_asked++;
    s->prompt_tokens += a->n_prompt;
    s->written_tokens += written;
    s->n_retry += a->n_retry;
    s->n_cached += a->cached;
    s->cached_prompt += a->cached ? a->n_prompt : 0;
    s->cached_written += a->cached ? written : 0;
}

static struct line reduce(const struct collect *c, const struct record *record)
{
    const struct trace *t = &record->trace;
    struct names *names = &c->r->input->names;
    size_t n_out = 0;
    struct line line = { .id = (uint32_t)(hash_text(t->sample.id) >> 32),
                         .subset = name_number(names, t->sample.subset),
                         .failed = record->failed ? name_number(names, record->failed) : 0,
                         .stat = c->stat, .answer = c->answer };
    if (!record->failed && !take_scores(c, record))
        line.bad = t->sample.id;
    for (size_t i = 0; i < t->n_turn; i++)
        n_out += t->turn[i].a.n_out;
    struct fault_count *fault = arena_array(t->mem, n_out, sizeof *fault);
    line.spent.fault = fault;
    for (size_t i = 0; i < t->n_turn; i++) {
        line.shortened |= t->turn[i].a.shots_dropped || t->turn[i].a.tokens_cut;
        count_turn(&line.spent, &t->turn[i], fault, names);
    }
    return line;
}

/* ---- what differs when scored anew */

static void forget_difference(struct collect *c)
{
    free(c->different);
    c->different = NULL;
}

static void note_difference(struct collect *c, const struct sample *s, const char *what)
{
    if (c->r->different || (c->different && c->different_index < s->index))
        return;
    forget_difference(c);
    c->different = xprintf("%s: sample %s: %s", c->path, s->id, what);
    c->different_index = (uint32_t)s->index;
}

static void end_differences(struct collect *c)
{
    if (c->different && !c->r->different)
        c->r->different = arena_strdup(&c->r->mem, c->different);
    forget_difference(c);
}

/* A line that a later one of its file replaces never was. */
static void replace(struct collect *c, const struct line *old, size_t index)
{
    c->r->n_rescored -= old->rescored;
    c->r->n_different -= old->different;
    if (old->different && c->different && c->different_index == index)
        forget_difference(c);
}

/* ---- journals */

static int keep(struct collect *c, struct line *line, size_t index, struct err *e)
{
    struct report_input *in = c->r->input;
    uint32_t *latest = paged_put(&c->part->line, (uint32_t)index);
    line->before = *latest;
    if (*latest >= c->first) {
        struct line old;
        pack_peek(&old, &in->pack, *latest);
        if (old.id == line->id) {
            replace(c, &old, index);
            line->before = old.before;
        }
    }
    return pack_add(latest, &in->pack, &c->part->scorers.shape, line, e);
}

static int collect_record(struct collect *c, struct record *record, struct err *e)
{
    const char *different = NULL;
    bool rescored = c->rescore && !record->failed;
    if (rescored && rescore_record(&different, c->rescore, record, c->path, e) < 0)
        return e->code;
    struct line line = reduce(c, record);
    line.rescored = rescored;
    line.different = different != NULL;
    if (keep(c, &line, record->trace.sample.index, e) < 0)
        return err_in(e, "%s", c->path);
    c->r->n_rescored += rescored;
    c->r->n_different += different != NULL;
    if (different)
        note_difference(c, &record->trace.sample, different);
    return 0;
}

static int collect_journal(struct collect *c, struct err *e)
{
    struct record_stream *lines = NULL;
    struct record record;
    struct arena mem = { 0 };
    c->first = pack_next(&c->r->input->pack);
    int rc = record_stream_open(&lines, c->path, e);
    while (rc >= 0 && (rc = record_stream_next(lines, &record, &mem, e)) == 1) {
        if (collect_record(c, &record, e) < 0)
            rc = e->code;
        arena_clear(&mem);
    }
    if (rc == 0)
        c->part->n_torn += record_stream_torn(lines);
    record_stream_close(lines);
    arena_release(&mem);
    end_differences(c);
    return rc;
}

static struct scorers list_scorers(const cJSON *specs, struct arena *mem)
{
    size_t most = (size_t)cJSON_GetArraySize(specs);
    struct scorers s = { .type = arena_array(mem, most + 1, sizeof *s.type),
                         .first = arena_array(mem, most + 1, sizeof *s.first) };
    const cJSON *spec;
    cJSON_ArrayForEach(spec, specs) {
        const struct scorer_type *type = scorer_find(json_text(spec, "use", ""));
        s.type[s.n] = type;
        s.first[s.n++] = s.shape.n_stat;
        s.shape.n_stat += type ? type->n_stat : 0;
    }
    s.shape.n_answer = s.n;
    return s;
}

static int collect_part(struct report *r, struct part *part, struct err *e)
{
    const char **paths = NULL;
    size_t n = 0;
    struct rescore *rescore = NULL;
    part->scorers = list_scorers(part->task->score, &r->mem);
    if (r->rescore && rescore_open(&rescore, part->task->score, e) < 0)
        return err_in(e, "%s: %s", part->dir, part->task->task);
    const struct pack_shape *shape = &part->scorers.shape;
    struct collect c = { .r = r, .part = part, .rescore = rescore,
                         .stat = xcalloc(shape->n_stat, sizeof *c.stat),
                         .answer = xcalloc(shape->n_answer, sizeof *c.answer) };
    part->first = pack_next(&r->input->pack);
    int rc = manifest_journals(&paths, &n, part->dir, part->task->task, part->task->recipe,
                               &r->mem, e);
    for (size_t i = 0; i < n && rc == 0; i++) {
        c.path = paths[i];
        rc = collect_journal(&c, e);
    }
    part->end = pack_next(&r->input->pack);
    free(c.stat);
    free(c.answer);
    rescore_close(rescore);
    return rc;
}

/* The rules that the report was given, in place of the run's own. */
static void replace_rules(struct report *r, struct manifest *run)
{
    struct report_input *in = r->input;
    for (size_t i = 0; r->extract && i < run->n_task; i++) {
        cJSON *score = ledger_with_rules(run->task[i].score, r->extract);
        in->score = grow(in->score, in->n_score, &in->score_cap, sizeof(cJSON *));
        in->score[in->n_score++] = score;
        run->task[i].score = score;
    }
}

static struct manifest *keep_manifest(struct report_input *in, struct manifest *m)
{
    struct manifest *kept = xmalloc(sizeof *kept);
    *kept = *m;
    in->run = grow(in->run, in->n_run, &in->run_cap, sizeof *in->run);
    in->run[in->n_run++] = kept;
    return kept;
}

int collect_run(struct report *r, const char *dir, struct err *e)
{
    struct report_input *in = r->input;
    struct manifest read = { 0 };
    if (manifest_read(&read, dir, e) < 0)
        return e->code;
    replace_rules(r, &read);
    const struct manifest *run = keep_manifest(in, &read);
    const cJSON *tree = json_get(run->tree, "tasks");
    tree = tree ? tree->child : NULL;
    for (size_t i = 0; i < run->n_task; i++, tree = tree ? tree->next : NULL) {
        in->part = grow(in->part, in->n_part, &in->part_cap, sizeof *in->part);
        struct part *part = &in->part[in->n_part++];
        *part = (struct part){ .run = run, .task = &run->task[i], .tree = tree,
                               .dir = run->dir };
        if (collect_part(r, part, e) < 0)
            return e->code;
    }
    return 0;
}
