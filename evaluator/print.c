#include "evaluator/print.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/file.h"

static bool want_color(const struct print_style *style)
{
    if (style->color && !strcmp(style->color, "always"))
        return true;
    const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
    return !(style->color && !strcmp(style->color, "never")) && !style->out &&
           isatty(STDOUT_FILENO) && !(no && *no) && term && strcmp(term, "dumb") != 0;
}

static size_t terminal_columns(void)
{
    struct winsize size;
    if (isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col)
        return size.ws_col;
    return 80;
}

static int put(const struct strbuf *text, const char *path, struct err *e)
{
    if (path)
        return file_write_atomic(path, text->s, text->len, e);
    if (fwrite(text->s, 1, text->len, stdout) != text->len || fflush(stdout) != 0)
        return err_set(e, ERR_IO, "standard output: %s", strerror(errno));
    return 0;
}

struct report_style print_report_style(const struct print_style *style)
{
    const char *by = style->by ? style->by : "";
    return (struct report_style){
        .by = !strcmp(by, "category") ? BY_CATEGORY : !strcmp(by, "subset") ? BY_SUBSET : BY_NONE,
        .columns = terminal_columns(),
        .color = want_color(style),
        .zh = style->lang && !strcmp(style->lang, "zh"),
    };
}

int print_into(struct strbuf *out, const struct report *r, const struct print_style *style,
               struct err *e)
{
    const struct format *f = format_find(style->format ? style->format : "text");
    if (!f)
        return err_set(e, ERR_USAGE, "there is no format '%s'", style->format);
    const struct report_style s = print_report_style(style);
    return f->render(r, &s, out, e);
}

int print_collected(const struct report *r, const struct print_style *style, struct err *e)
{
    struct strbuf text = STRBUF_INIT;
    int rc = print_into(&text, r, style, e);
    if (rc == 0)
        rc = put(&text, style->out, e);
    strbuf_release(&text);
    return rc;
}

int print_report(const char *const *paths, size_t n, const struct print_style *style,
                 struct err *e)
{
    struct report *r = report_new();
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < n; i++)
        rc = report_add(r, paths[i], e);
    if (rc == 0)
        rc = report_finish(r, e);
    if (rc == 0)
        rc = print_collected(r, style, e);
    report_free(r);
    return rc;
}
