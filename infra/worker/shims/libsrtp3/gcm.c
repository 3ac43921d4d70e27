#define SRTP3_ADAPTER
#include "gcm.h"

#include <openssl/evp.h>
#include <srtp2/cipher.h>
#include <stdlib.h>
#include <string.h>

/* RFC 7714, section 8.1: a nonce of 12 octets, and a salt as long behind each key. */
enum { salt_len = 12 };

struct gcm {
  EVP_CIPHER_CTX *context;
  const EVP_CIPHER *algorithm;
  uint32_t tag_len;
};

static srtp_err_status_t ok_or(srtp_err_status_t failure, int result)
{
  return result > 0 ? srtp_err_status_ok : failure;
}

static srtp_err_status_t release(srtp_cipher_pointer_t cipher)
{
  struct gcm *gcm = cipher->state;
  EVP_CIPHER_CTX_free(gcm->context);
  free(gcm);
  free(cipher);
  return srtp_err_status_ok;
}

static srtp_err_status_t set_key(void *state, const uint8_t *key)
{
  struct gcm *gcm = state;
  return ok_or(srtp_err_status_init_fail, EVP_CipherInit_ex(gcm->context, gcm->algorithm, NULL, key, NULL, 1));
}

static srtp_err_status_t set_nonce(void *state, uint8_t *nonce, srtp_cipher_direction_t direction)
{
  struct gcm *gcm = state;
  int encrypting = direction == srtp_direction_encrypt ? 1 : 0;
  return ok_or(srtp_err_status_init_fail, EVP_CipherInit_ex(gcm->context, NULL, NULL, NULL, nonce, encrypting));
}

static srtp_err_status_t add_header(void *state, const uint8_t *header, uint32_t length)
{
  struct gcm *gcm = state;
  int done;
  return ok_or(srtp_err_status_algo_fail, EVP_CipherUpdate(gcm->context, NULL, &done, header, (int)length));
}

static srtp_err_status_t in_place(struct gcm *gcm, uint8_t *octets, uint32_t length)
{
  /* OpenSSL takes an output of NULL for the wish to add to the header; there is none when only a header is protected. */
  if (length == 0) {
    return srtp_err_status_ok;
  }
  int done;
  return ok_or(srtp_err_status_cipher_fail, EVP_CipherUpdate(gcm->context, octets, &done, octets, (int)length));
}

static srtp_err_status_t encrypt(void *state, uint8_t *octets, unsigned int *length)
{
  return in_place(state, octets, *length);
}

static srtp_err_status_t get_tag(void *state, uint8_t *tag, uint32_t *length)
{
  struct gcm *gcm = state;
  uint8_t nothing[EVP_MAX_BLOCK_LENGTH];
  int done;
  *length = gcm->tag_len;
  if (EVP_CipherFinal_ex(gcm->context, nothing, &done) <= 0) {
    return srtp_err_status_algo_fail;
  }
  return ok_or(srtp_err_status_algo_fail,
               EVP_CIPHER_CTX_ctrl(gcm->context, EVP_CTRL_AEAD_GET_TAG, (int)gcm->tag_len, tag));
}

/* octets: the ciphertext with its tag behind it. length: of both before, of the plaintext after. */
static srtp_err_status_t decrypt(void *state, uint8_t *octets, unsigned int *length)
{
  struct gcm *gcm = state;
  if (*length < gcm->tag_len) {
    return srtp_err_status_bad_param;
  }
  uint32_t plain = *length - gcm->tag_len;
  if (EVP_CIPHER_CTX_ctrl(gcm->context, EVP_CTRL_AEAD_SET_TAG, (int)gcm->tag_len, octets + plain) <= 0) {
    return srtp_err_status_algo_fail;
  }
  srtp_err_status_t status = in_place(gcm, octets, plain);
  if (status != srtp_err_status_ok) {
    return status;
  }
  uint8_t nothing[EVP_MAX_BLOCK_LENGTH];
  int done;
  if (EVP_CipherFinal_ex(gcm->context, nothing, &done) <= 0) {
    return srtp_err_status_auth_fail;
  }
  *length = plain;
  return srtp_err_status_ok;
}

