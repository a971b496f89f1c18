#include "evaluator/models/models.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/file.h"
#include "base/log.h"
#include "base/opt.h"

enum { CATALOG_LIMIT = 1 << 20 };

struct model_catalog {
    struct arena mem;
    struct model_entry *entry;
    size_t n, cap;
};

/* --- reading ------------------------------------------------------------- */

static const char *const entry_keys[] = {
    "name", "alias", "about", "licence", "params", "context", "repo", "remote",
    "file", "sha256", "template", "gguf_supported", "note", "url", "price_in", "price_out",
};
static const char *const family_keys[] = { "family", "title", "models" };

static int check_keys(const cJSON *object, const char *const *known, size_t n, struct err *e)
{
    if (!cJSON_IsObject(object))
        return err_set(e, ERR_INPUT, "must be an object");
    const cJSON *item;
    cJSON_ArrayForEach(item, object) {
        size_t i = 0;
        while (i < n && strcmp(known[i], item->string) != 0)
            i++;
        if (i < n)
            continue;
        const char *near = nearest_word(item->string, known, n);
        return err_set(e, ERR_INPUT, "unknown key '%s'%s%s%s", item->string,
                       near ? " (did you mean '" : "", near ? near : "", near ? "'?)" : "");
    }
    return 0;
}

/* An optional text; *out stays as it is when the key is absent. */
static int take_text(const char **out, const cJSON *o, const char *key, struct arena *mem,
                     struct err *e)
{
    const cJSON *item = json_get(o, key);
    if (!item)
        return 0;
    if (!cJSON_IsString(item))
        return err_set(e, ERR_INPUT, "'%s' must be text", key);
    *out = arena_strdup(mem, item->valuestring);
    return 0;
}

static int take_aliases(struct model_entry *m, const cJSON *o, struct arena *mem,
                        struct err *e)
{
    const cJSON *list = json_get(o, "alias"), *item;
    if (!list)
        return 0;
    if (!cJSON_IsArray(list))
        return err_set(e, ERR_INPUT, "'alias' must be a list");
    const char **alias = arena_array(mem, (size_t)cJSON_GetArraySize(list) + 1, sizeof *alias);
    cJSON_ArrayForEach(item, list) {
        if (!cJSON_IsString(item))
            return err_set(e, ERR_INPUT, "'alias' must be a list of texts");
        alias[m->n_alias++] = arena_strdup(mem, item->valuestring);
    }
    m->alias = alias;
    return 0;
}

static bool names_server(const char *spec)
{
    return strncasecmp(spec, "http://", 7) == 0 || strncasecmp(spec, "https://", 8) == 0;
}

static int take_price(double *out, const cJSON *o, const char *key, struct err *e)
{
    if (json_get(o, key) && json_need_number(out, o, key, e) < 0)
        return e->code;
    if (*out < 0 || *out > 1e6)
        return err_set(e, ERR_INPUT, "'%s' must be US dollars per million tokens", key);
    return 0;
}

/* Where the model is to be had: a repository's file or a server, or neither. */
static int check_source(struct model_entry *m, const cJSON *o, struct arena *mem, struct err *e)
{
    if (take_text(&m->repo, o, "repo", mem, e) < 0 ||
        take_text(&m->remote, o, "remote", mem, e) < 0 ||
        take_text(&m->url, o, "url", mem, e) < 0 ||
        take_price(&m->price_in, o, "price_in", e) < 0 ||
        take_price(&m->price_out, o, "price_out", e) < 0)
        return e->code;
    if (m->url && (m->repo || !m->remote || !*m->remote))
        return err_set(e, ERR_INPUT, "'url' wants 'remote', the server's name of the model, and no "
                                     "'repo'");
    if (m->url && !names_server(m->url))
        return err_set(e, ERR_INPUT, "'url' must begin with http:// or https://");
    if (!m->url && (m->price_in > 0 || m->price_out > 0))
        return err_set(e, ERR_INPUT, "'price_in' and 'price_out' go with 'url'");
    if (!m->url && !m->repo != !m->remote)
        return err_set(e, ERR_INPUT, "'repo' and 'remote' go together");
    return 0;
}

