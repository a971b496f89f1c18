#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>

static enum log_level current = LOG_WARN;
static void (*clear_hook)(void);

void log_set_level(enum log_level level)
{
    current = level;
}

enum log_level log_level(void)
{
    return current;
}

void log_set_hook(void (*hook)(void))
{
    clear_hook = hook;
}

void log_at(enum log_level level, const char *area, const char *fmt, ...)
{
    static const char *const names[] = { "error", "warning", "info", "debug", "trace" };
    if (level > current)
        return;
    if (clear_hook)
        clear_hook();
    fprintf(stderr, "evalrun: %s: %s: ", names[level], area);
    va_list args;
    va_start(args, fmt);
    vfprintf(stderr, fmt, args);
    va_end(args);
    fputc('\n', stderr);
}
