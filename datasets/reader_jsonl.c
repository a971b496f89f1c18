/* JSON lines: one object a line; and a JSON file that is one array of them. */
#include <string.h>

#include "datasets/reader.h"

static int nothing_to_open(struct reader *r, struct err *e)
{
    (void)r;
    (void)e;
    return 0;
}

static void nothing_to_close(struct reader *r)
{
    (void)r;
}

static int must_be_object(cJSON **row, struct err *e)
{
    if (cJSON_IsObject(*row))
        return 1;
    cJSON_Delete(*row);
    *row = NULL;
    return err_set(e, ERR_INPUT, "a row must be a JSON object");
}

static bool is_blank(const char *line, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (line[i] != ' ' && line[i] != '\t' && line[i] != '\r')
            return false;
    return true;
}

static int jsonl_next(struct reader *r, cJSON **row, struct err *e)
{
    while (r->at < r->end) {
        const char *line = r->at;
        const char *stop = memchr(line, '\n', (size_t)(r->end - line));
        size_t len = (size_t)((stop ? stop : r->end) - line);
        r->at = stop ? stop + 1 : r->end;
        r->row_line = r->line++;
        if (is_blank(line, len))
            continue;
        if (json_parse(row, line, len, e) < 0)
            return e->code;
        return must_be_object(row, e);
    }
    return 0;
}

const struct reader_type reader_jsonl = {
    .name = "jsonl",
    .about = "JSON lines, one object a line",
    .size = sizeof(struct reader),
    .open = nothing_to_open,
    .next = jsonl_next,
    .close = nothing_to_close,
};

struct array {
    struct reader base;
    cJSON *tree;
    const cJSON *item;
};

static int json_array_open(struct reader *r, struct err *e)
{
    struct array *a = (struct array *)r;
    if (json_parse(&a->tree, r->at, (size_t)(r->end - r->at), e) < 0)
        return e->code;
    if (!cJSON_IsArray(a->tree))
        return err_set(e, ERR_INPUT, "the file must be one JSON array");
    a->item = a->tree->child;
    return 0;
}

static int json_array_next(struct reader *r, cJSON **row, struct err *e)
{
    struct array *a = (struct array *)r;
    if (!a->item)
        return 0;
    *row = cJSON_Duplicate(a->item, true);
    a->item = a->item->next;
    r->row_line = r->line++; /* rows are counted: cJSON keeps no lines */
    return must_be_object(row, e);
}

static void json_array_close(struct reader *r)
{
    cJSON_Delete(((struct array *)r)->tree);
}

const struct reader_type reader_json = {
    .name = "json",
    .about = "a JSON file that is one array of objects",
    .size = sizeof(struct array),
    .open = json_array_open,
    .next = json_array_next,
    .close = json_array_close,
};
