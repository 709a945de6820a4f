/* relief-reference: what PostgreSQL gives to the barest engine that still keeps its word, written straight on libpq.
   `reliefd bench jobs` runs it beside the job engine of relief; the tables it works on are made there. */
#include "reference.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

_Noreturn void fail(const char *what) {
    fprintf(stderr, "relief-reference: %s\n", what);
    exit(1);
}

double seconds_now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

void *allocate(size_t count, size_t size) {
    void *memory = calloc(count, size);
    if (!memory) fail("out of memory");
    return memory;
}

PGconn *open_connection(const char *conninfo) {
    PGconn *connection = PQconnectdb(conninfo);
    if (PQstatus(connection) != CONNECTION_OK) fail(PQerrorMessage(connection));
    return connection;
}

PGresult *expect(PGconn *connection, PGresult *result) {
    switch (PQresultStatus(result)) {
    case PGRES_COMMAND_OK:
    case PGRES_TUPLES_OK:
    case PGRES_COPY_IN:
        return result;
    default:
        fail(PQerrorMessage(connection));
    }
}

void prepare(PGconn *connection, const char *name, const char *text) {
    PQclear(expect(connection, PQprepare(connection, name, text, 0, NULL)));
}

PGresult *execute(PGconn *connection, const char *name, int count, const char *const *values) {
    return expect(connection, PQexecPrepared(connection, name, count, values, NULL, NULL, 0));
}

static long positive(const char *text) {
    char *end;
    long value = strtol(text, &end, 10);
    if (*end || value <= 0) fail("a count has to be a whole number above 0");
    return value;
}

int main(int count, char **arguments) {
    const char *mode = count > 1 ? arguments[1] : "";
    if (!strcmp(mode, "drain") && count == 6)
        return drain(arguments[2], positive(arguments[3]), (int)positive(arguments[4]), (int)positive(arguments[5]));
    if (!strcmp(mode, "latency") && count == 4) return latency(arguments[2], positive(arguments[3]));
    if (!strcmp(mode, "copy") && count == 5)
        return copy(arguments[2], positive(arguments[3]), (int)positive(arguments[4]));
    fail("usage: drain CONNINFO JOBS BATCH WORKERS | latency CONNINFO SAMPLES | copy CONNINFO ROWS BATCH");
}
