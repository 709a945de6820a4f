/* Enqueueing by COPY, a transaction for each batch: what the wire and the table allow. */
#include "reference.h"

#include <stdio.h>
#include <stdlib.h>

static void copy_batch(PGconn *connection, char *text, long first, int count) {
    char *end = text;
    for (int i = 0; i < count; i++) end += sprintf(end, "bench.noop\t{\"n\": %ld}\n", first + i);
    PQclear(expect(connection, PQexec(connection, "COPY bench.hot (kind, args) FROM STDIN")));
    if (PQputCopyData(connection, text, (int)(end - text)) != 1 || PQputCopyEnd(connection, NULL) != 1)
        fail(PQerrorMessage(connection));
    for (PGresult *result; (result = PQgetResult(connection));) PQclear(expect(connection, result));
}

int copy(const char *conninfo, long rows, int batch) {
    PGconn *connection = open_connection(conninfo);
    char *text = allocate((size_t)batch, 48);
    double start = seconds_now();
    for (long first = 0; first < rows; first += batch)
        copy_batch(connection, text, first, rows - first < batch ? (int)(rows - first) : batch);
    double elapsed = seconds_now() - start;
    free(text);
    PQfinish(connection);
    printf("{\"rate\":%.0f}\n", (double)rows / elapsed);
    return 0;
}
