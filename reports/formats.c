/* The table of formats; to add one see report.h. */
#include <string.h>

#include "reports/report.h"

extern const struct format format_text, format_json, format_csv, format_markdown;

const struct format *const formats[] = { &format_text, &format_json, &format_csv,
                                         &format_markdown, NULL };

const struct format *format_find(const char *name)
{
    for (size_t i = 0; formats[i]; i++)
        if (!strcmp(formats[i]->name, name))
            return formats[i];
    return NULL;
}
