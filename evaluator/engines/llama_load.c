#include "evaluator/engines/llama_load.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <llama.h>

#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/strbuf.h"
#include "evaluator/engines/llama_context.h"

enum { DEFAULT_CTX = 8192, LEAST_CTX = 64, GGUF_HEAD = 24 };

/* --- libllama's log ------------------------------------------------------ */

/* The lines that explain a failure: the first error and the loader's own. */
struct heard {
    char first[400], loading[400];
};

static void keep_line(char *dst, size_t size, const char *line, size_t len)
{
    if (dst[0] == '\0')
        snprintf(dst, size, "%.*s", (int)(len < size ? len : size - 1), line);
}

static void listen(enum ggml_log_level level, const char *line, void *data)
{
    static const char loading[] = "error loading model: ";
    struct heard *h = data;
    size_t len = strcspn(line, "\r\n");
    if (len == 0)
        return;
    log_debug("llama", "%.*s", (int)len, line);
    if (!h || level != GGML_LOG_LEVEL_ERROR)
        return;
    const char *at = strstr(line, loading);
    if (at) {
        at += sizeof loading - 1;
        keep_line(h->loading, sizeof h->loading, at, strcspn(at, "\r\n"));
        return;
    }
    at = strstr(line, ": "); /* libllama begins with the function's name */
    at = at && at < line + len ? at + 2 : line;
    keep_line(h->first, sizeof h->first, at, strcspn(at, "\r\n"));
}

/* ggml answers what it thinks impossible (a damaged file, mostly) by ending the
 * process; a person gets one line instead of a backtrace. */
static void gave_up(const char *message)
{
    const char *at = message + strcspn(message, ":");
    while (at > message && at[-1] != '/')
        at--;
    log_error("engine", "llama.cpp gave up: %.*s; if it happens with another model file too, it is"
                        " a bug, else get this file again", (int)strcspn(at, "\r\n"), at);
    _exit(2);
}

/* --- the file ------------------------------------------------------------ */

static int check_head(const char *path, const unsigned char *head, size_t n, struct err *e)
{
    if (n >= 4 && memcmp(head, "GGUF", 4) == 0) {
        if (n < GGUF_HEAD)
            return err_set(e, ERR_INPUT, "%s: the GGUF file ends after %zu bytes; get it again",
                           path, n);
        if (head[4] == 0 && head[7] != 0)
            return err_set(e, ERR_INPUT, "%s: a big-endian GGUF; this machine needs the"
                                         " little-endian one", path);
        return 0;
    }
    static const char lfs[] = "version https://git-lfs";
    if (n >= sizeof lfs - 1 && memcmp(head, lfs, sizeof lfs - 1) == 0)
        return err_set(e, ERR_INPUT, "%s: a Git LFS pointer, not the model itself; run"
                                     " 'git lfs pull' there or download the file", path);
    if (n >= 4 && (memcmp(head, "ggml", 4) == 0 || memcmp(head, "lmgg", 4) == 0 ||
                   memcmp(head, "tjgg", 4) == 0))
        return err_set(e, ERR_INPUT, "%s: an old GGML file; llama.cpp reads GGUF only", path);
    if (n >= 4 && memcmp(head, "PK\003\004", 4) == 0)
        return err_set(e, ERR_INPUT, "%s: a zip archive or PyTorch file, not a GGUF model; convert"
                                     " it with llama.cpp's convert_hf_to_gguf.py", path);
    return err_set(e, ERR_INPUT, "%s: not a GGUF model (%s); give --model a .gguf file or a name"
                                 " of 'evalrun model list'", path,
                   n == 0 ? "the file is empty" : "it does not begin with GGUF");
}

static int check_file(const char *path, struct err *e)
{
    if (file_is_dir(path))
        return err_set(e, ERR_INPUT, "%s: a folder; give --model the .gguf file in it", path);
    FILE *f = fopen(path, "rb");
    if (!f)
        return err_set(e, ERR_IO, "%s: %s", path, strerror(errno));
    unsigned char head[GGUF_HEAD] = { 0 };
    size_t n = fread(head, 1, sizeof head, f);
    fclose(f);
    return check_head(path, head, n, e);
}

static int explain_load(const char *path, const struct heard *h, struct err *e)
{
    const char *why = h->loading[0] ? h->loading : h->first[0] ? h->first : "no reason given";
    const char *cure = "get the file again or give --model another one";
    if (strstr(why, "unknown model architecture"))
        cure = "this llama.cpp has no such architecture; a newer one may, or give another model";
    else if (strstr(why, "not within the file bounds") || strstr(h->first, "failed to read") ||
             strstr(h->first, "unexpectedly reached end"))
        cure = "the file is cut short; download it again";
    if (h->loading[0] && h->first[0] && strstr(h->loading, "failed to load model from"))
        why = h->first;
    return err_set(e, ERR_INPUT, "%s: llama.cpp cannot load it: %s; %s", path, why, cure);
}