static int take_entry(struct model_entry *m, const cJSON *o, const char *family,
                      struct arena *mem, struct err *e)
{
    size_t context = 0;
    *m = (struct model_entry){ .family = family, .sha256 = "", .note = "" };
    if (check_keys(o, entry_keys, sizeof entry_keys / sizeof *entry_keys, e) < 0 ||
        json_need_text(&m->name, o, "name", e) < 0 ||
        json_need_text(&m->about, o, "about", e) < 0 ||
        json_need_text(&m->licence, o, "licence", e) < 0 ||
        json_need_count(&context, o, "context", e) < 0)
        return e->code;
    if (context > INT_MAX)
        return err_set(e, ERR_INPUT, "key 'context': %zu tokens are too many", context);
    m->name = arena_strdup(mem, m->name);
    m->about = arena_strdup(mem, m->about);
    m->licence = arena_strdup(mem, m->licence);
    m->context = (int)context;
    m->params = json_number(o, "params", 0);
    m->gguf_supported = json_bool(o, "gguf_supported", true);
    if (take_text(&m->file, o, "file", mem, e) < 0 ||
        take_text(&m->sha256, o, "sha256", mem, e) < 0 ||
        take_text(&m->template, o, "template", mem, e) < 0 ||
        take_text(&m->note, o, "note", mem, e) < 0 || take_aliases(m, o, mem, e) < 0 ||
        check_source(m, o, mem, e) < 0)
        return e->code;
    if (!m->file)
        m->file = m->repo ? m->remote : arena_printf(mem, "%s.gguf", m->name);
    if (m->file[0] == '\0' || strchr(m->file, '/') || m->file[0] == '.')
        return err_set(e, ERR_INPUT, "'file' must be a plain file name");
    return 0;
}

static int add_entry(struct model_catalog *c, const cJSON *o, const char *family,
                     struct err *e)
{
    struct model_entry m;
    if (take_entry(&m, o, family, &c->mem, e) < 0)
        return err_in(e, "model '%s'", json_text(o, "name", "?"));
    for (size_t i = 0; i <= m.n_alias; i++) {
        const char *name = i < m.n_alias ? m.alias[i] : m.name;
        const struct model_entry *other = model_find(c, name);
        if (other)
            return err_set(e, ERR_INPUT, "model '%s': the name '%s' is taken by '%s'", m.name,
                           name, other->name);
    }
    c->entry = grow(c->entry, c->n, &c->cap, sizeof *c->entry);
    c->entry[c->n++] = m;
    return 0;
}

static int add_family(struct model_catalog *c, const cJSON *doc, struct err *e)
{
    const char *family;
    const cJSON *list = json_get(doc, "models"), *item;
    if (check_keys(doc, family_keys, sizeof family_keys / sizeof *family_keys, e) < 0 ||
        json_need_text(&family, doc, "family", e) < 0)
        return e->code;
    if (!cJSON_IsArray(list))
        return err_set(e, ERR_INPUT, "'models' must be a list");
    family = arena_strdup(&c->mem, family);
    cJSON_ArrayForEach(item, list)
        if (add_entry(c, item, family, e) < 0)
            return e->code;
    return 0;
}

static int read_family(struct model_catalog *c, const char *path, struct err *e)
{
    cJSON *doc = NULL;
    if (json_read_file(&doc, path, CATALOG_LIMIT, e) < 0)
        return e->code;
    int rc = add_family(c, doc, e);
    cJSON_Delete(doc);
    return rc < 0 ? err_in(e, "%s", path) : 0;
}

