/* From run directories to parts: every journal line, reduced. */
#include <stdlib.h>
#include <string.h>

#include "reports/input.h"

static const struct score *copy_scores(const struct record *record, struct arena *mem)
{
    struct score *score = arena_array(mem, record->n_score, sizeof *score);
    for (size_t i = 0; i < record->n_score; i++) {
        const struct score *from = &record->score[i];
        double *stat = arena_array(mem, from->n_stat, sizeof *stat);
        memcpy(stat, from->stat, from->n_stat * sizeof *stat);
        score[i] = (struct score){ .scorer = arena_strdup(mem, from->scorer),
                                   .answer = from->answer ? arena_strdup(mem, from->answer)
                                                          : NULL,
                                   .stat = stat, .n_stat = from->n_stat };
    }
    return score;
}

static struct item reduce(const struct record *record, const char *created, struct arena *mem)
{
    const struct sample *sample = &record->trace.sample;
    struct item item = { .id = arena_strdup(mem, sample->id),
                         .subset = arena_strdup(mem, sample->subset ? sample->subset : ""),
                         .created = created,
                         .index = sample->index,
                         .n_score = record->n_score };
    if (record->failed)
        item.failed = arena_strdup(mem, record->failed);
    item.score = copy_scores(record, mem);
    for (size_t i = 0; i < record->trace.n_turn; i++) {
        const struct response *a = &record->trace.turn[i].a;
        item.shortened |= a->shots_dropped || a->tokens_cut;
        for (size_t k = 0; k < a->n_out; k++)
            item.n_straddle += a->out[k].n_straddle;
    }
    return item;
}

static int collect_records(struct report *r, struct part *part, size_t *cap,
                           struct records *records, const struct rescore *rescore,
                           const char *path, struct err *e)
{
    for (size_t i = 0; i < records->n; i++) {
        struct record *record = &records->record[i];
        if (rescore && rescore_record(r, rescore, record, path, e) < 0)
            return e->code;
        part->item = grow(part->item, part->n_item, cap, sizeof *part->item);
        part->item[part->n_item++] = reduce(record, part->run->created, &r->mem);
    }
    part->n_torn += records->n_torn;
    return 0;
}

static int collect_part(struct report *r, struct part *part, struct err *e)
{
    const char **paths = NULL;
    size_t n = 0, cap = 0;
    struct rescore *rescore = NULL;
    if (r->rescore && rescore_open(&rescore, part->task->score, e) < 0)
        return err_in(e, "%s: %s", part->dir, part->task->task);
    int rc = manifest_journals(&paths, &n, part->dir, part->task->task, part->task->recipe,
                               &r->mem, e);
    for (size_t i = 0; i < n && rc == 0; i++) {
        struct records records = { 0 };
        rc = records_read(&records, paths[i], e);
        if (rc == 0)
            rc = collect_records(r, part, &cap, &records, rescore, paths[i], e);
        records_release(&records);
    }
    rescore_close(rescore);
    return rc;
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
