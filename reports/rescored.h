#ifndef EVALRUN_REPORTS_RESCORED_H
#define EVALRUN_REPORTS_RESCORED_H
/*
 * The same answers scored twice: with a run's own rules to find answers, and with
 * others. Both reports come of the same runs; the second has its `rescore` and
 * `extract` set.
 */
#include "reports/report.h"

/* Does any scorer of the report find answers in written text? */
bool rescored_has_answers(const struct report *r);

/* Both figures of every shown metric of those, and both ledgers, for people: aligned
 * text, or a table of Markdown. */
void rescored_render(const struct report *stored, const struct report *now,
                     const struct report_style *style, bool markdown, struct strbuf *out);

#endif