int model_catalog_open(struct model_catalog **out, const char *share, struct err *e)
{
    struct model_catalog *c = xcalloc(1, sizeof *c);
    const char *dir = arena_printf(&c->mem, "%s/evaluator/models", share);
    const char **name;
    size_t n = 0;
    int rc = file_list(&name, &n, dir, &c->mem, e);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        size_t len = strlen(name[i]);
        if (len > 5 && strcmp(name[i] + len - 5, ".json") == 0)
            rc = read_family(c, arena_printf(&c->mem, "%s/%s", dir, name[i]), e);
    }
    if (rc < 0) {
        model_catalog_close(c);
        return rc;
    }
    *out = c;
    return 0;
}

void model_catalog_close(struct model_catalog *c)
{
    if (!c)
        return;
    free(c->entry);
    arena_release(&c->mem);
    free(c);
}

/* --- finding ------------------------------------------------------------- */

const struct model_entry *model_at(const struct model_catalog *c, size_t i)
{
    return i < c->n ? &c->entry[i] : NULL;
}

const struct model_entry *model_find(const struct model_catalog *c, const char *name)
{
    for (size_t i = 0; i < c->n; i++) {
        const struct model_entry *m = &c->entry[i];
        if (strcasecmp(m->name, name) == 0)
            return m;
        for (size_t k = 0; k < m->n_alias; k++)
            if (strcasecmp(m->alias[k], name) == 0)
                return m;
    }
    return NULL;
}

/* --- resolving ----------------------------------------------------------- */

static bool ends_with(const char *s, const char *end)
{
    size_t n = strlen(s), k = strlen(end);
    return n >= k && strcasecmp(s + n - k, end) == 0;
}

static bool names_engine(const char *spec)
{
    return strncmp(spec, "fake:", 5) == 0 || strcmp(spec, "fake") == 0 ||
           strncmp(spec, "replay:", 7) == 0 || strncmp(spec, "answers:", 8) == 0;
}

/* The name of a fake model: its spec without what changes no answer. */
static char *fake_label(const char *spec, struct arena *mem)
{
    static const char *const silent[] = { "kill=", "stop=", "slow=" };
    struct strbuf out = STRBUF_INIT;
    for (const char *p = spec + strlen("fake:"); *p;) {
        size_t len = strcspn(p, ",");
        bool keep = true;
        for (size_t i = 0; i < sizeof silent / sizeof *silent; i++)
            keep &= strncmp(p, silent[i], strlen(silent[i])) != 0;
        if (keep)
            strbuf_printf(&out, "%s%.*s", out.len ? "," : "", (int)len, p);
        p += len + (p[len] == ',');
    }
    char *label = arena_printf(mem, "fake:%s", out.s);
    strbuf_release(&out);
    return label;
}

/* "openai:NAME@URL", "URL#NAME": the label is NAME. engine_open() has the last
 * word on what is a URL. */
static int resolve_server(struct model_choice *out, const char *spec, struct arena *mem,
                          struct err *e)
{
    const char *name = spec, *end = NULL;
    if (strncmp(spec, "openai:", 7) == 0) {
        name = spec + 7;
        for (const char *at = strchr(name, '@'); at; at = strchr(at + 1, '@'))
            if (names_server(at + 1))
                end = at;
    }
    if (!end && names_server(name)) {
        const char *hash = strrchr(name, '#');
        end = name + strlen(name);
        name = hash ? hash + 1 : end;
    }
    if (!end || name == end)
        return err_set(e, ERR_USAGE, "%s: a model and a server are wanted, as openai:NAME@URL or "
                                     "URL#NAME", spec);
    *out = (struct model_choice){ .label = arena_strndup(mem, name, (size_t)(end - name)),
                                  .spec = arena_strdup(mem, spec), .family = "" };
    return 0;
}

static int resolve_path(struct model_choice *out, const char *path, struct arena *mem,
                        struct err *e)
{
    if (!file_exists(path) && !file_is_dir(path))
        return err_set(e, ERR_INPUT, "%s: no such file; give --model the path of a .gguf file or"
                                     " a name of 'evalrun model list'", path);
    const char *slash = strrchr(path, '/');
    const char *base = slash ? slash + 1 : path;
    size_t len = strlen(base);
    if (ends_with(base, ".gguf") && len > 5)
        len -= 5;
    *out = (struct model_choice){ .label = arena_strndup(mem, base, len),
                                  .spec = arena_strdup(mem, path), .family = "" };
    return 0;
}

