#include <string.h>

#include "base/version.h"
#include "evaluator/engines/answers.h"
#include "evaluator/engines/engine.h"
#include "evaluator/engines/fake.h"
#include "evaluator/engines/http.h"
#include "evaluator/engines/replay.h"
#include "evaluator/engines/sandbox.h"
#if EVALRUN_HAVE_LLAMA
#include "evaluator/engines/llama.h"
#endif

const struct engine_type *const engine_types[] = {
#if EVALRUN_HAVE_LLAMA
    &engine_llama,
#endif
    &engine_http,
    &engine_fake,
    &engine_replay,
    &engine_answers,
    &engine_sandbox,
    NULL,
};

const struct engine_type *engine_type_find(const char *name)
{
    for (size_t i = 0; engine_types[i]; i++)
        if (!strcmp(engine_types[i]->name, name))
            return engine_types[i];
    return NULL;
}

const struct engine_type *engine_type_of(const char *spec, const char **where)
{
    const struct engine_type *type = NULL;
    const char *colon = strchr(spec, ':'), *rest = spec;
    for (size_t i = 0; colon && engine_types[i]; i++) {
        size_t len = strlen(engine_types[i]->name);
        if (len == (size_t)(colon - spec) && !memcmp(spec, engine_types[i]->name, len)) {
            type = engine_types[i];
            rest = colon + 1;
        }
    }
    if (!type && http_names_server(spec))
        type = &engine_http;
    if (where)
        *where = rest;
    return type ? type : engine_type_find("llama");
}

int engine_open(struct engine **out, const char *spec, const struct engine_options *o,
                struct err *e)
{
    const char *where = spec;
    const struct engine_type *type = engine_type_of(spec, &where);
    if (!type)
        return err_set(e, ERR_USAGE, "%s: this evalrun was built without llama.cpp "
                                     "(EVALRUN_LLAMA=OFF); only servers (openai:NAME@URL), fake:, "
                                     "replay: and answers: models work",
                       spec);
    return type->open(out, where, o, e);
}

void engine_close(struct engine *g)
{
    if (g)
        g->type->close(g);
}
