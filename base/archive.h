#ifndef EVALRUN_BASE_ARCHIVE_H
#define EVALRUN_BASE_ARCHIVE_H
/*
 * A bundle of files: a folder, a single file, or an archive (.zip, .tar, and
 * .tar through gzip, bzip2, xz or zstd) read as a stream. Only regular files
 * come out; nothing is ever written to disk, so names in an archive can do no
 * harm. What an operating system strews in ("__MACOSX/", "._x", hidden files)
 * is left out. (The names say bundle because libarchive owns archive_*.)
 *
 *     bundle_open(&b, path, e);
 *     while ((rc = bundle_next(b, &name, e)) == 1)
 *         if (wanted(name))
 *             bundle_read(b, &text, LIMIT, e);
 *     bundle_close(b);
 */
#include "base/err.h"
#include "base/strbuf.h"

struct bundle;

MUST_USE int bundle_open(struct bundle **out, const char *path, struct err *e);

/* 1 = a file, its path inside the bundle with "/" (valid until the next call);
 * 0 = end. Folders come in the order of their names, archives in their own. A
 * damaged archive is an error, never a silent end. */
MUST_USE int bundle_next(struct bundle *b, const char **name, struct err *e);

/* Append the whole current file; larger than `limit` is ERR_LIMIT. */
MUST_USE int bundle_read(struct bundle *b, struct strbuf *out, size_t limit, struct err *e);

void bundle_close(struct bundle *b); /* NULL is fine */

#endif
