#ifndef EVALRUN_TASKS_PROMPT_PARTS_H
#define EVALRUN_TASKS_PROMPT_PARTS_H
/* What a template is compiled to: between prompt.c and prompt_render.c only. */
#include "tasks/filters.h"
#include "tasks/prompt.h"

enum { MAX_FILTERS = 4 };

/* Values that do not come from the row. */
enum fact {
    FACT_NAME,
    FACT_TITLE,
    FACT_TITLE_ZH,
    FACT_TITLE_EN,
    FACT_LETTER,
    FACT_NUMBER,
    FACT_COUNT,
    FACT_LAST_LETTER,
    FACT_LINES,
    N_FACTS
};

/* A block is filtered when its end is reached. */
enum kind {
    KIND_LITERAL,
    KIND_FIELD,
    KIND_ITEM,
    KIND_FACT,
    KIND_WORD,
    KIND_ANSWER,
    KIND_OUT,
    KIND_BLOCK,
    KIND_END
};

struct applied {
    const struct filter *filter;
    const char *arg;
};

struct part {
    enum kind kind;
    enum fact fact;
    bool optional;
    const char *text; /* the literal, the path (of an item "" = itself) or the name */
    const cJSON *word; /* of KIND_WORD: of, is */
    struct applied filter[MAX_FILTERS];
    size_t n_filter;
    struct part *next;
};

struct prompt {
    const char *place;
    struct part *part;
};

bool fact_is_option(enum fact fact);

#endif
