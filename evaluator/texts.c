#include "evaluator/texts.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "base/utf8.h"

enum { MAX_LINE = 64 << 20 };

static struct text_row *add_row(struct texts *t, size_t n, size_t line)
{
    t->row = grow(t->row, t->n, &t->cap, sizeof *t->row);
    struct text_row *row = &t->row[t->n++];
    *row = (struct text_row){ .text = arena_array(&t->mem, n, sizeof *row->text), .n = n,
                              .line = line };
    return row;
}

static int add_json(struct texts *t, const char *text, size_t len, size_t line, struct err *e)
{
    cJSON *root = NULL;
    if (json_parse(&root, text, len, e) < 0)
        return e->code;
    const cJSON *value = cJSON_IsObject(root) ? json_get(root, "text") : root;
    const cJSON *list = cJSON_IsArray(value) ? value->child : value, *item;
    size_t n = cJSON_IsArray(value) ? (size_t)cJSON_GetArraySize(value) : 1;
    bool good = list != NULL;
    for (item = list; item; item = cJSON_IsArray(value) ? item->next : NULL)
        good = good && cJSON_IsString(item);
    struct text_row *row = good ? add_row(t, n, line) : NULL;
    for (size_t i = 0; good && i < n; i++, list = list->next)
        row->text[i] = arena_strdup(&t->mem, list->valuestring);
    cJSON_Delete(root);
    return good ? 0
                : err_set(e, ERR_INPUT, "a text is wanted, a list of texts, or an object with "
                                        "either under \"text\"");
}

static int check_line(const char *line, size_t len, struct err *e)
{
    size_t bad;
    if (!utf8_valid(line, len, &bad))
        return err_set(e, ERR_INPUT, "byte %zu is not UTF-8; convert the file with iconv", bad + 1);
    if (memchr(line, '\0', len))
        return err_set(e, ERR_INPUT, "a NUL byte is in it; a text file is wanted");
    return 0;
}

static int add_line(struct texts *t, const char *line, size_t len, size_t number, bool is_json,
                    struct err *e)
{
    static const char mark[] = "\xEF\xBB\xBF"; /* of byte order, as some editors put it */
    if (check_line(line, len, e) < 0)
        return e->code;
    if (number == 1 && len >= 3 && !memcmp(line, mark, 3)) {
        line += 3;
        len -= 3;
    }
    if (!is_json)
        add_row(t, 1, number)->text[0] = arena_strndup(&t->mem, line, len);
    else if (utf8_space_before(line, len) < len)
        return add_json(t, line, len, number, e);
    return 0;
}

int texts_read(struct texts *out, const char *path, struct err *e)
{
    const bool is_json = file_ends(path, ".jsonl") || file_ends(path, ".jsonl.gz");
    struct line_reader *reader = NULL;
    const char *line;
    size_t len;
    int rc = line_open(&reader, path, MAX_LINE, e);
    if (rc < 0)
        return rc;
    while ((rc = line_next(reader, &line, &len, e)) == 1) {
        size_t number = line_number(reader);
        rc = add_line(out, line, len, number, is_json, e);
        if (rc < 0) {
            (void)err_in(e, "%s: line %zu", path, number);
            break;
        }
    }
    line_close(reader);
    if (rc == 0 && !out->n)
        rc = err_set(e, ERR_INPUT, "%s: no text is in it", path);
    return rc;
}

void texts_release(struct texts *t)
{
    free(t->row);
    arena_release(&t->mem);
}
