#ifndef EVALRUN_BASE_LOG_H
#define EVALRUN_BASE_LOG_H
/*
 * Lines to stderr for a person, by level and area. Data never goes here.
 * The level is the program's only mutable global.
 */
#include "base/err.h"

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG, LOG_TRACE };

void log_set_level(enum log_level level);
enum log_level log_level(void);
void log_at(enum log_level level, const char *area, const char *fmt, ...) PRINTF(3, 4);

#define log_error(area, ...) log_at(LOG_ERROR, area, __VA_ARGS__)
#define log_warn(area, ...) log_at(LOG_WARN, area, __VA_ARGS__)
#define log_info(area, ...) log_at(LOG_INFO, area, __VA_ARGS__)
#define log_debug(area, ...) log_at(LOG_DEBUG, area, __VA_ARGS__)

/* Called before each line, so that a progress bar can clear itself. */
void log_set_hook(void (*hook)(void));

#endif
