/* What the modes of relief-reference share. */
#ifndef RELIEF_REFERENCE_H
#define RELIEF_REFERENCE_H

#include <libpq-fe.h>
#include <stdint.h>

/* The three modes; each prints one line of JSON and returns the exit status. */
int drain(const char *conninfo, long jobs, int batch, int workers);
int latency(const char *conninfo, long samples);
int copy(const char *conninfo, long rows, int batch);

/* Opens a connection, or says why not and ends the program. */
PGconn *open_connection(const char *conninfo);

/* Prepares a statement, or ends the program. */
void prepare(PGconn *connection, const char *name, const char *text);

/* Runs a prepared statement; a refusal ends the program. The caller clears the result. */
PGresult *execute(PGconn *connection, const char *name, int count, const char *const *values);

/* Ends the program unless the result is a success. */
PGresult *expect(PGconn *connection, PGresult *result);

/* Seconds on a clock that only moves forward. */
double seconds_now(void);

void *allocate(size_t count, size_t size);

/* Ends the program, saying what was wrong. */
_Noreturn void fail(const char *what);

#endif
