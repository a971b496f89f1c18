#ifndef EVALRUN_TESTS_ENGINES_PARTS_H
#define EVALRUN_TESTS_ENGINES_PARTS_H
/* The parts of the linked engine by themselves: a loaded model and its
 * vocabulary, without the engine around them. */
#include "evaluator/engines/llama_context.h"
#include "evaluator/engines/llama_encode.h"
#include "evaluator/engines/llama_write.h"
#include "tests/engines/ask.h"

struct parts {
    struct loaded loaded;
    struct text text;
};

static inline void parts_open(struct parts *p, const char *path, const struct engine_options *o)
{
    struct err e = { 0 };
    if (load_model(&p->loaded, path, o, &e) < 0 ||
        text_open(&p->text, p->loaded.model, NULL, o->need_chat, &e) < 0)
        fail_msg("%s", e.text);
}

static inline void parts_close(struct parts *p)
{
    text_close(&p->text);
    load_close(&p->loaded);
}

/* A file of $TINY_DIR, to be freed; NULL with a word on stderr when it is not
 * there. */
static inline char *tiny_path(const char *name)
{
    const char *dir = getenv("TINY_DIR");
    char *path = xprintf("%s/%s.gguf", dir && *dir ? dir : "/nonexistent", name);
    if (file_exists(path))
        return path;
    fprintf(stderr, "SKIPPED: %s is not there\n", path);
    free(path);
    return NULL;
}

#endif