static int resolve_entry(struct model_choice *out, const struct model_entry *m,
                         const char *asked, const char *cache, struct arena *mem,
                         struct err *e)
{
    const char *path = arena_printf(mem, "%s/models/%s", cache, m->file);
    *out = (struct model_choice){ .label = arena_strdup(mem, m->name), .spec = path,
                                  .template = m->template, .family = m->family };
    if (m->url) {
        out->spec = arena_printf(mem, "openai:%s@%s", m->remote, m->url);
        out->price_in = m->price_in;
        out->price_out = m->price_out;
        return 0;
    }
    if (file_exists(path))
        return 0;
    if (!m->gguf_supported)
        return err_set(e, ERR_INPUT, "model '%s': %s", asked, m->note);
    if (!m->repo)
        return err_set(e, ERR_INPUT, "model '%s': %s is not there; %s", asked, path,
                       m->note[0] ? m->note : "give --model PATH of a GGUF of it");
    return err_set(e, ERR_INPUT, "model '%s': its file is not here yet; get it with 'evalrun model"
                                 " pull %s' (%s of %s), or give --model PATH of a GGUF you have",
                   asked, m->name, m->remote, m->repo);
}

static int unknown_model(const struct model_catalog *c, const char *spec, struct err *e)
{
    size_t n = 0, cap = 0;
    const char **names = NULL;
    for (size_t i = 0; i < c->n; i++)
        for (size_t k = 0; k <= c->entry[i].n_alias; k++) {
            names = grow(names, n, &cap, sizeof *names);
            names[n++] = k > 0 ? c->entry[i].alias[k - 1] : c->entry[i].name;
        }
    const char *near = n > 0 ? nearest_word(spec, names, n) : NULL;
    err_set(e, ERR_USAGE, "no model is called '%s'%s%s%s; see 'evalrun model list', or give"
                          " --model the path of a .gguf file", spec,
            near ? " (did you mean '" : "", near ? near : "", near ? "'?)" : "");
    free(names);
    return e->code;
}

/* Of a path; the label must not depend on the folder it was typed in. */
static const char *last_name(const char *path, struct arena *mem)
{
    size_t len = strlen(path);
    while (len > 1 && path[len - 1] == '/')
        len--;
    size_t from = len;
    while (from > 0 && path[from - 1] != '/')
        from--;
    return arena_strndup(mem, path + from, len - from);
}

int model_resolve(struct model_choice *out, const struct model_catalog *c, const char *spec,
                  const char *cache, struct arena *mem, struct err *e)
{
    if (names_engine(spec)) {
        const char *own = strcmp(spec, "fake") == 0 ? "fake:" : arena_strdup(mem, spec);
        const char *label = strncmp(own, "fake:", 5) == 0 ? fake_label(own, mem) : own;
        if (strncmp(own, "answers:", 8) == 0)
            label = last_name(own + 8, mem);
        else if (strncmp(own, "replay:", 7) == 0)
            label = arena_printf(mem, "replay:%s", last_name(own + 7, mem));
        *out = (struct model_choice){ .label = label, .spec = own, .family = "" };
        return 0;
    }
    if (strncmp(spec, "openai:", 7) == 0 || names_server(spec))
        return resolve_server(out, spec, mem, e);
    if (strchr(spec, '/') || ends_with(spec, ".gguf"))
        return resolve_path(out, spec, mem, e);
    const struct model_entry *m = model_find(c, spec);
    if (m)
        return resolve_entry(out, m, spec, cache, mem, e);
    if (file_exists(spec))
        return resolve_path(out, spec, mem, e);
    return unknown_model(c, spec, e);
}
