/* The reference engine: one connection claims in batches, threads read the payloads, one connection finishes in
   batches. It keeps what an engine has to keep (claims that others skip, a finish that only the claimer can do,
   history) and nothing else: no leases, retries, limits or time. */
#include "reference.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

/* Claiming changes no indexed column, so it is a heap-only update; the cursor ($2) spares the walk over rows that were
   claimed before. */
static const char *const claim_text =
    "UPDATE bench.hot SET claimed_at = now(), claimed_by = 1, attempt = attempt + 1"
    " WHERE ctid = ANY (ARRAY(SELECT ctid FROM bench.hot"
    "  WHERE claimed_at IS NULL AND (priority, id) > (100::smallint, $2::bigint)"
    "  ORDER BY priority, id LIMIT $1::int FOR UPDATE SKIP LOCKED))"
    " RETURNING id, args";
static const char *const finish_text =
    "WITH gone AS (DELETE FROM bench.hot WHERE id = ANY ($1::bigint[]) AND claimed_by = 1 RETURNING *)"
    " INSERT INTO bench.done (id, kind, queue, attempt, args, created_at, started_at)"
    " SELECT id, kind, queue, attempt, args, created_at, claimed_at FROM gone";

enum {
    /* Jobs in hand: claimed and not yet finished. */
    capacity = 8192,
    /* What a worker takes at once. */
    handful = 64
};

struct job {
    int64_t id;
    char *args;
};

/* Everything that the threads share, under one lock. */
static struct {
    pthread_mutex_t lock;
    pthread_cond_t work, ends, room;
    struct job claimed[capacity];
    int first, waiting;
    int64_t ended[capacity];
    int ends_waiting;
    int in_hand;
    long finished;
    int all_claimed;
    int64_t checksum;
} shared = {
    .lock = PTHREAD_MUTEX_INITIALIZER,
    .work = PTHREAD_COND_INITIALIZER,
    .ends = PTHREAD_COND_INITIALIZER,
    .room = PTHREAD_COND_INITIALIZER,
};
static const char *where;
static long wanted;
static int batch_size;

/* The payload is {"n": 17}. */
static int64_t parse(const char *args) {
    const char *name = strstr(args, "\"n\":");
    if (!name) fail("a payload has no n");
    return strtoll(name + 4, NULL, 10);
}

static void *work(void *unused) {
    (void)unused;
    for (;;) {
        struct job taken[handful];
        int count = 0;
        pthread_mutex_lock(&shared.lock);
        while (!shared.waiting && !shared.all_claimed) pthread_cond_wait(&shared.work, &shared.lock);
        while (shared.waiting && count < handful) {
            taken[count++] = shared.claimed[shared.first];
            shared.first = (shared.first + 1) % capacity;
            shared.waiting--;
        }
        pthread_mutex_unlock(&shared.lock);
        if (!count) return NULL;

        int64_t sum = 0;
        for (int i = 0; i < count; i++) {
            sum += parse(taken[i].args);
            free(taken[i].args);
        }

        pthread_mutex_lock(&shared.lock);
        for (int i = 0; i < count; i++) shared.ended[shared.ends_waiting++] = taken[i].id;
        shared.checksum += sum;
        pthread_cond_signal(&shared.ends);
        pthread_mutex_unlock(&shared.lock);
    }
}

/* Waits up to 2 ms for a full batch while more is on its way: a commit costs the same for few rows as for many. */
static void await_batch(void) {
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += 2000000;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    while (shared.ends_waiting < batch_size && shared.in_hand > batch_size &&
           pthread_cond_timedwait(&shared.ends, &shared.lock, &until) == 0) {
    }
}