static int explain_context(const char *path, const struct heard *h, struct err *e)
{
    struct err what = *e;
    return err_set(e, what.code, "%s: %s%s%s%s", path, what.text, h->first[0] ? " (" : "",
                   h->first, h->first[0] ? ")" : "");
}

/* --- the model ----------------------------------------------------------- */

const char *load_key(char *value, size_t size, const struct llama_model *model, const char *name)
{
    char arch[64], key[128];
    value[0] = '\0';
    if (llama_model_meta_val_str(model, "general.architecture", arch, sizeof arch) < 0)
        return value;
    snprintf(key, sizeof key, "%s.%s", arch, name);
    if (llama_model_meta_val_str(model, key, value, size) < 0)
        value[0] = '\0';
    return value;
}

static int trained_ctx(const struct llama_model *model)
{
    char value[32];
    long n = strtol(load_key(value, sizeof value, model, "context_length"), NULL, 10);
    return n > 0 && n < INT32_MAX ? (int)n : 0;
}

static void choose_ctx(struct loaded *l, const char *path, const struct engine_options *o)
{
    l->n_ctx_train = trained_ctx(l->model);
    int own = l->n_ctx_train > 0 && l->n_ctx_train < DEFAULT_CTX ? l->n_ctx_train : DEFAULT_CTX;
    l->n_ctx = o->ctx > 0 ? o->ctx : own;
    if (l->n_ctx_train > 0 && l->n_ctx > l->n_ctx_train)
        log_warn("engine", "%s: --ctx %d is more than the %d tokens it was trained on", path,
                 l->n_ctx, l->n_ctx_train);
}

/* BERT and its kin are decoders to libllama; their files say that no token
 * looks back only, or how vectors are pooled. */
static int check_kind(const struct llama_model *model, const char *path, struct err *e)
{
    char value[32];
    if (strtol(load_key(value, sizeof value, model, "pooling_type"), NULL, 10) > 0)
        return err_set(e, ERR_INPUT, "%s: an embedding model (it says how to pool vectors);"
                                     " evaluation needs one that continues text", path);
    if (llama_model_is_diffusion(model))
        return err_set(e, ERR_INPUT, "%s: a diffusion model; evaluation needs one that"
                                     " continues text", path);
    bool causal = strcmp(load_key(value, sizeof value, model, "attention.causal"), "false") != 0;
    if (!causal || llama_model_has_encoder(model) || !llama_model_has_decoder(model))
        return err_set(e, ERR_INPUT, "%s: an encoder model; evaluation needs one that"
                                     " continues text", path);
    return 0;
}

static int check_options(const struct engine_options *o, struct err *e)
{
    if (o->ctx < 0 || (o->ctx > 0 && o->ctx < LEAST_CTX))
        return err_set(e, ERR_USAGE, "--ctx %d: must be at least %d", o->ctx, LEAST_CTX);
    if (o->threads < 0 || o->threads > 1024)
        return err_set(e, ERR_USAGE, "--threads %d: must be from 1 to 1024, or 0 for all physical"
                                     " cores", o->threads);
    return 0;
}

/*
 * GCC 12 drops stores into the tile configuration of ggml's AMX kernels (its
 * _tile_loadconfig() claims to read eight bytes of it), and the first matrix
 * product of a quantised model ends in a general protection fault. How a
 * libllama was compiled cannot be seen, so one that has AMX does without its
 * special buffers.
 */
static bool special_buffers_work(void)
{
    return strstr(llama_print_system_info(), "AMX_INT8 = 1") == NULL;
}

int load_model(struct loaded *out, const char *path, const struct engine_options *o,
               struct err *e)
{
    *out = (struct loaded){ .on_gpu = llama_supports_gpu_offload() && o->gpu_layers != 0 };
    if (check_options(o, e) < 0 || check_file(path, e) < 0)
        return e->code;
    struct heard heard = { "", "" };
    llama_log_set(listen, &heard);
    ggml_set_abort_callback(gave_up);
    llama_backend_init();
    struct llama_model_params p = llama_model_default_params();
    p.vocab_only = o->vocab_only;
    p.n_gpu_layers = o->gpu_layers;
    p.use_extra_bufts = special_buffers_work();
    out->model = llama_model_load_from_file(path, p);
    int rc = out->model ? 0 : explain_load(path, &heard, e);
    if (rc == 0) {
        choose_ctx(out, path, o);
        rc = context_plan(out, path, o, e);
        if (rc == 0 && !o->vocab_only && (rc = check_kind(out->model, path, e)) == 0 &&
            (rc = context_open(out, o, e)) < 0)
            rc = explain_context(path, &heard, e);
    }
    llama_log_set(listen, NULL);
    if (rc < 0)
        load_close(out);
    return rc;
}

void load_close(struct loaded *l)
{
    llama_free(l->scoring);
    llama_free(l->writing);
    llama_model_free(l->model);
    l->scoring = l->writing = NULL;
    l->model = NULL;
}
