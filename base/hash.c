#include "base/hash.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct sha256 {
    EVP_MD_CTX *ctx;
};

struct sha256 *sha256_new(void)
{
    struct sha256 *h = xmalloc(sizeof *h);
    h->ctx = EVP_MD_CTX_new();
    if (!h->ctx || EVP_DigestInit_ex(h->ctx, EVP_sha256(), NULL) != 1)
        abort(); /* libcrypto without SHA-256 is no libcrypto */
    return h;
}

void sha256_add(struct sha256 *h, const void *data, size_t len)
{
    if (EVP_DigestUpdate(h->ctx, data, len) != 1)
        abort();
}

static void put_hex(char hex[SHA256_HEX], const unsigned char *raw)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < SHA256_HEX / 2; i++) {
        *hex++ = digits[raw[i] >> 4];
        *hex++ = digits[raw[i] & 15];
    }
    *hex = '\0';
}

void sha256_digest(struct sha256 *h, char hex[SHA256_HEX])
{
    unsigned char raw[EVP_MAX_MD_SIZE];
    if (EVP_DigestFinal_ex(h->ctx, raw, NULL) != 1 ||
        EVP_DigestInit_ex(h->ctx, NULL, NULL) != 1) /* the same digest again */
        abort();
    put_hex(hex, raw);
}

void sha256_finish(struct sha256 *h, char hex[SHA256_HEX])
{
    unsigned char raw[EVP_MAX_MD_SIZE];
    if (EVP_DigestFinal_ex(h->ctx, raw, NULL) != 1)
        abort();
    put_hex(hex, raw);
    EVP_MD_CTX_free(h->ctx);
    free(h);
}

void sha256_text(char hex[SHA256_HEX], const void *data, size_t len)
{
    struct sha256 *h = sha256_new();
    sha256_add(h, data, len);
    sha256_finish(h, hex);
}

int sha256_file(char hex[SHA256_HEX], const char *path, struct err *e)
{
    FILE *f = fopen(path, "rb");
    if (!f)
        return err_set(e, ERR_IO, "%s: cannot be opened: %s", path, strerror(errno));
    enum { CHUNK = 1 << 18 };
    char *buf = xmalloc(CHUNK);
    struct sha256 *h = sha256_new();
    for (size_t n; (n = fread(buf, 1, CHUNK, f)) > 0;)
        sha256_add(h, buf, n);
    int rc = ferror(f) ? err_set(e, ERR_IO, "%s: cannot be read: %s", path, strerror(errno)) : 0;
    sha256_finish(h, hex);
    free(buf);
    fclose(f);
    return rc;
}

uint64_t hash_text(const char *s)
{
    uint64_t hash = 14695981039346656037u;
    for (; *s; s++)
        hash = (hash ^ (unsigned char)*s) * 1099511628211u;
    return hash;
}
