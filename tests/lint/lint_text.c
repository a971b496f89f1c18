/*
 * Rules about bytes and lines: lengths, blanks, foreign paths, open ends, clean
 * UTF-8.
 */
#include "tests/lint/lint.h"

#include <ctype.h>
#include <string.h>

enum { COLUMNS_MAX = 100, LINES_MAX = 600, TEST_LINES_MAX = 900 };

/* Each is forbidden with a slash behind it. */
static const char *const machine_paths[] = { "/root", "/work", "/home" };

/* A blank stands for the dot, so that this file passes its own check. */
static const char *const registry_hosts[] = {
    "pypi org",
    "files pythonhosted",
    "npmjs org",
    "crates io",
    "rubygems org",
    "proxy golang org",
    "deb debian org",
    "security debian org",
    "archive ubuntu com",
    "security ubuntu com",
    "maven org",
    "anaconda org",
    "registry yarnpkg com",
    "dl-cdn alpinelinux org",
};

/* What is forbidden is these words in upper case. */
static const char *const open_ends[] = { "todo", "fixme", "xxx" };

static bool is_word_byte(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

/*
 * An absolute path begins where nothing before it makes it relative: not x/y,
 * ./y, ${x}/y.
 */
static bool begins_path(const struct source *s, const char *at)
{
    return at == s->text ||
           (!is_word_byte(at[-1]) && !strchr(".-~*})", at[-1]));
}

static void check_paths(struct lint *l, const struct source *s)
{
    for (size_t i = 0; i < COUNT(machine_paths); i++) {
        const char *path = machine_paths[i];
        for (const char *p = s->text; (p = strstr(p, path)); p++)
            if (p[strlen(path)] == '/' && begins_path(s, p))
                lint_fail(l, s->path, source_line(s, p),
                          "path of one machine: %s/", path);
    }
}

/* The length of the host when it stands here, else 0. */
static size_t host_length(const char *at, const char *host)
{
    size_t n = 0;
    for (; host[n]; n++)
        if (at[n] != (host[n] == ' ' ? '.' : host[n]))
            return 0;
    return is_word_byte(at[n]) ? 0 : n;
}

static void check_hosts(struct lint *l, const struct source *s)
{
    for (const char *p = s->text; *p; p++) {
        if (p > s->text && (is_word_byte(p[-1]) || p[-1] == '-'))
            continue;
        for (size_t i = 0; i < COUNT(registry_hosts); i++) {
            size_t n = host_length(p, registry_hosts[i]);
            if (n > 0)
                lint_fail(l, s->path, source_line(s, p),
                          "host of a package registry: %.*s", (int)n, p);
        }
    }
}

void check_text(struct lint *l, const struct source *s)
{
    check_paths(l, s);
    check_hosts(l, s);
}

/* A whole word in upper case, the given one being in lower case. */
static bool is_shouted(const struct source *s, const char *at, const char *word)
{
    size_t n = 0;
    if (at > s->text && is_word_byte(at[-1]))
        return false;
    for (; word[n]; n++)
        if (at[n] != toupper((unsigned char)word[n]))
            return false;
    return !is_word_byte(at[n]);
}

static void check_open_ends(struct lint *l, const struct source *s)
{
    for (const char *p = s->text; *p; p++)
        for (size_t i = 0; i < COUNT(open_ends); i++)
            if (is_shouted(s, p, open_ends[i]))
                lint_fail(l, s->path, source_line(s, p),
                          "%.*s: finish it, or file it",
                          (int)strlen(open_ends[i]), p);
}

void check_code_lines(struct lint *l, const struct source *s)
{
    int line = 1;
    for (const char *p = s->text; *p; line++) {
        const char *end = p + strcspn(p, "\n");
        if (end > p && strchr(" \t\r\f\v", end[-1]))
            lint_fail(l, s->path, line, "blanks at the end of the line");
        if (!*end)
            lint_fail(l, s->path, line, "no newline at the end of the file");
        p = *end ? end + 1 : end;
    }
    check_open_ends(l, s);
}

/*
 * Columns of one line: a character of UTF-8 counts one, whatever its width on a
 * screen.
 */
static int columns(const char *text, const char *end)
{
    int n = 0;
    for (; text < end; text++)
        n += ((unsigned char)*text & 0xC0) != 0x80;
    return n;
}

/* Said in the first three lines, as generators do. */
static bool is_generated(const struct source *s)
{
    const char *end = s->text;
    for (int i = 0; i < 3 && *end; i++) {
        end += strcspn(end, "\n");
        end += *end == '\n';
    }
    const char *said = strstr(s->text, "enerated by ");
    return said && said > s->text && said < end;
}

void check_c_lines(struct lint *l, const struct source *s)
{
    int n_line = 0;
    for (const char *p = s->text; *p;) {
        const char *end = p + strcspn(p, "\n");
        int width = columns(p, end);
        n_line++;
        if (width > COLUMNS_MAX)
            lint_fail(l, s->path, n_line, "line of %d columns, at most %d",
                      width, COLUMNS_MAX);
        if (memchr(p, '\t', (size_t)(end - p)))
            lint_fail(l, s->path, n_line, "tab");
        p = *end ? end + 1 : end;
    }
    int most = starts_with(s->path, "tests/") ? TEST_LINES_MAX : LINES_MAX;
    if (n_line > most && !is_generated(s))
        lint_fail(l, s->path, most + 1, "file of %d lines, at most %d", n_line,
                  most);
}

/* What the first byte of a character says of its length; 0: it is none. */
static size_t utf8_announced(unsigned char first)
{
    if (first < 0x80)
        return 1;
    if (first < 0xC2 || first > 0xF4)
        return 0;
    return first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
}

/*
 * Length of the UTF-8 character at the place, 0 when there is none: no
 * overlongs, no surrogates.
 */
static size_t utf8_length(const unsigned char *p, const unsigned char *end)
{
    size_t n = utf8_announced(*p);
    if (n == 0 || (size_t)(end - p) < n)
        return 0;
    for (size_t i = 1; i < n; i++)
        if ((p[i] & 0xC0) != 0x80)
            return 0;
    bool overlong = (*p == 0xE0 && p[1] < 0xA0) || (*p == 0xF0 && p[1] < 0x90);
    bool beyond = (*p == 0xED && p[1] > 0x9F) || (*p == 0xF4 && p[1] > 0x8F);
    return overlong || beyond ? 0 : n;
}

void check_data_file(struct lint *l, const struct source *s)
{
    const unsigned char *p = (const unsigned char *)s->text, *end = p + s->len;
    if (s->len >= 3 && memcmp(s->text, "\xEF\xBB\xBF", 3) == 0)
        lint_fail(l, s->path, 1, "byte order mark");
    if (s->len == 0 || s->text[s->len - 1] != '\n')
        lint_fail(l, s->path, source_line(s, s->text + s->len),
                  "no newline at the end of the file");
    while (p < end) {
        size_t n = *p == '\0' ? 0 : utf8_length(p, end);
        if (n == 0) {
            lint_fail(l, s->path, source_line(s, (const char *)p),
                      "byte 0x%02X is not UTF-8", *p);
            return;
        }
        p += n;
    }
}