static srtp_err_status_t create(srtp_cipher_pointer_t *out, const srtp_cipher_type_t *type, const EVP_CIPHER *algorithm,
                                int key_len, int tag_len)
{
  if (key_len != EVP_CIPHER_get_key_length(algorithm) + salt_len || (tag_len != 8 && tag_len != 16)) {
    return srtp_err_status_bad_param;
  }
  srtp_cipher_t *cipher = calloc(1, sizeof(*cipher));
  struct gcm *gcm = calloc(1, sizeof(*gcm));
  EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
  if (cipher == NULL || gcm == NULL || context == NULL) {
    free(cipher);
    free(gcm);
    EVP_CIPHER_CTX_free(context);
    return srtp_err_status_alloc_fail;
  }
  *gcm = (struct gcm){.context = context, .algorithm = algorithm, .tag_len = (uint32_t)tag_len};
  *cipher = (srtp_cipher_t){.type = type, .state = gcm, .key_len = key_len, .algorithm = (int)type->id};
  *out = cipher;
  return srtp_err_status_ok;
}

/* Test cases 4 and 16 of McGrew and Viega, "The Galois/Counter Mode of Operation", appendix B. */
static const uint8_t test_key[32 + salt_len] = {
  0xfe, 0xff, 0xe9, 0x92, 0x86, 0x65, 0x73, 0x1c, 0x6d, 0x6a, 0x8f, 0x94, 0x67, 0x30, 0x83, 0x08,
  0xfe, 0xff, 0xe9, 0x92, 0x86, 0x65, 0x73, 0x1c, 0x6d, 0x6a, 0x8f, 0x94, 0x67, 0x30, 0x83, 0x08,
};
static uint8_t test_nonce[salt_len] = {0xca, 0xfe, 0xba, 0xbe, 0xfa, 0xce, 0xdb, 0xad, 0xde, 0xca, 0xf8, 0x88};
static const uint8_t test_header[20] = {
  0xfe, 0xed, 0xfa, 0xce, 0xde, 0xad, 0xbe, 0xef, 0xfe, 0xed,
  0xfa, 0xce, 0xde, 0xad, 0xbe, 0xef, 0xab, 0xad, 0xda, 0xd2,
};
static const uint8_t test_plain[60] = {
  0xd9, 0x31, 0x32, 0x25, 0xf8, 0x84, 0x06, 0xe5, 0xa5, 0x59, 0x09, 0xc5, 0xaf, 0xf5, 0x26, 0x9a,
  0x86, 0xa7, 0xa9, 0x53, 0x15, 0x34, 0xf7, 0xda, 0x2e, 0x4c, 0x30, 0x3d, 0x8a, 0x31, 0x8a, 0x72,
  0x1c, 0x3c, 0x0c, 0x95, 0x95, 0x68, 0x09, 0x53, 0x2f, 0xcf, 0x0e, 0x24, 0x49, 0xa6, 0xb5, 0x25,
  0xb1, 0x6a, 0xed, 0xf5, 0xaa, 0x0d, 0xe6, 0x57, 0xba, 0x63, 0x7b, 0x39,
};
static const uint8_t test_sealed_128[76] = {
  0x42, 0x83, 0x1e, 0xc2, 0x21, 0x77, 0x74, 0x24, 0x4b, 0x72, 0x21, 0xb7, 0x84, 0xd0, 0xd4, 0x9c,
  0xe3, 0xaa, 0x21, 0x2f, 0x2c, 0x02, 0xa4, 0xe0, 0x35, 0xc1, 0x7e, 0x23, 0x29, 0xac, 0xa1, 0x2e,
  0x21, 0xd5, 0x14, 0xb2, 0x54, 0x66, 0x93, 0x1c, 0x7d, 0x8f, 0x6a, 0x5a, 0xac, 0x84, 0xaa, 0x05,
  0x1b, 0xa3, 0x0b, 0x39, 0x6a, 0x0a, 0xac, 0x97, 0x3d, 0x58, 0xe0, 0x91,
  0x5b, 0xc9, 0x4f, 0xbc, 0x32, 0x21, 0xa5, 0xdb, 0x94, 0xfa, 0xe9, 0x5a, 0xe7, 0x12, 0x1a, 0x47,
};
static const uint8_t test_sealed_256[76] = {
  0x52, 0x2d, 0xc1, 0xf0, 0x99, 0x56, 0x7d, 0x07, 0xf4, 0x7f, 0x37, 0xa3, 0x2a, 0x84, 0x42, 0x7d,
  0x64, 0x3a, 0x8c, 0xdc, 0xbf, 0xe5, 0xc0, 0xc9, 0x75, 0x98, 0xa2, 0xbd, 0x25, 0x55, 0xd1, 0xaa,
  0x8c, 0xb0, 0x8e, 0x48, 0x59, 0x0d, 0xbb, 0x3d, 0xa7, 0xb0, 0x8b, 0x10, 0x56, 0x82, 0x88, 0x38,
  0xc5, 0xf6, 0x1e, 0x63, 0x93, 0xba, 0x7a, 0x0a, 0xbc, 0xc9, 0xf6, 0x62,
  0x76, 0xfc, 0x6e, 0xce, 0x0f, 0x4e, 0x17, 0x68, 0xcd, 0xdf, 0x88, 0x53, 0xbb, 0x2d, 0x55, 0x1b,
};

