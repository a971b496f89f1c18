#ifndef EVALRUN_TASKS_PROMPT_H
#define EVALRUN_TASKS_PROMPT_H
/*
 * Templates: text in which {{name}} stands for a field of the row, or for a
 * fact of its subset, and {{name|filter}} for the filtered value. There are
 * no other expressions. What is put in is never read as a template again.
 *
 *   {{Question}}          a field of the row (text or a number)
 *   {{subset.name}}       the subset's name, as in the catalog
 *   {{subset.title}}      its title in the task's language
 *   {{subset.title_zh}}   its Chinese title
 *   {{subset.title_en}}   its English title
 *
 * To add a filter: 1 a row in the table of prompt.c, 2 a case in
 * tests/tasks/test_prompt.c, 3 docs/task-format.md (a test compares).
 */
#include "base/err.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/strbuf.h"
#include "datasets/dataset.h"

struct prompt; /* a compiled template */

/* Where the values come from. */
struct prompt_source {
    const cJSON *row;
    const struct subset *subset; /* NULL when the row has none */
    const char *lang;            /* "zh" or "en": which title is {{subset.title}} */
};

/* `place` ("recipes.original.steps[0].prompt") begins the errors. Text and
 * place are copied; all memory is mem's. */
MUST_USE int prompt_compile(struct prompt **out, const char *text, const char *place,
                            struct arena *mem, struct err *e);

/* Append the rendered text. */
MUST_USE int prompt_render(struct strbuf *out, const struct prompt *p,
                           const struct prompt_source *source, struct err *e);

/* The place given to prompt_compile(). */
const char *prompt_place(const struct prompt *p);

/* The values and filters as docs/task-format.md prints them. */
void prompt_describe(struct strbuf *out);

#endif
