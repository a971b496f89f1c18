#include "scorers/equipment.h"

#include "base/dirs.h"
#include "base/file.h"
#include "scorers/language.h"
#include "scorers/segmenter.h"
#include "scorers/sentences.h"

static int open_segmenter(struct equipment *q, const char *dir, struct err *e)
{
    if (segmenter_open(&q->segmenter, dir, e) < 0)
        return e->code;
    if (segmenter_is_original(q->segmenter))
        return 0;
    return err_set(e, ERR_MISMATCH, "%s: these are not the files of jieba %s; get them with "
                                    "scripts/setup.sh --jieba", dir, SEGMENTER_VERSION);
}

static int find_segmenter(struct equipment *q, const char *scorer, struct arena *mem,
                          struct err *e)
{
    const char *cache;
    if (dirs_cache(&cache, mem, e) < 0)
        return e->code;
    const char *const dirs[] = {
        arena_printf(mem, "%s/jieba-%s", cache, SEGMENTER_VERSION),
        "/usr/lib/python3/dist-packages/jieba",
    };
    for (size_t i = 0; i < sizeof dirs / sizeof *dirs; i++)
        if (file_exists(arena_printf(mem, "%s/dict.txt", dirs[i])))
            return open_segmenter(q, dirs[i], e);
    return err_set(e, ERR_INPUT, "%s cuts Chinese into words with jieba's dictionary, which is not "
                                 "at %s; get it with scripts/setup.sh --jieba", scorer, dirs[0]);
}

/* The folder in the cache, which must be there. */
static int find_folder(const char **out, const char *name, const char *scorer,
                       struct arena *mem, struct err *e)
{
    const char *cache;
    if (dirs_cache(&cache, mem, e) < 0)
        return e->code;
    *out = arena_printf(mem, "%s/%s", cache, name);
    if (file_is_dir(*out))
        return 0;
    return err_set(e, ERR_INPUT, "%s tells languages and sentences apart by files that are not at "
                                 "%s; get them with scripts/setup.sh --language", scorer, *out);
}

static int find_languages(struct equipment *q, const char *scorer, struct arena *mem,
                          struct err *e)
{
    const char *dir;
    if (find_folder(&dir, "langdetect-1.0.9", scorer, mem, e) < 0)
        return e->code;
    return languages_open(&q->languages, dir, e);
}

static int find_sentences(struct equipment *q, const char *scorer, struct arena *mem,
                          struct err *e)
{
    const char *dir;
    if (find_folder(&dir, "punkt-english", scorer, mem, e) < 0)
        return e->code;
    return sentences_open(&q->sentences, dir, e);
}

int equip(struct equipment *q, const struct scorer_type *type, void *rule, struct err *e)
{
    struct arena mem = { 0 };
    int rc = 0;
    if (!type->equip)
        return 0;
    if (type->wants & TOOL_SEGMENTER && !q->segmenter)
        rc = find_segmenter(q, type->name, &mem, e);
    if (rc == 0 && type->wants & TOOL_LANGUAGES && !q->languages)
        rc = find_languages(q, type->name, &mem, e);
    if (rc == 0 && type->wants & TOOL_SENTENCES && !q->sentences)
        rc = find_sentences(q, type->name, &mem, e);
    if (rc == 0)
        type->equip(rule, q);
    arena_release(&mem);
    return rc;
}

void equipment_release(struct equipment *q)
{
    segmenter_close(q->segmenter);
    languages_close(q->languages);
    sentences_close(q->sentences);
    *q = (struct equipment){ 0 };
}
