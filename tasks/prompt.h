#ifndef EVALRUN_TASKS_PROMPT_H
#define EVALRUN_TASKS_PROMPT_H
/*
 * Templates: text in which {{name}} stands for a value of the row, a fact of
 * its subset or of its options, and {{name|filter}} for the filtered value.
 * There are no other expressions. What is put in is never read as a template
 * again.
 *
 *   {{Question}}           a field of the row: text, a number, true or false
 *   {{choices.text.0}}     a place in it (path.h)
 *   {{hint?}}              the same; missing and null are the empty text
 *   {{subset.name}}        the subset's name, as in the catalog
 *   {{subset.title}}       its title in the task's language, ..._zh, ..._en
 *   {{.}} {{.text}}        one option's value, a member of it
 *   {{option.letter}}      A, B, ... of that option; .number 1, 2, ...
 *   {{option.lines}}       all options through one template
 *   {{option.count}}       how many; .last_letter
 *   {{word.NAME}}          a word that the recipe has for a value of the row
 *   {{answer.STEP}}        what was written in an earlier step
 *   {{out}}                the program found in one draw, where programs are run
 *   {{#filter}}...{{/}}    what stands between, through the filters; not nested
 *
 * To add a filter: filters.h.
 */
#include "base/err.h"
#include "base/flow.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/strbuf.h"
#include "datasets/dataset.h"

struct prompt; /* a compiled template */

/* What of the options a template may speak of; bits. */
enum prompt_part {
    PROMPT_VALUE = 1, /* {{.}} */
    PROMPT_PLACE = 2, /* {{option.letter}}, {{option.number}} */
    PROMPT_COUNT = 4, /* {{option.count}}, {{option.last_letter}} */
    PROMPT_LINES = 8, /* {{option.lines}} */
};

/* What a template may speak of besides row and subset. */
struct prompt_scope {
    unsigned options;          /* OR of enum prompt_part */
    const cJSON *words;        /* {"NAME": {"of": path, "is": {"value": "word"}}}; or NULL */
    const char *const *writer; /* steps whose text is there already */
    size_t n_writer;
    bool out; /* {{out}} is the draw, not a field */
};

/* The options of a row. */
struct prompt_options {
    const cJSON *list; /* their values (of an object, its names); NULL = none */
    size_t n;          /* 0 = this row has no options */
    const struct prompt *line; /* with PROMPT_LINES */
    const char *separator;     /* between the lines */
};

/* Where the values come from. */
struct prompt_source {
    const cJSON *row;
    const struct subset *subset; /* NULL when the row has none */
    const char *lang;            /* "zh" or "en": which title is {{subset.title}} */
    const struct prompt_options *options; /* NULL when the scope has none */
    size_t place; /* of the option that is rendered, from 0 */
    const struct trace *so_far; /* with the turns of all writers of the scope; NULL = of a
                                   worked example, which has none */
    const char *out; /* with the scope's `out` */
};

/* `place` ("recipes.original.steps[0].prompt") begins the errors. Text and
 * place are copied, the scope's words are not; all memory is mem's. */
MUST_USE int prompt_compile(struct prompt **out, const char *text, const char *place,
                            const struct prompt_scope *scope, struct arena *mem,
                            struct err *e);

/* Append the rendered text. */
MUST_USE int prompt_render(struct strbuf *out, const struct prompt *p,
                           const struct prompt_source *source, struct err *e);

/* The place given to prompt_compile(). */
const char *prompt_place(const struct prompt *p);

/* True of the template "", which renders nothing whatever the row. */
bool prompt_is_empty(const struct prompt *p);

/* The values and filters as docs/task-format.md prints them. */
void prompt_describe(struct strbuf *out);

#endif
