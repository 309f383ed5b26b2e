/* What a task writes; see writes.h. */
#include "models/frameworks/writes.h"

#include <math.h>

#define MIB_MAX 4e9 /* 4 PB */

static uint32_t draw(const HfLaw *law, HfStream *stream, double scale)
{
    if (law->kind == NULL) return 0;
    double value = floor(hf_law_draw(law, stream) * scale + 0.5);
    return value > 0 ? (uint32_t)fmin(value, MIB_MAX) : 0;
}

void hf_writes_draw(const HfWrites *writes, uint64_t seed, uint64_t entity, HfTaskInfo *info)
{
    if (writes->at_once.kind == NULL && writes->each_second.kind == NULL) return;
    HfStream stream;
    hf_stream_init(&stream, seed, "task-writes", entity + info->id);
    info->sandbox_mib = draw(&writes->at_once, &stream, 1);
    info->write_kib = draw(&writes->each_second, &stream, 1024);
}
