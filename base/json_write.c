/* The writing half of json.h. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/json.h"

static void put_text(struct strbuf *out, const char *s)
{
    strbuf_putc(out, '"');
    for (const char *start = s;; s++) {
        unsigned char c = (unsigned char)*s;
        if (c >= 0x20 && c != '"' && c != '\\' && c != 0x7F)
            continue;
        strbuf_add(out, start, (size_t)(s - start));
        start = s + 1;
        if (!c)
            break;
        else if (c == '"' || c == '\\')
            strbuf_printf(out, "\\%c", c);
        else if (c == '\n')
            strbuf_puts(out, "\\n");
        else if (c == '\t')
            strbuf_puts(out, "\\t");
        else if (c == '\r')
            strbuf_puts(out, "\\r");
        else
            strbuf_printf(out, "\\u%04x", c);
    }
    strbuf_putc(out, '"');
}

static void new_line(struct json_writer *w)
{
    if (!w->indent)
        return;
    strbuf_putc(w->out, '\n');
    strbuf_pad(w->out, ' ', (size_t)(w->indent * w->depth));
}

static void begin(struct json_writer *w, const char *key)
{
    if (w->comma)
        strbuf_putc(w->out, ',');
    if (w->depth)
        new_line(w);
    if (key) {
        put_text(w->out, key);
        strbuf_puts(w->out, w->indent ? ": " : ":");
    }
    w->comma = true;
}

void json_open(struct json_writer *w, const char *key, char bracket)
{
    begin(w, key);
    strbuf_putc(w->out, bracket);
    w->depth++;
    w->comma = false;
}

void json_close(struct json_writer *w, char bracket)
{
    w->depth--;
    if (w->comma)
        new_line(w);
    strbuf_putc(w->out, bracket);
    w->comma = true;
}

void json_put_text(struct json_writer *w, const char *key, const char *value)
{
    if (!value) {
        json_put_null(w, key);
        return;
    }
    begin(w, key);
    put_text(w->out, value);
}

void json_format_number(char buf[32], double value)
{
    for (int digits = 1; digits <= 17; digits++) {
        snprintf(buf, 32, "%.*g", digits, value);
        if (strtod(buf, NULL) == value)
            return;
    }
}

void json_put_number(struct json_writer *w, const char *key, double value)
{
    char buf[32];
    if (!isfinite(value)) {
        json_put_null(w, key);
        return;
    }
    begin(w, key);
    if (value == floor(value) && fabs(value) < 1e15)
        snprintf(buf, sizeof buf, "%.0f", value == 0 ? 0.0 : value);
    else
        json_format_number(buf, value);
    strbuf_puts(w->out, buf);
}

void json_put_int(struct json_writer *w, const char *key, int64_t value)
{
    begin(w, key);
    strbuf_printf(w->out, "%lld", (long long)value);
}

void json_put_bool(struct json_writer *w, const char *key, bool value)
{
    begin(w, key);
    strbuf_puts(w->out, value ? "true" : "false");
}

void json_put_null(struct json_writer *w, const char *key)
{
    begin(w, key);
    strbuf_puts(w->out, "null");
}

void json_put_tree(struct json_writer *w, const char *key, const cJSON *value)
{
    if (cJSON_IsString(value)) {
        json_put_text(w, key, value->valuestring);
    } else if (cJSON_IsNumber(value)) {
        json_put_number(w, key, value->valuedouble);
    } else if (cJSON_IsBool(value)) {
        json_put_bool(w, key, cJSON_IsTrue(value));
    } else if (cJSON_IsObject(value) || cJSON_IsArray(value)) {
        bool object = cJSON_IsObject(value);
        json_open(w, key, object ? '{' : '[');
        for (const cJSON *c = value->child; c; c = c->next)
            json_put_tree(w, object ? c->string : NULL, c);
        json_close(w, object ? '}' : ']');
    } else {
        json_put_null(w, key);
    }
}
