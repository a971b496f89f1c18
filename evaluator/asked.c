#include "evaluator/asked.h"

#include <stdlib.h>
#include <string.h>

int split_list(const char *const **out, size_t *n, const char *list, const char *option,
               struct arena *mem, struct err *e)
{
    size_t count = 1;
    for (const char *p = list; *p; p++)
        count += *p == ',';
    const char **item = arena_array(mem, count, sizeof *item);
    *n = 0;
    for (const char *p = list;; p++) {
        size_t len = strcspn(p, ",");
        if (!len)
            return err_set(e, ERR_USAGE, "--%s %s: an empty name in the list", option, list);
        item[*n] = arena_strndup(mem, p, len);
        for (size_t i = 0; i < *n; i++)
            if (!strcmp(item[i], item[*n]))
                return err_set(e, ERR_USAGE, "--%s: '%s' is named twice", option, item[i]);
        ++*n;
        p += len;
        if (!*p)
            break;
    }
    *out = item;
    return 0;
}

/* "2G", "512M", "1.5g": bytes. */
static int parse_size(double *out, const char *text, struct err *e)
{
    static const char units[] = "kmgt";
    char *end = NULL;
    *out = 0;
    if (!text)
        return 0;
    double n = strtod(text, &end);
    for (size_t i = 0; *end && i < sizeof units - 1; i++)
        if ((*end | 0x20) == units[i]) {
            n *= (double)(1LL << (10 * (i + 1)));
            end++;
            break;
        }
    if (end == text || *end || !(n > 0) || n > 0x1p60)
        return err_set(e, ERR_USAGE, "--kv-memory %s: a size such as 512M or 2G is wanted", text);
    *out = n;
    return 0;
}

static int parse_cost(double *out, const char *text, struct err *e)
{
    char *end = NULL;
    *out = text ? strtod(text, &end) : 0;
    if (text && (end == text || *end || !(*out > 0) || *out > 1e9))
        return err_set(e, ERR_USAGE, "--max-cost %s: an amount above 0 is wanted", text);
    return 0;
}

int asked_engine(struct engine_options *out, const struct asked *a, const char *cache,
                 struct err *e)
{
    *out = (struct engine_options){
        .ctx = (int)a->ctx,
        .threads = (int)a->threads,
        .gpu_layers = (int)a->gpu_layers,
        .kv_type = a->kv_type,
        .flash = a->flash,
        .template = a->template,
        .seed = (uint64_t)a->seed,
        .cache = cache,
        .no_share = a->no_share,
        .group = (int)a->group,
        .slots = (int)a->slots,
        .concurrency = (int)a->concurrency,
        .rpm = (double)a->rpm,
        .tpm = (double)a->tpm,
        .timeout = (double)a->timeout,
        .key_file = a->key_file,
        .exec_unsafe = a->exec_unsafe,
        .exec_jobs = (int)a->exec_jobs,
    };
    if (parse_size(&out->kv_bytes, a->kv_memory, e) < 0)
        return e->code;
    return parse_cost(&out->max_cost, a->max_cost, e);
}