#define TEST_CASE(bits, first_octet_of_key)                                                                            \
  {                                                                                                                    \
    .key_length_octets = (bits) / 8 + salt_len, .key = test_key + (first_octet_of_key), .idx = test_nonce,             \
    .plaintext_length_octets = sizeof(test_plain), .plaintext = test_plain,                                            \
    .ciphertext_length_octets = sizeof(test_sealed_##bits), .ciphertext = test_sealed_##bits,                          \
    .aad_length_octets = sizeof(test_header), .aad = test_header, .tag_length_octets = 16,                             \
  }
static const srtp_cipher_test_case_t test_case_128 = TEST_CASE(128, 16);
static const srtp_cipher_test_case_t test_case_256 = TEST_CASE(256, 0);

static srtp_err_status_t create_128(srtp_cipher_pointer_t *out, int key_len, int tag_len);
static srtp_err_status_t create_256(srtp_cipher_pointer_t *out, int key_len, int tag_len);

#define CIPHER_TYPE(bits)                                                                                              \
  {                                                                                                                    \
    .alloc = create_##bits, .dealloc = release, .init = set_key, .set_aad = add_header, .encrypt = encrypt,            \
    .decrypt = decrypt, .set_iv = set_nonce, .get_tag = get_tag, .description = "AES-" #bits " GCM by OpenSSL",        \
    .test_data = &test_case_##bits, .id = SRTP_AES_GCM_##bits,                                                         \
  }
static const srtp_cipher_type_t gcm_128 = CIPHER_TYPE(128);
static const srtp_cipher_type_t gcm_256 = CIPHER_TYPE(256);

static srtp_err_status_t create_128(srtp_cipher_pointer_t *out, int key_len, int tag_len)
{
  return create(out, &gcm_128, EVP_aes_128_gcm(), key_len, tag_len);
}

static srtp_err_status_t create_256(srtp_cipher_pointer_t *out, int key_len, int tag_len)
{
  return create(out, &gcm_256, EVP_aes_256_gcm(), key_len, tag_len);
}

srtp_err_status_t use_gcm_of_openssl(void)
{
  srtp_err_status_t status = srtp_replace_cipher_type(&gcm_128, SRTP_AES_GCM_128);
  return status == srtp_err_status_ok ? srtp_replace_cipher_type(&gcm_256, SRTP_AES_GCM_256) : status;
}
