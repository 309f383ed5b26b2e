/*
 * Outcomes that simulated code expects (STYLE section 5): the callee changed nothing unless it says
 * HF_OK.
 */
#ifndef HF_BASE_STATUS_H
#define HF_BASE_STATUS_H

typedef enum HfStatus {
    HF_OK = 0,
    HF_SHORT,    /* not enough of something */
    HF_UNKNOWN,  /* names a thing that does not exist (any more) */
    HF_EXISTS,   /* names a thing that exists already */
    HF_INVALID,  /* breaks a rule of its own form */
    HF_CONFLICT, /* well formed, but the state does not allow it */
    HF_DENIED    /* not authorised */
} HfStatus;

/* A lower-case word for the status; never NULL. */
const char *hf_status_name(HfStatus status);

#endif
