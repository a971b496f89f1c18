#include "evaluator/engines/thoughts.h"

#include <string.h>

static const char *skip_space(const char *s)
{
    return s + strspn(s, " \t\r\n\v\f");
}

void thoughts_find(struct thoughts *out, const char *text, const struct decode *d)
{
    *out = (struct thoughts){ .answer = text };
    if (!d->think_open || !d->think_close || !*d->think_close)
        return;
    size_t len = strlen(d->think_open);
    const char *begin = skip_space(text);
    bool opened = len > 0 && strncmp(begin, d->think_open, len) == 0;
    begin = opened ? begin + len : text;
    const char *close = strstr(begin, d->think_close);
    const char *later = !opened && len > 0 ? strstr(text, d->think_open) : NULL;
    if (!opened && (!close || (later && later < close))) /* a word of the answer */
        return;
    out->thinking = begin;
    out->n_thinking = close ? (size_t)(close - begin) : strlen(begin);
    out->unclosed = !close;
    out->answer = close ? skip_space(close + strlen(d->think_close)) : begin + out->n_thinking;
}
