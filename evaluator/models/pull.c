/* Getting a catalog model from its repository. */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/http.h"
#include "base/log.h"
#include "evaluator/models/models.h"

static int fetch(const struct model_entry *m, const struct model_pull_options *o,
                 const char *dir, const char *path, struct err *e)
{
    if (file_mkdirs(dir, e) < 0)
        return e->code;
    size_t len = strlen(o->endpoint);
    while (len > 0 && o->endpoint[len - 1] == '/')
        len--;
    char *url = xprintf("%.*s/%s/resolve/main/%s", (int)len, o->endpoint, m->repo, m->remote);
    struct download d = { .url = url, .path = path, .sha256 = m->sha256, .title = m->name,
                          .quiet = o->quiet, .wait_ms = o->wait_ms };
    int rc = http_download(&d, NULL, e);
    free(url);
    return rc < 0 ? err_in(e, "model '%s'", m->name) : 0;
}

int model_pull(const struct model_entry *m, const struct model_pull_options *o, struct err *e)
{
    char *dir = xprintf("%s/models", o->cache);
    char *path = xprintf("%s/%s", dir, m->file);
    int rc = 0;
    if (file_exists(path))
        log_info("model", "%s is there already", path);
    else if (!m->gguf_supported)
        rc = err_set(e, ERR_INPUT, "model '%s': %s", m->name, m->note);
    else if (!m->repo)
        rc = err_set(e, ERR_INPUT, "model '%s' cannot be pulled: %s", m->name,
                     m->note[0] ? m->note : "no repository is known; give --model PATH");
    else
        rc = fetch(m, o, dir, path, e);
    free(path);
    free(dir);
    return rc;
}
