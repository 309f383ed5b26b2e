/*
 * What an agent has on its disk: its id with the flags it had then, its dynamic reservations and
 * volumes, and the volumes' data. Plain data in memory stands for the disk: it outlives the agent's
 * process and a reboot, but not the loss of the disk.
 *
 * What a resource provider made of its disks, and what is reserved or stored on them, it writes
 * down itself, all that it has and in the same moment: what --resources says of a provider counts
 * only until then, and must say the same for ever after.
 *
 * A change of resources is written in two steps, so that a crash at any point leaves the old state
 * or the new one and never a mixture: `target` is written, directories are made and removed, then
 * target becomes `committed`. A process that starts finishes a target that it finds.
 *
 * Source: Mesos 1.11 src/slave/slave.cpp (checkpointResourceState, syncCheckpointedResources),
 * src/slave/paths.cpp, src/common/resources_utils.cpp (applyCheckpointedResources); MESOS.md 2.5.
 */
#ifndef HF_CONTROL_CHECKPOINT_H
#define HF_CONTROL_CHECKPOINT_H

#include "base/vec.h"
#include "resource/attributes.h"
#include "resource/resources.h"

/* Where in a write the process dies; for fault injection. */
typedef enum HfCheckpointStep {
    HF_CHECKPOINT_WHOLE = 0, /* nowhere: the write comes to its end */
    HF_CHECKPOINT_NOTHING,   /* before anything was written: the old state stands */
    HF_CHECKPOINT_TARGET,    /* the target is written, no directory touched */
    HF_CHECKPOINT_VOLUMES,   /* directories are made and removed, the target is not committed */
    HF_CHECKPOINT_COMMITTED, /* all is written, and nobody was told */
    HF_CHECKPOINT_STEPS
} HfCheckpointStep;

/* A volume's directory. Its path is made of root, role and id: (role "a/b", id "c") and (role "a",
 * id "b/c") are two. A MOUNT disk is its root: what was stored there goes, the root stays. */
typedef struct HfStoredVolume {
    HfTextId root; /* of the PATH or MOUNT disk; HF_TEXT_NONE = the agent's work directory */
    HfRoleId role; /* of the reservation */
    HfTextId id;   /* persistence id */
    uint64_t data; /* which data is in it: counts creations on this disk, from 1; never again */
    int64_t kib;   /* how much of it */
} HfStoredVolume;

/* What operations made; most agents have nothing of the kind. */
typedef struct HfKept {
    HfResources committed, target; /* with all that providers have */
    HfResources provided;          /* what --resources said of providers when they began to write */
    gboolean has_target;
    HF_VEC(HfStoredVolume) volumes;
} HfKept;

/* In place; all-zero is not legal: hf_checkpoint_init. Fields may be read. */
typedef struct HfCheckpoint {
    uint32_t agent_id;              /* HF_ROW_NONE = never registered */
    const HfResources *flags;       /* --resources when the id was last written down; borrowed */
    const HfAttributes *attributes; /* likewise */
    HfKept *kept;                   /* owned; NULL = no operation changed anything yet */
    uint64_t created;               /* volumes so far */
} HfCheckpoint;

void hf_checkpoint_init(HfCheckpoint *checkpoint);
void hf_checkpoint_clear(HfCatalog *catalog, HfCheckpoint *checkpoint);

/* The disk is lost: as after init. */
void hf_checkpoint_lose(HfCatalog *catalog, HfCheckpoint *checkpoint);

/*
 * Write down what of `total` outlives the process: dynamic reservations, volumes, providers' disks.
 * Shape:  total without allocation roles.
 * Errors: FALSE when the process died at `dies`; recover with hf_checkpoint_finish.
 */
gboolean hf_checkpoint_write(HfCatalog *catalog, HfCheckpoint *checkpoint, const HfResources *total,
                             HfCheckpointStep dies);

/* A process starts: a target that was written is made true. TRUE when there was one. */
gboolean hf_checkpoint_finish(HfCatalog *catalog, HfCheckpoint *checkpoint);

/* Write down the id that the master gave, and the flags that go with it; these are borrowed for as
 * long as the checkpoint lives. */
void hf_checkpoint_register(HfCheckpoint *checkpoint, uint32_t agent_id, const HfResources *flags,
                            const HfAttributes *attributes);

/* Dynamic reservations, volumes, and what providers have; borrowed; never NULL. */
const HfResources *hf_checkpoint_committed(const HfCheckpoint *checkpoint);

/*
 * What an agent with these --resources has, with the committed reservations and volumes put in:
 * each takes the place of the static or unreserved resources that it was made of.
 * Errors: FALSE when they are not all there, or a provider has another amount; `total_out` (legal)
 *         is then unchanged.
 */
gboolean hf_checkpoint_apply(HfCatalog *catalog, const HfCheckpoint *checkpoint,
                             const HfResources *flags, HfResources *total_out);

/* The data in a volume, or 0 when the disk has no such volume. `volume`: a persistent volume. */
uint64_t hf_checkpoint_data(const HfCatalog *catalog, const HfCheckpoint *checkpoint,
                            const HfResource *volume);

/*
 * A task has written so much into a volume: it holds at least that from now on.
 * Returns: by how many KiB it grew; 0 when the disk has no such volume.
 */
int64_t hf_checkpoint_fill(const HfCatalog *catalog, HfCheckpoint *checkpoint,
                           const HfResource *volume, int64_t kib);

/* Everything in a volume is removed; it stays, empty. Returns: how many KiB there were; 0 when the
 * disk has no such volume. */
int64_t hf_checkpoint_empty(const HfCatalog *catalog, HfCheckpoint *checkpoint,
                            const HfResource *volume);

/* How much is in a volume; 0 when the disk has no such volume. */
int64_t hf_checkpoint_content(const HfCatalog *catalog, const HfCheckpoint *checkpoint,
                              const HfResource *volume);

/* KiB in all volumes that lie on the file system of the agent's work directory: not those on disks
 * of their own (PATH, MOUNT). Cost: O(volumes). */
int64_t hf_checkpoint_stored(const HfCheckpoint *checkpoint);

/* Target and directories agree with what is committed (assertions). */
void hf_checkpoint_check(HfCatalog *catalog, const HfCheckpoint *checkpoint);

#endif
