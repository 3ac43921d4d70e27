#define SRTP3_ADAPTER
#include "gcm.h"
#include "srtp.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

struct srtp3_policy {
  srtp2_policy_t inner;
  srtp_profile_t profile;
  /* Version 2 wants the master key and its salt in one piece. */
  uint8_t key[SRTP_MAX_KEY_LEN];
};

srtp_err_status_t srtp3_init(void)
{
  srtp_err_status_t status = srtp_init();
  return status == srtp_err_status_ok ? use_gcm_of_openssl() : status;
}

srtp_err_status_t srtp_policy_create(srtp_policy_t *policy)
{
  *policy = calloc(1, sizeof(**policy));
  if (*policy == NULL) {
    return srtp_err_status_alloc_fail;
  }
  (*policy)->inner.key = (*policy)->key;
  return srtp_err_status_ok;
}

void srtp_policy_destroy(srtp_policy_t policy)
{
  if (policy == NULL) {
    return;
  }
  /* Through a volatile pointer, or the compiler may leave out the wiping of memory that is freed next. */
  volatile uint8_t *key = policy->key;
  for (size_t i = 0; i < sizeof(policy->key); i++) {
    key[i] = 0;
  }
  free(policy);
}

srtp_err_status_t srtp_policy_set_ssrc(srtp_policy_t policy, srtp_ssrc_t ssrc)
{
  policy->inner.ssrc = ssrc;
  return srtp_err_status_ok;
}

srtp_err_status_t srtp_policy_set_profile(srtp_policy_t policy, srtp_profile_t profile)
{
  policy->profile = profile;
  srtp_err_status_t status = srtp_crypto_policy_set_from_profile_for_rtp(&policy->inner.rtp, profile);
  if (status != srtp_err_status_ok) {
    return status;
  }
  return srtp_crypto_policy_set_from_profile_for_rtcp(&policy->inner.rtcp, profile);
}

srtp_err_status_t srtp_policy_add_key(srtp_policy_t policy, const uint8_t *key, size_t key_len, const uint8_t *salt,
                                      size_t salt_len, const uint8_t *mki, size_t mki_len)
{
  (void)mki;
  /* The worker uses one key and no MKI. Lengths are those of the profile, set before. */
  if (mki_len != 0 || key_len != srtp_profile_get_master_key_length(policy->profile) ||
      salt_len != srtp_profile_get_master_salt_length(policy->profile) || key_len + salt_len > sizeof(policy->key)) {
    return srtp_err_status_bad_param;
  }
  memcpy(policy->key, key, key_len);
  memcpy(policy->key + key_len, salt, salt_len);
  return srtp_err_status_ok;
}

srtp_err_status_t srtp_policy_set_allow_repeat_tx(srtp_policy_t policy, bool allow)
{
  policy->inner.allow_repeat_tx = allow ? 1 : 0;
  return srtp_err_status_ok;
}

srtp_err_status_t srtp_policy_set_window_size(srtp_policy_t policy, size_t window_size)
{
  policy->inner.window_size = window_size;
  return srtp_err_status_ok;
}

srtp_err_status_t srtp3_create(srtp_t *session, srtp_policy_t policy)
{
  return srtp_create(session, &policy->inner);
}

typedef srtp_err_status_t (*in_place)(srtp_t session, void *packet, int *length);

/*
 * Runs a call of version 2 on a copy of the input.
 * input and output may be the same buffer, but may not overlap otherwise.
 * *output_len: the room in output before, the length of the result after. growth: how many bytes the call may add.
 */
static srtp_err_status_t convert(in_place call, srtp_t session, const uint8_t *input, size_t input_len, uint8_t *output,
                                 size_t *output_len, size_t growth)
{
  if (input_len > (size_t)INT_MAX - growth) {
    return srtp_err_status_bad_param;
  }
  if (*output_len < input_len + growth) {
    return srtp_err_status_buffer_small;
  }
  if (output != input) {
    memcpy(output, input, input_len);
  }
  int length = (int)input_len;
  srtp_err_status_t status = call(session, output, &length);
  if (status == srtp_err_status_ok) {
    *output_len = (size_t)length;
  }
  return status;
}

srtp_err_status_t srtp3_protect(srtp_t session, const uint8_t *rtp, size_t rtp_len, uint8_t *srtp, size_t *srtp_len,
                                size_t mki_index)
{
  (void)mki_index;
  return convert(srtp_protect, session, rtp, rtp_len, srtp, srtp_len, SRTP_MAX_TRAILER_LEN);
}

srtp_err_status_t srtp3_unprotect(srtp_t session, const uint8_t *srtp, size_t srtp_len, uint8_t *rtp, size_t *rtp_len)
{
  return convert(srtp_unprotect, session, srtp, srtp_len, rtp, rtp_len, 0);
}

srtp_err_status_t srtp3_protect_rtcp(srtp_t session, const uint8_t *rtcp, size_t rtcp_len, uint8_t *srtcp,
                                     size_t *srtcp_len, size_t mki_index)
{
  (void)mki_index;
  /* SRTCP puts a word with its index before the trailer (RFC 3711, section 3.4). */
  return convert(srtp_protect_rtcp, session, rtcp, rtcp_len, srtcp, srtcp_len, SRTP_MAX_TRAILER_LEN + sizeof(uint32_t));
}

srtp_err_status_t srtp3_unprotect_rtcp(srtp_t session, const uint8_t *srtcp, size_t srtcp_len, uint8_t *rtcp,
                                       size_t *rtcp_len)
{
  return convert(srtp_unprotect_rtcp, session, srtcp, srtcp_len, rtcp, rtcp_len, 0);
}

srtp_err_status_t srtp_stream_remove(srtp_t session, uint32_t ssrc)
{
  return srtp_remove_stream(session, ssrc);
}
