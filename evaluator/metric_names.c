#include "evaluator/metric_names.h"

#include <string.h>

#include "base/opt.h"
#include "base/strbuf.h"

/* What a language makes of a name without tokenization: the first that there is. */
static const struct usual {
    const char *lang, *ending;
} usual[] = { { "zh", "[zh]" }, { "zh", "[zh-char]" }, { "en", "[13a]" } };

/* Scorers of written text have the statistics of scorers/answer.h. */
static bool is_of_text(const struct scorer_type *type)
{
    return type->n_stat > 1 && !strcmp(type->stat[1], "extracted");
}

static bool find_exact(struct named_metric *out, const char *name)
{
    for (size_t i = 0; scorer_types[i]; i++) {
        const struct scorer_type *type = scorer_types[i];
        const struct metric *m = is_of_text(type) ? metric_find(type, name) : NULL;
        if (is_of_text(type) && !m && !strcmp(type->name, name))
            m = type->metric;
        if (!m)
            continue;
        out->type = type;
        out->metric = m;
        return true;
    }
    return false;
}

static bool find_usual(struct named_metric *out, const char *lang, struct arena *mem)
{
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
        if (lang && !strcmp(usual[i].lang, lang) && !strchr(out->typed, '[') &&
            find_exact(out, arena_printf(mem, "%s%s", out->typed, usual[i].ending)))
            return true;
    return false;
}

static size_t list_names(const char **names, size_t max)
{
    size_t n = 0;
    for (size_t i = 0; scorer_types[i]; i++)
        for (const struct metric *m = scorer_types[i]->metric;
             is_of_text(scorer_types[i]) && m->name && n < max; m++)
            names[n++] = m->name;
    return n;
}

static size_t base_len(const char *name)
{
    return strcspn(name, "[");
}

/* "f1, f1[zh-char]": the names that differ in tokenization only. */
static void list_forms(struct strbuf *out, const char *name, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (base_len(names[i]) == base_len(name) && !strncmp(names[i], name, base_len(name)))
            strbuf_printf(out, "%s%s", out->len ? ", " : "", names[i]);
}

/* The nearest name, brackets left out on both sides. */
static const char *nearest_base(const char *name, const char *const *names, size_t n,
                                struct arena *mem)
{
    const char **bases = arena_array(mem, n, sizeof *bases);
    for (size_t i = 0; i < n; i++)
        bases[i] = arena_strndup(mem, names[i], base_len(names[i]));
    return nearest_word(arena_strndup(mem, name, base_len(name)), bases, n);
}

static int unknown(const char *name, struct arena *mem, struct err *e)
{
    const char *names[1024];
    struct strbuf forms = STRBUF_INIT;
    size_t n = list_names(names, sizeof names / sizeof *names);
    const char *near = nearest_base(name, names, n, mem);
    list_forms(&forms, near ? near : name, names, n);
    if (near && !strcmp(near, name))
        (void)err_set(e, ERR_USAGE, "metric %s: which tokenization? %s; or --lang zh|en", name,
                      forms.s);
    else if (near)
        (void)err_set(e, ERR_USAGE, "unknown metric '%s' (did you mean %s?)", name, forms.s);
    else
        (void)err_set(e, ERR_USAGE, "unknown metric '%s'; `evalrun list scorers` names those of "
                                    "written text and the others", name);
    strbuf_release(&forms);
    return e->code;
}

int metric_names_read(struct named_metric *out, size_t *n, size_t max, const char *list,
                      const char *lang, struct arena *mem, struct err *e)
{
    for (*n = 0;; list++) {
        size_t len = strcspn(list, ",");
        if (!len)
            return err_set(e, ERR_USAGE, "the list of metrics has an empty name");
        if (*n == max)
            return err_set(e, ERR_USAGE, "more than %zu metrics", max);
        struct named_metric *m = &out[(*n)++];
        *m = (struct named_metric){ .typed = arena_strndup(mem, list, len) };
        if (!find_usual(m, lang, mem) && !find_exact(m, m->typed))
            return unknown(m->typed, mem, e);
        list += len;
        if (!*list)
            return 0;
    }
}

const char *metric_names_chinese(const struct named_metric *m, struct arena *mem)
{
    struct named_metric zh = { .typed = m->typed };
    bool other = !strchr(m->metric->name, '[') && find_usual(&zh, "zh", mem);
    return other ? zh.metric->name : NULL;
}
