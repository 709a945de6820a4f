/* The floor of the time from the wish for a job to its start on an idle queue: one insert that notifies, one listener
   that wakes on its socket, one claim. */
#include "reference.h"

#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char *const send_text =
    "WITH made AS (INSERT INTO bench.ping (sent) VALUES ($1::float8) RETURNING id)"
    " SELECT pg_notify('bench', '') FROM made";
static const char *const claim_text =
    "DELETE FROM bench.ping WHERE id = ANY (ARRAY("
    " SELECT id FROM bench.ping ORDER BY id LIMIT 100 FOR UPDATE SKIP LOCKED)) RETURNING sent";

static const char *where;
static long wanted;

static void *send_all(void *unused) {
    (void)unused;
    PGconn *connection = open_connection(where);
    prepare(connection, "send", send_text);
    unsigned seed = 7;
    for (long i = 0; i < wanted; i++) {
        usleep(10000 + (useconds_t)(rand_r(&seed) % 20000));
        char sent[32];
        snprintf(sent, sizeof sent, "%.9f", seconds_now());
        const char *values[] = {sent};
        PQclear(execute(connection, "send", 1, values));
    }
    PQfinish(connection);
    return NULL;
}

static int ascending(const void *left, const void *right) {
    double difference = *(const double *)left - *(const double *)right;
    return (difference > 0) - (difference < 0);
}

static void await_notification(PGconn *listener) {
    struct pollfd socket = {PQsocket(listener), POLLIN, 0};
    poll(&socket, 1, 1000);
    if (!PQconsumeInput(listener)) fail(PQerrorMessage(listener));
    for (PGnotify *notify; (notify = PQnotifies(listener));) PQfreemem(notify);
}

int latency(const char *conninfo, long samples) {
    where = conninfo;
    wanted = samples;
    double *milliseconds = allocate((size_t)samples, sizeof *milliseconds);
    PGconn *listener = open_connection(conninfo), *claimer = open_connection(conninfo);
    PQclear(expect(listener, PQexec(listener, "LISTEN bench")));
    prepare(claimer, "claim", claim_text);
    pthread_t sender;
    pthread_create(&sender, NULL, send_all, NULL);

    for (long seen = 0; seen < samples;) {
        await_notification(listener);
        PGresult *result = execute(claimer, "claim", 0, NULL);
        double now = seconds_now();
        for (int i = 0; i < PQntuples(result) && seen < samples; i++)
            milliseconds[seen++] = (now - strtod(PQgetvalue(result, i, 0), NULL)) * 1e3;
        PQclear(result);
    }
    pthread_join(sender, NULL);
    qsort(milliseconds, (size_t)samples, sizeof *milliseconds, ascending);
    printf("{\"p50_ms\":%.3f,\"p99_ms\":%.3f}\n", milliseconds[samples / 2],
           milliseconds[(long)((double)samples * 0.99)]);
    free(milliseconds);
    PQfinish(listener);
    PQfinish(claimer);
    return 0;
}