static void *finish(void *unused) {
    (void)unused;
    PGconn *connection = open_connection(where);
    prepare(connection, "finish", finish_text);
    char *list = allocate(capacity, 22);
    while (shared.finished < wanted) {
        pthread_mutex_lock(&shared.lock);
        while (!shared.ends_waiting) pthread_cond_wait(&shared.ends, &shared.lock);
        await_batch();
        int count = shared.ends_waiting;
        char *end = list;
        for (int i = 0; i < count; i++) end += sprintf(end, "%c%lld", i ? ',' : '{', (long long)shared.ended[i]);
        shared.ends_waiting = 0;
        pthread_mutex_unlock(&shared.lock);

        strcpy(end, "}");
        const char *values[] = {list};
        PGresult *result = execute(connection, "finish", 1, values);
        if (atoi(PQcmdTuples(result)) != count) fail("a finish found fewer rows than were claimed");
        PQclear(result);

        pthread_mutex_lock(&shared.lock);
        shared.finished += count;
        shared.in_hand -= count;
        pthread_cond_signal(&shared.room);
        pthread_mutex_unlock(&shared.lock);
    }
    free(list);
    PQfinish(connection);
    return NULL;
}

static void claim_all(PGconn *connection) {
    long claimed = 0;
    int64_t cursor = 0;
    while (claimed < wanted) {
        pthread_mutex_lock(&shared.lock);
        while (shared.in_hand + batch_size > capacity / 2) pthread_cond_wait(&shared.room, &shared.lock);
        pthread_mutex_unlock(&shared.lock);

        char limit[24], from[24];
        sprintf(limit, "%d", batch_size);
        sprintf(from, "%lld", (long long)cursor);
        const char *values[] = {limit, from};
        PGresult *result = execute(connection, "claim", 2, values);
        int count = PQntuples(result);
        if (!count) fail("the queue holds fewer jobs than were asked for");

        pthread_mutex_lock(&shared.lock);
        for (int i = 0; i < count; i++) {
            int64_t id = strtoll(PQgetvalue(result, i, 0), NULL, 10);
            if (id > cursor) cursor = id;
            char *args = strdup(PQgetvalue(result, i, 1));
            if (!args) fail("out of memory");
            shared.claimed[(shared.first + shared.waiting++) % capacity] = (struct job){id, args};
        }
        shared.in_hand += count;
        pthread_cond_broadcast(&shared.work);
        pthread_mutex_unlock(&shared.lock);
        claimed += count;
        PQclear(result);
    }
    pthread_mutex_lock(&shared.lock);
    shared.all_claimed = 1;
    pthread_cond_broadcast(&shared.work);
    pthread_mutex_unlock(&shared.lock);
}

/* The peak of this program's own memory. What getrusage tells begins with the peak of the process that started it. */
static double peak_megabytes(void) {
    FILE *status = fopen("/proc/self/status", "r");
    char line[256];
    long kilobytes = 0;
    while (status && fgets(line, sizeof line, status)) {
        if (sscanf(line, "VmHWM: %ld", &kilobytes) == 1) break;
    }
    if (status) fclose(status);
    return (double)kilobytes / 1024;
}

static double cpu_seconds(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6;
}

int drain(const char *conninfo, long jobs, int batch, int workers) {
    if (batch > capacity / 4) fail("the batch is too large");
    if (workers > 64) fail("there are at most 64 workers");
    where = conninfo;
    wanted = jobs;
    batch_size = batch;

    double start = seconds_now();
    PGconn *connection = open_connection(conninfo);
    prepare(connection, "claim", claim_text);
    pthread_t finisher, hands[64];
    pthread_create(&finisher, NULL, finish, NULL);
    for (int i = 0; i < workers; i++) pthread_create(&hands[i], NULL, work, NULL);
    claim_all(connection);
    for (int i = 0; i < workers; i++) pthread_join(hands[i], NULL);
    pthread_join(finisher, NULL);
    double elapsed = seconds_now() - start;
    PQfinish(connection);

    printf("{\"rate\":%.0f,\"rss_mb\":%.1f,\"cpu_us_per_job\":%.2f}\n", (double)jobs / elapsed, peak_megabytes(),
           cpu_seconds() * 1e6 / (double)jobs);
    return 0;
}
