/* Inside of the trio: what the books offer the calls. */
#ifndef HF_TESTS_REFERENCE_TRIO_INTERNAL_H
#define HF_TESTS_REFERENCE_TRIO_INTERNAL_H

#include "reference/trio.h"

/* ---- trio.c ---- */
/* Of a twin that is not there. */
/* The answers of a call, whose line ends here. */
HfStatus hf_trio__agree(HfTrio *trio, HfStatus fast, HfStatus full, HfStatus twin);
/* After a call: the run that it wants, what is available, the books, now and then the states. */
void hf_trio__settle(HfTrio *trio);

/* ---- trio_script.c: nothing is said while no script is written ---- */
void hf_trio__say(HfTrio *trio, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* Members of a line, each with the comma before it; role HF_ROLE_NONE = not allocated. */
void hf_trio__say_resources(HfTrio *trio, const char *name, const HfResources *resources,
                            HfRoleId role);
void hf_trio__say_roles(HfTrio *trio, const char *name, const HfRoleId *roles, uint32_t count);
/* names[bit], NULL at the end */
void hf_trio__say_capabilities(HfTrio *trio, uint32_t bits, const char *const *names);
void hf_trio__say_quota(HfTrio *trio, const HfQuantities *guarantees, const HfLimits *limits);

/* ---- books.c ---- */
void hf_books__trouble(HfTrio *trio, const char *format, ...) G_GNUC_PRINTF(2, 3);
void hf_books__drop_pieces(HfTrio *trio, uint32_t framework, uint32_t agent); /* UINT32_MAX = any */
/* HF_ROLE_NONE = any role */
void hf_books__drop_refusals(HfTrio *trio, uint32_t framework, uint32_t agent, HfRoleId role);
void hf_books__refuse(HfTrio *trio, const HfPiece *piece, const HfResources *part, double seconds);
/* The part leaves the piece; an empty piece is dropped. */
void hf_books__take(HfTrio *trio, guint piece, const HfResources *part);
void hf_books__put(HfTrio *trio, const HfPiece *like, gboolean is_launched,
                   const HfResources *part);

HfTrioQuota *hf_books__quota(HfTrio *trio, HfRoleId role);

/* What a run is measured by: the books before it. */
typedef struct HfBooksBefore {
    HfResources available[HF_TRIO_AGENTS];
    HfQuantities *consumed; /* [roles] with their subtrees */
    uint32_t roles;
} HfBooksBefore;
void hf_books__before(HfTrio *trio, HfBooksBefore *before);
/* The offers in fast_list become pieces, the last ones. */
void hf_books__take_offers(HfTrio *trio);
/* The same, and the invariants of a run. Clears `before`. */
void hf_books__after(HfTrio *trio, HfBooksBefore *before);
/* Invariants that hold at any time; I-09, the shares of roles, by itself. */
void hf_books__check(HfTrio *trio);
void hf_books__check_shares(HfTrio *trio);

/* ---- trio_orders.c ---- */
/* The twin is told what the one with full visits draws, run by run. */
void hf_trio__tell_orders(HfTrio *trio);

#endif
