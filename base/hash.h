#ifndef EVALRUN_BASE_HASH_H
#define EVALRUN_BASE_HASH_H
/* SHA-256 over libcrypto; digests travel as 64 lower-case hex digits. */
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define SHA256_HEX 65 /* with the NUL */

struct sha256;
struct sha256 *sha256_new(void);
void sha256_add(struct sha256 *h, const void *data, size_t len);
void sha256_finish(struct sha256 *h, char hex[SHA256_HEX]); /* frees h */
/* The digest so far; h begins anew, which takes less time than another one. */
void sha256_digest(struct sha256 *h, char hex[SHA256_HEX]);

void sha256_text(char hex[SHA256_HEX], const void *data, size_t len);
/* FNV-1a, for tables: no digest. */
uint64_t hash_text(const char *s);

MUST_USE int sha256_file(char hex[SHA256_HEX], const char *path, struct err *e);

#endif
