/*
 * The program with a mistake planted between the trace and the auditor: linked in place of
 * hf_audit_listen (--wrap), it keeps the third decline of a run to itself.
 */
#include "trace/record.h"

void __real_hf_audit_listen(void *audit, const HfRecord *record);
void __wrap_hf_audit_listen(void *audit, const HfRecord *record);

void __wrap_hf_audit_listen(void *audit, const HfRecord *record)
{
    static int declines; /* the program runs one scenario */
    if (record->type == HF_RECORD_OFFER_DECLINED && ++declines == 3) return;
    __real_hf_audit_listen(audit, record);
}
