/*
 * What evalrun uses of libllama, with the types it expects. Never linked or
 * run: CMake compiles it to learn whether a llama.cpp is one we know. Add a
 * line when a file in evaluator/engines or tests/ uses something new.
 */
#include <llama.h>

/* Declares a pointer of the expected type; a changed signature is an error. */
#define USES(result, name, ...) result (*name##_)(__VA_ARGS__) = name

void uses_model(void);
void uses_vocab(void);
void uses_context(void);

void uses_model(void)
{
    struct llama_model_params params = { .n_gpu_layers = 0,
                                         .vocab_only = true,
                                         .use_extra_bufts = true };
    (void)params;

    USES(void, llama_backend_init, void);
    USES(void, llama_backend_free, void);
    USES(void, llama_log_set, ggml_log_callback, void *);
    USES(const char *, llama_print_system_info, void);
    USES(bool, llama_supports_gpu_offload, void);
    USES(ggml_abort_callback_t, ggml_set_abort_callback, ggml_abort_callback_t);
    USES(int32_t, llama_split_path, char *, size_t, const char *, int32_t,
         int32_t);
    USES(int32_t, llama_split_prefix, char *, size_t, const char *, int32_t,
         int32_t);
    USES(struct llama_model_params, llama_model_default_params, void);
    USES(struct llama_model *, llama_model_load_from_file, const char *,
         struct llama_model_params);
    USES(void, llama_model_free, struct llama_model *);

    USES(int32_t, llama_model_n_ctx_train, const struct llama_model *);
    USES(int32_t, llama_model_meta_val_str, const struct llama_model *,
         const char *, char *, size_t);
    USES(int32_t, llama_model_desc, const struct llama_model *, char *, size_t);
    USES(uint64_t, llama_model_n_params, const struct llama_model *);
    USES(int32_t, llama_model_n_embd, const struct llama_model *);
    USES(int32_t, llama_model_n_layer, const struct llama_model *);
    USES(int32_t, llama_model_n_head, const struct llama_model *);
    USES(int32_t, llama_model_n_head_kv, const struct llama_model *);
    USES(enum llama_ftype, llama_model_ftype, const struct llama_model *);
    USES(const char *, llama_ftype_name, enum llama_ftype);
    USES(bool, llama_model_has_encoder, const struct llama_model *);
    USES(bool, llama_model_has_decoder, const struct llama_model *);
    USES(bool, llama_model_is_recurrent, const struct llama_model *);
    USES(bool, llama_model_is_hybrid, const struct llama_model *);
    USES(bool, llama_model_is_diffusion, const struct llama_model *);

    USES(const char *, llama_model_chat_template, const struct llama_model *,
         const char *);
    USES(int32_t, llama_chat_apply_template, const char *,
         const struct llama_chat_message *, size_t, bool, char *, int32_t);
    USES(int32_t, llama_chat_builtin_templates, const char **, size_t);

    USES(struct llama_model_quantize_params,
         llama_model_quantize_default_params, void);
    USES(uint32_t, llama_model_quantize, const char *, const char *,
         const struct llama_model_quantize_params *);
}

void uses_vocab(void)
{
    USES(const struct llama_vocab *, llama_model_get_vocab,
         const struct llama_model *);
    USES(enum llama_vocab_type, llama_vocab_type, const struct llama_vocab *);
    USES(int32_t, llama_vocab_n_tokens, const struct llama_vocab *);
    USES(bool, llama_vocab_get_add_bos, const struct llama_vocab *);
    USES(llama_token, llama_vocab_bos, const struct llama_vocab *);
    USES(llama_token, llama_vocab_eos, const struct llama_vocab *);
    USES(bool, llama_vocab_is_eog, const struct llama_vocab *, llama_token);
    USES(bool, llama_vocab_is_control, const struct llama_vocab *, llama_token);
    USES(const char *, llama_vocab_get_text, const struct llama_vocab *,
         llama_token);
    USES(enum llama_token_attr, llama_vocab_get_attr,
         const struct llama_vocab *, llama_token);
    USES(int32_t, llama_tokenize, const struct llama_vocab *, const char *,
         int32_t, llama_token *, int32_t, bool, bool);
    USES(int32_t, llama_token_to_piece, const struct llama_vocab *, llama_token,
         char *, int32_t, int32_t, bool);
}

void uses_context(void)
{
    struct llama_context_params params = {
        .n_ctx = 1,
        .n_batch = 1,
        .n_ubatch = 1,
        .n_seq_max = 1,
        .n_threads = 1,
        .n_threads_batch = 1,
        .flash_attn_type = LLAMA_FLASH_ATTN_TYPE_ENABLED,
        .type_k = GGML_TYPE_F16,
        .type_v = GGML_TYPE_Q8_0,
        .offload_kqv = true,
        .no_perf = true,
        .swa_full = true,
        .kv_unified = true,
    };
    struct llama_batch batch = {
        .n_tokens = 0,
        .token = 0,
        .pos = 0,
        .n_seq_id = 0,
        .seq_id = 0,
        .logits = 0,
    };
    (void)params;
    (void)batch;

    USES(struct llama_context_params, llama_context_default_params, void);
    USES(struct llama_context *, llama_init_from_model, struct llama_model *,
         struct llama_context_params);
    USES(void, llama_free, struct llama_context *);
    USES(const struct llama_model *, llama_get_model,
         const struct llama_context *);
    USES(uint32_t, llama_n_ctx, const struct llama_context *);

    USES(struct llama_batch, llama_batch_init, int32_t, int32_t, int32_t);
    USES(void, llama_batch_free, struct llama_batch);
    USES(int32_t, llama_decode, struct llama_context *, struct llama_batch);
    USES(float *, llama_get_logits_ith, struct llama_context *, int32_t);
    USES(llama_memory_t, llama_get_memory, const struct llama_context *);
    USES(void, llama_memory_clear, llama_memory_t, bool);
    USES(bool, llama_memory_seq_rm, llama_memory_t, llama_seq_id, llama_pos,
         llama_pos);
    USES(void, llama_memory_seq_cp, llama_memory_t, llama_seq_id, llama_seq_id,
         llama_pos, llama_pos);
}
